/**
 * Language ids that the server analyses. nginx and Apache go by several: ours, those of other extensions, and
 * `properties`, which a stock VS Code gives to every `.conf`.
 */
export const languageIds = [
  'javascript',
  'javascriptreact',
  'typescript',
  'typescriptreact',
  'nginx',
  'NGINX',
  'apacheconf',
  'apache',
] as const;

/** Ids of files that hold a policy where their content says so: Ingress manifests, and the templates of them. */
const idsByContent = ['yaml', 'helm'] as const;

/** The condition of menus: files of every language in which a request can be simulated. The manifest is written with it. */
export const whenSimulated = `editorLangId =~ /^(${[...new Set([...languageIds, ...idsByContent].map((id) => id.toLowerCase()))].join('|')})$/i`;

/** Paths that count whatever the editor takes them for; the server tells by content what they are. */
const pathPatterns = [
  '**/.htaccess',
  '**/*.{conf,vhost,inc,nginx}',
  '**/*.conf.*',
  '**/{sites-available,sites-enabled,conf.d,conf-available,conf-enabled}/*',
  '**/nginx/**',
  '**/*.{yaml,yml}',
  '**/package.json',
  '**/cors-lint.config.json',
] as const;

export type DocumentFilter = { readonly scheme: string; readonly language: string } | { readonly scheme: string; readonly pattern: string };

/** The document selector for these URI schemes: a diff's or an output channel's text is nobody's configuration. */
export function documentSelector(schemes: readonly string[]): DocumentFilter[] {
  return schemes.flatMap((scheme): DocumentFilter[] => [
    ...languageIds.map((language) => ({ scheme, language })),
    ...pathPatterns.map((pattern) => ({ scheme, pattern })),
  ]);
}

/** File names that mean a server's configuration by themselves. */
const configurationName = /\/(?:nginx[^/]*\.conf|httpd[^/]*\.conf|apache2?[^/]*\.conf|\.htaccess)$/i;

/** Whether a path alone is reason enough to start the server. */
export function isServerConfiguration(path: string): boolean {
  return configurationName.test(path);
}

/**
 * Whether a text can be about CORS at all. The engine has such a check for each language; here it is repeated, because
 * the client must not load the engine to ask whether it is needed. A test holds it against the fixtures of every rule.
 */
const corsWords = /access-control|cors|origin|credentials|add_header|more_set_headers|web-security|["'`]patch["'`]/i;

/** Files of many kinds, and what has to stand in those of ours: manifests that speak to ingress-nginx, scripts that start a browser. */
const needed: readonly (readonly [path: RegExp, words: string])[] = [
  [/\.ya?ml$/i, 'nginx.ingress.kubernetes.io/'],
  [/\/package\.json$/i, '--disable-web-security'],
];

export function mayBeAboutCors(text: string, path = ''): boolean {
  return corsWords.test(text) && needed.every(([ofPath, words]) => !ofPath.test(path) || text.includes(words));
}

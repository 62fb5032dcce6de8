/**
 * Modules that a usual installation loads (Debian's and Red Hat's defaults and what CORS configuration needs), by the
 * names that `<IfModule>` takes: the source file's and the identifier. Both are case-sensitive (behaviour 2.11).
 */
const usual = [
  'access_compat',
  'actions',
  'alias',
  'allowmethods',
  'auth_basic',
  'authn_core',
  'authn_file',
  'authz_core',
  'authz_host',
  'authz_user',
  'autoindex',
  'deflate',
  'dir',
  'env',
  'expires',
  'filter',
  'headers',
  'mime',
  'negotiation',
  'proxy',
  'proxy_http',
  'rewrite',
  'setenvif',
  'version',
];

const files = new Set([...usual.map((name) => `mod_${name}.c`), 'core.c', 'http_core.c', 'mod_so.c']);
const identifiers = new Set([...usual.map((name) => `${name}_module`), 'core_module', 'http_module', 'so_module']);
const inAnyCase = new Set([...files, ...identifiers].map((name) => name.toLowerCase()));

/** Whether a server has the module: undefined where that is up to the installation. */
export function moduleIsLoaded(name: string): boolean | undefined {
  if (files.has(name) || identifiers.has(name)) return true;
  // A usual module in other letters is never found, on any installation.
  return inAnyCase.has(name.toLowerCase()) ? false : undefined;
}

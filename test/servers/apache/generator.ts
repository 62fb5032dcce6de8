import type { Construct } from './constructs.ts';
import { Random } from './random.ts';

/** Lines of configuration that stand together; what shrinking takes away as one. */
export interface Chunk {
  readonly lines: readonly string[];
  readonly tags: readonly Construct[];
  /** Chunks inside, for a section: `lines` then holds its first and last line. */
  readonly inside?: readonly Chunk[];
}

export type CaseKind = 'htaccess' | 'server';

/** One generated configuration. */
export interface Case {
  readonly seed: number;
  readonly kind: CaseKind;
  /** The server's own lines, or the .htaccess of the document root. */
  readonly root: readonly Chunk[];
  /** The .htaccess of the folder `sub`; empty where there is none. */
  readonly sub: readonly Chunk[];
  readonly crlf: boolean;
}

/** Texts in a configuration that depend on where the server runs. */
export const placeholders = { folder: '@FOLDER@', upstream: '@UPSTREAM@', definition: '@DEFINED@' } as const;

export const origins = {
  allowed: 'https://app.example',
  second: 'https://admin.example',
  hostile: ['https://app.example.evil.test', 'https://appxexample', 'http://app.example', 'https://evil.test', 'https://APP.example'],
};

export function textOf(chunks: readonly Chunk[], indent = ''): string {
  return chunks
    .map((chunk) => {
      if (chunk.inside === undefined) return chunk.lines.map((line) => `${indent}${line}\n`).join('');
      const [first, last] = chunk.lines;
      return `${indent}${first ?? ''}\n${textOf(chunk.inside, `${indent}  `)}${indent}${last ?? ''}\n`;
    })
    .join('');
}

export function tagsOf(chunks: readonly Chunk[]): readonly Construct[] {
  return chunks.flatMap((chunk) => [...chunk.tags, ...tagsOf(chunk.inside ?? [])]);
}

/** The configuration that a seed stands for. */
export function generate(seed: number): Case {
  const random = new Random(seed);
  const kind: CaseKind = random.chance(0.5) ? 'htaccess' : 'server';
  const writer = new Writer(random, kind);
  const root = writer.chunks(3 + random.below(6), 0);
  const sub = kind === 'htaccess' && random.chance(0.3) ? new Writer(random, kind).chunks(1 + random.below(3), 0) : [];
  return { seed, kind, root: kind === 'server' ? [...root, ...writer.sections()] : root, sub, crlf: random.chance(0.08) };
}

const chunk = (line: string | readonly string[], ...tags: Construct[]): Chunk => ({
  lines: typeof line === 'string' ? [line] : line,
  tags,
});

const ACAO = 'Access-Control-Allow-Origin';
const ACAC = 'Access-Control-Allow-Credentials';
const ACAM = 'Access-Control-Allow-Methods';
const ACAH = 'Access-Control-Allow-Headers';
const ACEH = 'Access-Control-Expose-Headers';
const ACMA = 'Access-Control-Max-Age';

class Writer {
  private readonly random: Random;
  private readonly kind: CaseKind;
  /** Where no place is around: access control may not stand there. */
  private placeless = false;

  constructor(random: Random, kind: CaseKind) {
    this.random = random;
    this.kind = kind;
  }

  chunks(count: number, depth: number): Chunk[] {
    return Array.from({ length: count }, () => this.any(depth)).flat();
  }

  private any(depth: number): Chunk[] {
    const { random } = this;
    const roll = random.next();
    if (roll < 0.36) return [this.header()];
    if (roll < 0.5) return [...this.variable(), this.gated()];
    if (roll < 0.58) return [this.variable()].flat();
    if (roll < 0.68) return [this.rewriting()];
    if (roll < 0.78 && depth < 2) return this.conditional(depth);
    if (roll < 0.84 && depth < 2) return [this.files(depth)];
    if (roll < 0.91 && !this.placeless && (depth > 0 || this.kind === 'htaccess')) return [this.access()];
    if (roll < 0.96 && depth === 0) return [this.other()];
    return [this.header()];
  }

  private table(): [string, Construct[]] {
    const roll = this.random.next();
    if (roll < 0.45) return ['always ', ['Header always']];
    if (roll < 0.5) return ['onsuccess ', ['Header onsuccess']];
    return ['', []];
  }

  private name(): string {
    return this.random.pick([ACAO, ACAO, ACAO, ACAC, ACAM, ACAH, ACEH, ACMA, 'Vary', 'Vary']);
  }

  private valueFor(name: string): [string, Construct[]] {
    const { random } = this;
    switch (name) {
      case ACAO: {
        const roll = random.next();
        if (roll < 0.25) return ['%{ORIGIN}e', ['%{…}e']];
        if (roll < 0.4) return ['"expr=%{HTTP:Origin}"', ['expr= value']];
        if (roll < 0.46) return ['"%{NOBODY}e"', ['%{…}e', 'undefined variable']];
        if (roll < 0.54) return ['"%{HTTP_ORIGIN}e"', ['%{…}e', 'HTTP_ORIGIN']];
        if (roll < 0.6) return ['"https://%{TENANT}e.example"', ['%{…}e']];
        return [random.pick(['"*"', '*', `"${origins.allowed}"`, `'${origins.second}'`]), []];
      }
      case ACAC:
        return [random.pick(['true', '"true"', 'false']), []];
      case ACAM:
        return [random.pick(['"GET, POST"', '"GET,PUT,DELETE"', 'PUT', '"expr=%{req:Access-Control-Request-Method}"']), []];
      case ACAH:
        return [random.pick(['"Content-Type, X-Requested-With"', 'Authorization', '"*"', '"%{REQUEST_METHOD}e"']), []];
      case ACEH:
        return [random.pick(['"X-Total"', '"100%%"', '"a\\tb"']), []];
      case ACMA:
        return [random.pick(['600', '"86400"']), []];
      default:
        return [random.pick(['Origin', '"Origin"', '"Origin, Accept-Language"', 'accept', '"Origin,origin"']), []];
    }
  }

  private suffix(): [string, Construct[]] {
    const { random } = this;
    const roll = random.next();
    if (roll < 0.5) return ['', []];
    if (roll < 0.65) return [` env=${random.pick(['ORIGIN', 'ORIGIN', 'TENANT', 'FLAG'])}`, ['env=']];
    if (roll < 0.75) return [` env=!${random.pick(['ORIGIN', 'FLAG'])}`, ['env=!']];
    if (roll < 0.93) return [` "expr=${this.expression()}"`, ['expr= condition']];
    return this.kind === 'server' || random.chance(0.5) ? [' early', ['early']] : ['', []];
  }

  private expression(): string {
    const { random } = this;
    return random.pick([
      `%{HTTP:Origin} == '${origins.allowed}'`,
      `%{req:Origin} != '${origins.second}'`,
      `%{HTTP:Origin} =~ m#^https://(app|admin)\\.example$#`,
      `%{HTTP:Origin} !~ /evil/i`,
      `req('Origin') in {'${origins.allowed}', 'null'}`,
      `%{REQUEST_METHOD} == 'OPTIONS'`,
      `%{REQUEST_METHOD} =~ /^(GET|PUT)$/ && -n %{HTTP:Origin}`,
      `-z %{HTTP:Origin} || %{HTTP:Origin} == 'null'`,
      `!(%{HTTP:Origin} == '${origins.allowed}')`,
      `reqenv('FLAG') == '1'`,
      `-n reqenv('ORIGIN')`,
      `%{REQUEST_URI} =~ m#^/sub/#`,
      `%{HTTP_HOST} != 'x' and %{HTTP:Access-Control-Request-Method} != ''`,
      'true',
    ]);
  }

  header(): Chunk {
    const { random } = this;
    const name = this.name();
    const [table, tableTags] = this.table();
    const [suffix, suffixTags] = this.suffix();
    const roll = suffix === ' early' ? 1 : random.next();
    if (roll < 0.06) return chunk(`Header ${table}unset ${name}${suffix}`, 'Header unset', ...tableTags, ...suffixTags);
    if (roll < 0.09)
      return chunk(
        `Header ${table}echo ${random.pick(['^Access-Control-Request', '^Origin$', '^X-'])}${suffix}`,
        'Header echo',
        ...tableTags,
        ...suffixTags,
      );
    if (roll < 0.13)
      return chunk(
        `Header ${table}edit ${name} "${random.pick(['^https', 'a', 'Origin$', 'GET, '])}" "${random.pick(['x', 'http', '[$0]'])}"${suffix}`,
        'Header edit',
        ...tableTags,
        ...suffixTags,
      );
    if (roll < 0.17)
      return chunk(
        `Header ${table}edit* ${name} "${random.pick(['[a-e]', ', ?', 'T'])}" "${random.pick(['-', '<$0>', ''])}"${suffix}`,
        'Header edit*',
        ...tableTags,
        ...suffixTags,
      );
    if (roll < 0.19) return chunk(`Header ${table}note ${name} copy`, 'Header note', ...tableTags);
    const [value, valueTags] = this.valueFor(name);
    const [action, tag] = random.pick<[string, Construct]>([
      ['set', 'Header set'],
      ['set', 'Header set'],
      ['set', 'Header set'],
      ['Set', 'Header set'],
      ['append', 'Header append'],
      ['merge', 'Header merge'],
      ['merge', 'Header merge'],
      ['add', 'Header add'],
      ['setifempty', 'Header setifempty'],
    ]);
    const colon = random.chance(0.04) ? ':' : '';
    const broken = random.chance(0.08);
    // A second round inside the server writes early lines again: only what that does not change is generated.
    if (suffix === ' early' && tag !== 'Header set') return this.header();
    const lines = broken
      ? [`Header ${table}${action} ${name}${colon} \\`, `    ${value}${suffix}`]
      : [`Header ${table}${action} ${name}${colon} ${value}${suffix}`];
    return chunk(lines, tag, ...tableTags, ...valueTags, ...suffixTags, ...(broken ? (['continuation'] as const) : []));
  }

  /** A header behind a variable, as allowlists are written. */
  private gated(): Chunk {
    const [table, tags] = this.table();
    return chunk(`Header ${table}set ${ACAO} "%{ORIGIN}e" env=ORIGIN`, 'Header set', '%{…}e', 'env=', ...tags);
  }

  private variable(): Chunk[] {
    const { random } = this;
    const roll = random.next();
    if (roll < 0.4) {
      const pattern = random.pick([
        '^https://(app|admin)\\.example$',
        'https://app\\.example',
        '^https?://.*example',
        '(.*)',
        '^(https)://([a-z]+)\\.',
        '.+',
        '^null$',
        '^$',
      ]);
      const value = random.pick(['ORIGIN=$0', 'ORIGIN=$0', 'ORIGIN=$1', 'FLAG', 'ORIGIN=$0 FLAG=1', 'TENANT=$2', '!FLAG', 'FLAG=x']);
      const plain = pattern === 'https://app\\.example';
      return [
        chunk(
          `SetEnvIf Origin "${pattern}" ${value}`,
          'SetEnvIf',
          ...(value.includes('$') ? [plain ? ('$0 in a plain text' as const) : ('$0 in a pattern' as const)] : []),
        ),
      ];
    }
    if (roll < 0.55)
      return [
        chunk(
          `SetEnvIfNoCase Origin ${random.pick(['"^https://APP\\.example$"', 'app.EXAMPLE', '"evil"'])} ${random.pick(['ORIGIN=$0', 'FLAG', 'TENANT=a'])}`,
          'SetEnvIfNoCase',
        ),
      ];
    if (roll < 0.65)
      return [
        chunk(
          random.pick([
            'SetEnvIf Request_Method "^(OPTIONS|PUT)$" FLAG',
            'SetEnvIf Request_URI "\\.txt$" FLAG=1',
            'SetEnvIf Host "^x" FLAG',
            'SetEnvIf ORIGIN "^https" FLAG=y',
            'SetEnvIf FLAG 1 TENANT=t',
            'SetEnvIf ^Orig "app" FLAG=1',
          ]),
          'SetEnvIf',
        ),
      ];
    if (roll < 0.75) return [chunk(`SetEnv ${random.pick(['ORIGIN https://set.example', 'FLAG 1', 'TENANT shop', 'FLAG'])}`, 'SetEnv')];
    if (roll < 0.82)
      return [chunk('SetEnv FLAG early', 'SetEnv'), chunk(`UnsetEnv ${random.pick(['FLAG', 'TENANT', 'ORIGIN'])}`, 'UnsetEnv')];
    if (roll < 0.88) return [chunk(`BrowserMatch ${random.pick(['Probe', '^Mozilla', 'x$'])} FLAG`, 'BrowserMatch')];
    const [expression, values] = random.pick<[string, readonly string[]]>([
      ['%{HTTP:Origin} =~ m#^(https)://app#', ['FLAG=1', 'ORIGIN=$0', 'TENANT=$1']],
      [`%{HTTP:Origin} == '${origins.allowed}'`, ['FLAG=1', 'TENANT']],
      [`%{REQUEST_METHOD} == 'PUT'`, ['FLAG', 'ORIGIN=x']],
    ]);
    return [chunk(`SetEnvIfExpr "${expression}" ${random.pick(values)}`, 'SetEnvIfExpr')];
  }

  private rewriting(): Chunk {
    const { random } = this;
    const server = this.kind === 'server';
    const conditions: string[] = [];
    const tags: Construct[] = server ? ['server rewriting'] : [];
    const condition = (): string =>
      random.pick([
        'RewriteCond %{REQUEST_METHOD} OPTIONS',
        'RewriteCond %{REQUEST_METHOD} =OPTIONS',
        'RewriteCond %{REQUEST_METHOD} !^(GET|POST)$',
        'RewriteCond %{HTTP:Origin} ^https://(app|admin)\\.example$ [NC]',
        'RewriteCond %{HTTP:Origin} !^$',
        'RewriteCond %{HTTP:Origin} ^(.*)$',
        'RewriteCond %{HTTP:Origin} (.+)',
        `RewriteCond %{HTTP:Origin} "=${origins.allowed}"`,
        'RewriteCond %{HTTP_ORIGIN} ^$',
        'RewriteCond %{ENV:FLAG} 1',
        'RewriteCond %{REQUEST_URI} \\.txt$',
        `RewriteCond expr "%{HTTP:Origin} == '${origins.allowed}'"`,
        'RewriteCond %{HTTPS} off',
      ]);
    const count = random.below(3);
    for (let at = 0; at < count; at++) {
      let text = condition();
      if (at + 1 < count && random.chance(0.4) && !text.startsWith('RewriteCond expr')) {
        text = text.endsWith('[NC]') ? text.replace('[NC]', '[NC,OR]') : `${text} [OR]`;
        tags.push('RewriteCond OR');
      }
      conditions.push(text);
    }
    if (count > 0) tags.push('RewriteCond');
    const pattern = server
      ? random.pick(['^', '.*', '^/sub/', '\\.txt$'])
      : random.pick(['^', '.*', '^(.*)$', '^sub/', '\\.txt$', '!^a', 'b|^a']);
    const [rule, ...ruleTags] = random.pick<[string, ...Construct[]]>([
      [`RewriteRule ${pattern} - [E=ORIGIN:%{HTTP:Origin}]`, 'RewriteRule E='],
      [`RewriteRule ${pattern} - [E=ORIGIN:%{HTTP:Origin},L]`, 'RewriteRule E=', 'RewriteRule L'],
      [`RewriteRule ${pattern} - [E=ORIGIN:%1]`, 'RewriteRule E='],
      [`RewriteRule ${pattern} - [E=FLAG:1]`, 'RewriteRule E='],
      [`RewriteRule ${pattern} - [E=!FLAG]`, 'RewriteRule E='],
      [`RewriteRule ${pattern} - [E=HTTP_ORIGIN:%{HTTP:Origin}]`, 'RewriteRule E=', 'HTTP_ORIGIN'],
      ['RewriteRule ^ - [R=204,L]', 'RewriteRule R= status', 'RewriteRule L'],
      ['RewriteRule ^(.*)$ $1 [R=200,L]', 'RewriteRule R= status', 'RewriteRule L'],
      [`RewriteRule ${pattern} - [F]`, 'RewriteRule F'],
      [`RewriteRule ${pattern} - [G]`, 'RewriteRule G'],
      [server ? 'RewriteRule ^/old$ /a.txt [R=301,L]' : 'RewriteRule ^old$ /a.txt [R=301,L]', 'RewriteRule redirect', 'RewriteRule L'],
      [`RewriteRule ${pattern} - [END]`, 'RewriteRule END'],
      [`RewriteRule ${pattern} - [S=1]`],
      ['RewriteRule ^ - [E=TENANT:shop]', 'RewriteRule E='],
      ...(server
        ? []
        : ([
            ['RewriteRule ^missing\\.txt$ a.txt [L]', 'RewriteRule L'],
            ['RewriteRule ^missing\\.txt$ a.txt [END]', 'RewriteRule END'],
            ['RewriteRule ^missing\\.txt$ /sub/b.txt', 'front controller'],
          ] as [string, ...Construct[]][])),
    ]);
    // httpd 2.4.71 crashes when %1 is expanded behind a condition that was an expression.
    if (rule.includes('%1') && conditions.some((text) => text.startsWith('RewriteCond expr'))) return this.header();
    const frontController = !server && random.chance(0.15);
    const body = frontController
      ? ['RewriteCond %{REQUEST_FILENAME} !-f', 'RewriteCond %{REQUEST_FILENAME} !-d', 'RewriteRule ^ x.cgi [L]']
      : [...conditions, rule];
    return chunk(
      ['RewriteEngine On', ...body],
      ...(frontController ? (['front controller', 'RewriteCond', 'RewriteRule L'] as const) : [...tags, ...ruleTags]),
    );
  }

  private section(open: string, close: string, inside: readonly Chunk[], ...tags: Construct[]): Chunk {
    return { lines: [open, close], tags, inside };
  }

  private conditional(depth: number): Chunk[] {
    const { random } = this;
    const roll = random.next();
    const inside = (): Chunk[] => {
      const outer = this.placeless;
      this.placeless = outer || (this.kind === 'server' && depth === 0 && roll >= 0.55);
      const chunks = this.chunks(1 + random.below(2), depth + 1);
      this.placeless = outer;
      return chunks;
    };
    if (roll < 0.55) {
      const chain = [this.section(`<If "${this.expression()}">`, '</If>', inside(), 'If')];
      if (random.chance(0.35)) chain.push(this.section(`<ElseIf "${this.expression()}">`, '</ElseIf>', inside(), 'ElseIf'));
      if (random.chance(0.35)) chain.push(this.section('<Else>', '</Else>', inside(), 'Else'));
      // Parts of one chain shrink together: an Else without its If is refused.
      return chain.length === 1 ? chain : [{ lines: ['', ''], tags: [], inside: chain }];
    }
    if (roll < 0.7)
      return [
        this.section(
          `<IfModule ${random.pick(['mod_headers.c', 'headers_module', 'mod_rewrite.c', '!mod_nothing_here.c'])}>`,
          '</IfModule>',
          inside(),
          'IfModule',
        ),
      ];
    if (roll < 0.8)
      return [
        this.section(
          `<IfModule ${random.pick(['MOD_HEADERS.C', 'mod_Headers.c', '!mod_setenvif.c'])}>`,
          '</IfModule>',
          inside(),
          'IfModule',
          'IfModule wrong case',
        ),
      ];
    if (roll < 0.88)
      return [this.section(`<IfVersion ${random.pick(['>= 2.4', '< 2.4', '2.4', '!< 2.4'])}>`, '</IfVersion>', inside(), 'IfVersion')];
    return [this.section(`<IfDefine ${random.pick(['', '!'])}${placeholders.definition}>`, '</IfDefine>', inside(), 'IfDefine')];
  }

  private files(depth: number): Chunk {
    const { random } = this;
    const outer = this.placeless;
    this.placeless = false;
    const inside = this.chunks(1 + random.below(2), depth + 1);
    this.placeless = outer;
    if (random.chance(0.5))
      return this.section(`<Files ${random.pick(['a.txt', '"b.txt"', '*.txt', 'x.*', '?.txt'])}>`, '</Files>', inside, 'Files');
    return this.section(
      `<FilesMatch ${random.pick(['"\\.txt$"', '"^(a|b)\\.txt$"', '"\\.(cgi|html)$"', 'missing', '"^.\\.txt$|cgi"'])}>`,
      '</FilesMatch>',
      inside,
      'FilesMatch',
    );
  }

  private requirement(): [string, ...Construct[]] {
    const { random } = this;
    return random.pick<[string, ...Construct[]]>([
      ['Require all granted'],
      ['Require all granted'],
      ['Require all denied'],
      ['Require method GET OPTIONS'],
      ['Require method OPTIONS'],
      ['Require env FLAG'],
      ['Require env ORIGIN'],
      [`Require expr "${this.expression()}"`, 'Require expr'],
      [`Require expr "%{HTTP:Origin} == '${origins.allowed}'"`, 'Require expr'],
      ['Require valid-user', 'Require valid-user'],
    ]);
  }

  private access(): Chunk {
    const { random } = this;
    const credentials = ['AuthType Basic', 'AuthName x', `AuthUserFile ${placeholders.folder}/users`];
    const roll = random.next();
    if (roll < 0.25) {
      const [line, ...tags] = this.requirement();
      return chunk([...credentials, line], 'Require', ...tags);
    }
    if (roll < 0.5) {
      const name = random.pick<['RequireAny' | 'RequireAll', number]>([
        ['RequireAny', 0],
        ['RequireAll', 1],
      ])[0];
      const lines = [this.requirement(), this.requirement()];
      const none = name === 'RequireAll' && random.chance(0.5);
      const body = [
        ...lines.map(([line]) => `  ${line}`),
        ...(none ? ['  <RequireNone>', '    Require method PUT', '  </RequireNone>'] : []),
      ];
      const negated = name === 'RequireAll' && random.chance(0.3) ? ['  Require not env FLAG'] : [];
      return chunk(
        [...credentials, `<${name}>`, ...body, ...negated, `</${name}>`],
        name,
        'Require',
        ...(none ? (['RequireNone'] as const) : []),
        ...lines.flatMap(([, ...tags]) => tags),
      );
    }
    if (roll < 0.62) {
      const [line, ...tags] = this.requirement();
      return chunk(
        [...credentials, `<Limit ${random.pick(['GET', 'GET POST', 'PUT', 'OPTIONS'])}>`, `  ${line}`, '</Limit>'],
        'Limit',
        'Require',
        ...tags,
      );
    }
    if (roll < 0.76) {
      const [line, ...tags] = this.requirement();
      return chunk(
        [...credentials, `<LimitExcept ${random.pick(['OPTIONS', 'GET', 'GET OPTIONS'])}>`, `  ${line}`, '</LimitExcept>'],
        'LimitExcept',
        'Require',
        ...tags,
      );
    }
    if (roll < 0.8)
      return chunk(
        [`<Limit ${random.pick(['GET', 'PUT'])}>`, ...this.hosts().map((line) => `  ${line}`), '</Limit>'],
        'Limit',
        'Order/Allow/Deny',
      );
    return chunk(this.hosts(), 'Order/Allow/Deny');
  }

  private hosts(): string[] {
    return this.random.pick([
      ['Order deny,allow', 'Deny from all', 'Allow from env=FLAG'],
      ['Order allow,deny', 'Allow from all', 'Deny from env=FLAG'],
      ['Order allow,deny', 'Allow from env=ORIGIN'],
      ['Deny from all'],
      ['Order deny,allow', 'Allow from all'],
      ['Order Allow,Deny', 'Allow from all'],
    ]);
  }

  private other(): Chunk {
    const { random } = this;
    const options: Chunk[] = [
      chunk(
        `ErrorDocument ${random.pick(['404', '403', '405', '401'])} /${random.pick(['errors/e.html', 'sub/b.txt', 'a.txt'])}`,
        'ErrorDocument local',
      ),
      chunk(`ErrorDocument ${random.pick(['404', '403', '405'])} /${random.pick(['errors/e.html', 'sub/b.txt'])}`, 'ErrorDocument local'),
      chunk(`ErrorDocument ${random.pick(['404', '403'])} "Nothing here"`, 'ErrorDocument text'),
      chunk(`ErrorDocument ${random.pick(['404', '403'])} https://errors.example/`, 'ErrorDocument external'),
      chunk('Redirect 301 /old /sub/', 'Redirect'),
      chunk(
        random.pick([
          'Redirect 301 /old /a.txt',
          'Redirect /old https://new.example/',
          'Redirect gone /old',
          'RedirectPermanent /old /sub/',
        ]),
        'Redirect',
      ),
      chunk('RedirectMatch 302 ^/old$ /a.txt', 'RedirectMatch'),
      chunk(
        random.pick(['RedirectMatch 302 ^/old$ /a.txt', 'RedirectMatch "\\.old$" https://new.example/', 'RedirectMatch 404 ^/sub/']),
        'RedirectMatch',
      ),
      chunk(
        `RequestHeader ${random.pick(['unset Origin', 'set Origin https://proxy.example', 'set Origin https://proxy.example env=FLAG', 'set X-Other 1'])}`,
        'RequestHeader Origin',
      ),
      chunk('FallbackResource /x.cgi', 'FallbackResource'),
    ];
    if (this.kind === 'server') {
      options.push(
        chunk(
          [`Define ALLOWED_${placeholders.definition} https://app.example`, `Header set ${ACAO} "\${ALLOWED_${placeholders.definition}}"`],
          'Define',
          'Header set',
        ),
        chunk(
          [
            `Define ${placeholders.definition}`,
            `<IfDefine ${random.pick(['', '!'])}${placeholders.definition}>`,
            `  Header set ${ACMA} 7`,
            '</IfDefine>',
          ],
          'Define',
          'IfDefine',
          'Header set',
        ),
        chunk([`ProxyPass /api/ ${placeholders.upstream}/`, 'ProxyPass /down/ http://127.0.0.1:1/'], 'ProxyPass'),
      );
    }
    return random.pick(options);
  }

  /** Sections of a server's file. */
  sections(): Chunk[] {
    const { random } = this;
    const inside = (depth = 1): Chunk[] =>
      this.chunks(1 + random.below(3), depth).filter((each) => !each.tags.includes('server rewriting'));
    const count = 1 + random.below(4);
    const proxied = random.chance(0.5)
      ? [
          random.pick([
            chunk([`ProxyPass /api/ ${placeholders.upstream}/`, 'ProxyPass /down/ http://127.0.0.1:1/'], 'ProxyPass'),
            chunk([`ProxyPass /api/ ${placeholders.upstream}/`, 'ProxyPass /down/ http://127.0.0.1:1/'], 'ProxyPass'),
            chunk(['ProxyPass /api/local !', `ProxyPass /api/ ${placeholders.upstream}/`], 'ProxyPass', 'ProxyPass !'),
            chunk(
              [
                '<Location /api/>',
                `  ProxyPass ${placeholders.upstream}/`,
                ...this.header().lines.map((line) => `  ${line}`),
                '</Location>',
              ],
              'ProxyPass in Location',
              'Location',
            ),
          ]),
        ]
      : [];
    // The inner folder is written first: the server merges by depth, not by the order of the text.
    const folders = ['/www/sub', '/www'].map((folder) =>
      this.section(
        `<Directory "${placeholders.folder}${folder}">`,
        '</Directory>',
        [chunk(`Header always append ${ACEH} X-${folder.length}`, 'Header append', 'Header always')],
        'Directory',
      ),
    );
    return [
      ...(random.chance(0.2) ? folders : []),
      ...proxied,
      ...Array.from({ length: count }, (): Chunk => {
        const roll = random.next();
        const body = inside();
        if (roll < 0.35)
          return this.section(
            `<Location ${random.pick(['/', '/sub', '"/sub/"', '/a.txt', '/api/', '/api', '"/s*/b.txt"', '/su'])}>`,
            '</Location>',
            withoutFiles(body),
            'Location',
          );
        if (roll < 0.5)
          return this.section(
            `<LocationMatch ${random.pick(['"^/(sub|api)/"', '"\\.txt$"', '"/x"'])}>`,
            '</LocationMatch>',
            withoutFiles(body),
            'LocationMatch',
          );
        if (roll < 0.8)
          return this.section(
            `<Directory "${placeholders.folder}${random.pick(['/www', '/www/sub', '', '/www/elsewhere'])}">`,
            '</Directory>',
            body,
            'Directory',
          );
        return this.section('<DirectoryMatch ".*">', '</DirectoryMatch>', body, 'DirectoryMatch');
      }),
    ];
  }
}

/** Files may not stand in a Location. */
function withoutFiles(chunks: readonly Chunk[]): Chunk[] {
  return chunks.flatMap((each) => {
    if (each.tags.includes('Files') || each.tags.includes('FilesMatch')) return withoutFiles(each.inside ?? []);
    return [each.inside === undefined ? each : { ...each, inside: withoutFiles(each.inside) }];
  });
}

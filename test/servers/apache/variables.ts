/** Lines of mod_setenvif, mod_env and mod_rewrite. */
import type { Random } from '../../../tools/random.ts';
import { chunk, origins, type CaseKind, type Chunk } from './configuration.ts';
import type { Construct } from './constructs.ts';
import { header } from './headers.ts';

/** Lines that set a variable from the request. */
export function variable(random: Random): Chunk[] {
  const roll = random.next();
  if (roll < 0.4) {
    const pattern = random.pick([
      '^https://(app|admin)\\.example$',
      'https://app\\.example',
      '^https?://.*example',
      '(.*)',
      '^(https)://([a-z]+)\\.',
      '^(https?)://(.+)$',
      '.+',
      '^null$',
      '^$',
    ]);
    const value = random.pick([
      'ORIGIN=$0',
      'ORIGIN=$0',
      'ORIGIN=$1',
      'FLAG',
      'ORIGIN=$0 FLAG=1',
      'TENANT=$2',
      'ORIGIN=$1://$2',
      '!FLAG',
      'FLAG=x',
    ]);
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
    ['%{HTTP:Origin} =~ m#^https://app#', ['FLAG=1']],
    [`%{HTTP:Origin} =~ m#^(https)://app# && %{REQUEST_METHOD} != 'PUT'`, ['FLAG=1', 'ORIGIN=$0', 'TENANT=$1']],
    [`%{HTTP:Origin} == '${origins.allowed}'`, ['FLAG=1', 'TENANT']],
    [`%{REQUEST_METHOD} == 'PUT'`, ['FLAG', 'ORIGIN=x']],
  ]);
  return [chunk(`SetEnvIfExpr "${expression}" ${random.pick(values)}`, 'SetEnvIfExpr')];
}

/** Conditions and a rule of mod_rewrite. */
export function rewriting(random: Random, kind: CaseKind): Chunk {
  const server = kind === 'server';
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
      'RewriteCond %{HTTP:Origin} ^(https?://)(.*)$',
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
    [`RewriteRule ${pattern} - [E=ORIGIN:%1%2]`, 'RewriteRule E='],
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
  if (rule.includes('%1') && conditions.some((text) => text.startsWith('RewriteCond expr'))) return header(random, kind);
  const frontController = !server && random.chance(0.15);
  const body = frontController
    ? ['RewriteCond %{REQUEST_FILENAME} !-f', 'RewriteCond %{REQUEST_FILENAME} !-d', 'RewriteRule ^ x.cgi [L]']
    : [...conditions, rule];
  return chunk(
    ['RewriteEngine On', ...body],
    ...(frontController ? (['front controller', 'RewriteCond', 'RewriteRule L'] as const) : [...tags, ...ruleTags]),
  );
}

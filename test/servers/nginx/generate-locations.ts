/** Locations for generated configurations. */
import { included } from './generate.ts';
import type { Making } from './generate.ts';
import { addedHeaders, condition, moreHeaders, setVariable } from './generate-parts.ts';
import { block, line } from './tree.ts';
import type { ConfigNode } from './tree.ts';

const tops = [
  ['/'],
  ['/api/'],
  ['/api'],
  ['=', '/exact'],
  ['^~', '/assets/'],
  ['~', '\\.html$'],
  ['~*', '\\.(JS|css)$'],
  ['/docs/'],
  ['=', '/'],
  ['/api/v2/'],
  ['~', '^/api/v2'],
  ['=', '/api/'],
  ['^~', '/docs'],
  ['~', '"^/a{1}/"'],
  ['~', '^/(?<part>api|docs)/(.*)$'],
] as const;

/** Where the paths of a location lie, for locations inside it. */
const inside: Readonly<Record<string, readonly (readonly string[])[]>> = {
  '/api/': [['/api/v2/'], ['~', '\\.txt$'], ['=', '/api/found.txt'], ['^~', '/api/inner']],
  '/api': [['/api/x'], ['~', 'found']],
  '/': [['/docs/'], ['=', '/found.txt'], ['~', '\\.css$'], ['/a/']],
  '/docs/': [
    ['=', '/docs/index.html'],
    ['~', 'index'],
  ],
};

/** The locations of a server, those that others refer to among them. */
export function locations(making: Making): readonly ConfigNode[] {
  const { random } = making;
  const chosen = random.some(tops, 2 + random.below(3));
  const made: ConfigNode[] = chosen.map((args) => location(making, args, 0));
  if (random.chance(0.3)) made.push(...errorPages(making));
  for (const name of making.wanted) {
    if (name === '/auth')
      made.push(
        block(
          'location',
          ['=', '/auth'],
          [
            line('internal'),
            line('proxy_set_header', 'X-Subrequest', 'yes'),
            line('proxy_pass', `http://127.0.0.1:${String(making.ports.http)}`),
            line('auth_request', 'off'),
            line('auth_basic', 'off'),
            line('allow', 'all'),
            line('error_page', '418', '/never'),
          ],
        ),
      );
    else if (name.startsWith('@'))
      made.push(block('location', [name], [...(random.chance(0.6) ? addedHeaders(making, 3) : []), ...content(making, name, 1)]));
    else if (!chosen.some((args) => args.join(' ') === `= ${name}`))
      made.push(
        block(
          'location',
          ['=', name],
          [
            ...(random.chance(0.4) ? [line('internal')] : []),
            ...(random.chance(0.6) ? addedHeaders(making, 2) : []),
            ...random.pick([[], [], [line('return', '200', 'page')], [line('return', '404')], [line('return', '204')]]),
          ],
        ),
      );
  }
  making.wanted.clear();
  return made;
}

function errorPages(making: Making): readonly ConfigNode[] {
  const { random, wanted } = making;
  const codes = random.pick(['404', '403 404 405', '401 403', '500 502', '404 500', '405']);
  if (random.chance(0.12)) return [line('error_page', '405', '=200', '$uri')];
  const override = random.pick(['', '', '=', '=200', '=204', '=503']);
  const target = random.pick(['/err.html', '/err.html', '@error', 'https://elsewhere.example/sorry', '/missing-page', '/err.html?a=$uri']);
  if (target.startsWith('/err.html') && random.chance(0.7)) wanted.add('/err.html');
  if (target === '@error') wanted.add('@error');
  return [line('error_page', ...codes.split(' '), ...(override === '' ? [] : [override]), target)];
}

function location(making: Making, args: readonly string[], depth: number): ConfigNode {
  const { random, abilities } = making;
  const body: ConfigNode[] = [];
  const named = args[0] === '~' || args[0] === '~*' ? '~' : (args.at(-1) ?? '/');
  if (random.chance(0.6)) body.push(...addedHeaders(making, 3));
  if (abilities.inherit && random.chance(0.15)) body.push(line('add_header_inherit', random.pick(['on', 'off', 'merge'])));
  if (random.chance(0.15)) body.push(...moreHeaders(making));
  if (random.chance(0.08)) body.push(line('expires', random.pick(['30d', 'epoch'])));
  if (random.chance(0.12)) body.push(...errorPages(making));
  if (random.chance(0.12)) body.push(...access(making));
  if (random.chance(0.1)) body.push(limited(making));
  if (random.chance(0.55)) body.push(...script(making));
  if (random.chance(0.1)) body.push(line('proxy_intercept_errors', 'on'));
  if (random.chance(0.08)) body.push(line('recursive_error_pages', 'on'));
  if (random.chance(0.08)) body.push(line('index', random.pick(['index.html', 'start.html index.html'])));
  const nested = depth === 0 && args[0] !== '=' && random.chance(0.25) ? (inside[named] ?? (named === '~' ? [['~', 'x']] : [])) : [];
  const inner = random.some(nested, 1 + random.below(2)).map((each) => location(making, each, depth + 1));
  const whole = once([...body, ...content(making, named, depth)]).concat(inner);
  if (random.chance(0.1)) return block('location', args, [included(making, ...whole)]);
  return block('location', args, whole);
}

const single: ReadonlySet<string> = new Set(['expires', 'recursive_error_pages', 'index', 'satisfy', 'auth_basic', 'auth_basic_user_file']);

/** Nodes without the second of a directive that nginx accepts once. */
function once(nodes: readonly ConfigNode[]): readonly ConfigNode[] {
  return nodes.filter(
    (node, at) =>
      !(single.has(node.name) || node.name.endsWith('_intercept_errors')) || nodes.findIndex((each) => each.name === node.name) === at,
  );
}

/** What answers at a place. */
function content(making: Making, name: string, depth: number): readonly ConfigNode[] {
  const { random, ports, wanted } = making;
  const hide = (module: string): readonly ConfigNode[] => [
    ...(random.chance(0.4) ? [line(`${module}_hide_header`, random.pick(['Access-Control-Allow-Origin', 'VARY', 'X-Powered-By']))] : []),
    ...(random.chance(0.1) ? [line(`${module}_pass_header`, 'Vary')] : []),
    ...(random.chance(0.2) ? [line(`${module}_intercept_errors`, 'on')] : []),
  ];
  switch (random.below(14)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return [
        ...hide('proxy'),
        ...(random.chance(0.12) ? [line('proxy_set_header', 'Origin', random.pick(['$http_origin', '""', 'https://fixed.example']))] : []),
        line('proxy_pass', `http://127.0.0.1:${String(ports.http)}`),
      ];
    case 4:
      return [...hide('fastcgi'), line('fastcgi_pass', `127.0.0.1:${String(ports.fastcgi)}`)];
    case 5:
      return random.chance(0.5)
        ? [...hide('uwsgi'), line('uwsgi_pass', `127.0.0.1:${String(ports.uwsgi)}`)]
        : [...hide('scgi'), line('scgi_pass', `127.0.0.1:${String(ports.scgi)}`)];
    case 6:
      return [...hide('grpc'), line('grpc_pass', `127.0.0.1:${String(ports.grpc)}`)];
    case 7:
      return [
        line(
          'return',
          random.pick([
            '204',
            '200 ok',
            '404',
            '403 "no"',
            '301 /found.txt',
            '302 https://elsewhere.example$request_uri',
            '500',
            '202 later',
            '308 /api/',
          ]),
        ),
      ];
    case 8:
    case 9: {
      if (name.startsWith('@')) return [];
      const fallback = random.pick(['=404', '/index.html', '@fallback', '/found.txt', '=403', '/index.html?a=$args', '/missing']);
      if (fallback === '@fallback') wanted.add('@fallback');
      return [line('try_files', ...random.pick([['$uri'], ['$uri', '$uri/'], ['/none.txt', '$uri']]), fallback)];
    }
    case 10:
      return depth === 0 && random.chance(0.5)
        ? [
            line(
              'rewrite',
              random.pick(['^/docs/', '^/api/v2', '^/old/', '\\.css$']),
              random.pick(['/found.txt', '/api/found.txt', '/index.html']),
              random.pick(['last', 'break', '']),
            ),
          ]
        : [];
    case 11:
      return [line('empty_gif')];
    default:
      return [];
  }
}

function access(making: Making): readonly ConfigNode[] {
  const { random, wanted } = making;
  const lines: ConfigNode[] = [];
  const kind = random.below(5);
  if (kind === 0 || kind === 3)
    lines.push(line('auth_basic', random.pick(['"closed"', '"closed"', 'off'])), line('auth_basic_user_file', 'users'));
  if (kind === 1 || kind === 4) {
    wanted.add('/auth');
    lines.push(line('auth_request', '/auth'));
  }
  if (kind === 2 || kind >= 3)
    lines.push(
      ...random.pick([
        [line('deny', 'all')],
        [line('allow', '127.0.0.1'), line('deny', 'all')],
        [line('deny', '127.0.0.1')],
        [line('allow', '10.0.0.0/8'), line('deny', 'all')],
        [line('deny', '127.0.0.0/8')],
      ]),
    );
  if (kind >= 3 || random.chance(0.2)) lines.push(line('satisfy', random.pick(['any', 'all'])));
  return lines;
}

function limited(making: Making): ConfigNode {
  const { random } = making;
  const body = random.pick([
    [line('deny', 'all')],
    [line('allow', 'all')],
    [line('auth_basic', '"closed"'), line('auth_basic_user_file', 'users')],
    [line('proxy_pass', `http://127.0.0.1:${String(making.ports.http)}`)],
  ]);
  return block('limit_except', random.pick([['GET'], ['GET', 'OPTIONS'], ['OPTIONS'], ['PUT', 'GET']]), body);
}

/** Statements of a location's rewrite phase. */
function script(making: Making): readonly ConfigNode[] {
  const { random } = making;
  const statements: ConfigNode[] = [];
  if (random.chance(0.2))
    statements.push(
      line('set', setVariable(making), random.pick(['yes', '$http_origin', '""', '"$http_origin-x"', '$request_method', '"$1"'])),
    );
  for (let count = 1 + random.below(3); count > 0; count--) statements.push(block('if', [`(${condition(making)})`], ifBody(making)));
  if (random.chance(0.08)) statements.push(line('break'));
  return statements;
}

function ifBody(making: Making): readonly ConfigNode[] {
  const { random, abilities, ports } = making;
  const body: ConfigNode[] = [];
  if (random.chance(0.6)) body.push(...addedHeaders(making, 3));
  if (abilities.inherit && random.chance(0.1)) body.push(line('add_header_inherit', random.pick(['on', 'off', 'merge'])));
  if (random.chance(0.1)) body.push(...moreHeaders(making));
  if (random.chance(0.05)) body.push(line('expires', '1h'));
  if (random.chance(0.25))
    body.push(line('set', setVariable(making), random.pick(['yes', '"$http_origin"', '"${set_0}x"', '"${set_0}-options"'])));
  if (body.some((node) => node.args[1]?.includes('${set_0}'))) making.used.add('set_0');
  switch (random.below(9)) {
    case 0:
    case 1:
      body.push(line('return', random.pick(['204', '204', '200 ok', '403', '404', '444', '405 "not this"', '301 /x'])));
      break;
    case 2:
      body.push(line('break'));
      break;
    case 3:
      body.push(line('proxy_pass', `http://127.0.0.1:${String(ports.http)}`));
      break;
    case 4:
      if (random.chance(0.5))
        body.push(
          line(
            'rewrite',
            random.pick(['^/docs/', '^', 'x']),
            random.pick(['/found.txt', '/missing', '/exact']),
            random.pick(['last', 'break']),
          ),
        );
      break;
    case 5:
      if (random.chance(0.4)) body.push(line('error_page', '404', '=', '/found.txt'));
      break;
  }
  if (random.chance(0.08)) body.push(line('add_header', 'Access-Control-Allow-Origin', '$1', 'always'));
  return body;
}

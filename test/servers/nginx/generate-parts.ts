/** Header lines, conditions and scripts for generated configurations. */
import type { Making } from './generate.ts';
import { allowedOrigins } from './requests.ts';
import { block, line } from './tree.ts';
import type { ConfigNode } from './tree.ts';

const [first = '', second = ''] = allowedOrigins;

const mapKinds = ['list', 'list', 'pattern', 'hosts', 'method', 'pair', 'chain'] as const;

/** The name of a map's variable; the map itself is written at the end. */
function mapVariable(making: Making): string {
  const name = `map_${making.random.pick(mapKinds)}_${String(making.random.below(2))}`;
  making.used.add(name);
  return `$${name}`;
}

export function setVariable(making: Making): string {
  const name = `set_${String(making.random.below(2))}`;
  making.used.add(name);
  return `$${name}`;
}

/** A value for Access-Control-Allow-Origin. */
function originValue(making: Making): string {
  const { random } = making;
  switch (random.below(10)) {
    case 0:
      return '*';
    case 1:
      return `"${first}"`;
    case 2:
      return second;
    case 3:
      return random.pick(['""', "''", 'null']);
    case 4:
      return random.pick(['$http_origin', '${http_origin}', '"$HTTP_ORIGIN"', "'$http_origin'"]);
    case 5:
      return setVariable(making);
    case 6:
      return random.pick([
        '"${scheme}://app.example.com"',
        '$http_origin$http_x_none',
        '"$scheme://$host"',
        '"a-$http_origin-b"',
        '"$http_x_forwarded_host"',
        '"https://$arg_site"',
      ]);
    default:
      return mapVariable(making);
  }
}

/** One header line as name and value. */
export function header(making: Making): readonly [name: string, value: string] {
  const { random } = making;
  switch (random.below(11)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return [
        random.pick([
          'Access-Control-Allow-Origin',
          'Access-Control-Allow-Origin',
          'access-control-allow-origin',
          '"Access-Control-Allow-Origin"',
        ]),
        originValue(making),
      ];
    case 4:
      return ['Access-Control-Allow-Credentials', random.pick(['true', "'true'", '""', '$http_x_flag'])];
    case 5:
      return ['Access-Control-Allow-Methods', random.pick(["'GET, PUT'", '*', '"GET"', '$request_method'])];
    case 6:
      return ['Access-Control-Allow-Headers', random.pick(['Content-Type', '"X-A, X-B"', '$http_access_control_request_headers'])];
    case 7:
      return random.pick([['Access-Control-Max-Age', '600'] as const, ['Access-Control-Expose-Headers', 'X-Total'] as const]);
    case 8:
    case 9:
      return ['Vary', random.pick(['Origin', '"Origin, Accept"', 'Accept-Encoding', '""'])];
    default:
      return [random.pick(['X-Frame-Options', 'X-Other']), random.pick(['DENY', 'a', '""'])];
  }
}

export function addedHeaders(making: Making, most: number): readonly ConfigNode[] {
  const { random } = making;
  return Array.from({ length: 1 + random.below(most) }, () => {
    const always = random.chance(0.55) ? ['always'] : [];
    return line('add_header', ...header(making), ...always);
  });
}

/** Directives of headers-more; nothing where the module is not there. */
export function moreHeaders(making: Making): readonly ConfigNode[] {
  const { random, abilities } = making;
  if (!abilities.headersMore) return [];
  if (random.chance(0.3))
    return [
      line(
        'more_clear_headers',
        ...random.pick([['Access-Control-Allow-Origin'], ['Vary'], ["'Access-Control-*'"], ["-s '404 500'", 'Vary']]),
      ),
    ];
  const [name, value] = header(making);
  const plain = value.replace(/^["']|["']$/g, '');
  const statuses = random.chance(0.3) ? [`-s '${random.pick(['200 204', '404', '404 500 200'])}'`] : [];
  return [line('more_set_headers', ...statuses, `"${name.replaceAll('"', '')}: ${plain}"`)];
}

/** The condition of an `if`, without its brackets. */
export function condition(making: Making): string {
  const { random } = making;
  switch (random.below(13)) {
    case 0:
    case 1:
    case 2:
      return random.pick([
        '$request_method = OPTIONS',
        "$request_method = 'OPTIONS'",
        '$request_method != OPTIONS',
        '$request_method ~ "^(OPTIONS|PUT)$"',
        '$request_method = GET',
      ]);
    case 3:
      return random.pick([`$http_origin = "${first}"`, `$http_origin != ${second}`, `$http_origin = "HTTPS://APP.EXAMPLE.COM"`]);
    case 4:
    case 5:
      return random.pick([
        '$http_origin ~ "^https://app\\.example\\.com$"',
        '$http_origin ~* "^https://(APP|admin)\\.example\\.com"',
        '$http_origin !~ "example\\.com$"',
        '$http_origin ~ "^(https?://[^/]*\\.example\\.com)"',
        '$http_origin ~ "^$"',
        '$http_origin !~* "^HTTPS://"',
      ]);
    case 6:
      return random.pick(['$http_origin', '$http_x_flag', '$http_origin = ""', '$arg_site']);
    case 7:
      return `${setVariable(making)} = ${random.pick(['yes', '"yes"', 'start', '0'])}`;
    case 8:
      return random.pick([
        setVariable(making),
        `${setVariable(making)} = ${random.pick(['startx', 'yesx', 'yes-options', '"start-options"'])}`,
        '$http_origin ~* "^https?://(?<sub>[a-z]+)\\.example\\.com$"',
        '-f $request_filename',
        '!-e $request_filename',
        '$request_uri ~ "site="',
        '$cookie_x',
        '$http_referer ~ "^https://"',
      ]);
    case 9:
      return `${mapVariable(making)} = ${random.pick(['1', '$http_origin', '""'])}`;
    case 10:
      return random.pick(['$uri ~ "^/api"', '$http_x_flag = 1', '$host = one.example']);
    default:
      return mapVariable(making);
  }
}

/** Statements of a server's rewrite phase. */
export function serverScript(making: Making): readonly ConfigNode[] {
  const { random } = making;
  const statements: ConfigNode[] = [];
  if (random.chance(0.12)) statements.push(line('set', setVariable(making), random.pick(['yes', '$http_origin', '"$request_method"'])));
  if (random.chance(0.15)) {
    const body = random.pick([
      () => [line('return', random.pick(['204', '403', '301 https://elsewhere.example/', '200 ok', '404 "gone"']))],
      () => [line('set', setVariable(making), 'yes')],
      () => [line('rewrite', '^/old/', '/found.txt', 'last')],
      () => [line('break')],
    ])();
    statements.push(block('if', [`(${condition(making)})`], body));
  }
  if (random.chance(0.05))
    statements.push(line('rewrite', '^/old/', random.pick(['/api/found.txt', '/found.txt']), random.pick(['last', 'break', ''])));
  if (random.chance(0.04))
    statements.push(
      line(
        'rewrite',
        '^/old/(.*)$',
        random.pick(['/new/$1', '/$1', '/api/$1?old=1']),
        random.pick(['permanent', 'redirect', 'last', 'break']),
      ),
    );
  return statements;
}

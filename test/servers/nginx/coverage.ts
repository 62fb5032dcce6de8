/** Which constructs a generated configuration holds, for the table that shows what the suite has seen. */
import { walk } from './tree.ts';
import type { ConfigNode } from './tree.ts';

type Holds = (node: ConfigNode, around: readonly ConfigNode[]) => boolean;

const inside = (around: readonly ConfigNode[]): string => around.filter((each) => each.file === undefined).at(-1)?.name ?? 'http';
const named =
  (...names: readonly string[]): Holds =>
  (node) =>
    names.includes(node.name) && node.file === undefined;
const words = (node: ConfigNode): string => node.args.join(' ');
const children = (node: ConfigNode): readonly ConfigNode[] =>
  (node.body ?? []).flatMap((each) => (each.file === undefined ? [each] : (each.body ?? [])));

/** Every construct by the name that the table shows. */
export const constructs: Readonly<Record<string, Holds>> = {
  add_header: named('add_header'),
  'add_header … always': (node) => node.name === 'add_header' && node.args.at(-1) === 'always',
  'add_header in if': (node, around) => node.name === 'add_header' && inside(around) === 'if',
  'add_header in server': (node, around) => node.name === 'add_header' && inside(around) === 'server',
  'add_header in http': (node, around) => node.name === 'add_header' && inside(around) === 'http',
  proxy_hide_header: named('proxy_hide_header'),
  'proxy_set_header Origin': (node) => node.name === 'proxy_set_header' && node.args[0] === 'Origin',
  more_set_headers: named('more_set_headers'),
  more_clear_headers: named('more_clear_headers'),
  expires: named('expires'),
  if: named('if'),
  'two if in one block': (node) => children(node).filter((each) => each.name === 'if').length > 1,
  'if in server': (node, around) => node.name === 'if' && inside(around) === 'server',
  'return in if': (node, around) => node.name === 'return' && inside(around) === 'if',
  return: (node, around) => node.name === 'return' && inside(around) === 'location',
  break: named('break'),
  set: named('set'),
  rewrite: named('rewrite'),
  map: named('map'),
  'map, strings': (node) => node.name === 'map' && children(node).some((each) => each.name.startsWith('"https')),
  'map, ~': (node) => node.name === 'map' && children(node).some((each) => /^"?~[^*]/.test(each.name)),
  'map, ~*': (node) => node.name === 'map' && children(node).some((each) => /^"?~\*/.test(each.name)),
  'map, hostnames': (node) => node.name === 'map' && children(node).some((each) => each.name === 'hostnames'),
  'map, default': (node) => node.name === 'map' && children(node).some((each) => each.name === 'default'),
  'map, volatile': (node) => node.name === 'map' && children(node).some((each) => each.name === 'volatile'),
  limit_except: named('limit_except'),
  'error_page, path': (node) => node.name === 'error_page' && node.args.at(-1)?.startsWith('/') === true,
  'error_page, named': (node) => node.name === 'error_page' && node.args.at(-1)?.startsWith('@') === true,
  'error_page, URL': (node) => node.name === 'error_page' && node.args.at(-1)?.startsWith('http') === true,
  'error_page, $uri': (node) => node.name === 'error_page' && node.args.at(-1) === '$uri',
  'map of a map': (node) => node.name === 'map' && node.args[0]?.startsWith('$map_') === true,
  recursive_error_pages: named('recursive_error_pages'),
  'error_page =': (node) => node.name === 'error_page' && node.args.some((each) => each.startsWith('=')),
  proxy_intercept_errors: named('proxy_intercept_errors'),
  auth_basic: named('auth_basic'),
  auth_request: (node) => node.name === 'auth_request' && node.args[0] !== 'off',
  satisfy: named('satisfy'),
  'allow, deny': named('deny'),
  try_files: named('try_files'),
  index: named('index'),
  'static files (405)': (node) =>
    node.name === 'location' && !children(node).some((each) => /_pass$|^(?:return|empty_gif)$/.test(each.name)),
  'prefix with a slash before a pass': (node) =>
    node.name === 'location' && node.args.at(-1)?.endsWith('/') === true && children(node).some((each) => each.name.endsWith('_pass')),
  'location =': (node) => node.name === 'location' && node.args[0] === '=',
  'location ^~': (node) => node.name === 'location' && node.args[0] === '^~',
  'location ~': (node) => node.name === 'location' && node.args[0] === '~',
  'location ~*': (node) => node.name === 'location' && node.args[0] === '~*',
  'nested location': (node, around) => node.name === 'location' && inside(around) === 'location',
  'named location': (node) => node.name === 'location' && node.args[0]?.startsWith('@') === true,
  internal: named('internal'),
  'several servers': (node) => node.name === 'server_name' && /two/.test(words(node)),
  include: (node) => node.file !== undefined && !/[*?]/.test(words(node)),
  'include with a pattern': (node) => node.file !== undefined && /[*?]/.test(words(node)),
  interpolation: (node) => /\$\w+[^\w\s"']|[^\s"'({]\$/.test(words(node)) && node.name !== 'map',
  fastcgi_pass: named('fastcgi_pass'),
  fastcgi_hide_header: named('fastcgi_hide_header'),
  uwsgi_pass: named('uwsgi_pass'),
  uwsgi_hide_header: named('uwsgi_hide_header'),
  scgi_pass: named('scgi_pass'),
  scgi_hide_header: named('scgi_hide_header'),
  grpc_pass: named('grpc_pass'),
  grpc_hide_header: named('grpc_hide_header'),
};

/** The constructs that only an nginx from 1.29.3 on accepts. */
export const newerConstructs: Readonly<Record<string, Holds>> = { add_header_inherit: named('add_header_inherit') };

/** The names of the constructs that a configuration holds. */
export function constructsIn(nodes: readonly ConfigNode[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [node, around] of walk(nodes)) {
    for (const [name, holds] of Object.entries({ ...constructs, ...newerConstructs }))
      if (!found.has(name) && holds(node, around)) found.add(name);
  }
  return found;
}

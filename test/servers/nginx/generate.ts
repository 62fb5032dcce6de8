/** Configurations out of every construct that the model knows, as a seed decides. */
import { Random } from '../../../tools/random.ts';
import { block, line } from './tree.ts';
import type { ConfigNode } from './tree.ts';
import { locations } from './generate-locations.ts';
import { addedHeaders, serverScript } from './generate-parts.ts';
import { allowedOrigins, hostileOrigins } from './requests.ts';

/** What the server that runs the configuration can do. */
export interface Abilities {
  readonly headersMore: boolean;
  /** add_header_inherit, from nginx 1.29.3. */
  readonly inherit: boolean;
}

/** Ports of the scripted applications; texts of a configuration name them. */
export interface Ports {
  readonly http: number;
  readonly fastcgi: number;
  readonly uwsgi: number;
  readonly scgi: number;
  readonly grpc: number;
}

/** What a generator needs everywhere. The port that is listened on is written as `PORT`, replaced when the server starts. */
export interface Making {
  readonly random: Random;
  readonly abilities: Abilities;
  readonly ports: Ports;
  /** Names of variables that somebody used and that have to be set. */
  readonly used: Set<string>;
  /** Named locations and paths that somebody refers to. */
  readonly wanted: Set<string>;
  files: number;
}

/** The content of `http { … }` for a seed. */
export function generate(seed: number, abilities: Abilities, ports: Ports): readonly ConfigNode[] {
  const random = new Random(seed);
  const making: Making = { random, abilities, ports, used: new Set(), wanted: new Set(), files: 0 };
  const http: ConfigNode[] = [];
  if (random.chance(0.2)) http.push(...addedHeaders(making, 2));
  if (abilities.inherit && random.chance(0.1)) http.push(line('add_header_inherit', random.pick(['on', 'off', 'merge'])));
  if (random.chance(0.15)) http.push(line('proxy_hide_header', hidden(random)));
  const servers = [server(making, 0)];
  if (random.chance(0.25)) servers.push(server(making, 1));
  return [...maps(making), ...http, ...servers];
}

const hidden = (random: Random): string =>
  random.pick(['Access-Control-Allow-Origin', 'access-control-allow-origin', 'Vary', 'Access-Control-Allow-Credentials']);

function server(making: Making, index: number): ConfigNode {
  const { random, abilities } = making;
  const body: ConfigNode[] = [
    line('listen', index === 1 && random.chance(0.2) ? '127.0.0.1:PORT default_server' : '127.0.0.1:PORT'),
    line('root', 'html'),
  ];
  if (index === 1 || random.chance(0.3)) body.push(line('server_name', ...names(random, index)));
  if (random.chance(0.4)) body.push(...addedHeaders(making, 3));
  if (abilities.inherit && random.chance(0.12)) body.push(line('add_header_inherit', random.pick(['on', 'off', 'merge'])));
  if (random.chance(0.1)) body.push(line('expires', random.pick(['1h', 'off', 'max'])));
  if (random.chance(0.12)) body.push(line('proxy_hide_header', hidden(random)));
  if (random.chance(0.08)) body.push(line('proxy_set_header', 'Origin', '""'));
  if (random.chance(0.12)) body.push(line('index', random.pick(['index.html', 'missing.html index.html'])));
  if (random.chance(0.08)) body.push(line('auth_basic', random.pick(['"closed"', 'off'])), line('auth_basic_user_file', 'users'));
  body.push(...serverScript(making));
  body.push(...locations(making));
  // `set` gives every used variable a value, as nginx refuses a variable that nothing sets.
  const sets = [...making.used]
    .filter((name) => name.startsWith('set_'))
    .map((name) => line('set', `$${name}`, random.pick(['""', '0', 'start'])));
  const [listen, ...rest] = body;
  const inner = [...sets, ...rest];
  return block('server', [], [...(listen ? [listen] : []), ...(random.chance(0.12) ? [included(making, ...inner)] : inner)]);
}

/** A node moved into a file of its own, found by a pattern. */
export function included(making: Making, ...nodes: readonly ConfigNode[]): ConfigNode {
  making.files++;
  const number = String(making.files);
  return {
    name: 'include',
    args: [making.random.pick([`inc/part-${number}.conf`, `inc/*-${number}.conf`, `inc/part-${number}.con?`])],
    file: `inc/part-${number}.conf`,
    body: nodes,
  };
}

function names(random: Random, index: number): readonly string[] {
  if (index === 0) return [random.pick(['one.example', '_', '.one.example', 'one.*'])];
  return [random.pick(['two.example', '*.two.example', '.two.example', 'two.*', '~^two[0-9]*\\.example$'])];
}

const [first = '', second = ''] = allowedOrigins;
const [foreign = ''] = hostileOrigins;

/** The maps of every variable in use. */
function maps(making: Making): readonly ConfigNode[] {
  const { random } = making;
  if ([...making.used].some((name) => name.startsWith('map_chain'))) making.used.add('map_list_0').add('map_hosts_0');
  return [...making.used]
    .filter((name) => name.startsWith('map_'))
    .map((name) => {
      const value = (): string => random.pick(['$http_origin', '$http_origin', '1', `"${first}"`, '"a-$http_origin"', '*', '""']);
      const entries: ConfigNode[] = [];
      if (random.chance(0.7)) entries.push(line('default', random.pick(['""', '""', '0', `"${second}"`, '$http_origin'])));
      const kind = name.slice('map_'.length).replace(/_\d+$/, '');
      if (random.chance(0.15)) entries.unshift(line('volatile'));
      switch (kind) {
        case 'list':
          entries.push(line(`"${first}"`, value()), line(random.pick([second, second.toUpperCase()]), value()));
          if (random.chance(0.3)) entries.push(line('null', value()));
          if (random.chance(0.2)) entries.push(line('""', value()));
          break;
        case 'pattern':
          entries.push(
            line(
              random.pick([
                '"~^https://(app|admin)\\.example\\.com$"',
                '"~*^https://APP\\.example\\.com"',
                '~example\\.com',
                '"~^https://([a-z]+)\\.example\\.com$"',
              ]),
              random.pick([value(), value(), '"https://$1.example.com"']),
            ),
          );
          if (random.chance(0.4)) entries.push(line(`"${second}"`, value()));
          if (random.chance(0.2)) entries.push(line('"~."', value()));
          break;
        case 'hosts':
          entries.unshift(line('hostnames'));
          entries.push(line(random.pick(['*.example.com', '.example.com']), value()), line(foreign, value()));
          break;
        case 'method':
          entries.push(line('OPTIONS', value()), line(random.pick(['GET', 'put']), value()));
          break;
        default:
          entries.push(line(`"GET:${first}"`, value()), line('"~^OPTIONS:https://.*\\.com$"', value()));
      }
      if (kind === 'chain') entries.splice(0, entries.length, line('default', '$http_origin'), line('1', value()), line('""', value()));
      const source =
        kind === 'chain'
          ? random.pick(['$map_list_0', '$map_hosts_0', '$http_x_flag'])
          : kind === 'method'
            ? '$request_method'
            : kind === 'pair'
              ? '"$request_method:$http_origin"'
              : '$http_origin';
      const order = random.chance(0.5) ? entries : [...entries].reverse();
      return block('map', [source, `$${name}`], order);
    });
}

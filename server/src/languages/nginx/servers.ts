/** Which server answers: by address, then by name (behaviour 1.13). */
import { all, always, any, literal, test } from '../../policy/condition.ts';
import type { Condition, Step, UnknownReason, Value } from '../../policy/model.ts';
import type { OriginSet } from '../../cors/origins/origin-set.ts';
import { serverNameVariable } from './built-ins.ts';
import { own } from './levels.ts';
import type { Level } from './levels.ts';
import { datum } from './variables.ts';

export interface ServerChoice {
  readonly when: Condition;
  readonly server: Level;
}

/** An address as far as a request shows it: its scheme, or a port of its own. */
interface Listen {
  readonly key: string;
  readonly when: Condition;
  readonly isDefault: boolean;
}

const host = datum('host');
const schemeIs = (scheme: string): Condition => test(datum('scheme'), { kind: 'oneOf', values: [scheme] });

function listensOf(server: Level): readonly Listen[] {
  const lines = own(server, 'listen');
  if (lines.length === 0) return [{ key: '80', when: schemeIs('http'), isDefault: false }];
  return lines.map((line) => {
    const [address, ...options] = line.args.map((word) => word.value);
    const port = /(?:^|:)(\d+)$/.exec(address ?? '')?.[1] ?? '80';
    const secure = options.includes('ssl') || options.includes('quic') || port === '443';
    const isDefault = options.includes('default_server') || options.includes('default');
    if (port === '80' || port === '443') return { key: port, when: schemeIs(secure ? 'https' : 'http'), isDefault };
    return { key: port, when: test(datum('header:host'), { kind: 'suffix', text: `:${port}` }), isDefault };
  });
}

/** Name forms in the order in which nginx tries them. */
const ranks = [0, 1, 2, 3] as const;

function namesOf(server: Level, rank: (typeof ranks)[number]): OriginSet | undefined {
  // Letters' case is of no account in names and patterns alike, but `\D` is another class than `\d`.
  const names = own(server, 'server_name').flatMap((line) =>
    line.args.map(({ value }) => (value.startsWith('~') ? value : value.toLowerCase())),
  );
  const sets: OriginSet[] = [];
  // A server without a name answers where the request names none.
  if (names.length === 0) names.push('');
  for (const name of names) {
    if (name.startsWith('~')) {
      if (rank === 3) sets.push({ kind: 'pattern', pattern: { dialect: 'pcre', source: name.slice(1), flags: 'i' } });
    } else if (name.startsWith('*.')) {
      if (rank === 1) sets.push({ kind: 'suffix', text: name.slice(1) });
    } else if (name.endsWith('.*')) {
      if (rank === 2) sets.push({ kind: 'prefix', text: name.slice(0, -1) });
    } else if (name.startsWith('.')) {
      if (rank === 0) sets.push({ kind: 'oneOf', values: [name.slice(1)] });
      if (rank === 1) sets.push({ kind: 'suffix', text: name });
    } else if (rank === 0) sets.push({ kind: 'oneOf', values: [name] });
  }
  const [only] = sets;
  return sets.length > 1 ? { kind: 'union', of: sets } : only;
}

/** Says what `$server_name` is in a server: its first name in lower case, without the dot that it may begin with, or nothing (behaviour 1.13). */
export function nameServer(server: Level): Step {
  return { kind: 'assign', variable: serverNameVariable, value: serverName(server) };
}

function serverName(server: Level): Value {
  const open = (reason: UnknownReason): Value => ({ kind: 'unknown', id: 'variable:server_name', reason });
  const [name] = own(server, 'server_name').flatMap((line) => line.args);
  if (name?.template === true) return open('placeholder');
  if (name === undefined) return server.outside ? open('outside') : server.body.open ? open(server.body.open) : literal('');
  if (name.value.includes('$')) return open('unsupported');
  return literal(name.value.startsWith('~') ? name.value : name.value.replace(/^\./, '').toLowerCase());
}

/**
 * The servers with the conditions under which each is chosen, in order. The first entry never holds for a known host; it
 * names the server that answers where the host is not known.
 */
export function chooseServer(servers: readonly Level[]): readonly ServerChoice[] {
  const [first] = servers;
  if (!first) return [];
  if (servers.length === 1) return [{ when: always, server: first }];
  const listens = new Map(servers.map((server) => [server, listensOf(server)]));
  const keys = new Set([...listens.values()].flat().map((listen) => listen.key));
  const reached = (server: Level): Condition =>
    keys.size === 1 ? always : any(...(listens.get(server) ?? []).map((listen) => listen.when));
  const choices: ServerChoice[] = [{ when: test(host, { kind: 'none' }), server: first }];
  for (const rank of ranks) {
    for (const server of servers) {
      const names = namesOf(server, rank);
      if (names) choices.push({ when: all(reached(server), test(host, names)), server });
    }
  }
  for (const key of keys) {
    const candidates = servers.filter((server) => listens.get(server)?.some((listen) => listen.key === key));
    const server = candidates.find((each) => listens.get(each)?.some((listen) => listen.key === key && listen.isDefault)) ?? candidates[0];
    const when = listens.get(candidates[0] ?? first)?.find((listen) => listen.key === key)?.when;
    if (server) choices.push({ when: keys.size === 1 ? always : (when ?? always), server });
  }
  choices.push({ when: always, server: first });
  return choices;
}

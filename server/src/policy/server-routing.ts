/** The routing of a file as the requests to one server meet it. */
import { contains } from '../cors/origins/origin-set.ts';
import { all, always, any, never, not } from './condition.ts';
import type { Alternative, Condition, Value } from './model.ts';

/** What a request's address says of the server. */
export interface ServerName {
  readonly scheme: string;
  /** Without the port. */
  readonly hostname: string;
  readonly host: string;
}

export interface ServerRouting {
  /** What a request may meet, rerouted or not. */
  readonly whole: readonly Alternative[];
  /** What is left of it for a request as it arrives, before anything was assigned to a variable. */
  readonly arriving: readonly Alternative[];
}

/** What was made of a file's routing, a server each: ways into its policies are looked for with hundreds of requests to few servers. */
const kept = new WeakMap<readonly Alternative[], Map<string, ServerRouting>>();

/**
 * The alternatives that are left for requests to one server once what asks for its name and scheme is decided. Where the server is
 * not known it is the first one that answers.
 */
export function routingTo(server: ServerName | undefined, routing: readonly Alternative[]): ServerRouting {
  const key = server === undefined ? '' : `${server.scheme}://${server.host}`;
  let byServer = kept.get(routing);
  if (!byServer) kept.set(routing, (byServer = new Map<string, ServerRouting>()));
  let found = byServer.get(key);
  if (!found) {
    const whole = reachable(
      routing,
      server === undefined ? (when) => withoutServer(when) ?? always : (when) => decided(when, (value) => serverText(server, value)),
    );
    const arriving = reachable(whole, (when) => decided(when, (value) => (value.kind === 'variable' ? value.unset : undefined)));
    byServer.set(key, (found = { whole, arriving }));
  }
  return found;
}

/** The alternatives with other conditions, up to the first one that always holds. */
function reachable(routing: readonly Alternative[], change: (when: Condition) => Condition): readonly Alternative[] {
  const left: Alternative[] = [];
  for (const { when, policy } of routing) {
    const changed = change(when);
    if (changed.kind === 'never') continue;
    left.push({ when: changed, policy });
    if (changed.kind === 'always') break;
  }
  return left;
}

/** A value that a request's address decides for good: no rerouting changes it. */
function serverText({ scheme, hostname, host }: ServerName, value: Value): string | undefined {
  if (value.kind !== 'request') return undefined;
  switch (value.datum) {
    case 'scheme':
      return scheme;
    case 'host':
      return hostname;
    case 'header:host':
      return host;
    default:
      return undefined;
  }
}

/** A condition with the tests decided whose text is known. */
function decided(condition: Condition, textOf: (value: Value) => string | undefined): Condition {
  switch (condition.kind) {
    case 'test': {
      const text = textOf(condition.value);
      const answer = text === undefined ? undefined : contains(condition.in, text);
      return answer === undefined ? condition : answer ? always : never;
    }
    case 'not':
      return not(decided(condition.of, textOf));
    case 'all':
      return all(...condition.of.map((each) => decided(each, textOf)));
    case 'any':
      return any(...condition.of.map((each) => decided(each, textOf)));
    default:
      return condition;
  }
}

/** A condition without its tests of host and scheme; undefined where nothing is left that decides. */
function withoutServer(condition: Condition): Condition | undefined {
  switch (condition.kind) {
    case 'test': {
      const { value } = condition;
      return value.kind === 'request' && ['host', 'scheme', 'header:host'].includes(value.datum) ? undefined : condition;
    }
    case 'not': {
      const of = withoutServer(condition.of);
      return of && { kind: 'not', of };
    }
    case 'all': {
      const of = condition.of.flatMap((each) => withoutServer(each) ?? []);
      return of.length === 0 && condition.of.length > 0 ? undefined : { kind: 'all', of };
    }
    case 'any': {
      const of = condition.of.map(withoutServer);
      return of.includes(undefined) ? undefined : { kind: 'any', of: of.flatMap((each) => each ?? []) };
    }
    default:
      return condition;
  }
}

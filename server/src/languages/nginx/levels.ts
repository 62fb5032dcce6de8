/** The levels of a configuration (http, server, location, if, limit_except) and what each inherits. */
import type { UnknownReason } from '../../policy/model.ts';
import { contextsOf } from './directives.ts';
import type { NginxContext } from './directives.ts';
import type { Body, Line } from './lines.ts';

export type LevelKind = 'http' | 'server' | 'location' | 'if' | 'limit_except';

export interface Level {
  readonly kind: LevelKind;
  /** The block's own line; absent for the level of a file that has none, and for http where the file leaves it out. */
  readonly line: Line | undefined;
  readonly body: Body;
  /** The enclosing level; absent at the top. */
  readonly parent: Level | undefined;
  /** Nothing encloses this level in sight, although something does where it is used. */
  readonly outside: boolean;
}

/** The lines of a level with one of some names. */
export function own(level: Level, ...names: readonly string[]): readonly Line[] {
  return level.body.lines.filter((line) => names.includes(line.name));
}

export interface Inherited {
  readonly lines: readonly Line[];
  /** The level that the lines stand in. */
  readonly level: Level | undefined;
  /** Set where lines that are not in sight may take part. */
  readonly open: UnknownReason | undefined;
}

/**
 * The directives of the nearest level that has any: how nginx inherits every list and setting (behaviour 1.2). A level
 * whose own directives all stand under template conditions may have none.
 */
export function inherited(level: Level, ...names: readonly string[]): Inherited {
  let open: UnknownReason | undefined;
  for (let at: Level | undefined = level; at; at = at.parent) {
    const lines = own(at, ...names);
    open ??= at.body.open;
    if (lines.length > 0) return { lines, level: at, open };
    if (at.outside) return { lines: [], level: undefined, open: open ?? 'outside' };
  }
  return { lines: [], level: undefined, open };
}

/** The last of the nearest level's directives of a name; nginx refuses a second one where only one may stand. */
export function setting(level: Level, name: string): Line | undefined {
  return inherited(level, name).lines.at(-1);
}

/** Whether a flag directive is `on` here. */
export function flag(level: Level, name: string): boolean {
  return setting(level, name)?.args[0]?.value.toLowerCase() === 'on';
}

/** The level of a file without http or server block: by its directives, the deepest context that all of them accept. */
export function inferLevel(body: Body): NginxContext {
  const candidates: readonly NginxContext[] = ['http', 'server', 'location', 'location-if', 'limit-except', 'upstream', 'main', 'events'];
  const known = body.lines.flatMap((line) => contextsOf(line.name) ?? []);
  const fitting = candidates.filter((context) => known.every((contexts) => contexts.has(context)));
  const names = new Set(body.lines.map((line) => line.name));
  if (fitting.length === 0) return names.has('location') ? 'server' : 'location';
  // Directives that every level accepts say little: a location is where such snippets are mostly included.
  if (names.has('server') && fitting.includes('http') && body.lines.some((line) => line.name === 'server' && line.body)) return 'http';
  if (names.has('map') || names.has('upstream') || names.has('geo') || names.has('split_clients')) return 'http';
  if (fitting.includes('location') && !names.has('location') && !names.has('server_name') && !names.has('listen')) return 'location';
  return fitting[0] ?? 'location';
}

/** The server that a level stands in. */
export function serverOf(level: Level): Level | undefined {
  let at: Level | undefined = level;
  while (at && at.kind !== 'server') at = at.parent;
  return at;
}

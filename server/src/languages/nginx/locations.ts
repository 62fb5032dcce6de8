/** Which location answers a path (ngx_http_core_find_location, behaviour 1.13): for one path, and for all of them. */
import { all, test } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { contains } from '../../cors/origins/origin-set.ts';
import type { OriginSet } from '../../cors/origins/origin-set.ts';
import { passes } from './directives.ts';
import type { Level } from './levels.ts';
import { own } from './levels.ts';
import type { Line } from './lines.ts';
import { datum } from './variables.ts';

export type Modifier = 'exact' | 'prefix' | 'final-prefix' | 'regex' | 'named';

export interface Location {
  readonly modifier: Modifier;
  /** The path, the pattern's source, or the name with its `@`. */
  readonly name: string;
  /** The paths that a regular expression takes. */
  readonly matches: OriginSet | undefined;
  /** The text of the location may be filled in by a template, so that its paths are not known. */
  readonly template: boolean;
  /** A request for the path without its trailing slash is redirected (a `…_pass` behind a prefix that ends in `/`). */
  readonly redirects: boolean;
  readonly level: Level;
  readonly line: Line;
  readonly nested: readonly Location[];
  /** Unique within an extraction. */
  readonly id: string;
}

/** The locations directly in a level, nested ones inside. */
export function readLocations(level: Level): readonly Location[] {
  return own(level, 'location').flatMap((line) => {
    const location = readLocation(line, level);
    return location ? [location] : [];
  });
}

function readLocation(line: Line, parent: Level): Location | undefined {
  const [first, second] = line.args;
  if (!first || !line.body) return undefined;
  const { modifier, name } = nameOf(first.value, second?.value);
  if (name === undefined) return undefined;
  const level: Level = { kind: 'location', line, body: line.body, parent, outside: false };
  const word = second ?? first;
  const insensitive = first.value === '~*' || (second === undefined && first.value.startsWith('~*'));
  const matches: OriginSet | undefined =
    modifier === 'regex' ? { kind: 'pattern', pattern: { dialect: 'pcre', source: name, flags: insensitive ? 'i' : '' } } : undefined;
  return {
    modifier,
    name,
    matches,
    line,
    level,
    template: word.template,
    redirects: modifier !== 'regex' && modifier !== 'named' && name.endsWith('/') && name.length > 1 && own(level, ...passes).length > 0,
    nested: readLocations(level),
    id: `${line.source.file.uri}#${line.directive.range.start}`,
  };
}

function nameOf(first: string, second: string | undefined): { readonly modifier: Modifier; readonly name: string | undefined } {
  if (second !== undefined) {
    if (first === '=') return { modifier: 'exact', name: second };
    if (first === '^~') return { modifier: 'final-prefix', name: second };
    if (first === '~' || first === '~*') return { modifier: 'regex', name: second };
    return { modifier: 'prefix', name: undefined };
  }
  // nginx also reads a modifier that is glued to its path.
  if (first.startsWith('@')) return { modifier: 'named', name: first };
  if (first.startsWith('=')) return { modifier: 'exact', name: first.slice(1) };
  if (first.startsWith('^~')) return { modifier: 'final-prefix', name: first.slice(2) };
  if (first.startsWith('~*')) return { modifier: 'regex', name: first.slice(2) };
  if (first.startsWith('~')) return { modifier: 'regex', name: first.slice(1) };
  return { modifier: 'prefix', name: first };
}

/** What answers a path: a location, its redirect to the path with a slash, or the level itself where none does. */
export interface Choice {
  readonly location: Location | undefined;
  readonly redirect: boolean;
}

const nobody: Choice = { location: undefined, redirect: false };

type Outcome = { readonly choice: Choice; readonly final: boolean };

/** The choice for one decoded path; undefined where a pattern cannot be decided or a template hides a path. */
export function choose(locations: readonly Location[], path: string): Choice | undefined {
  return find(locations, path)?.choice;
}

function find(locations: readonly Location[], path: string): Outcome | undefined {
  if (locations.some((each) => each.template)) return undefined;
  const exact = locations.find((each) => each.modifier === 'exact' && each.name === path);
  if (exact) return { choice: { location: exact, redirect: false }, final: true };
  const prefixes = locations.filter(isPrefix);
  if (!prefixes.some((each) => each.name === path)) {
    const redirecting = redirectingTo(locations, `${path}/`);
    if (redirecting) return { choice: { location: redirecting, redirect: true }, final: true };
  }
  const [longest] = prefixes.filter((each) => path.startsWith(each.name)).sort(byLength);
  let current = nobody;
  if (longest) {
    current = { location: longest, redirect: false };
    const inner = find(longest.nested, path);
    if (!inner) return undefined;
    if (inner.final) return inner;
    if (inner.choice.location) current = inner.choice;
  }
  if (longest?.modifier !== 'final-prefix') {
    for (const each of locations) {
      if (!each.matches) continue;
      const met = contains(each.matches, path);
      if (met === undefined) return undefined;
      if (!met) continue;
      const inner = find(each.nested, path);
      if (!inner) return undefined;
      return { choice: inner.choice.location ? inner.choice : { location: each, redirect: false }, final: true };
    }
  }
  return { choice: current, final: false };
}

/** The location whose configuration redirects to a path with a slash: an exact one goes before a prefix. */
function redirectingTo(locations: readonly Location[], name: string): Location | undefined {
  const same = locations.filter((each) => each.name === name && (each.modifier === 'exact' || isPrefix(each)));
  return same.some((each) => each.redirects) ? (same.find((each) => each.modifier === 'exact') ?? same[0]) : undefined;
}

const isPrefix = (location: Location): boolean => location.modifier === 'prefix' || location.modifier === 'final-prefix';
const byLength = (a: Location, b: Location): number => b.name.length - a.name.length;

/** The one location that answers every path beginning with `start`, or undefined where several may. */
export function chooseByStart(locations: readonly Location[], start: string): Choice | undefined {
  if (locations.some((each) => each.template)) return undefined;
  const statics = locations.filter((each) => each.modifier === 'exact' || isPrefix(each));
  if (statics.some((each) => each.name.startsWith(start) && (each.name.length > start.length || each.modifier === 'exact')))
    return undefined;
  const [longest] = statics.filter((each) => isPrefix(each) && start.startsWith(each.name)).sort(byLength);
  if (longest?.modifier !== 'final-prefix' && locations.some((each) => each.matches)) return undefined;
  if (!longest) return nobody;
  const inner = chooseByStart(longest.nested, start);
  return inner && (inner.location ? inner : { location: longest, redirect: false });
}

/** One way to a location: the first whose condition holds is taken. */
export interface Way {
  readonly when: Condition;
  readonly choice: Choice;
}

const path = datum('path');
const pathIs = (name: string): Condition => test(path, { kind: 'oneOf', values: [name] });
const pathStarts = (name: string): Condition => test(path, { kind: 'prefix', text: name });

/** Past this many ways a table of locations is not spelled out further. */
const mostWays = 4000;

/** Every way to a location, in order; the last one leads to the level itself. */
export function waysTo(locations: readonly Location[]): readonly Way[] {
  const ways: Way[] = [];
  collect(locations, [], [], { location: undefined, redirect: false }, ways);
  return ways;
}

/** `later`: regular expressions of outer levels that come after these. `fallback`: what answers where none matches. */
function collect(
  locations: readonly Location[],
  given: readonly Condition[],
  later: readonly Location[],
  fallback: Choice,
  ways: Way[],
): void {
  const add = (when: Condition, choice: Choice): void => {
    if (ways.length < mostWays) ways.push({ when: all(...given, when), choice });
  };
  const regexes = locations.filter((each) => each.matches);
  const prefixes = locations.filter(isPrefix).sort(byLength);
  for (const each of locations) if (each.modifier === 'exact') add(pathIs(each.name), { location: each, redirect: false });
  for (const name of new Set(locations.filter((each) => each.redirects).map((each) => each.name))) {
    const redirecting = redirectingTo(locations, name);
    const without = name.slice(0, -1);
    if (redirecting && !prefixes.some((other) => other.name === without)) add(pathIs(without), { location: redirecting, redirect: true });
  }
  for (const each of prefixes) {
    const after = each.modifier === 'final-prefix' ? later : [...regexes, ...later];
    collect(each.nested, [...given, pathStarts(each.name)], after, { location: each, redirect: false }, ways);
  }
  for (const each of [...regexes, ...later]) {
    if (each.matches) collect(each.nested, [...given, test(path, each.matches)], [], { location: each, redirect: false }, ways);
  }
  // Every path begins with a slash: where a location takes that, nothing is left for the level itself.
  if (given.length > 0 || !prefixes.some((each) => each.name === '/')) add({ kind: 'always' }, fallback);
}

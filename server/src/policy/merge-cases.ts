import type { FetchResponse } from '../cors/fetch.ts';
import { corsResponseHeaders } from '../cors/headers.ts';
import type { Place } from '../core/text.ts';
import { single } from './codes.ts';
import type { ResponseCase } from './evaluate.ts';
import type { HeaderLine, UnknownReason, Value } from './model.ts';

/** What is certain of a response that may be any of several cases. */
export interface MergedResponse {
  /** null: unknown, or not the same in all cases. */
  readonly status: number | null;
  /** The Access-Control headers and Vary in wire order, one entry a line. A null value is sent but not known. */
  readonly headers: readonly (readonly [name: string, value: string | null])[];
  /** What wrote each of `headers`; null where no single place did. */
  readonly writtenBy: readonly (Place | null)[];
  /** Names of such lines that may or may not be sent, beside those in `headers`. */
  readonly maybe: readonly string[];
  /** False where an unknown upstream may add lines. */
  readonly complete: boolean;
  /** Why something is not known, each reason once. */
  readonly unknowns: readonly UnknownReason[];
  /** The same with every header, for the browser's algorithm. */
  readonly forJudging: FetchResponse;
}

interface Line {
  readonly name: string;
  readonly value: string | null;
  readonly place: Place | null;
}

/** Puts the cases of one request together: what they share is certain, what they do not is `maybe` or null. */
export function mergeCases(cases: readonly ResponseCase[]): MergedResponse {
  const [first, ...others] = cases.map((each) => each.lines.map(readLine));
  const names = [...new Set(cases.flatMap((each) => each.lines.map((line) => line.name.toLowerCase())))];
  const maybe: string[] = [];
  const merged = new Map<string, Line[]>();
  for (const name of names) {
    const of = (lines: readonly Line[] | undefined): readonly Line[] => (lines ?? []).filter((line) => line.name.toLowerCase() === name);
    let certain = of(first);
    for (const other of others) {
      const lines = of(other);
      if (lines.length !== certain.length && !maybe.includes(name)) maybe.push(name);
      certain = common(certain, lines);
    }
    merged.set(name, [...certain]);
  }
  // Wire order is that of the first case; every certain line is in it.
  const lines = (first ?? []).flatMap((line) => merged.get(line.name.toLowerCase())?.shift() ?? []);
  const shown = lines.filter((line) => concernsCors(line.name));
  const incomplete = cases.filter((each) => !each.complete);
  return {
    status: statusOf(cases),
    headers: shown.map(({ name, value }) => [name, value]),
    writtenBy: shown.map(({ place }) => place),
    maybe: maybe.filter(concernsCors).map((name) => spelling(name, cases)),
    complete: incomplete.length === 0,
    unknowns: [...new Set(reasonsOf(cases))],
    forJudging: {
      status: statusOf(cases),
      headers: lines.map(({ name, value }) => [name, value]),
      // An upstream cannot add a line whose name the proxy hides: everything else may come.
      maybe: incomplete.length === 0 ? maybe : [...new Set([...maybe, ...addable(incomplete)])],
      complete: true,
    },
  };
}

const judged: readonly string[] = [...corsResponseHeaders, 'Vary', 'Location'].map((name) => name.toLowerCase());

/** The names that matter to a browser and that some upstream may still add. */
function addable(incomplete: readonly ResponseCase[]): readonly string[] {
  return judged.filter((name) => incomplete.some((each) => !each.hidden.includes(name)));
}

function concernsCors(name: string): boolean {
  return /^(?:access-control-|vary$)/i.test(name);
}

/** A name as the author writes it, from its lower-case form. */
function spelling(name: string, cases: readonly ResponseCase[]): string {
  return cases.flatMap((each) => each.lines).find((line) => line.name.toLowerCase() === name)?.name ?? name;
}

function readLine(line: HeaderLine): Line {
  return { name: line.name, value: line.value.kind === 'literal' ? line.value.text : null, place: line.writes[0]?.place ?? null };
}

/** The lines of one name that two cases share; a line with another value in each is sent with an unknown one. */
function common(a: readonly Line[], b: readonly Line[]): readonly Line[] {
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  const pairs = a.length === b.length ? shorter.map((line, index) => [line, longer[index]] as const) : aligned(shorter, longer);
  return pairs.map(([line, other]) => ({
    name: line.name,
    value: other !== undefined && other.value === line.value ? line.value : null,
    place: other !== undefined && samePlace(line.place, other.place) ? line.place : null,
  }));
}

/** Each line of the shorter list with the next line of the longer one that has its value, if any. */
function aligned(shorter: readonly Line[], longer: readonly Line[]): readonly (readonly [Line, Line | undefined])[] {
  let from = 0;
  return shorter.map((line) => {
    const at = longer.findIndex((other, index) => index >= from && other.value === line.value);
    if (at >= 0) from = at + 1;
    return [line, longer[at]] as const;
  });
}

function samePlace(a: Place | null, b: Place | null): boolean {
  return a !== null && b !== null && a.uri === b.uri && a.range.start === b.range.start;
}

function statusOf(cases: readonly ResponseCase[]): number | null {
  const statuses = cases.map((each) => single(each.status));
  const [first] = statuses;
  return first !== undefined && statuses.every((status) => status === first) ? first : null;
}

/** Everything that keeps the cases apart, and everything inside of them that is not known. */
function* reasonsOf(cases: readonly ResponseCase[]): Generator<UnknownReason> {
  for (const each of cases) {
    if (each.unknown !== undefined) yield each.unknown;
    if (!each.complete && each.unknown === undefined) yield 'upstream';
    if (single(each.status) === undefined) {
      if (each.by === 'files') yield 'file-system';
      else if (each.by !== 'server') yield 'upstream';
    }
    for (const line of each.lines) if (concernsCors(line.name)) yield* reasonsIn(line.value);
  }
  if (cases.length < 2) return;
  for (const [key, fact] of cases.flatMap((each) => [...each.when.facts])) {
    if (fact.reason !== undefined && !cases.every((each) => each.when.facts.get(key)?.truth === fact.truth)) yield fact.reason;
  }
  if (new Set(cases.map((each) => each.when.authenticated)).size > 1) yield 'credentials';
}

function* reasonsIn(value: Value): Generator<UnknownReason> {
  if (value.kind === 'unknown') yield value.reason;
  else if (value.kind === 'concat') for (const part of value.parts) yield* reasonsIn(part);
  else if (value.kind !== 'literal') yield 'unsupported';
}

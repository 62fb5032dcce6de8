/** One predicted response against the one that came over the wire. */
import { corsResponseHeaders } from '../../../server/src/cors/headers.ts';
import { has } from '../../../server/src/policy/codes.ts';
import type { ResponseCase } from '../../../server/src/policy/evaluate.ts';
import type { UnknownReason } from '../../../server/src/policy/model.ts';
import type { HeaderLine } from '../programs.ts';

/** What came back; status 0 where the server closed the connection without a word. */
export interface Observed {
  readonly status: number;
  readonly headers: readonly HeaderLine[];
}

export interface Comparison {
  /** What the model got wrong, in words; empty where nothing. */
  readonly differences: readonly string[];
  /** The headers that the model does not know, with the reason. */
  readonly unknown: readonly (readonly [header: string, reason: UnknownReason])[];
}

/** The headers that are compared. */
export const comparedHeaders: readonly string[] = [...corsResponseHeaders, 'Vary'];

export function compare(cases: readonly ResponseCase[], observed: Observed): Comparison {
  const certain = cases.filter((each) => each.unknown === undefined);
  const open = cases.filter((each) => each.unknown !== undefined);
  const fitting = certain.filter((each) =>
    observed.status === 0 ? each.status.kind === 'in' && each.status.members.length === 0 : has(each.status, observed.status),
  );
  if (fitting.length === 0) {
    const [unknown] = open;
    if (unknown?.unknown) {
      const reason = unknown.unknown;
      return { differences: [], unknown: comparedHeaders.map((name) => [name, reason]) };
    }
    return {
      differences: [
        `status ${String(observed.status)}, predicted ${certain.map((each) => `${each.status.kind} ${each.status.members.join(' ')}`).join(' or ') || 'nothing'}`,
      ],
      unknown: [],
    };
  }
  const differences: string[] = [];
  const unknown: (readonly [string, UnknownReason])[] = [];
  for (const name of comparedHeaders) {
    const wanted = valuesOf(observed.headers, name);
    const verdicts = fitting.map((each) => agree(each, name, wanted));
    const [first] = open;
    if (verdicts.every((verdict) => verdict === 'yes') && !first) continue;
    const reason =
      verdicts.flatMap((verdict) => (verdict === 'yes' || verdict === 'no' ? [] : [verdict]))[0] ??
      first?.unknown ??
      (verdicts.includes('yes') ? reasonOf(fitting) : undefined);
    if (reason) unknown.push([name, reason]);
    else
      differences.push(
        `${name}: ${JSON.stringify(wanted)}, predicted ${fitting.map((each) => JSON.stringify(drawn(each, name))).join(' or ')}`,
      );
  }
  return { differences, unknown };
}

/** Why several cases are possible: what distinguishes them. */
function reasonOf(cases: readonly ResponseCase[]): UnknownReason | undefined {
  return cases.flatMap((each) => [...each.when.facts.values()].flatMap((fact) => fact.reason ?? []))[0];
}

function valuesOf(headers: readonly HeaderLine[], name: string): readonly string[] {
  return headers.filter(([each]) => each.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

const linesOf = (response: ResponseCase, name: string) => response.lines.filter((line) => line.name.toLowerCase() === name.toLowerCase());

function agree(response: ResponseCase, name: string, wanted: readonly string[]): 'yes' | 'no' | UnknownReason {
  const lines = linesOf(response, name);
  for (const { value } of lines) if (value.kind === 'unknown') return value.reason;
  if (lines.some(({ value }) => value.kind === 'concat')) {
    const parts = lines.flatMap(({ value }) => (value.kind === 'concat' ? value.parts : []));
    return parts.flatMap((part) => (part.kind === 'unknown' ? [part.reason] : []))[0] ?? 'unsupported';
  }
  if (!response.complete && !response.hidden.includes(name.toLowerCase())) return 'upstream';
  const predicted = lines.map(({ value }) => (value.kind === 'literal' ? value.text.trim() : undefined));
  if (predicted.includes(undefined)) return 'unsupported';
  return JSON.stringify(predicted) === JSON.stringify(wanted) ? 'yes' : 'no';
}

function drawn(response: ResponseCase, name: string): readonly string[] {
  return linesOf(response, name).map(({ value }) => (value.kind === 'literal' ? value.text : `(${value.kind})`));
}

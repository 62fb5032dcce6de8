/** Steps of applications in JavaScript: what of them matters for CORS, and what is sent in the end. */
import { isMeantForScripts } from '../../cors/headers.ts';
import type { Place } from '../../core/text.ts';
import { allBut, anyOf, type Codes, isSubset } from '../../policy/codes.ts';
import { conditionsIn } from '../../policy/condition.ts';
import type { Condition, Sending, Sent, Steps } from '../../policy/model.ts';

/** What was written is sent; the lines of an upstream come with it where the application is a proxy. */
export function send({ tables }: Sending): Sent {
  return { lines: [...(tables.response ?? []), ...(tables.upstream ?? [])], withheld: [] };
}

const aboutCors = /^(access-control-.*|vary|origin|timing-allow-origin)$/i;

/** Whether a header line bears on CORS: it is a word of the protocol, or one that pages read where they are let. */
export function bearsOnCors(name: string): boolean {
  return aboutCors.test(name) || isMeantForScripts(name);
}

/** Leaves out what says nothing about CORS: other header lines, and branches whose sides answer alike. */
export function collapse(steps: Steps): Steps {
  return steps.flatMap((step): Steps => {
    if (step.kind === 'write')
      return bearsOnCors(step.write.name) || !/^(content-|etag|cache-control|date|server|x-powered-by)/i.test(step.write.name)
        ? [step]
        : [];
    if (step.kind !== 'branch') return [step];
    const then = collapse(step.then);
    const otherwise = collapse(step.otherwise ?? []);
    if (then.length === 0 && otherwise.length === 0) return [];
    const [a, b] = [plainAnswer(then), plainAnswer(otherwise)];
    if (a && b && !(tellsPreflights(step.when) && differ(a.status, b.status)))
      return [{ kind: 'answer', status: unionOf(a.status, b.status), by: 'application', ...(a.place ? { place: a.place } : {}) }];
    return [{ ...step, then, otherwise }];
  });
}

/** A side that only answers, with no refusal that a rule asks about. Header lines without CORS in them are dropped. */
export function plainAnswer(steps: Steps): { readonly status: Codes; readonly place?: Place | undefined } | undefined {
  const relevant = steps.filter((step) => step.kind !== 'write' || bearsOnCors(step.write.name));
  const [only] = relevant;
  if (relevant.length !== 1 || !only) return undefined;
  if (only.kind === 'answer' && only.refusal === undefined && only.by === 'application') return { status: only.status, place: only.place };
  return only.kind === 'fail' ? { status: only.status, place: only.place } : undefined;
}

/** Whether preflights and other requests lie on different sides of a condition: what each of them gets matters. */
function tellsPreflights(when: Condition): boolean {
  return [...conditionsIn(when)].some(
    (each) =>
      each.kind === 'method' ||
      (each.kind === 'test' && each.value.kind === 'request' && each.value.datum === 'header:access-control-request-method'),
  );
}

function differ(a: Codes, b: Codes): boolean {
  return !(isSubset(a, b) && isSubset(b, a));
}

function unionOf(a: Codes, b: Codes): Codes {
  if (a.kind === 'in' && b.kind === 'in') return anyOf(...new Set([...a.members, ...b.members]));
  const excluded = a.kind === 'notIn' ? a : b;
  const other = a.kind === 'notIn' ? b : a;
  return allBut(...excluded.members.filter((code) => other.members.includes(code) === (other.kind === 'notIn')));
}

import { textsOf } from './apart.ts';
import { lowerAscii, pieceOf, type OriginPart, type OriginSet, type Pattern, type StringTest } from './origin-set.ts';
import { execute, type Execution } from './regex/execute.ts';

/**
 * The longest string a pattern is ever run on: a host name has at most 253 characters, before it come a scheme and `://`,
 * after it a port. Everything longer is undecided.
 */
export const MAX_ORIGIN_LENGTH = 253 + 16;

/** What a capturing group holds after a search: its text, nothing (no match, or the group took no part), or undecided. */
export type CaptureResult = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'none' } | { readonly kind: 'undecided' };

/**
 * Whether one concrete origin passes the test. Literal tests are compared directly; a pattern is run on JavaScript's own
 * engine (a PCRE pattern translated to an equivalent JavaScript one) after a check that it cannot blow up on this string.
 * `undefined` means undecided: an invalid or untranslatable pattern, a long string, possible backtracking.
 */
export function contains(set: OriginSet, origin: string): boolean | undefined {
  switch (set.kind) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'oneOf':
      return set.ignoreCase === true ? set.values.some((value) => lowerAscii(value) === lowerAscii(origin)) : set.values.includes(origin);
    case 'prefix':
    case 'suffix':
    case 'contains': {
      const text = set.ignoreCase === true ? lowerAscii(set.text) : set.text;
      const subject = set.ignoreCase === true ? lowerAscii(origin) : origin;
      if (set.kind === 'prefix') return subject.startsWith(text);
      return set.kind === 'suffix' ? subject.endsWith(text) : subject.includes(text);
    }
    case 'pattern': {
      const texts = isPlain(origin) ? textsOf(set) : undefined;
      if (texts) return texts.includes(origin);
      const match = search(set.pattern, origin);
      return match === undefined ? undefined : match !== null;
    }
    case 'part': {
      const part = partOf(origin, set.part);
      return part === undefined ? false : contains(set.of, part);
    }
    case 'piece':
      return contains(set.of, pieceOf(origin, set.piece));
    case 'framed':
      return contains(set.of, set.before + origin + set.after);
    case 'union':
      return decideAny(set.of, origin, true);
    case 'intersection':
      return decideAny(set.of, origin, false);
    case 'complement': {
      const inside = contains(set.of, origin);
      return inside === undefined ? undefined : !inside;
    }
  }
}

/** Whether a text has only characters that browsers write origins with: there a pattern that spells out its texts takes no others. */
function isPlain(text: string): boolean {
  return /^[!-@[-~]*$/.test(text);
}

/**
 * What `group` (a number, 0 for the whole match, or a name) holds after a search of `origin`, under the same safety as
 * `contains`.
 */
export function capture(pattern: Pattern, group: number | string, origin: string): CaptureResult {
  const match = search(pattern, origin);
  if (match === undefined || match?.exact === false) return { kind: 'undecided' };
  const text = group === 0 ? match?.text : match?.group(group);
  return text === undefined ? { kind: 'none' } : { kind: 'text', text };
}

/** One member equal to `wanted` decides; otherwise an undecided one leaves the whole undecided. */
function decideAny(sets: readonly StringTest[], text: string, wanted: boolean): boolean | undefined {
  let undecided = false;
  for (const set of sets) {
    const inside = contains(set, text);
    if (inside === wanted) return wanted;
    if (inside === undefined) undecided = true;
  }
  return undecided ? undefined : !wanted;
}

function search(pattern: Pattern, text: string): Execution | null | undefined {
  return text.length > MAX_ORIGIN_LENGTH ? undefined : execute(pattern, text);
}

/** A component of `new URL(origin)`, or undefined where the URL parser refuses the string. */
function partOf(origin: string, part: OriginPart): string | undefined {
  try {
    return new URL(origin)[part];
  } catch {
    return undefined;
  }
}

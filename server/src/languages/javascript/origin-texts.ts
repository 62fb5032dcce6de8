/** Texts made from the Origin, and what a test of one says of the Origin itself: as a set of origins, or undefined where that is not known. */
import {
  complement,
  intersection,
  lowerAscii,
  matching,
  oneOf,
  type OriginPart,
  type OriginSet,
  union,
} from '../../cors/origins/origin-set.ts';
import type { Value } from '../../policy/model.ts';
import type { OriginText } from './values.ts';

/** The same test where texts are compared in lower case. */
export function ignoringCase(set: OriginSet): OriginSet | undefined {
  switch (set.kind) {
    case 'all':
    case 'none':
      return set;
    case 'oneOf':
      return oneOf(
        set.values.filter((text) => text === lowerAscii(text)),
        true,
      );
    case 'prefix':
    case 'suffix':
    case 'contains':
      return set.text === lowerAscii(set.text) ? { ...set, ignoreCase: true } : { kind: 'none' };
    case 'pattern':
      if (set.pattern.flags.includes('i')) return set;
      return tellsCaseApart(set.pattern.source) ? undefined : matching({ ...set.pattern, flags: `${set.pattern.flags}i` });
    case 'complement': {
      const of = ignoringCase(set.of);
      return of && complement(of);
    }
    case 'union':
    case 'intersection': {
      const of = set.of.map(ignoringCase);
      const known = of.filter((each) => each !== undefined);
      return known.length < of.length ? undefined : set.kind === 'union' ? union(known) : intersection(known);
    }
    case 'part':
    case 'piece': {
      // The URL parser knows a host and a scheme in either case; a piece is cut at the same places unless letters cut it.
      if (set.kind === 'piece' && /[a-z]/i.test(set.piece.separator ?? '')) return undefined;
      const of = ignoringCase(set.of);
      return of && { ...set, of };
    }
    case 'framed':
      // The text around it is compared in lower case too, which only its own letters could tell.
      return undefined;
  }
}

/** Whether a pattern may find something else in a text in lower case than the same pattern without regard to case. */
function tellsCaseApart(source: string): boolean {
  const plain = source.replace(/\\[bBdDsSwW]/g, '');
  return /[A-Z]|\\[xupPk]|[^\w[\]\\]-[^\]]|\w-[^\w\]\\]/.test(plain);
}

/** The same test where texts are compared in upper case. */
export function inUpperCase(set: OriginSet): OriginSet | undefined {
  const lower = (text: string): string | undefined => (/[a-z]/.test(text) ? undefined : lowerAscii(text));
  switch (set.kind) {
    case 'oneOf':
      return oneOf(
        set.values.flatMap((text) => lower(text) ?? []),
        true,
      );
    case 'prefix':
    case 'suffix':
    case 'contains': {
      const text = lower(set.text);
      return text === undefined ? { kind: 'none' } : { ...set, text, ignoreCase: true };
    }
    case 'complement': {
      const of = inUpperCase(set.of);
      return of && complement(of);
    }
    default:
      return set.kind === 'all' || set.kind === 'none' ? set : undefined;
  }
}

export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** A regular expression for the whole text that passes a test, without anchors; undefined where there is none. */
function wholeTextPattern(set: OriginSet): string | undefined {
  switch (set.kind) {
    case 'all':
      return '[^]*';
    case 'oneOf':
      return set.ignoreCase === true ? undefined : `(?:${set.values.map(escapeRegex).join('|')})`;
    case 'prefix':
      return set.ignoreCase === true ? undefined : `${escapeRegex(set.text)}[^]*`;
    case 'suffix':
      return set.ignoreCase === true ? undefined : `[^]*${escapeRegex(set.text)}`;
    case 'contains':
      return set.ignoreCase === true ? undefined : `[^]*${escapeRegex(set.text)}[^]*`;
    case 'union': {
      const parts = set.of.map(wholeTextPattern);
      return parts.includes(undefined) ? undefined : `(?:${parts.join('|')})`;
    }
    default:
      return undefined;
  }
}

/** Origins of which the text after a piece that `before` (an unanchored pattern source) matches at the start passes. */
export function afterStart(before: string, flags: string, set: OriginSet): OriginSet | undefined {
  if (set.kind === 'complement') {
    const of = afterStart(before, flags, set.of);
    return of && complement(of);
  }
  if (set.kind === 'none' || set.kind === 'all') return set;
  const rest = wholeTextPattern(set);
  if (rest === undefined || /\\[1-9k]/.test(before)) return undefined;
  // The group is closed as a replacement is: it takes what its first match takes.
  return matching({ dialect: 'javascript', source: `^(?=(${before}))\\1${rest}$`, flags: flags.replace(/[gy]/g, '') });
}

/** A text made from the Origin by a function whose tests can be taken back to the Origin. */
export function derive(of: OriginText, pull: (set: OriginSet) => OriginSet | undefined, value?: Value): OriginText {
  return {
    kind: 'originText',
    whole: false,
    pull: (set) => {
      const taken = pull(set);
      return taken && of.pull(taken);
    },
    ...(of.part === undefined ? {} : { part: of.part }),
    ...(of.isCut ? { isCut: of.isCut } : {}),
    ...(value ? { value } : {}),
    ...(of.place ? { place: of.place } : {}),
  };
}

/** A component of `new URL(origin)`. */
export function urlPart(of: OriginText, part: OriginPart): OriginText {
  return { ...derive(of, (set) => ({ kind: 'part', part, of: set })), part };
}

/** `new URL(origin).href`: http and https get a slash for their path. */
export function hrefOf(of: OriginText): OriginText {
  return derive(of, (set) => {
    const web: OriginSet = { kind: 'part', part: 'protocol', of: oneOf(['http:', 'https:']) };
    const values = set.kind === 'oneOf' && set.ignoreCase !== true ? set.values : undefined;
    if (!values) return undefined;
    return union([
      intersection([web, oneOf(values.flatMap((text) => (text.endsWith('/') ? [text.slice(0, -1)] : [])))]),
      intersection([complement(web), oneOf(values)]),
    ]);
  });
}

/** The origins that `new URL` can parse: every one but `null` and its like. */
export const parsedOrigins: OriginSet = { kind: 'part', part: 'protocol', of: { kind: 'all' } };

export const wholeOrigin: OriginText = {
  kind: 'originText',
  whole: true,
  pull: (set) => set,
  value: { kind: 'origin', absent: 'undefined' },
};

/**
 * What a pattern says without an automaton: the texts that it means, where it spells them out, and what may stand at the first and
 * the last places of every text that it finds. So whole lists of checks are known to exclude each other as they are read.
 */
import type { OriginSet } from './origin-set.ts';
import { parse } from './regex/parse.ts';
import type { CharacterTest, RegexNode } from './regex/syntax.ts';

/** A pattern that stands for more texts than this is not spelled out. */
const MOST_TEXTS = 64;
/** Stand in a text for the places where it has to begin and to end. */
const START = '^';
const END = '$';

interface Reading {
  /** Every origin that is a member, and perhaps texts that are none; undefined where they are not few, or not known. */
  readonly texts: readonly string[] | undefined;
  /** The characters that every member may have at its first places, and at its last ones, from the end on. */
  readonly beginning: readonly Characters[];
  readonly ending: readonly Characters[];
}

/** Which of the 128 characters there are, a bit each: no origin holds any other. */
type Characters = readonly [number, number, number, number];

const readings = new WeakMap<OriginSet, Reading>();

/** Texts among which all origins of a set are, where they are written out in it. */
export function textsOf(set: OriginSet): readonly string[] | undefined {
  return set.kind === 'oneOf' ? set.values : readingOf(set).texts;
}

/** Whether two sets can be seen to have no origin in common: no character may stand at the same place from the start, or from the end, of both. */
export function areApart(a: OriginSet, b: OriginSet): boolean {
  const [one, other] = [readingOf(a), readingOf(b)];
  return differ(one.beginning, other.beginning) || differ(one.ending, other.ending);
}

function differ(some: readonly Characters[], others: readonly Characters[]): boolean {
  for (let at = 0; at < some.length && at < others.length; at++) {
    const [a, b] = [some[at], others[at]];
    if (a && b && (a[0] & b[0]) === 0 && (a[1] & b[1]) === 0 && (a[2] & b[2]) === 0 && (a[3] & b[3]) === 0) return true;
  }
  return false;
}

function readingOf(set: OriginSet): Reading {
  let reading = readings.get(set);
  if (!reading) readings.set(set, (reading = read(set)));
  return reading;
}

function read(set: OriginSet): Reading {
  const open: Reading = { texts: undefined, beginning: [], ending: [] };
  if (set.kind === 'prefix') return { ...open, beginning: [...set.text].map(inEitherCase) };
  if (set.kind === 'suffix') return { ...open, ending: [...set.text].map(inEitherCase).reverse() };
  const regex = set.kind === 'pattern' ? parse(set.pattern) : undefined;
  if (!regex) return open;
  const items = itemsOf(regex.node);
  return { texts: spelled(regex.node), beginning: edge(items, START), ending: edge([...items].reverse(), END) };
}

/** The texts of a pattern that has to match from the first to the last character of what it searches. */
function spelled(node: RegexNode): readonly string[] | undefined {
  const texts: string[] = [];
  for (const marked of textsIn(node) ?? [undefined]) {
    const text = marked === undefined ? undefined : /^\^+([^$^]*)\$+$/.exec(marked)?.[1];
    // Browsers write hosts of these schemes in small letters, so that a pattern that takes both has one text.
    if (text === undefined || !/^https?:\/\//.test(text)) return undefined;
    texts.push(text);
  }
  return texts;
}

/** What a node can match, with marks where it has to begin and to end; undefined where that is much. */
function textsIn(node: RegexNode): readonly string[] | undefined {
  switch (node.type) {
    case 'set': {
      const character = characterOf(node.test);
      return character === undefined ? undefined : [character];
    }
    case 'assertion': {
      const mark = markOf(node);
      return mark === undefined ? undefined : [mark];
    }
    case 'group':
      return textsIn(node.of);
    case 'alternation': {
      const branches: string[] = [];
      for (const branch of node.of) {
        const texts = textsIn(branch);
        if (!texts || branches.push(...texts) > MOST_TEXTS) return undefined;
      }
      return branches;
    }
    case 'concat': {
      let heads: readonly string[] = [''];
      for (const child of node.of) {
        const tails = textsIn(child);
        if (!tails || heads.length * tails.length > MOST_TEXTS) return undefined;
        heads = heads.flatMap((head) => tails.map((tail) => head + tail));
      }
      return heads;
    }
    case 'repeat': {
      const texts = node.min === 0 && node.max === 1 ? textsIn(node.of) : undefined;
      return texts && ['', ...texts];
    }
    default:
      return undefined;
  }
}

/** The nodes that follow each other in a pattern, groups opened. */
function itemsOf(node: RegexNode): readonly RegexNode[] {
  if (node.type === 'concat') return node.of.flatMap(itemsOf);
  return node.type === 'group' ? itemsOf(node.of) : [node];
}

/** What may stand at each place beside an anchor at the edge of a pattern, up to the first of a length that is open. */
function edge(items: readonly RegexNode[], anchor: typeof START | typeof END): readonly Characters[] {
  const [first, ...rest] = items;
  if (first?.type !== 'assertion' || markOf(first) !== anchor) return [];
  const places: Characters[] = [];
  for (const item of rest) {
    if (item.type !== 'set') break;
    places.push(charactersOf((code) => item.test.ascii[code] === 1));
  }
  return places;
}

function inEitherCase(character: string): Characters {
  return charactersOf((code) => String.fromCharCode(code).toLowerCase() === character.toLowerCase());
}

function charactersOf(has: (code: number) => boolean): Characters {
  const bits: [number, number, number, number] = [0, 0, 0, 0];
  for (let code = 0; code < 128; code++) if (has(code)) bits[code >> 5] = (bits[code >> 5] ?? 0) | (1 << (code & 31));
  return bits;
}

/** An origin has no line breaks, so that its lines begin and end where it does. */
function markOf(node: Extract<RegexNode, { type: 'assertion' }>): string | undefined {
  if (node.kind === 'start' || node.kind === 'lineStart') return START;
  return node.kind === 'word' || node.kind === 'notWord' ? undefined : END;
}

/** The one character that a test takes, a letter in both cases counting as the small one. */
function characterOf(test: CharacterTest): string | undefined {
  if (test.beyond) return undefined;
  const first = test.ascii.indexOf(1);
  const last = test.ascii.lastIndexOf(1);
  const character = String.fromCharCode(last);
  if (first === last && first >= 0x20) return character;
  const isLetter = /[a-z]/.test(character) && first === last - 32 && test.ascii.indexOf(1, first + 1) === last;
  return isLetter ? character : undefined;
}

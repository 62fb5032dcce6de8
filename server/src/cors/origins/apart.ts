/**
 * What a pattern says without an automaton: the texts that it means, where it spells them out, and how every text begins and ends
 * that it finds. So whole lists of checks are known to exclude each other as they are read.
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
  /** What every member begins and ends with, in lower case. */
  readonly beginning: string;
  readonly ending: string;
}

const readings = new WeakMap<OriginSet, Reading>();

/** Texts among which all origins of a set are, where they are written out in it. */
export function textsOf(set: OriginSet): readonly string[] | undefined {
  return set.kind === 'oneOf' ? set.values : readingOf(set).texts;
}

/** Whether two sets can be seen to have no origin in common: their members begin, or end, differently. */
export function areApart(a: OriginSet, b: OriginSet): boolean {
  const [one, other] = [readingOf(a), readingOf(b)];
  const begins = one.beginning.startsWith(other.beginning) || other.beginning.startsWith(one.beginning);
  const ends = one.ending.endsWith(other.ending) || other.ending.endsWith(one.ending);
  return !begins || !ends;
}

function readingOf(set: OriginSet): Reading {
  let reading = readings.get(set);
  if (!reading) readings.set(set, (reading = read(set)));
  return reading;
}

function read(set: OriginSet): Reading {
  const open = { texts: undefined, beginning: '', ending: '' };
  if (set.kind === 'prefix') return { ...open, beginning: set.text.toLowerCase() };
  if (set.kind === 'suffix') return { ...open, ending: set.text.toLowerCase() };
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

/** The characters beside an anchor at the edge of a pattern, up to the first that is open. */
function edge(items: readonly RegexNode[], anchor: typeof START | typeof END): string {
  const [first, ...rest] = items;
  if (first?.type !== 'assertion' || markOf(first) !== anchor) return '';
  let text = '';
  for (const item of rest) {
    const character = item.type === 'set' ? characterOf(item.test) : undefined;
    if (character === undefined) return text;
    text = anchor === START ? text + character : character + text;
  }
  return text;
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

import { lowerAscii, type OriginSet, type Piece } from './origin-set.ts';
import { parse } from './regex/parse.ts';
import { isNullable, type CharacterTest, type RegexNode } from './regex/syntax.ts';

/** Stands in a template for text the check leaves open. */
export const OPEN = '\0';

/** Templates kept for one set. */
const MAX_TEMPLATES = 500;
/** Templates kept for one pattern: a pattern of many optional parts has very many. */
const MAX_PATTERN_TEMPLATES = 64;

/**
 * The texts an author had in mind when writing a check: its literal parts in order, `OPEN` for anything else. A bare dot
 * counts as a dot. Alternatives and optional parts give several templates. What is excluded (a complement, a negative
 * look-around) gives none.
 */
export function templatesOf(set: OriginSet): readonly string[] {
  return [...new Set(collect(set))].slice(0, MAX_TEMPLATES);
}

function collect(set: OriginSet): readonly string[] {
  switch (set.kind) {
    case 'oneOf':
      return set.values.map(lowerAscii);
    case 'prefix':
      return [lowerAscii(set.text) + OPEN];
    case 'suffix':
      return [OPEN + lowerAscii(set.text)];
    case 'contains':
      return [OPEN + lowerAscii(set.text) + OPEN];
    case 'pattern': {
      const regex = parse(set.pattern);
      return regex ? edged(regex.node) : [];
    }
    case 'part':
      if (set.part === 'hostname' || set.part === 'host') return collect(set.of).map((text) => `${OPEN}://${text}`);
      return set.part === 'origin' ? collect(set.of) : [];
    case 'piece':
      return collect(set.of).map((text) => around(text, set.piece));
    case 'framed':
      return collect(set.of).map((text) => between(text, set.before, set.after));
    case 'union':
    case 'intersection':
      return set.of.flatMap(collect);
    default:
      return [];
  }
}

/** A text without what stands before and behind it, as far as that is written out; templates are in small letters. */
function between(text: string, before: string, after: string): string {
  const start = text.startsWith(before.toLowerCase()) ? before.length : 0;
  const end = text.endsWith(after.toLowerCase()) ? text.length - after.length : text.length;
  return text.slice(start, Math.max(start, end));
}

/** The whole text around a piece of it. All slashes of an origin stand in its one `//`. */
function around(text: string, { take, count, separator = '' }: Piece): string {
  const isHost = separator === '/' && ((take === 'after' && count === 2) || (take === 'last' && count === 1));
  const before = isHost ? '//' : separator;
  const whole = take === 'after' || take === 'last' ? `${OPEN}${before}${text}` : `${text}${separator}${OPEN}`;
  return whole.replace(/\0+/g, OPEN).replace(/^([^]*?\/\/[^]*?):?\/\/?\0$/, '$1');
}

/** The templates of a pattern, open at each end that no assertion closes. */
function edged(node: RegexNode): readonly string[] {
  if (node.type === 'alternation') return node.of.flatMap(edged).slice(0, MAX_PATTERN_TEMPLATES);
  const before = isClosed(node, 'start') ? '' : OPEN;
  const after = isClosed(node, 'end') ? '' : OPEN;
  // No host has two dots in a row: one of them is bare and stands for anything.
  return texts(node).map((text) => `${before}${text}${after}`.replace(/\.{2,}/g, `${OPEN}.`).replace(/\0+/g, OPEN));
}

function isClosed(node: RegexNode, edge: 'start' | 'end'): boolean {
  switch (node.type) {
    case 'assertion':
      return edge === 'start' ? node.kind === 'start' || node.kind === 'lineStart' : /end$/i.test(node.kind);
    case 'concat': {
      const items = edge === 'start' ? node.of : [...node.of].reverse();
      for (const item of items) {
        if (isClosed(item, edge)) return true;
        if (!(item.type === 'look' || item.type === 'assertion')) return false;
      }
      return false;
    }
    case 'alternation':
      return node.of.every((branch) => isClosed(branch, edge));
    case 'group':
    case 'atomic':
      return isClosed(node.of, edge);
    default:
      return false;
  }
}

function texts(node: RegexNode): readonly string[] {
  switch (node.type) {
    case 'set':
      return [node.form === 'dot' ? '.' : (onlyCharacter(node.test) ?? OPEN)];
    case 'concat':
      return node.of.reduce<readonly string[]>(
        (heads, child) => heads.flatMap((head) => texts(child).map((tail) => head + tail)).slice(0, MAX_PATTERN_TEMPLATES),
        [''],
      );
    case 'alternation':
      return node.of.flatMap(texts).slice(0, MAX_PATTERN_TEMPLATES);
    case 'repeat': {
      const inner = node.of;
      if (inner.type === 'set' && (inner.form === 'dot' || onlyCharacter(inner.test) === undefined)) return [OPEN];
      if (isNullable(inner) && texts(inner).every((text) => text === OPEN)) return [OPEN];
      return node.min === 0 ? [...texts(inner), ''] : texts(inner);
    }
    case 'group':
    case 'atomic':
      return texts(node.of);
    case 'look':
      return node.negate ? [''] : texts(node.of).map((text) => OPEN + text + OPEN);
    case 'reference':
      return [OPEN];
    case 'assertion':
      return [''];
  }
}

/** The one character a test takes, letters in either case counting as one. */
function onlyCharacter(test: CharacterTest): string | undefined {
  let found: string | undefined;
  if (test.beyond) return undefined;
  for (let code = 0; code < test.ascii.length; code++) {
    if (test.ascii[code] !== 1) continue;
    const character = String.fromCharCode(code).toLowerCase();
    if (found !== undefined && found !== character) return undefined;
    found = character;
  }
  return found;
}

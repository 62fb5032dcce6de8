/**
 * The syntax tree both pattern languages are parsed into. Character classes, escapes and flags are already resolved: a
 * leaf says which ASCII characters it takes, which is all an origin can hold.
 */

/** Offsets of a node in the pattern's source, in UTF-16 code units, half open. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The characters one leaf takes: one flag for each ASCII code, and whether it takes characters beyond ASCII. */
export interface CharacterTest {
  readonly ascii: Uint8Array;
  readonly beyond: boolean;
}

/** `start`, `end`: of the whole string; the line forms also hold beside a newline, `finalEnd` before a last newline. */
export type Assertion = 'start' | 'end' | 'lineStart' | 'lineEnd' | 'finalEnd' | 'word' | 'notWord';

export type RegexNode =
  | { readonly type: 'set'; readonly test: CharacterTest; readonly form: 'literal' | 'dot' | 'class'; readonly span: Span }
  | { readonly type: 'concat'; readonly of: readonly RegexNode[]; readonly span: Span }
  | { readonly type: 'alternation'; readonly of: readonly RegexNode[]; readonly span: Span }
  | {
      readonly type: 'repeat';
      readonly of: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
      readonly span: Span;
    }
  | { readonly type: 'group'; readonly of: RegexNode; readonly index: number | undefined; readonly span: Span }
  | { readonly type: 'assertion'; readonly kind: Assertion; readonly span: Span }
  | { readonly type: 'look'; readonly behind: boolean; readonly negate: boolean; readonly of: RegexNode; readonly span: Span }
  | { readonly type: 'atomic'; readonly of: RegexNode; readonly span: Span }
  | { readonly type: 'reference'; readonly group: number; readonly ignoreCase: boolean; readonly span: Span };

export interface Regex {
  readonly node: RegexNode;
  readonly dialect: 'javascript' | 'pcre';
  /** Named groups and their numbers. */
  readonly names: ReadonlyMap<string, number>;
  readonly groups: number;
  /** Whether the search may only begin at the first character (the JavaScript flag `y`). */
  readonly sticky: boolean;
}

/** Thrown where a pattern is invalid or uses what is not modelled: the question it belongs to is undecided. */
export class Undecided extends Error {}

export const ASCII = 128;

/** A test from a predicate on ASCII codes. */
export function asciiTest(takes: (code: number) => boolean, beyond = false): CharacterTest {
  const ascii = new Uint8Array(ASCII);
  for (let code = 0; code < ASCII; code++) if (takes(code)) ascii[code] = 1;
  return { ascii, beyond };
}

/** The test of a single character; of none where it is beyond ASCII. */
export function characterTest(code: number): CharacterTest {
  const ascii = new Uint8Array(ASCII);
  if (code < ASCII) ascii[code] = 1;
  return { ascii, beyond: false };
}

/** Letters, digits and the underscore: what `\w` takes, and what `\b` looks at. */
export function isWordCode(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);
}

/** The children of a node, in source order. */
export function childrenOf(node: RegexNode): readonly RegexNode[] {
  switch (node.type) {
    case 'concat':
    case 'alternation':
      return node.of;
    case 'repeat':
    case 'group':
    case 'look':
    case 'atomic':
      return [node.of];
    default:
      return [];
  }
}

/** Every node of the tree, parents first. */
export function* walk(node: RegexNode): Generator<RegexNode> {
  yield node;
  for (const child of childrenOf(node)) yield* walk(child);
}

/** Whether the node can match without taking a character. A reference may hold the empty string. */
export function isNullable(node: RegexNode): boolean {
  switch (node.type) {
    case 'set':
      return false;
    case 'concat':
      return node.of.every(isNullable);
    case 'alternation':
      return node.of.some(isNullable);
    case 'repeat':
      return node.min === 0 || isNullable(node.of);
    case 'group':
    case 'atomic':
      return isNullable(node.of);
    default:
      return true;
  }
}

/** Adds to `test` the other case of every ASCII letter it takes. */
export function foldCase(test: CharacterTest): CharacterTest {
  const ascii = Uint8Array.from(test.ascii);
  for (let upper = 65; upper <= 90; upper++) {
    if (test.ascii[upper] === 1 || test.ascii[upper + 32] === 1) ascii[upper] = ascii[upper + 32] = 1;
  }
  return { ascii, beyond: test.beyond };
}

/**
 * Parsing after an edit. TypeScript's own `updateSourceFile` visits every node of a file for it; here the statements around
 * the edit are parsed alone, and those behind it are moved. Where that cannot be shown to give the same tree, TypeScript does it.
 */
import * as ts from './syntax.ts';
import { lineStartAt } from '../../core/text.ts';

/** A change of a text: `removed` characters at `start` made room for `inserted` ones. */
interface Change {
  readonly start: number;
  readonly removed: number;
  readonly inserted: number;
}

/** Slices compare much faster than single characters do: of so many characters, then of fewer. */
const sliceLengths = [4096, 64, 1];

/** The smallest single change that makes one text of the other. */
function changeBetween(before: string, after: string): Change {
  const shorter = Math.min(before.length, after.length);
  let prefix = 0;
  for (const length of sliceLengths)
    while (prefix + length <= shorter && before.slice(prefix, prefix + length) === after.slice(prefix, prefix + length)) prefix += length;
  let suffix = 0;
  for (const length of sliceLengths)
    while (prefix + suffix + length <= shorter && endOf(before, suffix, length) === endOf(after, suffix, length)) suffix += length;
  return { start: prefix, removed: before.length - prefix - suffix, inserted: after.length - prefix - suffix };
}

/** So many characters of a text before its last `behind` ones. */
function endOf(text: string, behind: number, length: number): string {
  return text.slice(text.length - behind - length, text.length - behind);
}

/**
 * Parses `text` reusing what is unchanged of `previous`. The tree of `previous` is taken apart for that and must not be
 * used any more. Returns `previous` itself when the text is the same.
 */
export function reparse(previous: ts.SourceFile, text: string): ts.SourceFile {
  const alone = reparseStatements(previous, text);
  if (alone) return alone;
  const { start, removed, inserted } = changeBetween(previous.text, text);
  return ts.updateSourceFile(previous, text, ts.createTextChangeRange(ts.createTextSpan(start, removed), inserted));
}

/** What part of a file may be parsed by itself: of more, the parts that TypeScript reuses inside statements are worth the walk. */
const mostOfFile = 1 / 4;
/** How much of the statement behind is read, in characters, to see that it begins where it did. */
const enoughToGoOn = 4000;

/**
 * The tree with the statements around a change parsed anew; undefined, and `previous` left as it was, where the parser may be in
 * another state behind them. It is in the same state if a statement begins where one began before: at top level a parser's
 * state is its position.
 */
export function reparseStatements(previous: ts.SourceFile, text: string): ts.SourceFile | undefined {
  if (previous.text === text) return previous;
  const { start, removed, inserted } = changeBetween(previous.text, text);
  const old = previous.statements;
  const delta = inserted - removed;
  // A regular expression without an end is read by what follows in its line.
  const line = lineStartAt(text, start);
  const touched = (statement: ts.Statement): boolean => statement.end >= line;
  // What comes before the first token of a change may have been parsed by looking at that token.
  const first = Math.max(0, firstIndex(old, touched) - 1);
  const behind = Math.max(
    first,
    firstIndex(old, (statement) => statement.pos > start + removed),
  );
  const next = old[behind];
  // Tokens that fit nowhere may come before the first statement.
  const from = first === 0 ? 0 : (old[first]?.pos ?? 0);
  const to = next ? next.pos + delta : text.length;
  if (first === 0 && behind === old.length) return undefined;
  if (to - from > text.length * mostOfFile || mayAwait(previous)) return undefined;

  // The line of the cut is read to its end, for the same reason.
  const part = ts.parse(
    text.slice(from, next ? endOfLine(text, Math.min(next.end + delta, to + enoughToGoOn)) : text.length),
    previous.fileName,
  );
  if (mayAwait(part)) return undefined;
  const count = next ? firstIndex(part.statements, ({ pos }) => pos >= to - from) : part.statements.length;
  if (next && part.statements[count]?.pos !== to - from) return undefined;

  const fresh = part.statements.slice(0, count);
  const rest = old.slice(behind);
  for (const statement of fresh) move(statement, from);
  if (delta !== 0) for (const statement of rest) move(statement, delta);
  const end = next ? old.end + delta : part.statements.end + from;
  return fileOf(previous, text, Object.assign([...old.slice(0, first), ...fresh, ...rest], { pos: 0, end }));
}

/** `TransformFlags.ContainsPossibleTopLevelAwait` of TypeScript. */
const possibleTopLevelAwait = 1 << 26;

/** Whether `await` stands at top level, where its meaning depends on whether the whole file is a module. */
function mayAwait(file: ts.SourceFile): boolean {
  return (
    (file.transformFlags & possibleTopLevelAwait) !== 0 || file.statements.some(({ flags }) => (flags & ts.NodeFlags.AwaitContext) !== 0)
  );
}

/** Where a line ends. */
function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

/** The index of the first element that passes, where all behind it pass as well; the length where none does. */
function firstIndex<T>(list: readonly T[], passes: (element: T) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const element = list[middle];
    if (element !== undefined && passes(element)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A node or a list of nodes, whose positions are only read-only to those who look. */
interface Positioned {
  pos: number;
  end: number;
}

/** What has a position below a node, without what stands inside of the functions there, and the bodies of these. */
interface Positions {
  readonly own: readonly Positioned[];
  readonly bodies: readonly ts.Block[];
}

/** Listed when something is first moved. */
const positionsOf = new WeakMap<ts.Statement, Positions>();

function move(statement: ts.Statement, by: number): void {
  moveAll(positionsFor(statement, [statement]), by);
}

function moveAll({ own, bodies }: Positions, by: number): void {
  for (const each of own) {
    each.pos += by;
    each.end += by;
  }
  for (const body of bodies) moveWhenRead(body, by);
}

/** What has a position in `nodes`, which are kept under `key`. */
function positionsFor(key: ts.Statement, nodes: readonly ts.Node[]): Positions {
  const known = positionsOf.get(key);
  if (known) return known;
  const own: Positioned[] = [];
  const bodies: ts.Block[] = [];
  const visit = (node: ts.Node): void => {
    own.push(node);
    if (ts.isBlock(node) && isBody(node)) bodies.push(node);
    else ts.forEachChild(node, visit, visitList);
  };
  const visitList = (list: ts.NodeArray<ts.Node>): void => {
    own.push(list);
    list.forEach(visit);
  };
  nodes.forEach(visit);
  const found = { own, bodies };
  positionsOf.set(key, found);
  return found;
}

/** Whether a block is the body of a function, a method or the like. */
function isBody(block: ts.Block): boolean {
  return (block.parent as { readonly body?: ts.Node }).body === block;
}

/** How far the insides of bodies that nobody has read since are to be moved. */
const waiting = new WeakMap<ts.Block, { readonly statements: ts.NodeArray<ts.Statement>; by: number }>();

/** Whatever gets into a body reads its statements: they are moved then, and most bodies of a file never are read. */
const movedWhenRead: PropertyDescriptor & ThisType<ts.Block> = {
  configurable: true,
  enumerable: true,
  get() {
    const inside = waiting.get(this);
    if (!inside) return undefined;
    const { statements, by } = inside;
    waiting.delete(this);
    Object.defineProperty(this, 'statements', { configurable: true, enumerable: true, writable: true, value: statements });
    const list: Positioned = statements;
    list.pos += by;
    list.end += by;
    moveAll(positionsFor(this, statements), by);
    return statements;
  },
};

function moveWhenRead(body: ts.Block, by: number): void {
  const known = waiting.get(body);
  if (known) known.by += by;
  else {
    waiting.set(body, { statements: body.statements, by });
    Object.defineProperty(body, 'statements', movedWhenRead);
  }
}

/** A new file of the same name: what is known of the old one, by its identity, does not hold for it. */
function fileOf(previous: ts.SourceFile, text: string, list: ts.Statement[] & Positioned): ts.SourceFile {
  const statements = Object.assign(list, { hasTrailingComma: false, transformFlags: 0 });
  const made = Object.create(Object.getPrototypeOf(previous) as object) as object;
  const file: ts.SourceFile = Object.assign(made, previous, {
    text,
    statements,
    end: text.length,
    lineMap: undefined,
    hasBeenIncrementallyParsed: false,
  });
  Object.assign(file.endOfFileToken, { pos: statements.end, end: text.length });
  for (const statement of statements) adopt(statement, file);
  adopt(file.endOfFileToken, file);
  return file;
}

function adopt(node: { parent: ts.Node }, parent: ts.SourceFile): void {
  node.parent = parent;
}

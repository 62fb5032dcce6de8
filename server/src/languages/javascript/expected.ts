/**
 * What may be written at an offset of a program: headers in calls of a response's methods, and options of a package that
 * writes CORS headers, in objects that reach it. Anything else in a program is other tools' business.
 */
import type { Expectation, Expected } from '../../core/expectation.ts';
import type { SourceFile } from '../../core/files.ts';
import type { TextRange } from '../../core/text.ts';
import { concernsCors } from '../../cors/vocabulary.ts';
import type { Observation } from '../../policy/observation.ts';
import { EditableFile } from './edits.ts';
import { memberName } from './members.ts';
import { treeOf } from './trees.ts';
import { headerCall } from './response-calls.ts';
import * as ts from './syntax.ts';

/** What following a program tells; the file may be a changed copy of one. */
export type Observe = (file: SourceFile) => readonly Observation[];

export function expectedAt(file: SourceFile, offset: number, observe: Observe): Expectation | undefined {
  const tree = treeOf(file);
  const path = pathTo(tree, offset);
  const innermost = path.at(-1);
  if (!innermost) return undefined;
  const cursor: Cursor = { file, tree, offset, path, observe };
  if (ts.isStringLiteral(innermost) || ts.isNoSubstitutionTemplateLiteral(innermost)) return inText(innermost, cursor);
  const found = inObject(cursor);
  return found && !ts.commentsOf(tree).some(({ start, end }) => start < offset && offset <= end) ? found : undefined;
}

interface Cursor {
  readonly file: SourceFile;
  readonly tree: ts.SourceFile;
  readonly offset: number;
  /** The nodes around the offset, the file itself first. */
  readonly path: readonly ts.Node[];
  readonly observe: Observe;
}

function pathTo(tree: ts.SourceFile, offset: number): readonly ts.Node[] {
  const path: ts.Node[] = [];
  const around = (child: ts.Node): ts.Node | undefined =>
    child.pos < child.end && ts.startOf(child, tree) <= offset && offset <= child.end ? child : undefined;
  for (let node: ts.Node | undefined = tree; node; node = ts.forEachChild(node, around)) path.push(node);
  return path;
}

/** Inside a text between quotes. */
function inText(text: ts.StringLiteralLike, cursor: Cursor): Expectation | undefined {
  const { file, tree, offset } = cursor;
  const range = insideQuotes(text, file.text, tree);
  if (offset < range.start || offset > range.end) return undefined;
  const expect = (expected: Expected): Expectation => ({ expected, range, local: [], spell: (each) => each });
  const expectName = (expected: Expected): Expectation => ({ ...expect(expected), range: nameAround(range, file.text, offset) });
  const element = ts.isArrayLiteralExpression(text.parent);
  const value = element ? text.parent : text;
  const holder = value.parent;
  if (ts.isCallExpression(holder)) {
    const index = holder.arguments.findIndex((each) => each === value);
    const call = headerCall(holder, index, tree);
    if (call === 'vary') return expect({ kind: 'header value', header: 'Vary' });
    if (call !== 'pair') return undefined;
    if (index === 0) return element ? undefined : expectName({ kind: 'header name' });
    const [name] = holder.arguments;
    return name && ts.isStringLiteralLike(name) && concernsCors(name.text)
      ? expect({ kind: 'header value', header: name.text })
      : undefined;
  }
  if (!ts.isPropertyAssignment(holder)) return undefined;
  if (holder.name === text) {
    const expected = keyOf(holder.parent, ts.rangeOf(text, tree), cursor);
    return expected && expectName(expected);
  }
  const key = memberName(holder.name);
  if (key === undefined || holder.initializer !== value) return undefined;
  if (holdsHeaders(holder.parent, tree)) return concernsCors(key) ? expect({ kind: 'header value', header: key }) : undefined;
  const option = optionOf(holder.name, cursor);
  return option && expect({ kind: 'option element', ...option });
}

/** At a key or a value without quotes, written in part or not at all. */
function inObject(cursor: Cursor): Expectation | undefined {
  const { file, tree, offset, path } = cursor;
  const at = path.findLastIndex((node) => ts.isObjectLiteralExpression(node));
  const object = path[at];
  if (!object || !ts.isObjectLiteralExpression(object)) return undefined;
  const start = ts.startOf(object, tree);
  if (offset <= start || (offset === object.end && file.text[offset - 1] === '}')) return undefined;
  const property = path[at + 1];
  const { quote } = new EditableFile(file, tree);
  const rest = /^[\w$-]*/.exec(file.text.slice(offset))?.[0].length ?? 0;
  const around = (typed: string): TextRange => ({ start: offset - typed.length, end: offset + rest });
  const inKey =
    property === undefined ||
    ts.isShorthandPropertyAssignment(property) ||
    (ts.isPropertyAssignment(property) && offset <= property.name.end);
  const key = inKey ? /[{,]\s*([\w$-]*)$/.exec(file.text.slice(start, offset))?.[1] : undefined;
  if (key !== undefined) {
    const range = around(key);
    const expected = keyOf(object, range, cursor);
    const colon = /^\s*:/.test(file.text.slice(range.end)) ? '' : ': ';
    const spell = (text: string): string => (/^[\w$]+$/.test(text) ? text : `${quote}${text}${quote}`) + colon;
    return expected && { expected, range, local: [], spell };
  }
  // A value that is missing has no place of its own.
  const assigned = property ?? object.properties.findLast((each) => each.end <= offset && file.text.slice(each.end, offset).trim() === '');
  if (!assigned || !ts.isPropertyAssignment(assigned)) return undefined;
  const written = file.text.slice(assigned.name.end, offset);
  const whole = /^\s*:[ \t]*(\w*)$/.exec(written)?.[1];
  const element = /^\s*:\s*\[(?:[^[\]]*,)?\s*(\w*)$/.exec(written)?.[1];
  const word = whole ?? element;
  const option = word === undefined ? undefined : optionOf(assigned.name, cursor);
  if (word === undefined || option === undefined) return undefined;
  return whole === undefined
    ? { expected: { kind: 'option element', ...option }, range: around(word), local: [], spell: (text) => `${quote}${text}${quote}` }
    : { expected: { kind: 'option value', ...option }, range: around(word), local: [], spell: (text) => text };
}

/** Between the quotes; to the end of the line where the closing one is missing. */
function insideQuotes(text: ts.StringLiteralLike, source: string, tree: ts.SourceFile): TextRange {
  const start = ts.startOf(text, tree);
  const isClosed = text.end - start > 1 && source[text.end - 1] === source[start];
  return { start: start + 1, end: isClosed ? text.end - 1 : text.end };
}

/** The name around the offset: a text whose quote is not closed holds the rest of its line as well. */
function nameAround({ start, end }: TextRange, text: string, offset: number): TextRange {
  const rest = /^[\w$-]*/.exec(text.slice(offset, end))?.[0].length ?? 0;
  return { start, end: offset + rest };
}

/** `res.set({ … })`, `res.writeHead(200, { … })`. */
function holdsHeaders(object: ts.ObjectLiteralExpression, tree: ts.SourceFile): boolean {
  const call = object.parent;
  return ts.isCallExpression(call) && headerCall(call, call.arguments.indexOf(object), tree) === 'object';
}

/** What the keys of an object are; undefined for one that has nothing to do with CORS. `written` is the key, with its quotes. */
function keyOf(object: ts.ObjectLiteralExpression, written: TextRange, cursor: Cursor): Expected | undefined {
  const { file, tree } = cursor;
  if (holdsHeaders(object, tree)) return { kind: 'header name' };
  if (!/cors/i.test(file.text)) return undefined;
  const present = object.properties.flatMap((each) => {
    const name = each.name && memberName(each.name);
    return name === undefined || (each.name && ts.startOf(each.name, tree) === written.start) ? [] : [name];
  });
  const name = packageByType(object, tree) ?? packageByFollowing(written, cursor);
  return name === undefined ? undefined : { kind: 'option', package: name, present };
}

/** The type that a declaration, `satisfies` or `as` gives an object. */
function packageByType(object: ts.ObjectLiteralExpression, tree: ts.SourceFile): string | undefined {
  const { parent } = object;
  const typed = ts.isVariableDeclaration(parent) || ts.isSatisfiesExpression(parent) || ts.isAsExpression(parent);
  return typed && parent.type && /^(?:cors\.)?CorsOptions$/.test(ts.textOf(parent.type, tree)) ? 'cors' : undefined;
}

/** An option that no package has. */
const probe = 'corsLintProbe';

/**
 * Which package gets the object that a key is written into: a copy of the file is followed in which the key is one that no
 * other object has. The copy lies beside it under a name of its own, as trees are kept by name.
 */
function packageByFollowing({ start, end }: TextRange, { file, observe }: Cursor): string | undefined {
  const after = file.text.slice(end);
  const value = /^\s*:/.test(after) ? '' : /^\s*[,}]/.test(after) ? ': 0' : ': 0, ';
  const folder = file.uri.slice(0, file.uri.lastIndexOf('/') + 1);
  const copy: SourceFile = {
    ...file,
    uri: `${folder}${probe}.${file.uri.slice(folder.length)}`,
    text: file.text.slice(0, start) + probe + value + after,
  };
  const found = observe(copy).find((each) => each.kind === 'corsOption' && each.name === probe);
  return found?.kind === 'corsOption' ? found.package : undefined;
}

/** The option that a key is; undefined where its object does not reach a package. */
function optionOf(
  name: ts.PropertyName,
  { file, tree, observe }: Cursor,
): { readonly package: string; readonly option: string } | undefined {
  const text = memberName(name);
  if (text === undefined || !/cors/i.test(file.text)) return undefined;
  if (ts.isObjectLiteralExpression(name.parent.parent)) {
    const typed = packageByType(name.parent.parent, tree);
    if (typed !== undefined) return { package: typed, option: text };
  }
  const start = ts.startOf(name, tree);
  const found = observe(file).find(
    (each) => each.kind === 'corsOption' && each.namePlace.uri === file.uri && each.namePlace.range.start === start,
  );
  return found?.kind === 'corsOption' ? { package: found.package, option: text } : undefined;
}

/** Comparisons of the request's method with a word that it never is. */
import type { Frame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { isFunctionLike } from './scope.ts';
import * as ts from './syntax.ts';
import type { JsValue } from './values.ts';

/** Methods come in upper case: browsers write `options` so before they send it, and Node answers any other spelling with 400 (behaviour 3.13). */
export function noteMethodSpelling(interpreter: Interpreter, word: ts.Expression, value: JsValue, compared: JsValue, frame: Frame): void {
  if (value.kind !== 'string' || compared.kind !== 'datum' || compared.datum !== 'method' || !ts.isStringLiteralLike(word)) return;
  const { text } = value;
  const replacement = text.toUpperCase();
  if (replacement !== 'OPTIONS' || text === replacement) return;
  // Beside the right word a wrong one changes nothing.
  if (ts.textOf(around(word), frame.file).includes(replacement)) return;
  interpreter.observations.push({ kind: 'methodNeverSent', place: interpreter.place(word, frame), text, replacement });
}

/** The function that a node stands in, or the file. */
function around(node: ts.Node): ts.Node {
  let outer = node.parent;
  while (!isFunctionLike(outer) && !ts.isSourceFile(outer)) outer = outer.parent;
  return outer;
}

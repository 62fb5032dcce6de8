/** Writes an exact list of origins where something else decides Allow-Origin. */
import { snippetOf } from '../../core/snippet.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import { propertyOf, requestOrigin } from './header-edits.ts';
import { varyByOrigin } from './vary-edits.ts';
import type { EditableFile, Edits } from './edits.ts';
import * as ts from './syntax.ts';

const PLACEHOLDER = 'https://app.example.com';

/** Lets a list of origins decide a write, or the `origin` option of a package; a placeholder where the list is empty. */
export function allowOnly(file: EditableFile, write: HeaderWrite, origins: readonly string[]): Edits {
  // An option that another file sets would win over one beside it.
  if (write.namePlace.uri !== file.file.uri) return undefined;
  const call = file.callAt(write.place);
  const node = propertyOf(file, write);
  if (!node && call && ts.isPropertyAccessExpression(call.expression)) return allowByHand(file, write, call, origins);
  const list = originOption(file, origins);
  if (node) {
    if (file.textOf(node.name) !== 'origin') return undefined;
    return [file.edit(file.startOf(node.initializer), node.initializer.end, list.text, list.snippet)];
  }
  if (!call) return undefined;
  // cors() with its default: the option is added.
  const [options] = call.arguments;
  if (!options) {
    const at = call.end - 1;
    return [file.edit(at, at, `{ origin: ${list.text} }`, list.snippet === undefined ? undefined : `{ origin: ${list.snippet} }`)];
  }
  if (!ts.isObjectLiteralExpression(options)) return undefined;
  // `origin(origin, callback) { … }`
  const method = options.properties.find((each) => ts.isMethodDeclaration(each) && file.textOf(each.name) === 'origin');
  if (method)
    return [
      file.edit(
        file.startOf(method),
        method.end,
        `origin: ${list.text}`,
        list.snippet === undefined ? undefined : `origin: ${list.snippet}`,
      ),
    ];
  const [first] = options.properties;
  if (!first) return undefined;
  const lead = file.text.slice(options.pos, options.end).includes('\n') ? file.lineBreak + file.indentation(first) : ' ';
  const at = file.startOf(first);
  return [file.edit(at, at, `origin: ${list.text},${lead}`, list.snippet === undefined ? undefined : `origin: ${list.snippet},${lead}`)];
}

/** Lets a statement that writes Allow-Origin run for the listed origins only. */
function allowByHand(file: EditableFile, write: HeaderWrite, call: ts.CallExpression, origins: readonly string[]): Edits {
  const statement = file.statementOf(call);
  const value = file.nodeAt(write.valuePlace);
  // What is chained to the write would run for the listed origins only.
  if (!statement || !value || !ts.isExpressionStatement(statement) || statement.expression !== call || call.arguments.length !== 2)
    return undefined;
  const isOrigin = write.value.kind === 'origin';
  const origin = isOrigin ? file.textOf(value) : requestOrigin(file, call);
  if (origin === undefined) return undefined;
  const list = originList(file, origins);
  const guard = (text: string): string => `if (${includesOrigin(file, text, origin)}) `;
  const start = file.startOf(statement);
  const around = file.functionAround(call);
  const varies = around !== undefined && /\bvary\b/i.test(file.textOf(around.body));
  const edits = [
    ...(varies ? [] : (varyByOrigin(file, write) ?? [])),
    file.edit(start, start, guard(list.text), list.snippet === undefined ? undefined : guard(list.snippet)),
  ];
  if (!isOrigin) edits.push(file.edit(write.valuePlace.range.start, write.valuePlace.range.end, origin));
  return edits;
}

/** TypeScript lets `includes` ask for texts only; it narrows a name or a path of names, and no call. */
function includesOrigin(file: EditableFile, list: string, origin: string): string {
  if (file.isTypeScript && /^[\w$.]+$/.test(origin)) return `${origin} && ${list}.includes(${origin})`;
  const isCall = /^[\w$.]+\([^()]*\)$/.test(origin);
  return `${list}.includes(${origin}${file.isTypeScript && isCall ? ` ?? ${file.quoted('')}` : ''})`;
}

/** A list of origins, or one with a placeholder to fill in. */
export function originList(
  file: EditableFile,
  origins: readonly string[],
): { readonly text: string; readonly snippet: string | undefined } {
  const list = (texts: readonly string[]): string => file.list(texts);
  if (origins.length > 0) return { text: list(origins), snippet: undefined };
  return { text: list([PLACEHOLDER]), snippet: snippetOf(list([PLACEHOLDER]), [PLACEHOLDER]) };
}

/** A value of the `origin` option that lets a list through: Koa's packages know no lists (behaviour 8.3). */
function originOption(file: EditableFile, origins: readonly string[]): { readonly text: string; readonly snippet: string | undefined } {
  const list = originList(file, origins);
  if (!file.namesPackage(/@koa\/cors|kcors|koa2?-cors/)) return list;
  // koa-cors gives the function a request in place of the context.
  const name = file.namesPackage(/koa-cors/) ? 'request' : 'ctx';
  const wrapped = (each: string): string =>
    `(${name}) => ${each}.find((origin) => origin === ${name}.get(${file.quoted('Origin')})) ?? ${file.quoted('')}`;
  return { text: wrapped(list.text), snippet: list.snippet === undefined ? undefined : wrapped(list.snippet) };
}

/** Which calls of a program write headers of a response, by the text alone: for somebody who is still writing them. */
import { scopesOf } from './scope.ts';
import * as ts from './syntax.ts';

/** The object of a framework that a response is written through. */
interface ResponseKind {
  /** How parameters that are one are named, and how their types are. */
  readonly name: RegExp;
  readonly type: RegExp;
  /** What the file has to speak of, where the name alone says too little. */
  readonly file?: RegExp;
  /** Methods that take a header's name and its value. */
  readonly methods: readonly string[];
}

const kinds: readonly ResponseKind[] = [
  {
    name: /^_?(?:res|response)$/i,
    type: /\bResponse\b|\bServerResponse\b/,
    methods: ['setHeader', 'header', 'set', 'append', 'appendHeader'],
  },
  { name: /^reply$/, type: /\bFastifyReply\b/, methods: ['header'] },
  { name: /^ctx$/, type: /\b(?:Koa|Parameterized)Context\b/, file: /\bkoa\b/i, methods: ['set', 'append'] },
  { name: /^c$/, type: /^Context\b/, file: /\bhono\b/i, methods: ['header'] },
];

/** Methods after which a call goes on with the same response. */
const chained = /^(?:status|code|type|contentType|vary|cookie|clearCookie|links|location|setHeader|header|set|append|writeHead)$/;

/** How a call writes headers: `pair` by name and value, `object` by an object of them, `vary` by a list for Vary. */
export type HeaderCall = 'pair' | 'object' | 'vary';

/** What the argument at `index` of a call is to a response; undefined where the call is none of a response's. */
export function headerCall(call: ts.CallExpression, index: number, tree: ts.SourceFile): HeaderCall | undefined {
  const callee = call.expression;
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const method = callee.name.text;
  const argument = call.arguments[index];
  const isObject = argument !== undefined && ts.isObjectLiteralExpression(argument);
  if (method === 'vary' || method === 'writeHead') {
    if (responseKind(callee.expression, tree) === undefined || (method === 'vary') !== (index === 0)) return undefined;
    if (method === 'vary') return 'vary';
    return isObject ? 'object' : undefined;
  }
  if (!kinds.some((kind) => kind.methods.includes(method)) || index > 1) return undefined;
  if (responseKind(callee.expression, tree)?.methods.includes(method) !== true) return undefined;
  if (!isObject) return 'pair';
  return index === 0 && method !== 'setHeader' && method !== 'append' ? 'object' : undefined;
}

/** What an expression writes to: a parameter that is named or typed so, or what its methods answer with. */
function responseKind(node: ts.Expression, tree: ts.SourceFile): ResponseKind | undefined {
  if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isAsExpression(node))
    return responseKind(node.expression, tree);
  if (ts.isCallExpression(node)) {
    const callee = node.expression;
    return ts.isPropertyAccessExpression(callee) && chained.test(callee.name.text) ? responseKind(callee.expression, tree) : undefined;
  }
  // `req.res`, `ctx.res`, `this.res`: Node's own response.
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'res' ? kinds[0] : undefined;
  if (!ts.isIdentifier(node)) return undefined;
  const [declaration] = scopesOf(tree).resolve(node)?.declarations ?? [];
  if (!declaration || !ts.isParameter(declaration)) return undefined;
  const type = declaration.type && ts.textOf(declaration.type, tree);
  return kinds.find(
    (kind) =>
      (type === undefined ? kind.name.test(node.text) : kind.type.test(type)) && (kind.file === undefined || kind.file.test(tree.text)),
  );
}

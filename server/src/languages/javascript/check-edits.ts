/** Writes other tests of the Origin in the place of one. */
import type { HostReach } from '../../core/authoring.ts';
import type { CheckEntry, OriginCheck } from '../../policy/model.ts';
import { originList } from './allowlist-edits.ts';
import { withoutElement } from './deletion.ts';
import type { EditableFile, Edits } from './edits.ts';
import { isFunctionLike, isOfOneValue, scopesOf } from './scope.ts';
import * as ts from './syntax.ts';

const TEXT_METHOD = /^(?:slice|substr|substring|toLowerCase|toUpperCase|trim|toString|replace)$/;
/** Operators that bind looser than what a fix puts between them. */
const LOGICAL: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.EqualsToken,
]);

/** Another pattern in the place of one, as a literal; undefined where the one is made of what stands for several texts. */
export function replacePattern(file: EditableFile, check: OriginCheck, source: string, flags: string): Edits {
  const node = file.nodeAt(check.place);
  if (!node) return undefined;
  const isConstructor = (ts.isNewExpression(node) || ts.isCallExpression(node)) && file.textOf(node.expression) === 'RegExp';
  if (!ts.isRegularExpressionLiteral(node) && !isConstructor && !ts.isStringLiteralLike(node)) return undefined;
  if (!isOfOneValue(node, scopesOf(file.tree))) return undefined;
  if (check.pattern?.flags.includes('g') === true && !flags.includes('g') && needsEvery(file, node)) return undefined;
  return [file.edit(check.place.range.start, check.place.range.end, `/${withEscapedSlashes(source)}/${flags}`)];
}

/** A pattern under a name is given to a method that goes through all matches, or throws without the flag `g`. */
function needsEvery(file: EditableFile, { parent }: ts.Node): boolean {
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return false;
  return file.usesOf(parent.name).some((use) => {
    const call = use.parent;
    if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return false;
    return call.arguments.some((each) => each === use) && /^(?:match|matchAll|replace|replaceAll)$/.test(call.expression.name.text);
  });
}

/** The same for a pattern whose groups hold something else, where it is only tested. */
export function respellPattern(file: EditableFile, check: OriginCheck, source: string, flags: string): Edits {
  const node = file.nodeAt(check.place);
  const isTested = node && ts.isPropertyAccessExpression(node.parent) && node.parent.name.text === 'test';
  const readsGroups = !isTested && /\.(?:exec|match|matchAll|replace|replaceAll|split)\s*\(/.test(file.text);
  return readsGroups ? undefined : replacePattern(file, check, source, flags);
}

/** An exact list, or a comparison with its only member, in the place of a pattern or comparison. */
export function listOrigins(file: EditableFile, check: OriginCheck, origins: readonly string[]): Edits {
  const node = file.nodeAt(check.place);
  if (!node || ts.isStringLiteralLike(node)) return undefined;
  if (check.pattern && !isOfOneValue(node, scopesOf(file.tree))) return undefined;
  const { start, end } = check.place.range;
  const { parent } = node;
  const list = originList(file, origins);
  const [only] = origins;
  if (!check.pattern) {
    const isOwn = check.entries?.some(({ text }) => origins.includes(text)) === true;
    const isOne = only !== undefined && origins.length === 1;
    const test = (origin: string, compared?: string): string => {
      if (isOwn && compared !== undefined) return `${compared}.includes(${origin})`;
      return isOne ? `${origin} === ${file.quoted(only)}` : `${list}.includes(${origin})`;
    };
    // TypeScript lets `includes` ask for texts only.
    return replaceComparison(file, check, test, { defined: file.isTypeScript && !isOne });
  }
  // `/…/.test(origin)`
  if (ts.isPropertyAccessExpression(parent) && parent.name.text === 'test' && ts.isCallExpression(parent.parent))
    return [file.edit(start, end, list), file.edit(file.startOf(parent.name), parent.name.end, 'includes')];
  if (ts.isVariableDeclaration(parent) && parent.initializer === node) return setOfOrigins(file, parent, node, origins);
  const isOption = (each: ts.Node): boolean => ts.isPropertyAssignment(each) && file.textOf(each.name) === 'origin';
  // `origin: /…/`, or one of a list there
  if (isOption(parent)) return [file.edit(start, end, list)];
  return ts.isArrayLiteralExpression(parent) && isOption(parent.parent) ? [file.edit(start, end, list.slice(1, -1))] : undefined;
}

/** A `Set` in the place of a pattern that a constant keeps for one test: what else a pattern can be asked, a set cannot. */
function setOfOrigins(file: EditableFile, { name, parent }: ts.VariableDeclaration, pattern: ts.Node, origins: readonly string[]): Edits {
  const isConstant = ts.isVariableDeclarationList(parent) && (parent.flags & ts.NodeFlags.Const) !== 0;
  const isLocal = isConstant && ts.isVariableStatement(parent.parent) && !parent.parent.modifiers?.length;
  if (!isLocal || !ts.isIdentifier(name)) return undefined;
  const uses = file.usesOf(name);
  const [use] = uses;
  const access = use?.parent;
  if (uses.length !== 1 || !access || !ts.isPropertyAccessExpression(access) || access.expression !== use) return undefined;
  if (access.name.text !== 'test' || !ts.isCallExpression(access.parent) || access.parent.expression !== access) return undefined;
  return [
    file.edit(file.startOf(pattern), pattern.end, `new Set(${originList(file, origins)})`),
    file.edit(file.startOf(access.name), access.name.end, 'has'),
  ];
}

/** A pattern for the whole Origin in the place of a comparison of a part of it. */
export function testOrigin(file: EditableFile, check: OriginCheck, source: string): Edits {
  return replaceComparison(file, check, (origin) => `/${withEscapedSlashes(source)}/.test(${origin})`, { defined: true });
}

/** `host === 'acme.io' || host.endsWith('.acme.io')` in the place of a comparison of a part of the host's text. */
export function compareHost(file: EditableFile, check: OriginCheck, reach: HostReach): Edits {
  const comparison = comparisonAt(file, check);
  if (!comparison) return undefined;
  const { node, call, text } = comparison;
  const compared = ts.isBinaryExpression(node) && check.form === 'slice' ? node.right : call.arguments[0];
  if (!compared || ts.isRegularExpressionLiteral(compared)) return undefined;
  const name = file.textOf(compared);
  const dot = call.expression.questionDotToken ? '?.' : '.';
  const below = ts.isStringLiteralLike(compared) ? file.quoted(`.${compared.text}`, name.charAt(0)) : `\`.\${${name}}\``;
  if (reach === 'below') return [file.edit(file.startOf(node), node.end, `${text}${dot}endsWith(${name})`)];
  if (reach === 'itself') return [file.edit(file.startOf(node), node.end, operand(node, `${text} === ${name}`))];
  const code = `${text} === ${name} || ${text}${dot}endsWith(${below})`;
  return [file.edit(file.startOf(node), node.end, standsAlone(node) ? code : `(${code})`)];
}

/** `list.split(',').includes(origin)` in the place of `list.includes(origin)`; `[text].includes(origin)` where that is one origin. */
export function splitText(file: EditableFile, check: OriginCheck): Edits {
  const call = file.nodeAt(check.place);
  if (!call || !ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  const { expression: text, name } = call.expression;
  if (!/^(?:includes|indexOf)$/.test(name.text)) return undefined;
  const separator = /\s*([\s,;|])\s*/.exec(check.entries?.[0]?.text ?? ',');
  if (!separator) return [file.edit(file.startOf(text), file.startOf(text), '['), file.edit(text.end, text.end, ']')];
  const [all, between = ','] = separator;
  const pattern = between.trim() === '' ? String.raw`/\s+/` : String.raw`/\s*${between === '|' ? '[|]' : between}\s*/`;
  const dot = call.expression.questionDotToken ? '?.' : '.';
  return [file.edit(text.end, file.startOf(name), `${dot}split(${all === between && all.trim() !== '' ? file.quoted(all) : pattern}).`)];
}

/** A comparison of a part of a text, with the text that it is a part of. */
interface Comparison {
  readonly node: ts.Expression;
  readonly call: MethodCall;
  /** The code of the whole text. */
  readonly text: string;
}

function comparisonAt(file: EditableFile, check: OriginCheck): Comparison | undefined {
  const checked = file.nodeAt(check.place);
  const isCompared = checked && ts.isBinaryExpression(checked.parent) && checked.parent.left === checked;
  const node = isCompared && !LOGICAL.has(checked.parent.operatorToken.kind) ? checked.parent : checked;
  const call = node && comparingCall(file, node);
  // `['acme.io'].includes(host.slice(-7))` asks a list.
  if (!call || (check.form === 'slice' && !ts.isBinaryExpression(node))) return undefined;
  let whole = call.expression.expression;
  while (ts.isCallExpression(whole) && ts.isPropertyAccessExpression(whole.expression) && TEXT_METHOD.test(whole.expression.name.text))
    whole = whole.expression.expression;
  return { node: node as ts.Expression, call, text: file.textOf(whole) };
}

/**
 * Another test of the same Origin in the place of a comparison, or of the `some` that repeats it for a list. `compared` is that list,
 * where the Origin is compared with its entries as they are.
 */
function replaceComparison(
  file: EditableFile,
  check: OriginCheck,
  test: (origin: string, compared?: string) => string,
  { defined = false } = {},
): Edits {
  const comparison = comparisonAt(file, check);
  if (!comparison) return undefined;
  const { node, call, text } = comparison;
  if (check.part !== 'origin' && (check.part !== undefined || /host|href|url/i.test(text))) return undefined;
  const repeated = isFunctionLike(node.parent) && ts.isCallExpression(node.parent.parent) ? node.parent.parent : undefined;
  const some = repeated && ts.isPropertyAccessExpression(repeated.expression) && repeated.expression.name.text === 'some' && repeated;
  const target = some || node;
  const asks = call.expression.questionDotToken !== undefined && defined;
  const tested = test(text, some ? listCompared(file, some, call) : undefined);
  const code = asks ? `${text} !== undefined && ${tested}` : tested;
  return [file.edit(file.startOf(target), target.end, operand(target, code))];
}

/** The code of the list in `list.some((entry) => origin.startsWith(entry))`. */
function listCompared(file: EditableFile, some: ts.CallExpression, comparison: MethodCall): string | undefined {
  const [callback] = some.arguments;
  const [compared] = comparison.arguments;
  const parameter = callback && isFunctionLike(callback) ? callback.parameters[0]?.name : undefined;
  const isEntry = parameter && compared && ts.isIdentifier(compared) && file.textOf(parameter) === compared.text;
  return isEntry && ts.isPropertyAccessExpression(some.expression) ? file.textOf(some.expression.expression) : undefined;
}

/** The code of a comparison, in parentheses where what is around it binds tighter. */
function operand({ parent }: ts.Node, code: string): string {
  const isOperand =
    ts.isPrefixUnaryExpression(parent) ||
    ts.isPropertyAccessExpression(parent) ||
    (ts.isBinaryExpression(parent) && !LOGICAL.has(parent.operatorToken.kind));
  return isOperand ? `(${code})` : code;
}

/** Whether an expression stands where even `||` needs no parentheses around it. */
function standsAlone(node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isParenthesizedExpression(parent) ||
    ts.isIfStatement(parent) ||
    ts.isReturnStatement(parent) ||
    ts.isVariableDeclaration(parent) ||
    ts.isPropertyAssignment(parent) ||
    (isFunctionLike(parent) && parent.body === node) ||
    (ts.isCallExpression(parent) && parent.expression !== node) ||
    (ts.isBinaryExpression(parent) && [ts.SyntaxKind.BarBarToken, ts.SyntaxKind.EqualsToken].includes(parent.operatorToken.kind))
  );
}

type MethodCall = ts.CallExpression & { readonly expression: ts.PropertyAccessExpression };

/** The call of a text's method in a comparison that holds where the text fits. */
function comparingCall(file: EditableFile, node: ts.Node): MethodCall | undefined {
  const isCall = (each: ts.Node): each is MethodCall => ts.isCallExpression(each) && ts.isPropertyAccessExpression(each.expression);
  if (isCall(node)) return /^(?:includes|startsWith|endsWith)$/.test(node.expression.name.text) ? node : undefined;
  if (!ts.isBinaryExpression(node) || !isCall(node.left)) return undefined;
  const holds = /^(?:>-1|>=0|!==?-1|===?(?!-1).*)$/.test(file.text.slice(node.left.end, node.end).replace(/\s/g, ''));
  return holds ? node.left : undefined;
}

/** Takes one entry out of a list, a lookup, or a chain of comparisons. */
export function removeEntry(file: EditableFile, entry: CheckEntry): Edits {
  const node = file.nodeAt(entry.place);
  if (!node) return undefined;
  const { parent } = node;
  if (ts.isArrayLiteralExpression(parent)) return withoutElement(file, parent.elements, node);
  if (ts.isPropertyAssignment(parent) && ts.isObjectLiteralExpression(parent.parent))
    return withoutElement(file, parent.parent.properties, parent);
  if (ts.isCaseClause(parent) && parent.statements.length === 0) return [file.deleteStatement(parent as unknown as ts.Statement)];
  if (!ts.isBinaryExpression(parent)) return undefined;
  // `a === 'x' || b`: the comparison goes with its `||`.
  const around = parent.parent;
  if (!ts.isBinaryExpression(around) || around.operatorToken.kind !== ts.SyntaxKind.BarBarToken) return undefined;
  return around.right === parent
    ? [file.edit(around.left.end, around.end, '')]
    : [file.edit(file.startOf(parent), file.startOf(around.right), '')];
}

function withEscapedSlashes(source: string): string {
  let inClass = false;
  let escaped = '';
  for (let at = 0; at < source.length; at++) {
    const character = source[at] ?? '';
    if (character === '\\') {
      escaped += character + (source[at + 1] ?? '');
      at++;
      continue;
    }
    if (character === '[') inClass = true;
    if (character === ']') inClass = false;
    escaped += character === '/' && !inClass ? '\\/' : character;
  }
  return escaped;
}

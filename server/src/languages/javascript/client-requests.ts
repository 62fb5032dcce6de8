/** Requests that front-end code sends: fetch, axios and XMLHttpRequest, as far as their options are written in the file. */
import type { Place } from '../../core/text.ts';
import type { Observation } from '../../policy/observation.ts';
import { isFunctionLike, scopesOf } from './scope.ts';
import * as ts from './syntax.ts';

type ClientRequest = Extract<Observation, { kind: 'clientRequest' }>;
type Option = ClientRequest['options'][number];
type Header = ClientRequest['headers'][number];

/** What tells a response from an opaque one. */
const readMembers = new Set([
  'json',
  'text',
  'blob',
  'arrayBuffer',
  'formData',
  'bytes',
  'ok',
  'status',
  'statusText',
  'headers',
  'body',
  'clone',
]);
const axiosMethods = new Set(['request', 'get', 'delete', 'head', 'options', 'post', 'put', 'patch', 'create']);
/** Methods of axios whose second argument is the body. */
const withBody = new Set(['post', 'put', 'patch']);
const testPath = /(^|[/.])(test|tests|__tests__|spec|specs|e2e|cypress|playwright|puppeteer|karma|wdio|jest|vitest)([/.]|$)/i;

/** Client requests and launch arguments of a file. */
export function clientObservations(tree: ts.SourceFile, uri: string): Observation[] {
  const observations: Observation[] = [];
  const place = (node: ts.Node): Place => ({ uri, range: ts.rangeOf(node, tree) });
  const reader = new RequestReader(tree, place);
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const request = reader.read(node);
      if (request) observations.push(request);
    }
    if (ts.isNewExpression(node)) {
      const request = reader.readConstructed(node);
      if (request) observations.push(request);
    }
    if (ts.isStringLiteralLike(node) && isLaunchArgument(node))
      observations.push({ kind: 'launchArgument', text: switchedOff, place: place(node), test: testPath.test(uri) });
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return observations;
}

const switchedOff = '--disable-web-security';

/**
 * The switch as a browser takes it: an argument of its own, or a word of a command line, where the words beside the program
 * are options, paths and addresses. Electron's `appendSwitch` takes it without the dashes. A sentence about it is none.
 */
function isLaunchArgument(node: ts.StringLiteralLike): boolean {
  const [program, ...words] = node.text.trim().split(/\s+/);
  if (words.length > 0) return [program, ...words].includes(switchedOff) && words.every((word) => /^-|[/.:=&'"]/.test(word));
  const { parent } = node;
  return (
    program === switchedOff ||
    (`--${node.text}` === switchedOff &&
      ts.isCallExpression(parent) &&
      ts.isPropertyAccessExpression(parent.expression) &&
      parent.expression.name.text === 'appendSwitch')
  );
}

class RequestReader {
  readonly #tree: ts.SourceFile;
  readonly #place: (node: ts.Node) => Place;

  constructor(tree: ts.SourceFile, place: (node: ts.Node) => Place) {
    this.#tree = tree;
    this.#place = place;
  }

  read(call: ts.CallExpression): ClientRequest | undefined {
    const { expression } = call;
    if (
      ts.isIdentifier(expression) ||
      (ts.isPropertyAccessExpression(expression) && /^(window|globalThis|self)$/.test(ts.textOf(expression.expression, this.#tree)))
    ) {
      const name = ts.isIdentifier(expression) ? expression : expression.name;
      if (!ts.isIdentifier(name)) return undefined;
      if (name.text === 'fetch' && !(ts.isIdentifier(expression) && scopesOf(this.#tree).resolve(expression)))
        return this.#request(call, 'fetch', call.arguments[1], isResponseRead(call));
      if (name.text === 'axios' && ts.isIdentifier(expression))
        return this.#request(
          call,
          'axios',
          call.arguments[0] && ts.isStringLiteralLike(call.arguments[0]) ? call.arguments[1] : call.arguments[0],
          true,
        );
      return undefined;
    }
    if (!ts.isPropertyAccessExpression(expression)) return undefined;
    const receiver = ts.textOf(expression.expression, this.#tree);
    const method = expression.name.text;
    if (receiver === 'axios' && axiosMethods.has(method)) {
      const index = method === 'create' || method === 'request' ? 0 : withBody.has(method) ? 2 : 1;
      return this.#request(call, 'axios', call.arguments[index], true);
    }
    if (method === 'setRequestHeader') {
      const [name] = call.arguments;
      if (!name || !ts.isStringLiteralLike(name)) return undefined;
      return {
        kind: 'clientRequest',
        place: this.#place(call),
        api: 'xhr',
        headers: [{ name: name.text, place: this.#place(name), property: this.#place(call) }],
        options: [],
        responseRead: true,
      };
    }
    if (method === 'open' && this.#isXhr(expression.expression)) {
      const [verb] = call.arguments;
      if (!verb || !ts.isStringLiteralLike(verb)) return undefined;
      const at = this.#place(verb);
      return {
        kind: 'clientRequest',
        place: this.#place(call),
        api: 'xhr',
        headers: [],
        options: [{ name: 'method', text: verb.text, type: 'string', namePlace: at, valuePlace: at, property: at }],
        responseRead: true,
      };
    }
    return undefined;
  }

  /** `new Request(url, options)`: what fetch sends when it is handed over. */
  readConstructed(node: ts.NewExpression): ClientRequest | undefined {
    const { expression } = node;
    if (!ts.isIdentifier(expression) || expression.text !== 'Request' || scopesOf(this.#tree).resolve(expression)) return undefined;
    return this.#request(node, 'fetch', node.arguments?.[1], false);
  }

  #isXhr(node: ts.Expression): boolean {
    const value = this.#constant(node);
    return value !== undefined && ts.isNewExpression(value) && ts.textOf(value.expression, this.#tree) === 'XMLHttpRequest';
  }

  #request(
    call: ts.CallExpression | ts.NewExpression,
    api: ClientRequest['api'],
    options: ts.Expression | undefined,
    responseRead: boolean,
  ): ClientRequest | undefined {
    const object = options && this.#constant(options);
    if (!object || !ts.isObjectLiteralExpression(object)) return undefined;
    const listed: Option[] = [];
    let headers: Header[] = [];
    for (const property of object.properties) {
      if (!ts.isPropertyAssignment(property)) continue;
      const name = nameOf(property.name);
      if (name === undefined) continue;
      const value = this.#constant(property.initializer) ?? property.initializer;
      if (name === 'headers') headers = this.#headers(value);
      const text = ts.isStringLiteralLike(value)
        ? value.text
        : value.kind === ts.SyntaxKind.TrueKeyword
          ? 'true'
          : value.kind === ts.SyntaxKind.FalseKeyword
            ? 'false'
            : undefined;
      listed.push({
        name,
        type: typeOf(value),
        ...(text === undefined ? {} : { text }),
        namePlace: this.#place(property.name),
        valuePlace: this.#place(property.initializer),
        property: this.#place(property),
      });
    }
    return { kind: 'clientRequest', place: this.#place(call), api, headers, options: listed, responseRead };
  }

  #headers(value: ts.Expression): Header[] {
    const inner = ts.isNewExpression(value) && ts.textOf(value.expression, this.#tree) === 'Headers' ? value.arguments?.[0] : value;
    const object = inner && this.#constant(inner);
    if (!object) return [];
    if (ts.isObjectLiteralExpression(object))
      return object.properties.flatMap((property) => {
        const name = ts.isPropertyAssignment(property) ? nameOf(property.name) : undefined;
        return name === undefined || !ts.isPropertyAssignment(property)
          ? []
          : [{ name, place: this.#place(property.name), property: this.#place(property) }];
      });
    if (ts.isArrayLiteralExpression(object))
      return object.elements.flatMap((pair) => {
        const name = ts.isArrayLiteralExpression(pair) ? pair.elements[0] : undefined;
        return name && ts.isStringLiteralLike(name) ? [{ name: name.text, place: this.#place(name), property: this.#place(pair) }] : [];
      });
    return [];
  }

  /** The expression that a name stands for, where it is declared once in this file and never changed. */
  #constant(node: ts.Expression): ts.Expression | undefined {
    if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node))
      return this.#constant(node.expression);
    if (!ts.isIdentifier(node)) return node;
    const scopes = scopesOf(this.#tree);
    const binding = scopes.resolve(node);
    const declaration = binding && scopes.isConstant(binding) ? binding.declarations[0] : undefined;
    return declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  }
}

function nameOf(name: ts.PropertyName): string | undefined {
  return ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? name.text : undefined;
}

function typeOf(node: ts.Expression): string {
  if (ts.isStringLiteralLike(node)) return 'string';
  if (ts.isNumericLiteral(node)) return 'number';
  if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) return 'boolean';
  return 'unknown';
}

/** Whether something is asked of the response of a fetch call: a member of it, or a callback that takes it. */
function isResponseRead(call: ts.CallExpression): boolean {
  let node: ts.Node = call;
  while (ts.isAwaitExpression(node.parent) || ts.isParenthesizedExpression(node.parent)) node = node.parent;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node) {
    if (readMembers.has(parent.name.text)) return true;
    const then = parent.name.text === 'then' && ts.isCallExpression(parent.parent) ? parent.parent.arguments[0] : undefined;
    const [parameter] = then && isFunctionLike(then) ? then.parameters : [];
    return then !== undefined && parameter !== undefined && ts.isIdentifier(parameter.name) && readsMember(then, parameter.name.text);
  }
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return false;
  let around: ts.Node = parent;
  while (!isFunctionLike(around) && !ts.isSourceFile(around)) around = around.parent;
  return readsMember(around, parent.name.text);
}

function readsMember(node: ts.Node, name: string): boolean {
  if (
    ts.isPropertyAccessExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === name &&
    readMembers.has(node.name.text)
  )
    return true;
  return ts.forEachChild(node, (child) => readsMember(child, name) || undefined) === true;
}

/** Requests that front-end code sends: fetch, axios and XMLHttpRequest, as far as their options are written in the file. */
import type { Place } from '../../core/text.ts';
import type { Observation } from '../../policy/observation.ts';
import { launchArgument } from './launch-arguments.ts';
import { memberName } from './members.ts';
import { type Binding, isFunctionLike, scopesOf } from './scope.ts';
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
/** The parts of axios' default headers beside the ones of all requests. */
const axiosHeaderGroups = new Set(['common', 'get', 'delete', 'head', 'options', 'post', 'put', 'patch']);
/** What is called to make a response. */
const makesResponse = /(?:^|\.)(?:(?:Next)?Response(?:\.\w+)?|writeHead|setHeaders|set|header)$/;
/** Methods of axios whose second argument is the body. */
const withBody = new Set(['post', 'put', 'patch']);

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
    if (ts.isBinaryExpression(node)) {
      const request = reader.readAssigned(node);
      if (request) observations.push(request);
    }
    const argument = launchArgument(node, tree, uri);
    if (argument) observations.push(argument);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return observations;
}

class RequestReader {
  readonly #tree: ts.SourceFile;
  readonly #place: (node: ts.Node) => Place;
  readonly #ofResponses = new Map<Binding, boolean>();
  #fields: ReadonlySet<string> | undefined;

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
    const method = expression.name.text;
    if (this.#isAxios(expression.expression) && axiosMethods.has(method)) {
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

  /** `axios.defaults.headers.common['Name'] = …`, and `config.headers['Name'] = …` in an interceptor: sent with every request. */
  readAssigned(node: ts.BinaryExpression): ClientRequest | undefined {
    const { left } = node;
    if (node.operatorToken.kind !== ts.SyntaxKind.EqualsToken || !ts.isElementAccessExpression(left)) return undefined;
    const name = left.argumentExpression;
    if (!ts.isStringLiteralLike(name)) return undefined;
    const byMethod = ts.isPropertyAccessExpression(left.expression) && axiosHeaderGroups.has(left.expression.name.text);
    const headers = byMethod ? left.expression.expression : left.expression;
    if (!ts.isPropertyAccessExpression(headers) || headers.name.text !== 'headers') return undefined;
    const owner = headers.expression;
    const isDefault = ts.isPropertyAccessExpression(owner) && owner.name.text === 'defaults' && this.#isAxios(owner.expression);
    if (!isDefault && !this.#isIntercepted(owner)) return undefined;
    return {
      kind: 'clientRequest',
      place: this.#place(node),
      api: 'axios',
      headers: [{ name: name.text, place: this.#place(name), property: this.#place(node) }],
      options: [],
      responseRead: true,
    };
  }

  /** axios itself, or what `axios.create` made. */
  #isAxios(node: ts.Expression): boolean {
    if (ts.textOf(node, this.#tree) === 'axios') return true;
    if (ts.isPropertyAccessExpression(node) && node.expression.kind === ts.SyntaxKind.ThisKeyword)
      return this.#axiosFields().has(node.name.text);
    const value = ts.isIdentifier(node) ? this.#constant(node) : undefined;
    return value !== undefined && this.#isAxiosMade(value);
  }

  #isAxiosMade(value: ts.Expression): boolean {
    return ts.isCallExpression(value) && ts.textOf(value.expression, this.#tree) === 'axios.create';
  }

  /** The fields of classes that hold what `axios.create` made. */
  #axiosFields(): ReadonlySet<string> {
    if (this.#fields) return this.#fields;
    const fields = new Set<string>();
    const visit = (node: ts.Node): void => {
      if (ts.isPropertyDeclaration(node) && node.initializer && ts.isIdentifier(node.name) && this.#isAxiosMade(node.initializer))
        fields.add(node.name.text);
      if (
        ts.isBinaryExpression(node) &&
        ts.isPropertyAccessExpression(node.left) &&
        node.left.expression.kind === ts.SyntaxKind.ThisKeyword &&
        this.#isAxiosMade(node.right)
      )
        fields.add(node.left.name.text);
      ts.forEachChild(node, visit);
    };
    if (this.#tree.text.includes('axios.create')) visit(this.#tree);
    return (this.#fields = fields);
  }

  /** The request that a function given to `interceptors.request.use` is handed. */
  #isIntercepted(node: ts.Expression): boolean {
    const [declaration] = (ts.isIdentifier(node) && scopesOf(this.#tree).resolve(node)?.declarations) || [];
    if (!declaration || !ts.isParameter(declaration) || declaration.parent.parameters[0] !== declaration) return false;
    const call = declaration.parent.parent;
    return ts.isCallExpression(call) && ts.textOf(call.expression, this.#tree).endsWith('.interceptors.request.use');
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
    for (const property of this.#properties(object)) {
      if (ts.isShorthandPropertyAssignment(property) && property.name.text === 'headers')
        headers = this.#headers(this.#constant(property.name) ?? property.name, property.name);
      if (!ts.isPropertyAssignment(property)) continue;
      const name = memberName(property.name);
      if (name === undefined) continue;
      const value = this.#constant(property.initializer) ?? property.initializer;
      if (name === 'headers') headers = this.#headers(value, property.initializer);
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

  #isOfResponses(name: ts.Identifier): boolean {
    const scopes = scopesOf(this.#tree);
    const binding = scopes.resolve(name);
    if (!binding) return false;
    const known = this.#ofResponses.get(binding);
    if (known !== undefined) return known;
    const visit = (node: ts.Node): boolean =>
      (ts.isIdentifier(node) && node.text === name.text && scopes.resolve(node) === binding && this.#isInResponse(node)) ||
      ts.forEachChild(node, (child) => visit(child) || undefined) === true;
    const found = visit(binding.scope.node);
    this.#ofResponses.set(binding, found);
    return found;
  }

  /** Whether a name stands in what makes a response: `new Response(…)`, `res.writeHead(…)`, `{ statusCode: 200, headers: … }`. */
  #isInResponse(name: ts.Identifier): boolean {
    for (let node: ts.Node = name; !isFunctionLike(node) && !ts.isSourceFile(node); node = node.parent) {
      if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && makesResponse.test(ts.textOf(node.expression, this.#tree)))
        return true;
      if (
        ts.isObjectLiteralExpression(node) &&
        node.properties.some((each) => each.name && /^status(?:Code)?$/.test(memberName(each.name) ?? ''))
      )
        return true;
    }
    return false;
  }

  /** The properties of an object, with those of constant objects that are spread into it as far as none behind them has their names. */
  #properties(object: ts.ObjectLiteralExpression): readonly ts.ObjectLiteralElementLike[] {
    const { properties } = object;
    if (!properties.some(ts.isSpreadAssignment)) return properties;
    return properties.flatMap((property, index) => {
      const name = ts.isSpreadAssignment(property) && ts.isIdentifier(property.expression) ? property.expression : undefined;
      const spread = name && this.#constant(name);
      if (!spread || !ts.isObjectLiteralExpression(spread) || this.#isOfResponses(name)) return [property];
      const behind = new Set(properties.slice(index + 1).flatMap((each) => (each.name ? (memberName(each.name) ?? []) : [])));
      return spread.properties.filter((each) => !each.name || !behind.has(memberName(each.name) ?? ''));
    });
  }

  /**
   * The headers of a value, and those that are added to it by the name that it has. What responses are made with as well is a server's:
   * it belongs there, and nothing that a server sends takes a preflight.
   */
  #headers(value: ts.Expression, name: ts.Expression): Header[] {
    if (ts.isIdentifier(name) && this.#isOfResponses(name)) return [];
    const mayBeAdded = ts.isNewExpression(value) || ts.isObjectLiteralExpression(value);
    return [...this.#listed(value), ...(ts.isIdentifier(name) && mayBeAdded ? this.#added(name) : [])];
  }

  /** `headers.append('Name', …)`, `headers.set('Name', …)`, `headers['Name'] = …`. */
  #added(headers: ts.Identifier): Header[] {
    const scopes = scopesOf(this.#tree);
    const binding = scopes.resolve(headers);
    const found: Header[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
        const { expression: receiver, name: method } = node.expression;
        const [name] = node.arguments;
        if (
          /^(?:append|set)$/.test(method.text) &&
          ts.isIdentifier(receiver) &&
          scopes.resolve(receiver) === binding &&
          name &&
          ts.isStringLiteralLike(name)
        )
          found.push({ name: name.text, place: this.#place(name), property: this.#place(node) });
      }
      if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken && ts.isElementAccessExpression(node.left)) {
        const { expression: receiver, argumentExpression: name } = node.left;
        if (ts.isIdentifier(receiver) && ts.isStringLiteralLike(name) && scopes.resolve(receiver) === binding)
          found.push({ name: name.text, place: this.#place(name), property: this.#place(node) });
      }
      ts.forEachChild(node, visit);
    };
    if (binding) visit(binding.scope.node);
    return found;
  }

  #listed(value: ts.Expression): Header[] {
    const inner = ts.isNewExpression(value) && ts.textOf(value.expression, this.#tree) === 'Headers' ? value.arguments?.[0] : value;
    const object = inner && this.#constant(inner);
    if (!object) return [];
    if (ts.isObjectLiteralExpression(object))
      return this.#properties(object).flatMap((property) => {
        const name = ts.isPropertyAssignment(property) ? memberName(property.name) : undefined;
        if (name === undefined || !ts.isPropertyAssignment(property)) return [];
        const group = axiosHeaderGroups.has(name) ? this.#constant(property.initializer) : undefined;
        return group && ts.isObjectLiteralExpression(group)
          ? this.#listed(group)
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

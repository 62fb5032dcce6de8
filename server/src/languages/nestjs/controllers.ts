/** Controllers: the routes that their decorators name, with what a request meets on its way into a method (behaviour 9.3 to 9.6). */
import { type Place, placeKey } from '../../core/text.ts';
import { anyOf, type Codes, everything, type Methods } from '../../policy/codes.ts';
import { not } from '../../policy/condition.ts';
import { soundsLikeAuthentication } from '../express/packages.ts';
import type { Effect, Effects } from '../javascript/effects.ts';
import { codesOf } from '../javascript/header-writer.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { MadeHandler } from '../javascript/made-handler.ts';
import { isStatic, memberName } from '../javascript/members.ts';
import { truth } from '../javascript/origin-tests.ts';
import { joined } from '../javascript/path-patterns.ts';
import * as ts from '../javascript/syntax.ts';
import {
  type CallSite,
  type ClassValue,
  type FunctionValue,
  hostValue,
  type JsValue,
  nativeFunction,
  stringValue,
  undefinedValue,
} from '../javascript/values.ts';
import { composedDecoratorsOf, type Decorator, decoratorsOf, listed, propertyOf } from './decorators.ts';
import { instanceOf, methodOf, nameOfProvider } from './providers.ts';

export interface ControllerRoute {
  /** Undefined for `@All()`. */
  readonly method: string | undefined;
  readonly methods: Methods | undefined;
  /** Undefined where it cannot be known. */
  readonly path: string | undefined;
  readonly pathPlace: Place;
  readonly place: Place;
  readonly handler: MadeHandler;
}

/** What the application around a controller says about its routes. */
export interface RouteSurroundings {
  /** The global prefix; undefined where paths cannot be known. */
  readonly prefix: string | undefined;
  readonly guards: readonly JsValue[];
  /** Filters of the application answer errors in their own way. */
  readonly hasFilters: boolean;
  readonly interceptors: readonly JsValue[];
  /** The response's method that `@Header()` goes through. */
  readonly writes: 'set' | 'header';
}

const verbs: Readonly<Record<string, string | undefined>> = {
  Get: 'GET',
  Sse: 'GET',
  Post: 'POST',
  Put: 'PUT',
  Patch: 'PATCH',
  Delete: 'DELETE',
  Options: 'OPTIONS',
  Head: 'HEAD',
  Search: 'SEARCH',
};

/** The controller's own decorator; undefined for any other class. */
export function controllerDecorator(interpreter: Interpreter, target: ClassValue): Decorator | undefined {
  return composedDecoratorsOf(interpreter, target.node, target.frame).find(({ name }) => name === 'Controller');
}

/** Whether a decorator whose code is not in sight may make a route of one of its methods. */
export function mayHaveUnseenRoutes(interpreter: Interpreter, { node, frame }: ClassValue): boolean {
  return node.members.some((member) => {
    const decorators = ts.isMethodDeclaration(member) ? composedDecoratorsOf(interpreter, member, frame) : [];
    return decorators.some(({ unseen }) => unseen) && !decorators.some(({ name }) => isVerb(name));
  });
}

/** The routes of a controller in the order of its methods. */
export function routesOf(interpreter: Interpreter, target: ClassValue, around: RouteSurroundings): ControllerRoute[] {
  const own = composedDecoratorsOf(interpreter, target.node, target.frame);
  const controller = own.find(({ name }) => name === 'Controller');
  if (!controller) return [];
  const [given] = controller.args;
  // Hosts and versions say more about a request than its path does.
  const isPlain = given?.kind !== 'object' || !['host', 'version'].some((name) => propertyOf(given, name));
  const bases = pathsOf(given?.kind === 'object' ? propertyOf(given, 'path') : given);
  return target.node.members.flatMap((member): ControllerRoute[] => {
    if (!ts.isMethodDeclaration(member) || !member.body || isStatic(member)) return [];
    const decorators = composedDecoratorsOf(interpreter, member, target.frame);
    const hasVersion = decorators.some(({ name }) => name === 'Version');
    return decorators.flatMap((decorator): ControllerRoute[] => {
      const method = verbs[decorator.name];
      if (!isVerb(decorator.name)) return [];
      const all = [...own, ...decorators];
      const hasFilters = around.hasFilters || all.some(({ name }) => name === 'UseFilters');
      const handler = new MadeHandler(memberName(member.name) ?? 'handler', (args, site) => {
        const enter = (): void => new Visit(interpreter, around, args, site).enter(target, member, all, method);
        if (!hasFilters) enter();
        else for (const effect of filtered(interpreter.capture(enter))) interpreter.emit(effect);
      });
      const { place } = decorator.site;
      const paths = bases.flatMap((base) =>
        pathsOf(decorator.args[0]).map((path) =>
          around.prefix === undefined || base === undefined || path === undefined || hasVersion || !isPlain
            ? undefined
            : joined(joined(joined('', around.prefix), base), path).replace(/(?<=.)\/$/, ''),
        ),
      );
      return paths.map((path) => ({
        method,
        methods: method === undefined ? undefined : method === 'GET' ? anyOf('GET', 'HEAD') : anyOf(method),
        path,
        pathPlace: decorator.site.argumentPlaces[0] ?? place,
        place,
        handler,
      }));
    });
  });
}

function isVerb(name: string): boolean {
  return name === 'All' || Object.hasOwn(verbs, name);
}

function pathsOf(value: JsValue | undefined): readonly (string | undefined)[] {
  if (!value || value.kind === 'undefined') return [''];
  return listed(value).map((each) => (each.kind === 'string' ? each.text : undefined));
}

/** A filter answers an error with whatever status it likes (behaviour 9.6); refusals are taken for what they are. */
function filtered(effects: Effects): Effects {
  return effects.map((effect): Effect => {
    if (effect.kind === 'branch') return { ...effect, then: filtered(effect.then), otherwise: filtered(effect.otherwise) };
    if (effect.kind !== 'raise' || effect.status === 401 || effect.status === 403) return effect;
    return { kind: 'answer', status: everything, by: 'application', place: effect.place, refusal: 'error' };
  });
}

/** One request on its way into a controller's method. */
class Visit {
  readonly #interpreter: Interpreter;
  readonly #around: RouteSurroundings;
  readonly #request: JsValue;
  readonly #response: JsValue;
  readonly #site: CallSite;

  constructor(interpreter: Interpreter, around: RouteSurroundings, [request, response]: readonly JsValue[], site: CallSite) {
    this.#interpreter = interpreter;
    this.#around = around;
    this.#request = request ?? undefinedValue;
    this.#response = response ?? undefinedValue;
    this.#site = site;
  }

  /** Guards, the headers of `@Header()`, interceptors, the method, and the answer that follows from what it returns. */
  enter(target: ClassValue, node: ts.MethodDeclaration, decorators: readonly Decorator[], method: string | undefined): void {
    const interpreter = this.#interpreter;
    const given = (name: string): readonly JsValue[] => decorators.flatMap((each) => (each.name === name ? each.args : []));
    for (const guard of [...this.#around.guards, ...given('UseGuards')]) {
      this.#guard(guard);
      if (interpreter.isDead()) return;
    }
    for (const { name, site, unseen } of decorators)
      if (unseen) interpreter.emit({ kind: 'delegate', name, id: `decorator:${placeKey(site.place)}`, place: site.place });
    // Decorators are applied from the last one up.
    for (const { args, site } of decorators.filter(({ name }) => name === 'Header').toReversed())
      interpreter.callMethod(this.#response, this.#around.writes, args, site);
    for (const interceptor of [...this.#around.interceptors, ...given('UseInterceptors')]) this.#intercept(interceptor);
    const parameters = node.parameters.map((parameter) => ({
      parameter,
      injected: decoratorsOf(interpreter, parameter, target.frame),
    }));
    const args = parameters.map(({ parameter, injected }): JsValue => {
      const values = injected.flatMap(({ name, args: [option], site }) => this.#argument(name, option, site) ?? []);
      const name = ts.isIdentifier(parameter.name) ? parameter.name.text : 'parameter';
      return values[0] ?? interpreter.unknown(parameter, target.frame, 'unresolved', name);
    });
    const self = instanceOf(interpreter, target, this.#site);
    const own: FunctionValue = { kind: 'function', node, frame: target.frame, self };
    interpreter.callFunction(own, args, this.#site);
    const response = parameters.flatMap(({ injected }) => injected).find(({ name }) => /^(?:Res|Response|Next)$/.test(name));
    const passesThrough = response !== undefined && propertyOf(response.args[0], 'passthrough') !== undefined;
    // A method that was given the response answers by itself.
    if (interpreter.isDead() || (response && !passesThrough)) return;
    const [code] = given('HttpCode');
    const isOpen = passesThrough || method === undefined || decorators.some(({ name }) => /^(?:Redirect|Render|Sse)$/.test(name));
    const status: Codes = isOpen ? everything : code ? codesOf(code) : anyOf(method === 'POST' ? 201 : 200);
    interpreter.emit({ kind: 'answer', status, by: 'application', place: interpreter.place(node.name, target.frame) });
  }

  #argument(decorator: string, option: JsValue | undefined, site: CallSite): JsValue | undefined {
    const interpreter = this.#interpreter;
    switch (decorator) {
      case 'Req':
      case 'Request':
        return this.#request;
      case 'Res':
      case 'Response':
        return this.#response;
      case 'Headers': {
        const headers = interpreter.getProperty(this.#request, 'headers', site);
        return option?.kind === 'string' ? interpreter.getProperty(headers, option.text.toLowerCase(), site) : headers;
      }
      case 'Body':
        // Pages that send JSON need Content-Type allowed.
        interpreter.getProperty(interpreter.getProperty(this.#request, 'headers', site), 'content-type', site);
        return undefined;
      case 'Query':
      case 'Param':
        return option?.kind === 'string'
          ? { kind: 'datum', datum: `${decorator === 'Query' ? 'query' : 'param'}:${option.text}` }
          : undefined;
      default:
        return undefined;
    }
  }

  /** A guard that does not let a request in answers 403, and one that throws what it throws (behaviour 9.4). */
  #guard(guard: JsValue): void {
    const interpreter = this.#interpreter;
    const site = this.#site;
    const name = nameOfProvider(guard);
    const canActivate = methodOf(interpreter, instanceOf(interpreter, guard, site), 'canActivate', site);
    const isAuthentication =
      soundsLikeAuthentication(name) || (guard.kind === 'unknown' && guard.provenance?.package === '@nestjs/passport');
    const allowed: JsValue = canActivate
      ? interpreter.call(canActivate, [this.#context()], site, 'canActivate')
      : interpreter.unknownAt(
          guard.place ?? site.place,
          isAuthentication ? 'credentials' : 'unresolved',
          name,
          isAuthentication ? ['header:authorization'] : [],
        );
    if (interpreter.isDead()) return;
    interpreter.branch(not(truth(allowed)), () => {
      const status = isAuthentication && !canActivate ? 401 : 403;
      interpreter.emit({ kind: 'raise', status, place: guard.place ?? site.place, why: 'a guard refuses', handler: undefined });
      interpreter.dead = true;
    });
  }

  /** What an interceptor in sight does before the method runs. */
  #intercept(interceptor: JsValue): void {
    const interpreter = this.#interpreter;
    const site = this.#site;
    const intercept = methodOf(interpreter, instanceOf(interpreter, interceptor, site), 'intercept', site);
    if (intercept) interpreter.call(intercept, [this.#context(), hostValue({ type: 'call handler' })], site, 'intercept');
  }

  #context(): JsValue {
    const [request, response] = [this.#request, this.#response];
    const http: JsValue = hostValue({
      type: 'http context',
      get: (name) =>
        name === 'getRequest'
          ? nativeFunction('getRequest', () => request)
          : name === 'getResponse'
            ? nativeFunction('getResponse', () => response)
            : undefined,
    });
    return hostValue({
      type: 'execution context',
      get: (name) =>
        name === 'switchToHttp'
          ? nativeFunction(name, () => http)
          : name === 'getType'
            ? nativeFunction(name, () => stringValue('http'))
            : undefined,
    });
  }
}

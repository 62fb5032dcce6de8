/** The modules of an application: controllers, middleware and global guards, as far as they are in sight. */
import type { Place } from '../../core/text.ts';
import { always, unknown } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { type CallSite, type ClassValue, type HostObject, hostValue, type JsValue, nativeFunction } from '../javascript/values.ts';
import { decoratorsOf, listed, propertyOf } from './decorators.ts';
import { instanceOf, methodOf, nameOfProvider } from './providers.ts';

/** A middleware that a module applies. */
export interface ModuleMiddleware {
  readonly value: JsValue;
  readonly place: Place;
  readonly when: Condition;
}

/** Packages whose modules have neither routes nor middleware that says anything about CORS. */
const quietModules =
  /^(?:@nestjs\/(?:config|typeorm|mongoose|sequelize|jwt|passport|throttler|schedule|event-emitter|cache-manager|bull|bullmq|cqrs|axios|microservices|core|common)|nestjs-pino)$/;
/** Every path, in the spellings of Nest 8 to 11. */
const everywhere = /^\/?(?:\*\w*|\{\*\w+\}|\(\.\*\))$/;

export class ModuleGraph {
  readonly controllers: ClassValue[] = [];
  readonly middleware: ModuleMiddleware[] = [];
  readonly guards: JsValue[] = [];
  readonly interceptors: JsValue[] = [];
  /** A module may bring routes that are not in sight. */
  isOpen = false;
  /** `RouterModule` puts prefixes before the paths of other modules. */
  movesRoutes = false;
  hasFilters = false;
  readonly #interpreter: Interpreter;
  readonly #read = new Set<object>();

  constructor(interpreter: Interpreter) {
    this.#interpreter = interpreter;
  }

  /** Reads a module and everything that it imports. */
  read(value: JsValue, site: CallSite): void {
    const target = this.#interpreter.program.force(value);
    const referred = propertyOf(target, 'forwardRef');
    if (referred?.kind === 'function') this.read(this.#interpreter.callFunction(referred, [], site), site);
    else if (target.kind === 'class') this.#readClass(target, site);
    else if (target.kind === 'object' && propertyOf(target, 'module')) {
      // What a static method of a module answers: `register()`, `forRoot()`.
      this.read(propertyOf(target, 'module') ?? target, site);
      this.#readParts((name) => propertyOf(target, name), site);
    } else if (target.kind === 'host' && target.host instanceof MovedRoutes) this.movesRoutes = true;
    else if (!(target.kind === 'unknown' && quietModules.test(target.provenance?.package ?? ''))) this.isOpen = true;
  }

  #readClass(target: ClassValue, site: CallSite): void {
    if (this.#read.has(target.node)) return;
    this.#read.add(target.node);
    const interpreter = this.#interpreter;
    const options = decoratorsOf(interpreter, target.node, target.frame).find(({ name }) => name === 'Module')?.args[0];
    if (options?.kind !== 'object') {
      this.isOpen = true;
      return;
    }
    if (options.contents.value.open) this.isOpen = true;
    this.#readParts((name) => propertyOf(options, name), site);
    const configure = methodOf(interpreter, instanceOf(interpreter, target, site), 'configure', site);
    if (!configure) return;
    interpreter.call(configure, [hostValue(new MiddlewareConsumer(interpreter, this.middleware))], site, 'configure');
    interpreter.dead = false;
  }

  #readParts(part: (name: string) => JsValue | undefined, site: CallSite): void {
    const { program } = this.#interpreter;
    const all = (name: string): readonly JsValue[] => {
      const value = part(name);
      if (value && (value.kind !== 'array' || value.contents.value.open)) this.isOpen = true;
      return value?.kind === 'array' ? value.contents.value.elements.map((each) => program.force(each)) : [];
    };
    for (const each of all('imports')) this.read(each, site);
    for (const each of all('controllers')) {
      if (each.kind === 'class') this.controllers.push(each);
      else this.isOpen = true;
    }
    for (const each of listed(part('providers'))) {
      const token = propertyOf(program.force(each), 'provide');
      const name = token?.kind === 'host' ? token.host.type : '';
      const made = propertyOf(each, 'useClass') ?? propertyOf(each, 'useExisting') ?? propertyOf(each, 'useValue');
      if (name === 'APP_FILTER') this.hasFilters = true;
      if (name === 'APP_GUARD' && made) this.guards.push(made);
      if (name === 'APP_INTERCEPTOR' && made) this.interceptors.push(made);
    }
  }
}

/** What `RouterModule.register(…)` makes. */
export class MovedRoutes implements HostObject {
  readonly type = 'moved routes';
}

/** `consumer.apply(…).exclude(…).forRoutes(…)`. */
class MiddlewareConsumer implements HostObject {
  readonly type = 'middleware consumer';
  readonly #interpreter: Interpreter;
  readonly #middleware: ModuleMiddleware[];

  constructor(interpreter: Interpreter, middleware: ModuleMiddleware[]) {
    this.#interpreter = interpreter;
    this.#middleware = middleware;
  }

  get(name: string): JsValue | undefined {
    if (name !== 'apply') return undefined;
    return nativeFunction('consumer.apply', (args, site) => {
      const applied = args.flatMap((value, index) =>
        listed(value).map((each) => ({ value: each, place: site.argumentPlaces[index] ?? site.place })),
      );
      return this.#proxy(applied, false);
    });
  }

  #proxy(applied: readonly Omit<ModuleMiddleware, 'when'>[], excludes: boolean): JsValue {
    return hostValue({
      type: 'middleware proxy',
      get: (name) => {
        if (name === 'exclude') return nativeFunction('consumer.exclude', () => this.#proxy(applied, true));
        if (name !== 'forRoutes') return undefined;
        return nativeFunction('consumer.forRoutes', (routes, site) => {
          const all = !excludes && routes.some(meansEverything);
          // Which requests meet it otherwise depends on the paths of its controllers and on how they are spelled.
          const when = all ? always : unknown(`forRoutes:${site.place.uri}#${site.place.range.start}`, 'unsupported');
          for (const { value, place } of applied)
            this.#middleware.push({ value: middlewareOf(this.#interpreter, value, site), place, when });
          return hostValue(this);
        });
      },
    });
  }
}

function meansEverything(route: JsValue): boolean {
  if (route.kind === 'string') return everywhere.test(route.text);
  const [path, method] = [propertyOf(route, 'path'), propertyOf(route, 'method')];
  const isEveryMethod = method === undefined || (method.kind === 'string' && method.text === 'ALL');
  return path?.kind === 'string' && everywhere.test(path.text) && isEveryMethod;
}

/** The function that requests meet: the `use` of a class, or a function itself. */
export function middlewareOf(interpreter: Interpreter, value: JsValue, site: CallSite): JsValue {
  const target = interpreter.program.force(value);
  if (target.kind !== 'class') return target;
  return (
    methodOf(interpreter, instanceOf(interpreter, target, site), 'use', site) ??
    interpreter.unknownAt(target.place ?? site.place, 'unresolved', nameOfProvider(target))
  );
}

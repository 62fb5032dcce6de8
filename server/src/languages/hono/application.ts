/** Applications of Hono while a program is followed: middleware and handlers in the order of registration. */
import type { Place } from '../../core/text.ts';
import { anyOf, type Methods } from '../../policy/codes.ts';
import type { Condition } from '../../policy/model.ts';
import type { ErrorHandler } from '../javascript/chains.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { joined } from '../javascript/path-patterns.ts';
import { type CallSite, type FunctionValue, type HostObject, hostValue, type JsValue, nativeFunction } from '../javascript/values.ts';

export interface Layer {
  readonly kind: 'use' | 'route';
  readonly methods: Methods | undefined;
  readonly names: readonly string[];
  readonly path: string;
  readonly pathPlace: Place;
  readonly place: Place;
  readonly handlers: readonly { readonly value: JsValue; readonly place: Place }[];
  readonly when: Condition;
  /** What answers the errors of a mounted application. */
  readonly errors?: ErrorHandler;
  /** It stands for routes that are not in sight. */
  readonly unseen?: true;
}

/** What an application answers with in the end, as far as it is in sight. */
interface Ends {
  errors: ErrorHandler | undefined;
  missing: ErrorHandler | undefined;
  /** One on a base path has handlers of its own, and which of the two takes the requests is not in sight. */
  isUnsure: boolean;
}

const routeMethods = new Set(['get', 'post', 'put', 'patch', 'delete', 'options', 'all']);

export class HonoApplication implements HostObject {
  readonly type = 'hono';
  readonly place: Place;
  readonly base: string;
  readonly layers: Layer[];
  readonly ends: Ends;
  mounted = false;
  readonly #interpreter: Interpreter;

  constructor(
    interpreter: Interpreter,
    place: Place,
    base = '',
    layers: Layer[] = [],
    ends: Ends = { errors: undefined, missing: undefined, isUnsure: false },
  ) {
    this.#interpreter = interpreter;
    this.place = place;
    this.base = base;
    this.layers = layers;
    this.ends = ends;
  }

  get self(): JsValue {
    return hostValue(this);
  }

  registers({ node }: FunctionValue): boolean {
    return this.layers.some(({ handlers }) => handlers.some(({ value }) => value.kind === 'function' && value.node === node));
  }

  get(name: string): JsValue | undefined {
    const method = (run: (args: readonly JsValue[], site: CallSite) => void): JsValue =>
      nativeFunction(`hono.${name}`, (args, site) => {
        run(args, site);
        return this.self;
      });
    if (routeMethods.has(name)) return method((args, site) => this.#add('route', name === 'all' ? undefined : [name], args, site));
    switch (name) {
      case 'use':
        return method((args, site) => this.#add('use', undefined, args, site));
      case 'on':
        return method(([methods, ...args], site) => {
          const list = methods?.kind === 'array' ? methods.contents.value.elements : methods ? [methods] : [];
          const names = list.flatMap((each) => (each.kind === 'string' ? [each.text] : []));
          this.#add('route', names.some((each) => each.toUpperCase() === 'ALL') ? undefined : names, args, {
            ...site,
            argumentPlaces: site.argumentPlaces.slice(1),
          });
        });
      case 'route':
        return method(([path, application], site) => this.#mount(path, application, site));
      case 'mount':
        return method((_, site) => this.addUnseen(site.place));
      case 'onError':
      case 'notFound':
        return method(([value], site) => {
          const handler = value && { value, place: site.argumentPlaces[0] ?? site.place };
          if (this.base !== '') this.ends.isUnsure = true;
          else if (name === 'onError') this.ends.errors = handler;
          else this.ends.missing = handler;
        });
      case 'basePath':
        return nativeFunction('hono.basePath', ([path]) =>
          hostValue(
            new HonoApplication(
              this.#interpreter,
              this.place,
              path?.kind === 'string' ? joined(this.base, path.text) : this.base,
              this.layers,
              this.ends,
            ),
          ),
        );
      default:
        return name === 'fire' ? method(() => undefined) : undefined;
    }
  }

  set(): void {
    // Properties of an application say nothing about its layers.
  }

  /** Routes that are not in sight are registered here. */
  addUnseen(place: Place): void {
    this.layers.push({
      kind: 'use',
      methods: undefined,
      names: ['ALL'],
      path: '*',
      pathPlace: place,
      place,
      handlers: [],
      when: this.#interpreter.pathCondition(),
      unseen: true,
    });
  }

  #add(kind: Layer['kind'], names: readonly string[] | undefined, args: readonly JsValue[], site: CallSite): void {
    const [first, ...rest] = args;
    const hasPath = first?.kind === 'string' || first?.kind === 'concat' || first?.kind === 'array';
    const paths =
      first?.kind === 'array'
        ? first.contents.value.elements.flatMap((each) => (each.kind === 'string' ? [each.text] : []))
        : [first?.kind === 'string' ? first.text : '*'];
    const values = hasPath ? rest : args;
    if (first?.kind === 'concat') {
      if (kind === 'route') this.addUnseen(site.place);
      return;
    }
    const offset = hasPath ? 1 : 0;
    const upper = names?.map((each) => each.toUpperCase());
    for (const path of paths)
      this.layers.push({
        kind,
        methods: upper && anyOf(...upper, ...(upper.includes('GET') ? ['HEAD'] : [])),
        names: upper ?? ['ALL'],
        path: joined(this.base, path === '/' && this.base !== '' ? '' : path),
        pathPlace: hasPath ? (site.argumentPlaces[0] ?? site.place) : site.place,
        place: site.place,
        handlers: values.map((value, index) => ({ value, place: site.argumentPlaces[index + offset] ?? site.place })),
        when: this.#interpreter.pathCondition(),
      });
  }

  /** The layers that another application has by now, under a path. */
  #mount(path: JsValue | undefined, application: JsValue | undefined, site: CallSite): void {
    const mount = path?.kind === 'string' ? joined(this.base, path.text) : undefined;
    if (mount === undefined || application?.kind !== 'host' || !(application.host instanceof HonoApplication)) {
      this.addUnseen(site.place);
      const known = mount !== undefined && application?.kind === 'unknown';
      if (known && /cors/i.test(application.name ?? '')) this.#add('use', undefined, [{ kind: 'string', text: '*' }, application], site);
      return;
    }
    application.host.mounted = true;
    // A handler of errors that comes later is not that of these layers (behaviour 7.8).
    const { errors } = application.host.ends;
    for (const layer of [...application.host.layers])
      this.layers.push({
        ...(errors ? { errors } : {}),
        ...layer,
        path: layer.unseen ? '*' : layer.path === '/' ? mount : joined(mount, layer.path),
      });
  }
}

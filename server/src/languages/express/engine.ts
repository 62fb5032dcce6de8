/** Express and Node's own servers join the reading of a program: what is registered becomes policies. */
import { placeKey } from '../../core/text.ts';
import type { Observation } from '../../policy/observation.ts';
import type { Effects } from '../javascript/effects.ts';
import type { FrameworkEngine, FrameworkPolicies, FrameworkReading, Parameter, Reading } from '../javascript/framework.ts';
import { type CallSite, choiceValue, type FunctionValue, hostValue, type JsValue, undefinedValue } from '../javascript/values.ts';
import type { Handler } from './application.ts';
import { assumedLayers } from './assumed-layers.ts';
import { basisOf } from './basis.ts';
import type { CorsMiddleware } from './cors-package.ts';
import { HandlerFollower } from './handlers.ts';
import { forms } from './production.ts';
import { observe, optionsOf } from './observations.ts';
import { type ApplicationPolicies, PolicyBuilder } from './policies.ts';
import type { ExpressVersion } from './paths.ts';
import { ExpressRuntime } from './runtime.ts';
import { expressVersion } from './version.ts';

export const engine: FrameworkEngine = { join: (reading) => new ExpressReading(reading), forms };

class ExpressReading implements FrameworkReading {
  readonly #reading: Reading;
  readonly #runtime: ExpressRuntime;
  /** Handlers that nothing in sight registers. */
  readonly #loose: Handler[] = [];
  /** Asked for before the program is followed: the manifest may have to be loaded. */
  readonly #version: ExpressVersion;
  readonly #follower: HandlerFollower;
  #assumed: readonly CorsMiddleware[] | undefined;
  #options: readonly Observation[] | undefined;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#runtime = new ExpressRuntime(reading.interpreter);
    this.#version = expressVersion(reading.file.uri, reading.files);
    this.#follower = new HandlerFollower(reading.interpreter);
  }

  packageExports(name: string): JsValue | undefined {
    return this.#runtime.packageExports(name);
  }

  unknownCall(name: string, args: readonly JsValue[], site: CallSite): void {
    this.#runtime.unknownCall(name, args, site);
  }

  adopt(value: FunctionValue, parameters: readonly Parameter[], place: Handler['place']): boolean {
    if (!parameters.some(isRequest) || !parameters.some(isResponse)) return false;
    // Handlers that are registered are followed by their layers.
    if (!this.#runtime.registers(value)) this.#loose.push({ value, place });
    return true;
  }

  assume(parameter: Parameter): JsValue | undefined {
    return isApplication(parameter) ? this.#runtime.makeApplication('application', parameter.place, true) : undefined;
  }

  basis(): unknown {
    if (this.#loose.length > 0 || this.#assumedLayers().length > 0) return undefined;
    return basisOf(this.#runtime, this.#follower, this.#version, this.#optionsOfCalls());
  }

  /** Those that other files use. */
  #assumedLayers(): readonly CorsMiddleware[] {
    return (this.#assumed ??= assumedLayers(this.#reading.program, this.#runtime, this.#reading.file.uri));
  }

  #optionsOfCalls(): readonly Observation[] {
    return (this.#options ??= optionsOf(this.#runtime.corsCalls, this.#reading.interpreter.stops));
  }

  finish(): FrameworkPolicies {
    const { file } = this.#reading;
    const runtime = this.#runtime;
    const follower = this.#follower;
    const builder = new PolicyBuilder(follower, this.#version);
    const built: ApplicationPolicies[] = [];
    const entrances = this.#entrances();
    const enters = new Set(entrances.values());
    runtime.applications.forEach((application, index) => {
      if (application.mounted || application.layers.length === 0) return;
      const fragment = application.type === 'router' || application.assumed;
      built.push(builder.build(application, `${index}:`, fragment, entrances.get(placeKey(application.place))));
    });
    runtime.servers.forEach(({ handler, place }, index) => {
      if (handler.value.kind === 'function' && !enters.has(handler))
        built.push(builder.buildServer(handler, place, `server ${index}:`, false));
    });
    built.push(...this.#loosePolicies(builder, follower, built, enters));
    // Layers that other files use.
    const used = new Set(
      built.flatMap((each) => each.handlers.flatMap(({ followed }) => (followed.cors ? [placeKey(followed.cors.place)] : []))),
    );
    [...runtime.corsCalls, ...this.#assumedLayers()]
      .filter((layer) => layer.place.uri === file.uri && !used.has(placeKey(layer.place)))
      .forEach((layer, index) => {
        const value = choiceValue(layer.when, hostValue(layer), undefinedValue);
        built.push(builder.buildServer({ value, place: layer.place }, layer.place, `layer ${index}:`, true));
      });
    return {
      policies: built.flatMap((each) => each.policies),
      routing: built.flatMap((each) => each.routing),
      observations: observe(built, follower, this.#optionsOfCalls()),
    };
  }

  /** The handlers that hand requests to an application, by the application's place: `createServer((req, res) => app(req, res))`. */
  #entrances(): ReadonlyMap<string, Handler> {
    const found = new Map<string, Handler>();
    if (this.#runtime.applications.length === 0) return found;
    for (const handler of [...this.#runtime.servers.map((server) => server.handler), ...this.#loose]) {
      if (handler.value.kind !== 'function') continue;
      const [to, other] = new Set(destinations(this.#follower.follow(handler, false, false).effects));
      const application = this.#runtime.applications.find((each) => placeKey(each.place) === to);
      if (to !== undefined && other === undefined && application?.mounted === false && !found.has(to)) found.set(to, handler);
    }
    return found;
  }

  /** Handlers that nothing registers, but for what other handlers call: there it is judged, for what they let it do. */
  #loosePolicies(
    builder: PolicyBuilder,
    follower: HandlerFollower,
    registered: readonly ApplicationPolicies[],
    enters: ReadonlySet<Handler>,
  ): ApplicationPolicies[] {
    const others = this.#loose.filter((handler) => !enters.has(handler));
    const loose = others.map((handler, index) => ({
      handler,
      policies: builder.buildServer(handler, handler.place, `middleware ${index}:`, true),
    }));
    const callers = [...registered, ...loose.map(({ policies }) => policies)];
    const isCalled = ({ value }: Handler, own: ApplicationPolicies): boolean =>
      value.kind === 'function' &&
      callers.some((each) => each !== own && each.handlers.some(({ followed }) => follower.calls(followed, value.node)));
    return loose
      .filter(({ policies }) => policies.handlers.some(({ followed }) => followed.cors))
      .filter(({ handler, policies }) => !isCalled(handler, policies))
      .map(({ policies }) => policies);
  }
}

/** The applications that effects hand the request to. */
function destinations(effects: Effects): readonly string[] {
  return effects.flatMap((effect) => {
    if (effect.kind === 'branch') return [...destinations(effect.then), ...destinations(effect.otherwise)];
    return effect.kind === 'delegate' && effect.to ? [placeKey(effect.to)] : [];
  });
}

function isRequest({ name, type }: Parameter): boolean {
  return /^_?(req|request)$/i.test(name) || /\bRequest\b|IncomingMessage/.test(type);
}

function isResponse({ name, type }: Parameter): boolean {
  return /^_?(res|response)$/i.test(name) || /\bResponse\b|ServerResponse/.test(type);
}

const registering = ['use', 'get', 'post', 'put', 'patch', 'delete', 'all', 'options', 'route'];

function isApplication({ name, type, methods }: Parameter): boolean {
  return (
    registering.some((method) => methods.has(method)) &&
    (/^_?(app|server|application|expressApp|router|api)$/i.test(name) || /\b(Express|Application|Router|IRouter)\b/.test(type))
  );
}

/**
 * NestJS joins the reading of a program (behaviour 9). An application of it is one of Express, or an instance of Fastify, to which
 * `enableCors` adds their packages; its routes stand in the controllers of its modules.
 */
import { ExpressApplication } from '../express/application.ts';
import { HandlerFollower } from '../express/handlers.ts';
import { observe, optionsOf } from '../express/observations.ts';
import { type ApplicationPolicies, PolicyBuilder } from '../express/policies.ts';
import { fastifyPolicies, instanceOptions } from '../fastify/engine.ts';
import { FastifyInstance } from '../fastify/instance.ts';
import type { FrameworkEngine, FrameworkPolicies, FrameworkReading, Parameter, Reading } from '../javascript/framework.ts';
import { majorVersion } from '../javascript/package-version.ts';
import * as ts from '../javascript/syntax.ts';
import {
  type CallSite,
  type ClassValue,
  type HostObject,
  hostValue,
  type JsValue,
  nativeFunction,
  undefinedValue,
} from '../javascript/values.ts';
import { socketServer } from '../socketio/options.ts';
import { socketPolicies, type SocketServer } from '../socketio/policies.ts';
import { factoryCors, NestApplication, type NestOptions } from './application.ts';
import { controllerDecorator, routesOf } from './controllers.ts';
import { decoratorsOf } from './decorators.ts';
import { commonExports, coreToken } from './exports.ts';
import { middlewareOf } from './modules.ts';
import { forms } from './production.ts';

export const engine: FrameworkEngine = { join: (reading) => new NestReading(reading), forms };

class NestReading implements FrameworkReading {
  readonly #reading: Reading;
  readonly #applications: NestApplication[] = [];
  readonly #common: JsValue = hostValue(commonExports);

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  packageExports(name: string): JsValue | undefined {
    if (name === '@nestjs/common') return this.#common;
    if (name === '@nestjs/core')
      return hostValue({ type: name, get: (member) => (member === 'NestFactory' ? this.#factory() : coreToken(member)) });
    if (name !== '@nestjs/platform-fastify') return undefined;
    const construct = ([options]: readonly JsValue[], site: CallSite): JsValue =>
      hostValue(new FastifyAdapter(new FastifyInstance(this.#reading.interpreter, site.place, instanceOptions(options))));
    return hostValue({
      type: name,
      get: (member) => (member === 'FastifyAdapter' ? hostValue({ type: member, construct }) : undefined),
    });
  }

  #factory(): JsValue {
    return hostValue({
      type: 'NestFactory',
      get: (name) => (name === 'create' ? nativeFunction('NestFactory.create', (args, site) => this.#create(args, site)) : undefined),
    });
  }

  #create([module, ...rest]: readonly JsValue[], site: CallSite): JsValue {
    const options = rest.findLast((each) => each.kind === 'object');
    const [adapter] = rest.flatMap((each) => (each.kind === 'host' && each.host instanceof FastifyAdapter ? [each.host] : []));
    // Any other adapter has rules of its own.
    if (!adapter && rest.some((each) => each.kind === 'unknown' || each.kind === 'host'))
      return this.#reading.interpreter.unknownAt(site.place, 'unsupported', 'app');
    const cors = factoryCors(options, site.place);
    return this.#add({
      site,
      place: site.place,
      module: module ?? undefinedValue,
      ...(cors ? { cors } : {}),
      ...(adapter ? { fastify: adapter.instance } : {}),
    });
  }

  #add(options: NestOptions): JsValue {
    const application = new NestApplication(this.#reading.interpreter, options);
    this.#applications.push(application);
    return application.self;
  }

  assume({ type, place, methods }: Parameter): JsValue | undefined {
    if (/\bNestFastifyApplication\b/.test(type)) return undefined;
    if (!/\b(?:INestApplication|NestExpressApplication)\b/.test(type) && !methods.has('enableCors')) return undefined;
    return this.#add({ place, site: { place, argumentPlaces: [] } });
  }

  owns({ node, frame }: ClassValue): boolean {
    const { file, interpreter } = this.#reading;
    if (!file.text.includes('@nestjs/')) return false;
    return isMiddleware(node, frame.file) || decoratorsOf(interpreter, node, frame).length > 0;
  }

  finish(): FrameworkPolicies {
    const { interpreter } = this.#reading;
    for (const application of this.#applications) application.start();
    const follower = new HandlerFollower(interpreter);
    const builder = new PolicyBuilder(follower, undefined, 'nestjs');
    const onExpress = this.#applications.filter(({ options }) => !options.fastify);
    const built = onExpress
      .filter(({ calls, express, graph }) => calls.length > 0 || express.layers.length > 1 || graph.controllers.length > 0)
      .map(({ express, assumed }, index) => builder.build(express, `nest ${index}:`, assumed));
    built.push(...this.#alone(builder));
    const onFastify = this.#overFastify();
    const calls = onExpress.flatMap((application) => application.calls);
    const sockets = socketPolicies(this.#reading, this.#gateways(), 'nestjs', '@nestjs/websockets');
    return {
      policies: [...sockets.policies, ...built.flatMap((each) => each.policies), ...onFastify.policies],
      routing: [...sockets.routing, ...built.flatMap((each) => each.routing), ...onFastify.routing],
      observations: [
        ...observe(built, follower, optionsOf(calls, interpreter.stops, '@nestjs/core')),
        ...onFastify.observations,
        ...sockets.observations,
      ],
    };
  }

  #overFastify(): FrameworkPolicies {
    const { file, files } = this.#reading;
    const instances = this.#applications.flatMap(({ options }) => options.fastify ?? []);
    return fastifyPolicies(this.#reading, instances, {
      language: 'nestjs',
      prefix: 'nest fastify',
      version: pluginVersion(file.uri, files),
    });
  }

  /** Controllers, modules and middleware whose application is not in sight. */
  #alone(builder: PolicyBuilder): ApplicationPolicies[] {
    const { interpreter } = this.#reading;
    if (this.#applications.length > 0) return [];
    return this.#classes().flatMap((target, index): ApplicationPolicies[] => {
      const place = interpreter.place(target.node, target.frame);
      const site: CallSite = { node: target.node, place, argumentPlaces: [] };
      if (controllerDecorator(interpreter, target)) {
        const application = new ExpressApplication('router', place, interpreter, true);
        for (const route of routesOf(interpreter, target, { prefix: '', guards: [], interceptors: [], hasFilters: false, writes: 'set' }))
          application.addRoute(route);
        return application.layers.length > 0 ? [builder.build(application, `controller ${index}:`, true)] : [];
      }
      if (!isMiddleware(target.node, target.frame.file)) return [];
      const handler = { value: middlewareOf(interpreter, target, site), place };
      const alone = builder.buildServer(handler, place, `middleware ${index}:`, true);
      return alone.handlers.some(({ followed }) => followed.cors) ? [alone] : [];
    });
  }

  /** The classes that stand at the top of the file. */
  #classes(): ClassValue[] {
    const { program, file } = this.#reading;
    const record = program.recordOf(file.uri);
    return (record?.file.statements ?? []).flatMap((statement): ClassValue[] =>
      record && ts.isClassDeclaration(statement)
        ? [{ kind: 'class', node: statement, frame: record.frame, statics: { value: new Map() } }]
        : [],
    );
  }

  /** `@WebSocketGateway(port?, options?)` on the classes of the file. */
  #gateways(): SocketServer[] {
    const { file, interpreter } = this.#reading;
    if (!file.text.includes('WebSocketGateway')) return [];
    return this.#classes().flatMap(({ node, frame }) =>
      decoratorsOf(interpreter, node, frame).flatMap(({ name, args, site }) => {
        if (name !== 'WebSocketGateway') return [];
        const options = args.findLast((each) => each.kind === 'object');
        return socketServer(options, site.place) ?? [];
      }),
    );
  }
}

function isMiddleware({ heritageClauses }: ts.ClassLikeDeclaration, file: ts.SourceFile): boolean {
  return heritageClauses?.some((clause) => /\bNestMiddleware\b/.test(ts.textOf(clause, file))) === true;
}

class FastifyAdapter implements HostObject {
  readonly type = 'FastifyAdapter';
  readonly instance: FastifyInstance;

  constructor(instance: FastifyInstance) {
    this.instance = instance;
  }

  get(name: string): JsValue | undefined {
    return name === 'getInstance' ? nativeFunction(name, () => this.instance.self) : this.instance.get(name);
  }
}

/** The version of @fastify/cors that the adapter brings: 8 and 9 with Nest 10, and with Nest 11 either 10 or 11. */
function pluginVersion(uri: string, files: Reading['files']): number | undefined {
  const own = majorVersion('@fastify/cors', uri, files);
  const adapter = majorVersion('@nestjs/platform-fastify', uri, files);
  return own ?? (adapter !== undefined && adapter <= 10 ? 9 : undefined);
}

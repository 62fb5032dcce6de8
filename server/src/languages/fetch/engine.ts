/** Handlers of the Fetch API join the reading of a program: each that a runtime calls becomes a policy (behaviour 13). */
import { anyOf, everything } from '../../policy/codes.ts';
import { always } from '../../policy/condition.ts';
import { soundsLikeAuthentication } from '../express/packages.ts';

import { type Answer, errorAnswer, notFound } from '../javascript/chain-composition.ts';
import { type ChainPlace, chainPolicies } from '../javascript/chain-policies.ts';
import { ChainFollower, type Link } from '../javascript/chains.ts';
import type { FrameworkEngine, FrameworkPolicies, FrameworkReading, Reading } from '../javascript/framework.ts';
import { MadeHandler } from '../javascript/made-handler.ts';
import { pathCondition, type PathRules } from '../javascript/path-patterns.ts';
import { type HostObject, hostValue, type JsValue, nativeFunction, undefinedValue } from '../javascript/values.ts';
import { exportedHandlers, type Handler } from './handlers.ts';
import { answerFromBehind, nextServer } from './next-server.ts';
import { FetchRequest } from './request.ts';
import { answersTo } from './response-writer.ts';

export const engine: FrameworkEngine = { join: (reading) => new FetchReading(reading) };

const rules: PathRules = { ignoresCase: false, ignoresLastSlash: true, starIncludesParent: true };
/** `serve` of Deno's old standard library. */
const standardServer = /(?:^|\/)@?std(?:@[\w.]+)?\/http(?:@[^/]*)?(?:\/(?:server|mod))?(?:\.ts)?$/;
/** What a framework does with methods that its file has no handler for: Next.js answers OPTIONS itself, others refuse it. */
const elsewhere: Answer = { kind: 'answer', status: everything, by: 'application' };

/** Variables of the runtime, which are written in capitals. */
const variables: HostObject = {
  type: 'environment',
  get: (name, site) => (/^[A-Z][A-Z\d_]*$/.test(name) ? { kind: 'environment', name, ...(site ? { place: site.place } : {}) } : undefined),
};
const denoVariables: HostObject = {
  type: 'Deno.env',
  get: (name) =>
    name === 'get'
      ? nativeFunction('Deno.env.get', ([variable], site) =>
          variable?.kind === 'string' ? { kind: 'environment', name: variable.text, place: site.place } : undefined,
        )
      : undefined,
};

class FetchReading implements FrameworkReading {
  readonly #reading: Reading;
  /** Handlers that the program itself gives to the runtime. */
  readonly #served: Handler[] = [];

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  packageExports(name: string): JsValue | undefined {
    if (standardServer.test(name)) return hostValue({ type: name, get: (member) => (member === 'serve' ? this.#serve : undefined) });
    return name === 'next/server' ? nextServer(this.#reading.interpreter) : undefined;
  }

  global(name: string): JsValue | undefined {
    if (name === 'Deno' || name === 'Bun') {
      const env = hostValue(name === 'Deno' ? denoVariables : variables);
      return hostValue({ type: name, get: (member) => (member === 'serve' ? this.#serve : member === 'env' ? env : undefined) });
    }
    if (name !== 'addEventListener') return undefined;
    return nativeFunction(name, ([type, listener], site) => {
      if (type?.kind === 'string' && type.text === 'fetch') this.#register(listener, site.argumentPlaces[1] ?? site.place, true);
      return undefinedValue;
    });
  }

  /** `serve(handler)`, `serve(options, handler)`, `serve({ fetch })`, `serve({ handler })`. */
  get #serve(): JsValue {
    return nativeFunction('serve', (args, site) => {
      for (const [index, each] of args.entries()) {
        const properties = each.kind === 'object' ? each.contents.value.properties : undefined;
        const property = properties?.get('fetch') ?? properties?.get('handler');
        this.#register(property?.value ?? each, property?.valuePlace ?? site.argumentPlaces[index] ?? site.place, false);
      }
      return undefined;
    });
  }

  #register(value: JsValue | undefined, place: Handler['place'], getsEvent: boolean): void {
    if (value?.kind === 'function') this.#served.push({ value, place, extent: place, getsEvent });
  }

  finish(): FrameworkPolicies {
    const { program, file } = this.#reading;
    const handlers = [...this.#served, ...exportedHandlers(program, file.uri)];
    if (handlers.length === 0) return { policies: [], routing: [], observations: [] };
    const follower = this.#follower();
    // The handlers of one file's path answer its methods together; each other one is a server of its own.
    const routes = handlers.filter(({ path }) => path !== undefined);
    const servers = handlers.filter(({ path }) => path === undefined).map((each) => [each]);
    const built = [...servers, ...(routes.length > 0 ? [routes] : [])].map((own, index) =>
      chainPolicies({
        language: 'fetch',
        prefix: `fetch ${index}:`,
        fragment: own === routes,
        places: [this.#place(own, follower)],
        end: { end: own === routes ? elsewhere : notFound, raised: (effect, _, back) => back(errorAnswer(effect)) },
      }),
    );
    return {
      policies: built.flatMap((each) => each.policies),
      routing: built.flatMap((each) => each.routing),
      observations: [...built.flatMap((each) => each.observations), ...follower.observations],
    };
  }

  #place(handlers: readonly Handler[], follower: ChainFollower): ChainPlace {
    const [first] = handlers;
    const path = first?.path;
    const place = first?.place ?? { uri: this.#reading.file.uri, range: { start: 0, end: 0 } };
    const links = handlers.map(({ value, place: own, getsEvent, method }): Link => {
      // A handler of GET is asked for HEAD as well.
      const names = method === 'GET' && !handlers.some((each) => each.method === 'HEAD') ? ['GET', 'HEAD'] : method ? [method] : [];
      const when = names.length > 0 ? ({ kind: 'method', in: anyOf(...names) } as const) : always;
      return follower.link(getsEvent ? hostValue(this.#onEvent(value, path !== undefined)) : value, own, { when, final: true });
    });
    return {
      path,
      when: path === undefined ? always : pathCondition(path, rules),
      place,
      extent: first?.extent ?? place,
      methods: undefined,
      routes: handlers.flatMap(({ method, place: at }) => (method ? [{ method, place: at }] : [])),
      meets: [{ when: always, links }],
    };
  }

  /** `answers`: what it gives back is the answer, not only what it calls `respondWith` with. */
  #onEvent(listener: JsValue, answers: boolean): MadeHandler {
    const { interpreter } = this.#reading;
    return new MadeHandler('listener', ([, , , event = undefinedValue, respond = undefinedValue], site) => {
      const given = interpreter.call(listener, [event], site, 'listener');
      if (answers) interpreter.call(respond, [given], site, 'listener');
    });
  }

  #follower(): ChainFollower {
    const { interpreter } = this.#reading;
    return new ChainFollower(interpreter, {
      open: (listener, place) => {
        const request = hostValue(new FetchRequest(interpreter, listener));
        const returned = answersTo(interpreter, listener);
        const respondWith = nativeFunction('event.respondWith', ([response], site) => {
          if (response) returned(response, site);
          return undefinedValue;
        });
        const behind = nativeFunction('next', (_, site) => answerFromBehind(interpreter, site));
        const members = new Map<string, JsValue>([
          ['request', request],
          ['respondWith', respondWith],
          ['env', hostValue(variables)],
          ['next', behind],
          ['resolve', behind],
        ]);
        const event = hostValue({ type: 'event', get: (name) => members.get(name) });
        members.set('event', event);
        return {
          args: [request, hostValue(variables), interpreter.unknownAt(place, 'unresolved', 'context'), event, respondWith],
          returned,
        };
      },
      authenticates: ({ name = '' }) => (soundsLikeAuthentication(name) ? { status: 401, confidence: 'likely' } : undefined),
      // A handler that answers nothing is an error.
      silence: { answers: anyOf(500) },
    });
  }
}

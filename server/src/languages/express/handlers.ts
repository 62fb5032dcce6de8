/** What one handler of a layer does, as effects. */
import type { Place } from '../../core/text.ts';
import { anyOf, everything } from '../../policy/codes.ts';
import { all, excludesAbsentOrigin, methodIs, not, test, unknown } from '../../policy/condition.ts';
import type { Authentication, Condition } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
import { bounded, type Effect, type Effects, straighten } from '../javascript/effects.ts';
import { type HeaderRead, misspelledHeader } from '../javascript/header-reads.ts';
import { identityOf, isPlainHandler, mentionsAuthentication, nameOfFunction, writesAllowOrigin } from '../javascript/handlers.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { MadeHandler } from '../javascript/made-handler.ts';
import { unseenRoutes } from '../javascript/unseen-routes.ts';
import {
  asObject,
  type CallSite,
  type FunctionValue,
  hostValue,
  type JsValue,
  textOfConstant,
  undefinedValue,
} from '../javascript/values.ts';
import { type Handler, UnseenRoutes } from './application.ts';
import { recogniseAuthentication } from '../javascript/authentication.ts';
import { CorsMiddleware, followCors } from './cors-package.ts';
import { callNext } from './next.ts';
import { knownMiddleware, mayHaveRoutes, type Refused, refusedBy, soundsLikeAuthentication } from './packages.ts';
import { RequestObject } from './request.ts';
import { ResponseObject, type ResponseListener } from './response.ts';
import { QuietMiddleware, StaticFiles } from './runtime.ts';

/** A handler that was followed. */
export interface FollowedHandler {
  readonly effects: Effects;
  /** It takes errors only (four parameters). */
  readonly takesErrors: boolean;
  /** The package's middleware, or one written by hand that sends CORS headers. */
  readonly cors?: { readonly name: string; readonly byHand: boolean; readonly place: Place };
  readonly authentication?: Authentication;
  /** Requests that it answers with an error of its own, where the program does not say how. */
  readonly refuses?: { readonly name: string; readonly what: Refused };
  /** It may be a router that is not in sight, where it is registered for every request. */
  readonly bringsRoutes?: true;
  /** Where it is registered. */
  readonly place: Place;
  /** Request headers that it reads. */
  readonly reads: readonly HeaderRead[];
}

export class HandlerFollower {
  readonly #interpreter: Interpreter;
  readonly #followed = new Map<string, FollowedHandler>();
  readonly #calls = new Map<FollowedHandler, ReadonlySet<FunctionValue['node']>>();
  /** The same by the handler itself, for each value of `final`. */
  readonly #known = { final: new WeakMap<Handler, FollowedHandler>(), other: new WeakMap<Handler, FollowedHandler>() };
  readonly observations: Observation[] = [];

  constructor(interpreter: Interpreter) {
    this.#interpreter = interpreter;
  }

  /** Follows a handler, once for each place where it is registered. `final`: nothing of the route comes behind it. */
  follow(handler: Handler, mounted: boolean, final: boolean): FollowedHandler {
    const known = final ? this.#known.final : this.#known.other;
    let followed = known.get(handler);
    if (!followed) known.set(handler, (followed = this.#followAtPlace(handler, mounted, final)));
    return followed;
  }

  #followAtPlace(handler: Handler, mounted: boolean, final: boolean): FollowedHandler {
    if (final && handler.value.kind === 'function' && onlyAnswers(handler.value)) return plainAnswer(handler.place);
    const key = `${handler.place.uri}#${handler.place.range.start}-${handler.place.range.end}/${final}/${handler.through}/${identityOf(handler.value)}`;
    const known = this.#followed.get(key);
    if (known) return known;
    const interpreter = this.#interpreter;
    const before = interpreter.called;
    interpreter.called = new Set();
    const followed = this.#follow(handler, mounted, final);
    this.#calls.set(followed, interpreter.called);
    for (const node of interpreter.called) before.add(node);
    interpreter.called = before;
    this.#followed.set(key, followed);
    return followed;
  }

  /** Whether following a handler led into a function. */
  calls(handler: FollowedHandler, node: FunctionValue['node']): boolean {
    return this.#calls.get(handler)?.has(node) === true;
  }

  #follow(handler: Handler, mounted: boolean, final: boolean): FollowedHandler {
    const interpreter = this.#interpreter;
    const value = interpreter.program.force(handler.value);
    const { place } = handler;
    const nothing: FollowedHandler = { effects: [], takesErrors: false, place, reads: [] };
    switch (value.kind) {
      case 'function':
        return this.#followFunction(value, handler, final);
      case 'choice': {
        const [then, otherwise] = [
          this.#follow({ ...handler, value: value.then }, mounted, final),
          this.#follow({ ...handler, value: value.otherwise }, mounted, final),
        ];
        return {
          ...then,
          ...otherwise,
          effects: [{ kind: 'branch', when: value.when, then: then.effects, otherwise: otherwise.effects }],
          reads: [...then.reads, ...otherwise.reads],
          takesErrors: false,
        };
      }
      case 'host': {
        const { host } = value;
        if (host instanceof CorsMiddleware) {
          const { effects } = this.#run(
            (request, next, site) =>
              followCors(interpreter, host, request, next, site, (at) =>
                this.observations.push({ kind: 'originRejectedWithError', place: at, call: at }),
              ),
            handler,
          );
          return {
            effects: finished(effects, final ? 'answers' : 'hangs', place),
            takesErrors: false,
            cors: { name: 'cors', byHand: false, place: host.place },
            place,
            reads: [],
          };
        }
        if (host.type === 'cors package') {
          this.observations.push({ kind: 'notCalled', place, name: 'cors' });
          return { ...nothing, effects: [{ kind: 'hang', place }] };
        }
        if (host instanceof UnseenRoutes)
          return { ...nothing, effects: [{ kind: 'answer', status: everything, by: 'application', place }] };
        if (host instanceof MadeHandler)
          return this.#followCode({ name: host.name, handler, final, takesErrors: false }, (args, site) => host.run(args, site));
        if (host instanceof StaticFiles) return { ...nothing, effects: this.#staticFiles(host) };
        if (host instanceof QuietMiddleware)
          return {
            ...nothing,
            reads: host.name === 'express.json' ? [{ name: 'content-type', place }] : [],
            ...(host.name === 'express.query' ? {} : { refuses: { name: `${host.name}()`, what: 'bodies' as const } }),
          };
        if (!host.call) return nothing;
        return { ...nothing, effects: [{ kind: 'delegate', name: host.type, id: `handler:${place.range.start}`, place }] };
      }
      case 'unknown':
        return this.#followUnknown(value, handler, mounted, final);
      default:
        return nothing;
    }
  }

  #followUnknown(value: Extract<JsValue, { kind: 'unknown' }>, handler: Handler, mounted: boolean, final: boolean): FollowedHandler {
    const { place } = handler;
    // A wrapper that is not in sight (`asyncHandler(async (req, res) => …)`) calls what it was given.
    const wrapped = value.provenance?.args.find((each) => each.kind === 'function' && each.node.parameters.length >= 2);
    if (wrapped) return this.#follow({ ...handler, value: wrapped }, mounted, final);
    const known = knownMiddleware(value, mounted);
    const name = value.name ?? 'middleware';
    if (known.kind === 'authentication') {
      const authentication: Authentication = { place, name, confidence: known.confidence };
      return {
        effects: refuse(authentication, known.status, known.skipsAuthorizedPreflight === true),
        takesErrors: false,
        authentication,
        place,
        reads: known.readsAuthorization === true ? [{ name: 'authorization', place }] : [],
      };
    }
    if (known.kind === 'cors') {
      // Some CORS headers, or an answer to preflights, that nobody can see from here.
      const unseen = unknown(`middleware:${place.uri}#${place.range.start}`, 'unresolved');
      return {
        effects: [{ kind: 'branch', when: unseen, then: [{ kind: 'upstream', by: 'upstream', hidden: [], place }], otherwise: [] }],
        takesErrors: false,
        place,
        reads: [],
      };
    }
    if (final && known.kind === 'unknown' && !mounted)
      return { effects: [{ kind: 'answer', status: everything, by: 'application', place }], takesErrors: false, place, reads: [] };
    // A router that is not in sight has routes, and answers OPTIONS where it has one.
    if (mounted && known.kind === 'unknown') return { effects: unseenRoutes([]), takesErrors: false, place, reads: [] };
    const cookie = sessionCookie(value);
    if (cookie) this.#cookie(cookie, { place, argumentPlaces: [] });
    const reads = known.kind === 'quiet' && parsesJson(value) ? [{ name: 'content-type', place }] : [];
    const refuses = known.kind === 'quiet' ? refusedBy(value) : undefined;
    return {
      ...{ effects: [], takesErrors: false, place, reads },
      ...(refuses ? { refuses } : {}),
      ...(mayHaveRoutes(value) ? { bringsRoutes: true } : {}),
    };
  }

  #followFunction(value: Extract<JsValue, { kind: 'function' }>, handler: Handler, final: boolean): FollowedHandler {
    const { place } = handler;
    const takesErrors = value.node.parameters.length === 4;
    if (final && onlyAnswers(value)) return plainAnswer(place);
    const name = nameOfFunction(value, place, this.#interpreter.program);
    return this.#followCode({ name, handler, final, takesErrors }, (args, site) => {
      this.#interpreter.callFunction(
        value,
        takesErrors ? [asObject(this.#interpreter.unknownAt(place, 'unresolved', 'error')), ...args] : args,
        site,
      );
    });
  }

  /** Follows code that a request meets. `call` gets the request, the response and what goes on. */
  #followCode(
    { name, handler, final, takesErrors }: { name: string; handler: Handler; final: boolean; takesErrors: boolean },
    call: (args: readonly JsValue[], site: CallSite) => void,
  ): FollowedHandler {
    const { place } = handler;
    const result = this.#run((request, next, site, response) => call([request, response, next], site), handler, takesErrors);
    const straight = straighten(result.effects, (end) => (end ? [end] : []));
    const authentication: Authentication = { place, name, confidence: 'proven' };
    const recognised = recogniseAuthentication(straight, authentication, (id) => this.#interpreter.dataOfUnknown(id));
    const isAuthentication = recognised.some(mentionsAuthentication);
    const refusing = (delegated: string): boolean => soundsLikeAuthentication(name) || soundsLikeAuthentication(delegated);
    const likely = !isAuthentication && !final && delegates(recognised, refusing);
    const refusal = likely ? refuse({ ...authentication, confidence: 'likely' }, 401, false) : [];
    const effects = finished(likely ? inPlaceOfDelegates(recognised, refusing, refusal) : recognised, final ? 'answers' : 'hangs', place);
    const byHand = writesAllowOrigin(effects);
    return {
      effects,
      takesErrors,
      place,
      reads: result.reads,
      ...(byHand && !final && !takesErrors ? { cors: { name, byHand: true, place } } : {}),
      ...(isAuthentication ? { authentication } : likely ? { authentication: { ...authentication, confidence: 'likely' as const } } : {}),
    };
  }

  /** Runs a handler with fresh request and response objects; nothing that it changes stays changed. */
  #run(
    call: (request: JsValue, next: JsValue, site: CallSite, response: JsValue) => void,
    { place, through }: Pick<Handler, 'place' | 'through'>,
    takesErrors = false,
  ): { readonly effects: Effects; readonly reads: FollowedHandler['reads'] } {
    const interpreter = this.#interpreter;
    const reads: { name: string; place: Place }[] = [];
    const listener: ResponseListener = {
      cookie: (options, where) => this.#cookie(options, where),
      throwing: (write) => {
        if (!excludesAbsentOrigin(interpreter.pathCondition())) this.observations.push({ kind: 'throwsWithoutOrigin', write });
      },
    };
    // What failed may have set a status.
    const status = takesErrors ? interpreter.unknownAt(place, 'unresolved', 'status') : undefined;
    const response = new ResponseObject(interpreter, through, listener, status);
    const given = new RequestObject(interpreter, (name, site, found) => {
      if (found) reads.push({ name, place: site.place });
      else if (name.toLowerCase() === 'origin') this.observations.push(...misspelledHeader(site));
    });
    given.response = response.self;
    const request = (response.request = hostValue(given));
    const next = hostValue({ type: 'next', call: (args, site) => callNext(interpreter, args[0], site.place) });
    const site: CallSite = { place, argumentPlaces: [] };
    interpreter.perRequest = true;
    interpreter.errorStatus = () => response.errorStatus();
    const explored = interpreter.explore({ kind: 'always' }, () => {
      call(request, next, site, response.self);
      return { dead: interpreter.dead, value: undefinedValue };
    });
    interpreter.perRequest = false;
    interpreter.errorStatus = undefined;
    return { effects: bounded(explored.effects, place), reads };
  }

  #staticFiles(host: StaticFiles): Effects {
    const exists = unknown(`file:${host.place.uri}#${host.place.range.start}`, 'file-system');
    const options = host.options.kind === 'object' ? host.options.contents.value.properties : undefined;
    const [setHeaders, fallthrough] = ['setHeaders', 'fallthrough'].map((name) => options?.get(name)?.value);
    const written =
      setHeaders?.kind === 'function'
        ? this.#run(
            (_, __, site, response) =>
              void this.#interpreter.callFunction(
                setHeaders,
                [response, this.#interpreter.unknownAt(site.place, 'file-system', 'path')],
                site,
              ),
            { place: host.place, through: 'express' },
          ).effects
        : [];
    return [
      {
        kind: 'branch',
        when: all(methodIs('GET', 'HEAD'), exists),
        then: [
          ...straighten(written, (end) => (end ? [end] : [])),
          { kind: 'answer', status: anyOf(200, 206, 304), by: 'files', place: host.place },
        ],
        // Behaviour 3.15.
        otherwise:
          fallthrough?.kind === 'boolean' && !fallthrough.value
            ? [
                {
                  kind: 'branch',
                  when: methodIs('GET', 'HEAD'),
                  then: [notServed(404, host.place)],
                  otherwise: [notServed(405, host.place)],
                },
              ]
            : [],
      },
    ];
  }

  #cookie(options: JsValue | undefined, site: CallSite): void {
    const properties = options?.kind === 'object' ? options.contents.value.properties : undefined;
    const sameSite = properties?.get('sameSite');
    const secure = properties?.get('secure');
    const domain = properties?.get('domain')?.value;
    const text = sameSite && (sameSite.value.kind === 'boolean' ? (sameSite.value.value ? 'strict' : '') : textOfConstant(sameSite.value));
    this.observations.push({
      kind: 'cookie',
      place: site.place,
      ...(sameSite && text !== undefined && text !== '' ? { sameSite: { value: text, place: sameSite.valuePlace ?? site.place } } : {}),
      ...(secure
        ? { secure: { value: secure.value.kind === 'boolean' ? secure.value.value : undefined, place: secure.valuePlace ?? site.place } }
        : {}),
      ...(domain?.kind === 'string' ? { domain: domain.text } : {}),
      ...(sameSite?.property
        ? { insertSecure: { uri: sameSite.property.uri, range: { start: sameSite.property.range.end, end: sameSite.property.range.end } } }
        : {}),
    });
  }
}

function onlyAnswers(value: FunctionValue): boolean {
  return value.node.parameters.length !== 4 && isPlainHandler(value);
}

/** What a handler does that only computes an answer. */
function plainAnswer(place: Place): FollowedHandler {
  return { effects: [{ kind: 'answer', status: everything, by: 'application', place }], takesErrors: false, place, reads: [] };
}

/** `bodyParser.json()`: pages that send JSON need Content-Type allowed. */
function parsesJson(value: Extract<JsValue, { kind: 'unknown' }>): boolean {
  return value.provenance?.package === 'body-parser' && value.provenance.path[0] === 'json';
}

/** The options of the cookie that session middleware sets: `session({ cookie: { … } })`, `cookieSession({ … })`. */
function sessionCookie({ provenance }: Extract<JsValue, { kind: 'unknown' }>): JsValue | undefined {
  const [options] = provenance?.args ?? [];
  if (options?.kind !== 'object') return undefined;
  if (provenance?.package === 'cookie-session') return options;
  return provenance?.package === 'express-session' ? options.contents.value.properties.get('cookie')?.value : undefined;
}

function refuse(authentication: Authentication, status: number, skipsAuthorizedPreflight: boolean): Effects {
  const missing: Condition = not({ kind: 'authenticated', authentication });
  // express-jwt lets preflights through that ask for the authorization header (behaviour 3.11).
  const asks = test(
    { kind: 'request', datum: 'header:access-control-request-headers', absent: '' },
    { kind: 'contains', text: 'authorization', ignoreCase: true },
  );
  return [
    {
      kind: 'branch',
      when: skipsAuthorizedPreflight ? all(not(all(methodIs('OPTIONS'), asks)), missing) : missing,
      then: [{ kind: 'answer', status: anyOf(status), by: 'application', place: authentication.place, refusal: 'authentication' }],
      otherwise: [],
    },
  ];
}

/** Closes the ways through a handler that neither go on nor answer. */
function finished(effects: Effects, open: 'answers' | 'hangs', place: Place): Effects {
  return straighten(effects, (end) => {
    if (end) return [end];
    // Code that is not in sight, or that runs later, answers or goes on.
    return open === 'answers' ? [{ kind: 'answer', status: everything, by: 'application', place }] : [];
  });
}

function notServed(status: number, place: Place): Effect {
  return { kind: 'raise', status, place, why: 'there is no such file', handler: undefined };
}

/** Whether some way hands the request on to code of such a name that is not in sight. */
function delegates(effects: Effects, named: (name: string) => boolean): boolean {
  return effects.some((effect) =>
    effect.kind === 'branch'
      ? delegates(effect.then, named) || delegates(effect.otherwise, named)
      : effect.kind === 'delegate' && named(effect.name),
  );
}

/** What that code is taken to do, where it is reached: `req.method === 'OPTIONS' ? next() : auth(req, res, next)` stays one. */
function inPlaceOfDelegates(effects: Effects, named: (name: string) => boolean, instead: Effects): Effects {
  return effects.flatMap((effect): Effects => {
    if (effect.kind === 'delegate' && named(effect.name)) return instead;
    if (effect.kind !== 'branch') return [effect];
    return [
      { ...effect, then: inPlaceOfDelegates(effect.then, named, instead), otherwise: inPlaceOfDelegates(effect.otherwise, named, instead) },
    ];
  });
}

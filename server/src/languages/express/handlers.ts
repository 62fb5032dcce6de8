/** What one handler of a layer does, as effects. */
import type { Place } from '../../core/text.ts';
import { anyOf, everything } from '../../policy/codes.ts';
import { all, methodIs, not, test, unknown } from '../../policy/condition.ts';
import type { Authentication, Condition, RequestDatum } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
import { type Effect, type Effects, straighten } from '../javascript/effects.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { truth } from '../javascript/origin-tests.ts';
import * as ts from '../javascript/syntax.ts';
import { type CallSite, hostValue, type JsValue, textOfConstant, undefinedValue } from '../javascript/values.ts';
import type { Handler } from './application.ts';
import { recogniseAuthentication } from './authentication.ts';
import { CorsMiddleware, followCors } from './cors-package.ts';
import { knownMiddleware, soundsLikeAuthentication } from './packages.ts';
import { RequestObject } from './request.ts';
import { ResponseObject } from './response.ts';
import { QuietMiddleware, StaticFiles } from './runtime.ts';

/** A handler that was followed. */
export interface FollowedHandler {
  readonly effects: Effects;
  /** It takes errors only (four parameters). */
  readonly takesErrors: boolean;
  /** The package's middleware, or one written by hand that sends CORS headers. */
  readonly cors?: { readonly name: string; readonly byHand: boolean; readonly place: Place };
  readonly authentication?: Authentication;
  /** Where it is registered. */
  readonly place: Place;
  /** Request headers that it reads. */
  readonly reads: readonly { readonly name: string; readonly place: Place }[];
}

export class HandlerFollower {
  readonly #interpreter: Interpreter;
  readonly #followed = new Map<string, FollowedHandler>();
  readonly observations: Observation[] = [];

  constructor(interpreter: Interpreter) {
    this.#interpreter = interpreter;
  }

  /** Follows a handler, once for each place where it is registered. `final`: nothing of the route comes behind it. */
  follow(handler: Handler, mounted: boolean, final: boolean): FollowedHandler {
    const key = `${handler.place.uri}#${handler.place.range.start}-${handler.place.range.end}/${final}/${identityOf(handler.value)}`;
    const known = this.#followed.get(key);
    if (known) return known;
    const followed = this.#follow(handler, mounted, final);
    this.#followed.set(key, followed);
    return followed;
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
          this.#follow({ value: value.then, place }, mounted, final),
          this.#follow({ value: value.otherwise, place }, mounted, final),
        ];
        return {
          ...then,
          ...otherwise,
          effects: [{ kind: 'branch', when: value.when, then: then.effects, otherwise: otherwise.effects }],
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
            place,
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
        if (host instanceof StaticFiles) return { ...nothing, effects: this.#staticFiles(host) };
        if (host instanceof QuietMiddleware)
          return { ...nothing, reads: host.name === 'express.json' ? [{ name: 'content-type', place }] : [] };
        if (!host.call) return nothing;
        return { ...nothing, effects: [{ kind: 'delegate', name: host.type, id: `handler:${place.range.start}`, place }] };
      }
      case 'unknown':
        return this.#followUnknown(value, handler, mounted, final);
      default:
        return nothing;
    }
  }

  #followUnknown(value: Extract<JsValue, { kind: 'unknown' }>, { place }: Handler, mounted: boolean, final: boolean): FollowedHandler {
    // A wrapper that is not in sight (`asyncHandler(async (req, res) => …)`) calls what it was given.
    const wrapped = value.provenance?.args.find((each) => each.kind === 'function' && each.node.parameters.length >= 2);
    if (wrapped) return this.#follow({ value: wrapped, place }, mounted, final);
    const known = knownMiddleware(value, mounted);
    const name = value.name ?? 'middleware';
    if (known.kind === 'authentication') {
      const authentication: Authentication = { place, name, confidence: known.confidence };
      return {
        effects: refuse(authentication, known.status, known.skipsAuthorizedPreflight === true),
        takesErrors: false,
        authentication,
        place,
        reads: [],
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
    const reads = known.kind === 'quiet' && parsesJson(value) ? [{ name: 'content-type', place }] : [];
    return { effects: [], takesErrors: false, place, reads };
  }

  #followFunction(value: Extract<JsValue, { kind: 'function' }>, handler: Handler, final: boolean): FollowedHandler {
    const { place } = handler;
    const takesErrors = value.node.parameters.length === 4;
    if (final && !takesErrors && isPlainHandler(value))
      return { effects: [{ kind: 'answer', status: everything, by: 'application', place }], takesErrors, place, reads: [] };
    const result = this.#run((request, next, site, response) => {
      const error = this.#interpreter.unknownAt(place, 'unresolved', 'error');
      const args = takesErrors ? [error, request, response, next] : [request, response, next];
      this.#interpreter.callFunction(value, args, site);
    }, place);
    const name = nameOfFunction(value, handler);
    const straight = straighten(result.effects, (end) => (end ? [end] : []));
    const authentication: Authentication = { place, name, confidence: 'proven' };
    const recognised = recogniseAuthentication(straight, authentication, (id) => this.#dataOfUnknown(id));
    const isAuthentication = recognised.some(mentionsAuthentication);
    const delegated = delegatesTo(recognised);
    const likely =
      !isAuthentication && !final && delegated !== undefined && (soundsLikeAuthentication(name) || soundsLikeAuthentication(delegated));
    const effects = likely
      ? refuse({ ...authentication, confidence: 'likely' }, 401, false)
      : finished(recognised, final ? 'answers' : 'hangs', place);
    const byHand = writesAllowOrigin(effects);
    return {
      effects,
      takesErrors,
      place,
      reads: result.reads,
      ...(byHand && !final ? { cors: { name, byHand: true, place } } : {}),
      ...(isAuthentication ? { authentication } : likely ? { authentication: { ...authentication, confidence: 'likely' as const } } : {}),
    };
  }

  /** Runs a handler with fresh request and response objects; nothing that it changes stays changed. */
  #run(
    call: (request: JsValue, next: JsValue, site: CallSite, response: JsValue) => void,
    place: Place,
  ): { readonly effects: Effects; readonly reads: FollowedHandler['reads'] } {
    const interpreter = this.#interpreter;
    const reads: { name: string; place: Place }[] = [];
    const request = hostValue(
      new RequestObject((name, site, found) => {
        if (found) reads.push({ name, place: site.place });
        else if (name.toLowerCase() === 'origin') this.#misspelled(site);
      }),
    );
    const response = new ResponseObject(interpreter, {
      cookie: (options, where) => this.#cookie(options, where),
      throwing: (write) => {
        if (!excludesAbsentOrigin(interpreter.pathCondition())) this.observations.push({ kind: 'throwsWithoutOrigin', write });
      },
    });
    const next = hostValue({ type: 'next', call: (args, site) => follow(interpreter, args[0], site.place) });
    const site: CallSite = { node: undefined as never, place, argumentPlaces: [] };
    interpreter.perRequest = true;
    const explored = interpreter.explore({ kind: 'always' }, () => {
      call(request, next, site, response.self);
      return { dead: interpreter.dead, value: undefinedValue };
    });
    interpreter.perRequest = false;
    return { effects: explored.effects, reads };
  }

  /** A property of an unknown, or a test on it, was made from the same data. */
  #dataOfUnknown(id: string): readonly RequestDatum[] {
    const sources = this.#interpreter.unknownSources;
    return sources.get(id) ?? sources.get(/^.*#\d+-\d+/.exec(id)?.[0] ?? '') ?? [];
  }

  #staticFiles(host: StaticFiles): Effects {
    const exists = unknown(`file:${host.place.uri}#${host.place.range.start}`, 'file-system');
    const { options } = host;
    const setHeaders = options.kind === 'object' ? options.contents.value.properties.get('setHeaders')?.value : undefined;
    const written =
      setHeaders?.kind === 'function'
        ? this.#run(
            (_, __, site, response) =>
              void this.#interpreter.callFunction(
                setHeaders,
                [response, this.#interpreter.unknownAt(site.place, 'file-system', 'path')],
                site,
              ),
            host.place,
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
        otherwise: [],
      },
    ];
  }

  /** Node gives header names in lower case (behaviour 3.10). */
  #misspelled(site: CallSite): void {
    const written = ts.textOf(site.node, ts.fileOf(site.node));
    this.observations.push({
      kind: 'neverSet',
      place: site.place,
      variable: written,
      why: `\`${written}\` is always undefined: Node gives header names in lower case. Read \`origin\`.`,
      replacement: written.replace(/Origin(?=[^A-Za-z]*$)/i, 'origin'),
    });
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

/** `bodyParser.json()`: pages that send JSON need Content-Type allowed. */
function parsesJson(value: Extract<JsValue, { kind: 'unknown' }>): boolean {
  return value.provenance?.package === 'body-parser' && value.provenance.path[0] === 'json';
}

/** `next()`, `next(error)`, `next('route')`. */
function follow(interpreter: Interpreter, error: JsValue | undefined, place: Place): JsValue {
  if (!error || (error.kind === 'string' && (error.text === 'route' || error.text === 'router'))) {
    interpreter.emit({ kind: 'next', place });
    return undefinedValue;
  }
  interpreter.branch(
    truth(error),
    () => {
      const status = statusOfError(error);
      interpreter.emit({
        kind: 'raise',
        place,
        why: 'next is called with an error',
        handler: undefined,
        ...(status === undefined ? {} : { status }),
      });
    },
    () => interpreter.emit({ kind: 'next', place }),
  );
  return undefinedValue;
}

const namedErrors: Readonly<Record<string, number>> = { Unauthorized: 401, Forbidden: 403, NotFound: 404, BadRequest: 400 };

function statusOfError(error: JsValue): number | undefined {
  if (error.kind === 'object') {
    const status = (error.contents.value.properties.get('status') ?? error.contents.value.properties.get('statusCode'))?.value;
    if (status?.kind === 'number') return status.value;
    const name = error.instanceOf?.node.name?.text ?? '';
    return /unauth/i.test(name) ? 401 : /forbidden/i.test(name) ? 403 : undefined;
  }
  if (error.kind === 'unknown' && error.provenance?.package === 'http-errors') {
    const [code] = error.provenance.args;
    if (code?.kind === 'number') return code.value;
    return namedErrors[error.provenance.path[0] ?? ''];
  }
  if (error.kind === 'unknown' && /unauthori[sz]ed/i.test(error.name ?? '')) return 401;
  return undefined;
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

/** Whether a condition can only hold for requests with an Origin. */
function excludesAbsentOrigin(condition: Condition): boolean {
  switch (condition.kind) {
    case 'origin':
      return true;
    case 'not':
      return (
        condition.of.kind === 'originAbsent' ||
        (condition.of.kind === 'any' && condition.of.of.some((each) => each.kind === 'originAbsent'))
      );
    case 'all':
      return condition.of.some(excludesAbsentOrigin);
    case 'any':
      return condition.of.every(excludesAbsentOrigin);
    default:
      return false;
  }
}

/** Words without which a handler neither writes a header that matters, nor reads one, nor refuses anybody. */
const telling = /header|origin|\b(?:set|append|vary|get|writeHead|cookie)\(|\b40[13]\b|auth|forbidden|cors/i;
/** Header lines that say nothing about CORS. */
const harmless = /\.(?:setHeader|set|header)\(\s*['"`](?:cache-control|content-[\w-]+|etag|last-modified|expires|pragma)/gi;
/** The response given to another function. */
const handsOn = /[(,]\s*(?:res|response)\s*[,)](?!\s*(?::[^=]*)?(?:=>|\{))/;
/** Shorter handlers are followed anyway, for the status that they answer with. */
const shortHandler = 240;

/** Whether a route's own handler only computes an answer: most handlers do, and following them tells nothing. */
function isPlainHandler({ node, frame }: Extract<JsValue, { kind: 'function' }>): boolean {
  if (node.end - node.pos < shortHandler) return false;
  const text = frame.file.text.slice(node.body?.pos ?? node.pos, node.end);
  return !telling.test(text.replace(harmless, '')) && !handsOn.test(text);
}

function delegatesTo(effects: Effects): string | undefined {
  for (const effect of effects) {
    if (effect.kind === 'delegate') return effect.name;
    if (effect.kind === 'branch') {
      const inside = delegatesTo(effect.then) ?? delegatesTo(effect.otherwise);
      if (inside !== undefined) return inside;
    }
  }
  return undefined;
}

function mentionsAuthentication(effect: Effect): boolean {
  if (effect.kind === 'answer') return effect.refusal === 'authentication';
  if (effect.kind !== 'branch') return false;
  return speaksOfAuthentication(effect.when) || effect.then.some(mentionsAuthentication) || effect.otherwise.some(mentionsAuthentication);
}

function speaksOfAuthentication(condition: Condition): boolean {
  switch (condition.kind) {
    case 'authenticated':
      return true;
    case 'not':
      return speaksOfAuthentication(condition.of);
    case 'all':
    case 'any':
      return condition.of.some(speaksOfAuthentication);
    default:
      return false;
  }
}

function writesAllowOrigin(effects: Effects): boolean {
  return effects.some((effect) =>
    effect.kind === 'write'
      ? effect.write.name.toLowerCase() === 'access-control-allow-origin' && effect.write.op !== 'unset'
      : effect.kind === 'branch' && (writesAllowOrigin(effect.then) || writesAllowOrigin(effect.otherwise)),
  );
}

function nameOfFunction(value: Extract<JsValue, { kind: 'function' }>, handler: Handler): string {
  const { name } = value.node;
  const own = name && 'text' in name && typeof name.text === 'string' ? name.text : undefined;
  if (own !== undefined) return own;
  const written = handler.value.kind === 'function' ? handler.place : undefined;
  const text = written && value.frame.uri === written.uri ? value.frame.file.text.slice(written.range.start, written.range.end) : '';
  return /^[\w$.]{1,60}$/.test(text) ? text : 'middleware';
}

const identities = new WeakMap<object, number>();
let nextIdentity = 1;

function identityOf(value: JsValue): number {
  const key: object = value.kind === 'function' ? value.frame : value.kind === 'host' ? value.host : value;
  let identity = identities.get(key);
  if (identity === undefined) identities.set(key, (identity = nextIdentity++));
  return identity;
}

/**
 * Applications whose requests meet a chain of functions: the hooks of Fastify, the middleware of Koa and of Hono. Every
 * function is followed once; what a request meets is then put together from what each of them does.
 */
import type { Place } from '../../core/text.ts';
import { anyOf, type Codes, everything } from '../../policy/codes.ts';
import { excludesAbsentOrigin } from '../../policy/condition.ts';
import type { Authentication, Condition, HeaderWrite } from '../../policy/model.ts';
import { noRoutes, type Observation, type RoutesAround } from '../../policy/observation.ts';
import { recogniseAuthentication } from './authentication.ts';
import { settle } from './chain-composition.ts';
import { CorsMaker } from './cors-maker.ts';
import { bounded, type Effect, type Effects } from './effects.ts';
import { type HeaderRead, misspelledHeader } from './header-reads.ts';
import { identityOf, isPlainHandler, mentionsAuthentication, nameOfFunction, writesAllowOrigin } from './handlers.ts';
import type { Interpreter } from './interpreter.ts';
import { MadeHandler } from './made-handler.ts';
import * as ts from './syntax.ts';
import { unseenRoutes } from './unseen-routes.ts';
import { type CallSite, type JsValue, undefinedValue, type UnknownValue } from './values.ts';

/** One thing on the way of a request: a hook, a middleware, a plugin, a handler. */
export interface Link {
  /** Links with one key do the same. */
  readonly key: string;
  readonly place: Place;
  /** Requests that do not fulfil it pass by. */
  readonly when: Condition;
  /** The last one of a route. */
  readonly final: boolean;
  readonly around: RoutesAround;
  follow(): FollowedLink;
}

/** What a link does. A path through `effects` ends in `answer`, `raise` or the like, or has `downstream` in it. */
export interface FollowedLink {
  readonly effects: Effects;
  readonly cors?: { readonly name: string; readonly byHand: boolean; readonly place: Place };
  readonly authentication?: Authentication;
  readonly reads: readonly HeaderRead[];
  /** It catches what comes behind throws, and may write headers then. */
  readonly catches: false | 'plainly' | 'withHeaders';
  /** Its code is not in sight: whether it catches is not known. */
  readonly unseen?: true;
  /** What answers the errors that it throws, where that is another handler than the application's. */
  readonly errors?: ErrorHandler;
  /** What is sent with an error that was thrown behind it, where the framework drops everything else. */
  readonly keptOnError?: Effects;
}

/** A function that answers errors, or requests that nothing else answered. */
export interface ErrorHandler {
  readonly value: JsValue;
  readonly place: Place;
}

/** The request and the response that a function is given. */
export interface Exchange {
  readonly args: readonly JsValue[];
  /** Takes what a function gives back, where that is an answer. */
  returned?(value: JsValue, site: CallSite): void;
}

/** What an exchange tells of a function beside its effects. */
export interface ExchangeListener {
  read(name: string, site: CallSite, found: boolean): void;
  throwing(write: HeaderWrite): void;
}

/** How a framework's functions work. */
export interface ChainRules {
  /** Makes the arguments for a function; `next` is what it calls to go on. */
  open(listener: ExchangeListener, place: Place): Exchange;
  /** Whether a middleware whose code is not in sight refuses requests without credentials, and with which status. */
  authenticates(value: UnknownValue): { readonly status: number; readonly confidence: Authentication['confidence'] } | undefined;
  /** Whether a middleware whose code is not in sight parses JSON: pages that send it need Content-Type allowed. */
  parsesJson?(value: UnknownValue): boolean;
  /** What it means where a function returns without an answer and without going on. */
  readonly silence: 'goesOn' | { readonly answers: Codes };
}

export class ChainFollower {
  readonly #interpreter: Interpreter;
  readonly #rules: ChainRules;
  readonly #followed = new Map<string, FollowedLink>();
  readonly observations: Observation[] = [];

  constructor(interpreter: Interpreter, rules: ChainRules) {
    this.#interpreter = interpreter;
    this.#rules = rules;
  }

  /** A link for a function or whatever else is registered as one. */
  link(value: JsValue, place: Place, more: Partial<Pick<Link, 'when' | 'final' | 'around'>> = {}): Link {
    const final = more.final ?? false;
    const plain = final && value.kind === 'function' && isPlainHandler(value);
    const key = plain ? 'plain' : `${place.uri}#${place.range.start}-${place.range.end}/${final}/${identityOf(value)}`;
    return {
      when: { kind: 'always' },
      around: noRoutes,
      ...more,
      final,
      key,
      place,
      follow: () =>
        this.#once(plain ? `${key}${place.uri}#${place.range.start}` : key, () => this.#followValue(value, place, final, plain)),
    };
  }

  /** A link whose effects the framework itself knows. */
  known(key: string, place: Place, follow: () => FollowedLink, more: Partial<Pick<Link, 'when' | 'around'>> = {}): Link {
    return {
      when: { kind: 'always' },
      around: noRoutes,
      final: false,
      ...more,
      key,
      place,
      follow: () => this.#once(key, follow),
    };
  }

  /** Routes that are not in sight, which answer or not: all of them are one unknown. */
  unseenRoutes(place: Place): Link {
    return this.known('routes', place, () => ({ effects: unseenRoutes([{ kind: 'downstream', place }]), reads: [], catches: false }));
  }

  /** What a function does that is called in the end: with an error, or where nothing answered. Every path of it answers or raises. */
  handler(key: string, place: Place, call: (exchange: Exchange, site: CallSite) => void): Effects {
    const follow = (): FollowedLink => {
      const { effects } = this.run(place, call);
      return { effects: settle(effects, { answers: everything }, place), reads: [], catches: false };
    };
    return this.#once(`handler ${key}`, follow).effects;
  }

  #once(key: string, follow: () => FollowedLink): FollowedLink {
    let followed = this.#followed.get(key);
    if (!followed) this.#followed.set(key, (followed = follow()));
    return followed;
  }

  #followValue(value: JsValue, place: Place, final: boolean, plain: boolean): FollowedLink {
    const answer: Effect = { kind: 'answer', status: everything, by: 'application', place };
    const interpreter = this.#interpreter;
    if (value.kind === 'function' && !plain)
      return this.#followCode(
        nameOfFunction(value, place, interpreter.program),
        place,
        final,
        catching(ts.textOf(value.node, value.frame.file)),
        (args, site) => interpreter.callFunction(value, args, site),
      );
    if (value.kind === 'host' && value.host instanceof MadeHandler) {
      const made = value.host;
      return this.#followCode(made.name, place, final, false, (args, site) => {
        made.run(args, site);
        return undefined;
      });
    }
    const { silence } = this.#rules;
    if (value.kind === 'host' && value.host instanceof CorsMaker && silence !== 'goesOn') {
      // It gives back a middleware that nobody calls (behaviour 7.11, 8.12).
      const { answers } = silence;
      this.observations.push({ kind: 'notCalled', place, name: 'cors', ...(answers.members[0] && { status: answers.members[0] }) });
      return { effects: [{ ...answer, status: answers }], reads: [], catches: false };
    }
    if (final) return { effects: [answer], reads: [], catches: false };
    const downstream: Effect = { kind: 'downstream', place };
    if (value.kind !== 'unknown' && value.kind !== 'host') return { effects: [downstream], reads: [], catches: false };
    // A middleware whose code is not in sight may send CORS headers or answer.
    const guard = value.kind === 'unknown' ? this.#rules.authenticates(value) : undefined;
    if (guard) {
      const authentication: Authentication = { place, name: nameOf(value), confidence: guard.confidence };
      const refusal: Effect = { kind: 'answer', status: anyOf(guard.status), by: 'application', place, refusal: 'authentication' };
      const missing: Condition = { kind: 'not', of: { kind: 'authenticated', authentication } };
      return {
        effects: [{ kind: 'branch', when: missing, then: [refusal], otherwise: [downstream] }],
        authentication,
        reads: [],
        catches: false,
        unseen: true,
      };
    }
    const name = nameOf(value);
    const id = `middleware:${place.uri}#${place.range.start}`;
    const delegate: Effect = { kind: 'delegate', name, id, place };
    const parses = value.kind === 'unknown' && this.#rules.parsesJson?.(value) === true;
    const effects = /cors|origin|header/i.test(name) ? [delegate, downstream] : [downstream];
    return { effects, reads: parses ? [{ name: 'content-type', place }] : [], catches: false, unseen: true };
  }

  #followCode(
    name: string,
    place: Place,
    final: boolean,
    catches: FollowedLink['catches'],
    call: (args: readonly JsValue[], site: CallSite) => JsValue | undefined,
  ): FollowedLink {
    const { effects, reads } = this.run(place, (exchange, site) => {
      const value = call(exchange.args, site);
      if (value) exchange.returned?.(value, site);
    });
    const authentication: Authentication = { place, name, confidence: 'proven' };
    const settled = settle(effects, this.#tail(final), place);
    const recognised = recogniseAuthentication(settled, authentication, (id) => this.#interpreter.dataOfUnknown(id));
    return {
      effects: recognised,
      reads,
      catches,
      ...(!final && writesAllowOrigin(recognised) ? { cors: { name, byHand: true, place } } : {}),
      ...(recognised.some(mentionsAuthentication) ? { authentication } : {}),
    };
  }

  #tail(final: boolean): ChainRules['silence'] {
    return final && this.#rules.silence === 'goesOn' ? { answers: everything } : this.#rules.silence;
  }

  /** The effects of what `call` does with a fresh request and response; nothing that it changes stays changed. */
  run(
    place: Place,
    call: (exchange: Exchange, site: CallSite) => void,
  ): { readonly effects: Effects; readonly reads: readonly HeaderRead[] } {
    const interpreter = this.#interpreter;
    const reads: HeaderRead[] = [];
    const exchange = this.#rules.open(
      {
        read: (name, site, found) => {
          if (found) reads.push({ name, place: site.place });
          else if (name.toLowerCase() === 'origin') this.observations.push(...misspelledHeader(site));
        },
        throwing: (write) => {
          if (!excludesAbsentOrigin(interpreter.pathCondition())) this.observations.push({ kind: 'throwsWithoutOrigin', write });
        },
      },
      place,
    );
    const site: CallSite = { place, argumentPlaces: [] };
    interpreter.perRequest = true;
    const explored = interpreter.explore({ kind: 'always' }, () => {
      call(exchange, site);
      return { dead: interpreter.dead, value: undefinedValue };
    });
    interpreter.perRequest = false;
    return { effects: bounded(explored.effects, place), reads };
  }
}

function catching(text: string): FollowedLink['catches'] {
  const from = text.search(/\bcatch\b/);
  if (from < 0) return false;
  return /\.set\(|header|origin|cors/i.test(text.slice(from)) ? 'withHeaders' : 'plainly';
}

function nameOf(value: JsValue): string {
  return value.kind === 'unknown' ? (value.name ?? 'middleware') : value.kind === 'host' ? value.host.type : 'middleware';
}

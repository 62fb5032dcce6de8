/** @koa/cors, versions 3 to 5, option by option, as its source works (behaviour 8.1 to 8.6). */
import type { Place } from '../../core/text.ts';
import { anyOf } from '../../policy/codes.ts';
import { all, any, methodIs, methodIsNot, never, originPresent } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { asksMethod, CorsCall, type CorsOptions, isEmptyText, joinedList } from '../javascript/cors-options.ts';
import type { Effects } from '../javascript/effects.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { truth } from '../javascript/origin-tests.ts';
import { wholeOrigin } from '../javascript/origin-texts.ts';
import { type CallSite, choiceValue, type HostObject, type JsValue, stringValue } from '../javascript/values.ts';
import { followKoa1Cors, followKoa2Cors, koa1Defaults, koa2Defaults } from './older-cors.ts';

/** The packages that are known; kcors is what @koa/cors was called before. */
export const corsPackages = ['@koa/cors', 'koa2-cors', 'koa-cors'] as const;
export type CorsPackage = (typeof corsPackages)[number];

/** A call of the middleware: `cors(options)`. */
export class KoaCors implements HostObject {
  readonly type = 'koa cors';
  readonly package: CorsPackage;
  readonly options: JsValue;
  readonly place: Place;
  constructor(name: CorsPackage, options: JsValue, place: Place) {
    this.package = name;
    this.options = options;
    this.place = place;
  }
}

const defaults: CorsOptions = new Map([['allowMethods', { value: stringValue('GET,HEAD,PUT,POST,DELETE,PATCH') }]]);

/** The Origin as `ctx.get('Origin')` gives it. */
const requestOrigin: JsValue = choiceValue(originPresent, wholeOrigin, stringValue(''));

export interface KoaCall {
  readonly interpreter: Interpreter;
  readonly context: JsValue;
  readonly site: CallSite;
  readonly version: number | undefined;
}

/**
 * Follows the middleware for a request. Effects go to the interpreter; the answer is what it sends again with an error
 * that is thrown behind it.
 */
export function followKoaCors(koa: KoaCall, { package: name, options, place }: KoaCors): Effects {
  const { interpreter } = koa;
  let kept: Effects = [];
  const follow = (given: JsValue): void => {
    if (given.kind === 'choice') {
      interpreter.branch(
        given.when,
        () => follow(given.then),
        () => follow(given.otherwise),
      );
      return;
    }
    const contents = given.kind === 'object' ? given.contents.value : undefined;
    if (given.kind === 'unknown' || (contents?.open === true && !contents.properties.has('origin'))) {
      interpreter.emit({ kind: 'delegate', name, id: `cors:${place.range.start}`, place });
      interpreter.emit({ kind: 'downstream', place });
      return;
    }
    const call = (standard: CorsOptions): CorsCall => new CorsCall(interpreter, place, standard, contents?.properties ?? new Map());
    if (name === 'koa2-cors') followKoa2Cors(koa, call(koa2Defaults));
    else if (name === 'koa-cors') followKoa1Cors(koa, call(koa1Defaults));
    else kept = withOptions(koa, call(defaults));
  };
  follow(options);
  return kept;
}

/** What the options come to for one request. */
interface Decision {
  /** The value that is sent; undefined where CORS is off. */
  readonly origin: JsValue;
  readonly allows: Condition;
}

function withOptions(koa: KoaCall, call: CorsCall): Effects {
  const { interpreter, place } = call;
  const vary = (): void => call.write('origin', 'merge', 'Vary', stringValue('Origin'));
  vary();
  const made = decide(koa, call);
  if (!made) {
    interpreter.emit({ kind: 'delegate', name: '@koa/cors', id: `cors:${place.range.start}`, place });
    interpreter.emit({ kind: 'downstream', place });
    return [];
  }
  const { origin, allows } = made;
  const credentials = credentialsOf(koa, call);
  // Up to version 3 a request without Origin passes by.
  const meant: Condition = (koa.version ?? 5) < 4 ? originPresent : { kind: 'always' };
  const isPreflight = all(methodIs('OPTIONS'), asksMethod, allows, meant);
  const actual = (): void => {
    interpreter.branch(all(methodIsNot('OPTIONS'), allows, meant), () => {
      writeOrigin(call, origin, credentials);
      interpreter.branch(credentials, () => call.write('credentials', 'set', 'Access-Control-Allow-Credentials', stringValue('true')));
      call.writeList('exposeHeaders', 'Access-Control-Expose-Headers');
    });
  };
  actual();
  interpreter.branch(
    isPreflight,
    () => {
      writeOrigin(call, origin, credentials);
      interpreter.branch(credentials, () => call.write('credentials', 'set', 'Access-Control-Allow-Credentials', stringValue('true')));
      call.each(call.value('maxAge'), (value) =>
        interpreter.branch(truth(value), () => call.write('maxAge', 'set', 'Access-Control-Max-Age', value)),
      );
      call.each(call.value('privateNetworkAccess'), (value) => {
        const asked: JsValue = { kind: 'datum', datum: 'header:access-control-request-private-network', place };
        interpreter.branch(all(truth(value), truth(asked)), () =>
          call.write('privateNetworkAccess', 'set', 'Access-Control-Allow-Private-Network', stringValue('true')),
        );
      });
      call.writeList('allowMethods', 'Access-Control-Allow-Methods');
      writeAllowedHeaders(call);
      interpreter.emit({ kind: 'answer', status: anyOf(204), by: 'application', place });
    },
    () => interpreter.emit({ kind: 'downstream', place }),
  );
  // With an error the headers are sent again unless `keepHeadersOnError` is off (behaviour 8.5).
  const keeps = call.value('keepHeadersOnError');
  if (keeps.kind !== 'undefined' && truth(keeps).kind === 'never') return [];
  return interpreter.capture(() => {
    actual();
    interpreter.branch(all(methodIsNot('OPTIONS'), allows, meant), vary);
  });
}

function decide({ interpreter, context, site, version }: KoaCall, call: CorsCall): Decision | undefined {
  const option = call.value('origin');
  const standard = (version ?? 5) < 5 ? requestOrigin : stringValue('*');
  if (option.kind === 'function') {
    const made = interpreter.callFunction(option, [context], site);
    interpreter.dead = false;
    return made.kind === 'unknown' ? undefined : { origin: made, allows: truth(made) };
  }
  if (option.kind === 'unknown') return undefined;
  const counts = truth(option);
  return { origin: choiceValue(counts, option, standard), allows: { kind: 'always' } };
}

function credentialsOf({ interpreter, context, site }: KoaCall, call: CorsCall): Condition {
  const option = call.value('credentials');
  if (option.kind !== 'function') return truth(option);
  const made = interpreter.callFunction(option, [context], site);
  return made.kind === 'boolean' || made.kind === 'condition' || made.kind === 'choice' || made.kind === 'unknown' ? truth(made) : never;
}

/** `*` with credentials becomes the request's Origin (behaviour 8.2). Anything else is sent as text, a list as lines. */
function writeOrigin(call: CorsCall, origin: JsValue, credentials: Condition): void {
  const { interpreter, place } = call;
  const send = (value: JsValue): void => call.write('origin', 'set', 'Access-Control-Allow-Origin', value);
  call.each(origin, (value) => {
    switch (value.kind) {
      case 'string':
        if (value.text !== '*') send(value);
        else
          interpreter.branch(
            credentials,
            () =>
              interpreter.branch(
                originPresent,
                () => send({ ...wholeOrigin, ...(value.place ? { place: value.place } : {}) }),
                () => send(stringValue('', value.place)),
              ),
            () => send(value),
          );
        return;
      case 'array':
        value.contents.value.elements.forEach((element, index) =>
          call.write('origin', index === 0 ? 'set' : 'add', 'Access-Control-Allow-Origin', element),
        );
        return;
      case 'originText':
        interpreter.branch(any(originPresent), () => send(value));
        return;
      default:
        send(value.place ? value : { ...value, place });
    }
  });
}

function writeAllowedHeaders(call: CorsCall): void {
  call.each(call.value('allowHeaders'), (value) => {
    const joined = joinedList(value, ',');
    if (joined && !isEmptyText(joined)) {
      call.write('allowHeaders', 'set', 'Access-Control-Allow-Headers', joined);
      return;
    }
    const requested: JsValue = { kind: 'datum', datum: 'header:access-control-request-headers', place: call.place };
    call.interpreter.branch(truth(requested), () => call.write('allowHeaders', 'set', 'Access-Control-Allow-Headers', requested));
  });
}

/** `hono/cors` of Hono 4, option by option, as its source works (behaviour 7.1 to 7.5). */
import type { Place } from '../../core/text.ts';
import { anyOf } from '../../policy/codes.ts';
import { any, methodIs, originPresent } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { CorsCall, type CorsOptions, isEmptyText, joinedList } from '../javascript/cors-options.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { equals, listIncludes, truth } from '../javascript/origin-tests.ts';
import { wholeOrigin } from '../javascript/origin-texts.ts';
import { arrayValue, type CallSite, choiceValue, type HostObject, type JsValue, stringValue } from '../javascript/values.ts';

/** A call of the middleware: `cors(options)`. */
export class HonoCors implements HostObject {
  readonly type = 'hono cors';
  readonly options: JsValue;
  readonly place: Place;
  /** When the program comes to the call. */
  readonly when: Condition;
  constructor(options: JsValue, place: Place, when: Condition) {
    this.options = options;
    this.place = place;
    this.when = when;
  }
}

const star = stringValue('*');
const defaults: CorsOptions = new Map(
  Object.entries({
    origin: star,
    allowMethods: arrayValue(['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'QUERY'].map((name) => stringValue(name))),
    allowHeaders: arrayValue([]),
    exposeHeaders: arrayValue([]),
  } satisfies Record<string, JsValue>).map(([name, value]) => [name, { value }]),
);

/** The Origin as functions get it: an empty text where the request has none. */
const givenOrigin: JsValue = choiceValue(originPresent, wholeOrigin, stringValue(''));

/** Follows the middleware for a request. Effects go to the interpreter. */
export function followHonoCors(interpreter: Interpreter, { options, place }: HonoCors, context: JsValue, site: CallSite): void {
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
    if (given.kind === 'unknown' || (contents?.open === true && !contents.properties.has('origin'))) unseen(interpreter, place);
    else {
      const call = new CorsCall(interpreter, place, defaults, contents?.properties ?? new Map());
      if (isText(call.value('allowHeaders')) || isText(call.value('exposeHeaders'))) fail(call);
      else call.each(call.value('origin'), (origin) => withOrigin(call, origin, context, site));
    }
  };
  follow(options);
}

/** A text in place of a list has no `join`: the program ends where the middleware is made (behaviour 7.4). */
const isText = (value: JsValue): boolean => value.kind === 'string' && value.text !== '';

/** Options that are not in sight: some Allow-Origin, for somebody. */
function unseen(interpreter: Interpreter, place: Place): void {
  interpreter.emit({ kind: 'delegate', name: 'hono/cors', id: `cors:${place.range.start}`, place });
  interpreter.emit({ kind: 'downstream', place });
}

function withOrigin(call: CorsCall, origin: JsValue, context: JsValue, site: CallSite): void {
  const { interpreter, place } = call;
  // Only the text `*` itself does without Vary (behaviour 7.2).
  const varies = !(origin.kind === 'string' && origin.text === '*');
  const send = (value: JsValue): void => call.write('origin', 'set', 'Access-Control-Allow-Origin', value);
  const reflect = (when: Condition): void =>
    interpreter.branch(when, () => send({ ...wholeOrigin, ...(origin.place ? { place: origin.place } : {}) }));
  switch (origin.kind) {
    case 'string':
      if (varies) reflect(equals(wholeOrigin, origin, interpreter.spelling('literal', origin.place ?? place)));
      else send(origin);
      break;
    case 'array': {
      const { elements, open, reason } = origin.contents.value;
      const rest: Condition = open
        ? interpreter.unknownConditionAt(origin.place ?? place, 'open', reason ?? 'unresolved', 'origin')
        : { kind: 'never' };
      const texts = elements.filter(({ kind }) => kind === 'string' || kind === 'environment' || kind === 'concat');
      reflect(any(listIncludes(texts, { kind: 'never' }, wholeOrigin, interpreter.spelling('list', origin.place ?? place)), rest));
      break;
    }
    case 'function':
      sendMade(call, interpreter.callFunction(origin, [givenOrigin, context], site), send);
      break;
    case 'environment':
      // Without the variable every request is an error, as with anything else that has no `includes`.
      interpreter.branch(
        truth(origin),
        () => reflect(equals(wholeOrigin, origin, interpreter.spelling('literal', origin.place ?? place))),
        () => fail(call),
      );
      break;
    case 'concat':
    case 'unknown':
      unseen(interpreter, place);
      return;
    default:
      fail(call);
      return;
  }
  if (interpreter.isDead()) {
    interpreter.dead = false;
    return;
  }
  finish(call, varies, context, site);
}

function fail({ interpreter, place }: CorsCall): void {
  interpreter.emit({ kind: 'raise', status: 500, place, why: 'an option is of a type that the package does not take', handler: undefined });
}

/** What an `origin` function answered: sent as it is where it counts as true. */
function sendMade(call: CorsCall, made: JsValue, send: (value: JsValue) => void): void {
  call.each(made, (value) => {
    if (value.kind === 'unknown') {
      const { interpreter, place } = call;
      interpreter.emit({ kind: 'delegate', name: 'hono/cors', id: `cors:${place.range.start}`, place });
    } else if (value.kind === 'originText') call.interpreter.branch(originPresent, () => send(value));
    else call.interpreter.branch(truth(value), () => send(value));
  });
}

function finish(call: CorsCall, varies: boolean, context: JsValue, site: CallSite): void {
  const { interpreter, place } = call;
  call.each(call.value('credentials'), (value) =>
    interpreter.branch(truth(value), () => call.write('credentials', 'set', 'Access-Control-Allow-Credentials', stringValue('true'))),
  );
  call.writeList('exposeHeaders', 'Access-Control-Expose-Headers');
  const vary = (): void => {
    if (varies) call.write('origin', 'append', 'Vary', stringValue('Origin'));
  };
  // Every OPTIONS request is answered, a preflight or not (behaviour 7.3).
  interpreter.branch(
    methodIs('OPTIONS'),
    () => {
      vary();
      call.each(call.value('maxAge'), (value) => {
        if (value.kind !== 'undefined' && value.kind !== 'null') call.write('maxAge', 'set', 'Access-Control-Max-Age', value);
      });
      const methods = call.value('allowMethods');
      const made = methods.kind === 'function' ? interpreter.callFunction(methods, [givenOrigin, context], site) : methods;
      // A text in place of a list is taken for no method at all (behaviour 7.4).
      if (made.kind !== 'string') call.writeList('allowMethods', 'Access-Control-Allow-Methods', made);
      writeAllowedHeaders(call);
      interpreter.emit({ kind: 'answer', status: anyOf(204), by: 'application', place });
    },
    () => {
      interpreter.emit({ kind: 'downstream', place });
      vary();
    },
  );
}

function writeAllowedHeaders(call: CorsCall): void {
  const { interpreter, place } = call;
  const vary = (): void => call.write('allowHeaders', 'append', 'Vary', stringValue('Access-Control-Request-Headers'));
  call.each(call.value('allowHeaders'), (value) => {
    const joined = joinedList(value, ',');
    if (joined && !isEmptyText(joined)) {
      call.write('allowHeaders', 'set', 'Access-Control-Allow-Headers', joined);
      vary();
      return;
    }
    const requested: JsValue = { kind: 'datum', datum: 'header:access-control-request-headers', place };
    interpreter.branch(truth(requested), () => {
      call.write('allowHeaders', 'set', 'Access-Control-Allow-Headers', requested);
      vary();
    });
  });
}

/** @fastify/cors, versions 8 to 11, option by option, as its source works (behaviour 6.1 to 6.6). */
import type { Place } from '../../core/text.ts';
import { anyOf } from '../../policy/codes.ts';
import { all, any, methodIs, not, originAbsent, originPresent } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { asksMethod, CorsCall, type CorsOptions, isAllowed, joinedList } from '../javascript/cors-options.ts';
import { codesOf } from '../javascript/header-writer.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { truth } from '../javascript/origin-tests.ts';
import { wholeOrigin } from '../javascript/origin-texts.ts';
import { isUndefined } from '../javascript/patterns.ts';
import * as ts from '../javascript/syntax.ts';
import {
  type CallSite,
  type FunctionValue,
  type JsValue,
  nativeFunction,
  nullValue,
  stringValue,
  undefinedValue,
} from '../javascript/values.ts';

/** Until version 10 all usual methods were allowed by default (behaviour 6.10). */
function defaultMethods(version: number | undefined, place: Place): JsValue {
  if (version === undefined) return { kind: 'unknown', id: `methods:${place.uri}#${place.range.start}`, reason: 'unresolved' };
  return stringValue(version < 11 ? 'GET,HEAD,PUT,PATCH,POST,DELETE' : 'GET,HEAD,POST');
}

const defaults: CorsOptions = new Map(
  Object.entries({
    origin: stringValue('*'),
    credentials: { kind: 'boolean', value: false },
    exposedHeaders: nullValue,
    allowedHeaders: nullValue,
    maxAge: nullValue,
    preflight: { kind: 'boolean', value: true },
    preflightContinue: { kind: 'boolean', value: false },
    strictPreflight: { kind: 'boolean', value: true },
    optionsSuccessStatus: { kind: 'number', value: 204 },
  } satisfies Record<string, JsValue>).map(([name, value]) => [name, { value }]),
);

/** What a call of the plugin knows beside its options. */
export interface PluginCall {
  readonly interpreter: Interpreter;
  readonly place: Place;
  /** The plugin's major version, where it is known. */
  readonly version: number | undefined;
  /** The request, for delegators. */
  readonly request: JsValue;
  readonly site: CallSite;
  /** What a route's `config.cors` says. */
  readonly routeOptions: CorsOptions;
  /** Told of the arguments of a callback that answers with an error. */
  readonly onError: (place: Place) => void;
}

/** Follows the plugin's hook for a request. Effects go to the interpreter. */
export function followPlugin(call: PluginCall, options: JsValue): void {
  if (options.kind === 'choice') {
    call.interpreter.branch(
      options.when,
      () => followPlugin(call, options.then),
      () => followPlugin(call, options.otherwise),
    );
    return;
  }
  const delegator = options.kind === 'object' ? options.contents.value.properties.get('delegator')?.value : options;
  if (delegator?.kind === 'function') {
    withDelegator(call, delegator);
    return;
  }
  withOptions(call, options, false);
}

/** A function that makes the options for each request, by its callback or by a promise. */
function withDelegator(call: PluginCall, delegator: FunctionValue): void {
  const { interpreter } = call;
  const callback = nativeFunction('cors delegator callback', ([error, result], site) => {
    interpreter.branch(
      truth(error ?? undefinedValue),
      () => fail(call, site.place),
      () => withOptions(call, result ?? undefinedValue, true),
    );
    return undefinedValue;
  });
  const made = interpreter.callFunction(delegator, [call.request, callback], call.site);
  if (delegator.node.parameters.length < 2) withOptions(call, made, true);
}

function fail({ interpreter }: PluginCall, place: Place): void {
  interpreter.emit({ kind: 'raise', status: 500, place, why: 'the origin is refused with an error', handler: undefined });
}

function goOn({ interpreter, place }: PluginCall): void {
  interpreter.emit({ kind: 'downstream', place });
}

/** `isDynamic`: the options are made for each request. */
function withOptions(call: PluginCall, options: JsValue, isDynamic: boolean): void {
  const { interpreter, place } = call;
  if (options.kind === 'choice') {
    interpreter.branch(
      options.when,
      () => withOptions(call, options.then, isDynamic),
      () => withOptions(call, options.otherwise, isDynamic),
    );
    return;
  }
  const given = options.kind === 'object' ? options.contents.value : undefined;
  if (options.kind === 'unknown' || (given?.open === true && !given.properties.has('origin'))) {
    unseen(call, options);
    return;
  }
  const standard: CorsOptions = new Map([...defaults, ['methods', { value: defaultMethods(call.version, place) }]]);
  const cors = new CorsCall(interpreter, place, standard, new Map([...(given?.properties ?? []), ...call.routeOptions]));
  cors.each(cors.value('origin'), (origin) => withOrigin(call, cors, withoutStar(origin), isDynamic));
}

/** A list with `*` in it is `*` (behaviour 6.1). */
function withoutStar(origin: JsValue): JsValue {
  if (origin.kind !== 'array') return origin;
  return origin.contents.value.elements.find((each) => each.kind === 'string' && each.text === '*') ?? origin;
}

/** Options that are not in sight: some Allow-Origin, for somebody. */
function unseen(call: PluginCall, value: JsValue): void {
  const { interpreter, place } = call;
  const when = interpreter.unknownConditionAt(place, 'options', value.kind === 'unknown' ? value.reason : 'unresolved');
  interpreter.branch(when, () => {
    interpreter.emit({ kind: 'delegate', name: '@fastify/cors', id: `cors:${place.range.start}`, place });
  });
  goOn(call);
}

function withOrigin(call: PluginCall, cors: CorsCall, origin: JsValue, isDynamic: boolean): void {
  const { interpreter } = call;
  if (origin.kind === 'unknown') {
    unseen(call, origin);
    return;
  }
  const vary = (): void => cors.write('origin', 'merge', 'Vary', stringValue('Origin'));
  const isText = origin.kind === 'string' || origin.kind === 'concat' || origin.kind === 'environment';
  const isOff = origin.kind === 'boolean' && !origin.value;
  if (isDynamic || !(isText || isOff)) vary();
  if (origin.kind !== 'function') {
    if (origin.kind === 'environment' && !isDynamic)
      // A variable that is not set is an error at every request.
      interpreter.branch(
        truth(origin),
        () => resolved(call, cors, origin),
        () => {
          vary();
          fail(call, call.place);
        },
      );
    else resolved(call, cors, origin);
    return;
  }
  const answers: Place[] = [];
  const callback = nativeFunction('cors origin callback', ([error, allowed], site) => {
    answers.push(site.place);
    decide(call, cors, error ?? undefinedValue, allowed ?? undefinedValue, site);
    return undefinedValue;
  });
  const made = interpreter.callFunction(origin, [{ ...wholeOrigin }, callback], call.site);
  // Only a promise counts as an answer; a function that neither promises nor calls back hangs (behaviour 6.3).
  if (ts.hasModifier(origin.node, ts.SyntaxKind.AsyncKeyword)) resolved(call, cors, made);
  else if (answers.length > 0) return;
  else if (made.kind === 'unknown') unseen(call, made);
  else interpreter.emit({ kind: 'hang', place: call.place });
}

/** What the origin callback was called with: only null is no error, and undefined goes on without CORS. */
function decide(call: PluginCall, cors: CorsCall, error: JsValue, allowed: JsValue, site: CallSite): void {
  if (error.kind === 'null') {
    resolved(call, cors, allowed);
    return;
  }
  const counts = truth(error);
  const [first, last] = [site.argumentPlaces[0], site.argumentPlaces.at(-1)];
  if (counts.kind === 'always' && first && last) call.onError({ uri: first.uri, range: { start: first.range.start, end: last.range.end } });
  call.interpreter.branch(
    counts,
    () => fail(call, site.place),
    () => goOn(call),
  );
}

/** The value of `origin` for this request. */
function resolved(call: PluginCall, cors: CorsCall, origin: JsValue): void {
  const { interpreter } = call;
  const yes = (place: Place | undefined): JsValue => ({ kind: 'boolean', value: true, ...(place ? { place } : {}) });
  switch (origin.kind) {
    case 'choice':
      cors.each(origin, (each) => resolved(call, cors, each));
      return;
    case 'condition':
      interpreter.branch(
        origin.when,
        () => apply(call, cors, yes(origin.place)),
        () => goOn(call),
      );
      return;
    case 'unknown':
      interpreter.branch(
        truth(origin),
        () => apply(call, cors, yes(origin.place)),
        () => goOn(call),
      );
      return;
    case 'boolean':
      if (origin.value) apply(call, cors, origin);
      else goOn(call);
      return;
    default:
      interpreter.branch(
        truth(origin),
        () => apply(call, cors, origin),
        () => fail(call, call.place),
      );
  }
}

function apply(call: PluginCall, cors: CorsCall, option: JsValue): void {
  const { interpreter } = call;
  const origin = withoutStar(option);
  writeOrigin(call, cors, origin);
  cors.each(cors.value('credentials'), (value) =>
    interpreter.branch(truth(value), () => cors.write('credentials', 'set', 'Access-Control-Allow-Credentials', stringValue('true'))),
  );
  writeUnlessNull(cors, 'exposedHeaders', 'Access-Control-Expose-Headers');
  const answersPreflight: Condition = all(methodIs('OPTIONS'), isTrue(cors.value('preflight')));
  interpreter.branch(
    answersPreflight,
    () => answerPreflight(call, cors),
    () => goOn(call),
  );
}

function writeOrigin({ interpreter, site }: PluginCall, cors: CorsCall, origin: JsValue): void {
  const send = (value: JsValue): void => cors.write('origin', 'set', 'Access-Control-Allow-Origin', value);
  switch (origin.kind) {
    case 'string':
    case 'concat':
    case 'environment':
    case 'datum':
      send(origin);
      return;
    case 'originText':
      interpreter.branch(originPresent, () => send(origin));
      return;
    default: {
      const reflected: JsValue = { ...wholeOrigin, ...(origin.place ? { place: origin.place } : {}) };
      // The plugin sets lastIndex back, so that a pattern remembers nothing.
      interpreter.branch(all(isAllowed(interpreter, origin, site, false), originPresent), () => send(reflected));
    }
  }
}

/** Only the boolean counts. */
function isTrue(value: JsValue): Condition {
  if (value.kind === 'boolean') return { kind: value.value ? 'always' : 'never' };
  return value.kind === 'unknown' || value.kind === 'choice' || value.kind === 'condition' ? truth(value) : { kind: 'never' };
}

function answerPreflight(call: PluginCall, cors: CorsCall): void {
  const { interpreter, place } = call;
  const isIncomplete = any(originAbsent, not(asksMethod));
  interpreter.branch(
    all(isTrue(cors.value('strictPreflight')), isIncomplete),
    () => interpreter.emit({ kind: 'answer', status: anyOf(400), by: 'application', place }),
    () => {
      writeUnlessNull(cors, 'methods', 'Access-Control-Allow-Methods');
      writeAllowedHeaders(call, cors);
      cors.each(cors.value('maxAge'), (value) => {
        if (value.kind !== 'null') cors.write('maxAge', 'set', 'Access-Control-Max-Age', value);
      });
      interpreter.branch(
        not(truth(cors.value('preflightContinue'))),
        () =>
          interpreter.emit({
            kind: 'answer',
            status: codesOf(cors.value('optionsSuccessStatus')),
            by: 'application',
            place,
          }),
        () => goOn(call),
      );
    },
  );
}

/** A list or a text; an empty one is sent as an empty line (behaviour 6.4). */
function writeUnlessNull(cors: CorsCall, option: string, header: string): void {
  cors.each(cors.value(option), (value) => {
    if (value.kind === 'null') return;
    cors.write(option, 'set', header, value.kind === 'undefined' ? stringValue('') : (joinedList(value, ', ') ?? value));
  });
}

function writeAllowedHeaders({ interpreter, place }: PluginCall, cors: CorsCall): void {
  cors.each(cors.value('allowedHeaders'), (value) => {
    if (value.kind !== 'null') {
      cors.write('allowedHeaders', 'set', 'Access-Control-Allow-Headers', joinedList(value, ', ') ?? value);
      return;
    }
    cors.write('allowedHeaders', 'merge', 'Vary', stringValue('Access-Control-Request-Headers'));
    const requested: JsValue = { kind: 'datum', datum: 'header:access-control-request-headers', place };
    interpreter.branch(not(isUndefined(requested)), () => cors.write('allowedHeaders', 'set', 'Access-Control-Allow-Headers', requested));
  });
}

/** Whether the plugin hands preflights on to the route that it adds, which then answers them. */
export function continuesPreflight(options: JsValue): Condition {
  const properties = options.kind === 'object' ? options.contents.value.properties : undefined;
  const value = properties?.get('preflightContinue')?.value;
  return value ? truth(value) : { kind: 'never' };
}

/**
 * The cors package 2.8, option by option, as its source works (behaviour 3.1 to 3.5): who is let in, what is written in
 * which order, and when it answers.
 */
import type { Place } from '../../core/text.ts';
import { all, always, methodIs, originPresent } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { CorsCall, type CorsOptions, isAllowed, isEmptyText, joinedList } from '../javascript/cors-options.ts';
import { codesOf } from '../javascript/header-writer.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { truth } from '../javascript/origin-tests.ts';
import { wholeOrigin } from '../javascript/origin-texts.ts';
import { type CallSite, type HostObject, type JsValue, nativeFunction, stringValue, undefinedValue } from '../javascript/values.ts';
import { statusOfError } from './next.ts';

/** A call of the package: `cors(options)`. */
export class CorsMiddleware implements HostObject {
  readonly type = 'cors';
  readonly options: JsValue;
  readonly place: Place;
  /** When the program comes to the call: a handler may make one for the origins that it lets in (`cors({ origin })(req, res, next)`). */
  readonly when: Condition;
  constructor(options: JsValue, place: Place, when: Condition = always) {
    this.options = options;
    this.place = place;
    this.when = when;
  }
}

const defaults: CorsOptions = new Map([
  ['origin', { value: stringValue('*') }],
  ['methods', { value: stringValue('GET,HEAD,PUT,PATCH,POST,DELETE') }],
  ['preflightContinue', { value: { kind: 'boolean', value: false } }],
  ['optionsSuccessStatus', { value: { kind: 'number', value: 204 } }],
]);

interface Run {
  readonly interpreter: Interpreter;
  readonly place: Place;
  readonly request: JsValue;
  readonly next: JsValue;
  readonly site: CallSite;
  /** Told of the arguments of a callback that answers with an error. */
  readonly onError: (place: Place) => void;
}

/** Follows the middleware for a request. Effects go to the interpreter. */
export function followCors(
  interpreter: Interpreter,
  middleware: CorsMiddleware,
  request: JsValue,
  next: JsValue,
  site: CallSite,
  onError: (place: Place) => void,
): void {
  const run: Run = { interpreter, place: middleware.place, request, next, site, onError };
  withDelegate(run, middleware.options);
}

const callbackType = 'cors callback';

/** Whether it is what the package gives to an origin function or to one that chooses options. */
export function isCorsCallback({ type }: HostObject): boolean {
  return type === callbackType;
}

function withDelegate(run: Run, options: JsValue): void {
  const { interpreter } = run;
  if (options.kind === 'choice') {
    interpreter.branch(
      options.when,
      () => withDelegate(run, options.then),
      () => withDelegate(run, options.otherwise),
    );
    return;
  }
  if (options.kind !== 'function') {
    withOptions(run, options);
    return;
  }
  const callback = nativeFunction(callbackType, ([error, result], site) => {
    interpreter.branch(
      truth(error ?? undefinedValue),
      () => fail(run, error, site.place),
      () => withOptions(run, result ?? undefinedValue),
    );
    return undefinedValue;
  });
  interpreter.callFunction(options, [run.request, callback], run.site);
}

/** Why an error goes to the error handlers that the callback of an origin was given: whatever its status, it asks for no credentials. */
export const originRefused = 'the origin callback answers with an error';

function fail(run: Run, error: JsValue | undefined, place: Place): void {
  const status = (error && statusOfError(error)) ?? 500;
  run.interpreter.emit({ kind: 'raise', status, place, why: originRefused, handler: undefined });
}

function goOn(run: Run, place = run.place): void {
  run.interpreter.emit({ kind: 'next', place });
}

function withOptions(run: Run, options: JsValue): void {
  const { interpreter } = run;
  if (options.kind === 'choice') {
    interpreter.branch(
      options.when,
      () => withOptions(run, options.then),
      () => withOptions(run, options.otherwise),
    );
    return;
  }
  if (
    options.kind === 'unknown' ||
    (options.kind === 'object' && options.contents.value.open && !options.contents.value.properties.has('origin'))
  ) {
    unseenCors(run, options);
    return;
  }
  const cors = new CorsCall(interpreter, run.place, defaults, options.kind === 'object' ? options.contents.value.properties : new Map());
  cors.each(cors.value('origin'), (origin) => withOrigin(run, cors, origin));
}

/** Options that are not in sight: some Allow-Origin, for somebody. */
function unseenCors(run: Run, options: JsValue): void {
  const { interpreter } = run;
  const unseen = interpreter.unknownConditionAt(run.place, 'options', options.kind === 'unknown' ? options.reason : 'unresolved');
  interpreter.branch(unseen, () => {
    interpreter.emit({ kind: 'delegate', name: 'cors', id: `cors:${run.place.range.start}`, place: run.place });
  });
  goOn(run);
}

function withOrigin(run: Run, cors: CorsCall, origin: JsValue): void {
  const { interpreter } = run;
  if (origin.kind === 'unknown') {
    unseenCors(run, origin);
    return;
  }
  interpreter.branch(
    truth(origin),
    () => {
      if (origin.kind !== 'function' && !(origin.kind === 'host' && origin.host.call)) {
        apply(run, cors, origin);
        return;
      }
      const callback = nativeFunction(callbackType, ([error, allowed], site) => {
        decide(run, cors, error ?? undefinedValue, allowed ?? undefinedValue, site);
        return undefinedValue;
      });
      interpreter.call(origin, [{ ...wholeOrigin }, callback], run.site, 'origin');
      // A function that never calls back leaves the request without an answer (behaviour 3.2).
      interpreter.emit({ kind: 'hang', place: run.place });
    },
    () => goOn(run),
  );
}

/** What the origin callback was called with. */
function decide(run: Run, cors: CorsCall, error: JsValue, allowed: JsValue, site: CallSite): void {
  const { interpreter } = run;
  const [first, last] = [site.argumentPlaces[0], site.argumentPlaces.at(-1)];
  if (truth(error).kind === 'always' && first && last)
    run.onError({ uri: first.uri, range: { start: first.range.start, end: last.range.end } });
  interpreter.branch(
    truth(error),
    () => fail(run, error, site.place),
    () => cors.each(allowed, (each) => allow(run, cors, each, site.place)),
  );
}

function allow(run: Run, cors: CorsCall, allowed: JsValue, place: Place): void {
  // `callback(null, list.includes(origin))`: true lets this origin through, false switches CORS off.
  const isYes = allowed.kind === 'condition' || allowed.kind === 'unknown';
  const at = allowed.place ?? (allowed.kind === 'unknown' ? place : undefined);
  const origin: JsValue = isYes ? { kind: 'boolean', value: true, ...(at ? { place: at } : {}) } : allowed;
  run.interpreter.branch(
    truth(allowed),
    () => apply(run, cors, origin),
    () => goOn(run, place),
  );
}

/** Writes the headers for an `origin` that is not false. */
function apply(run: Run, cors: CorsCall, origin: JsValue): void {
  const { interpreter } = run;
  interpreter.branch(
    methodIs('OPTIONS'),
    () => {
      writeOrigin(run, cors, origin);
      writeCredentials(cors);
      cors.writeList('methods', 'Access-Control-Allow-Methods');
      writeAllowedHeaders(run, cors);
      writeMaxAge(cors);
      cors.writeList('exposedHeaders', 'Access-Control-Expose-Headers');
      interpreter.branch(
        truth(cors.value('preflightContinue')),
        () => goOn(run),
        () =>
          interpreter.emit({
            kind: 'answer',
            status: codesOf(cors.value('optionsSuccessStatus')),
            by: 'application',
            place: run.place,
          }),
      );
    },
    () => {
      writeOrigin(run, cors, origin);
      writeCredentials(cors);
      cors.writeList('exposedHeaders', 'Access-Control-Expose-Headers');
      goOn(run);
    },
  );
}

function writeOrigin({ interpreter, site }: Run, cors: CorsCall, origin: JsValue): void {
  const send = (value: JsValue): void => cors.write('origin', 'set', 'Access-Control-Allow-Origin', value);
  const vary = (): void => cors.write('origin', 'merge', 'Vary', stringValue('Origin'));
  switch (origin.kind) {
    case 'string':
    case 'environment':
    case 'concat':
    case 'datum':
      // A text is sent whatever the request's origin is (behaviour 3.1).
      send(origin);
      if (!(origin.kind === 'string' && origin.text === '*')) vary();
      return;
    case 'originText':
      interpreter.branch(originPresent, () => send(origin));
      vary();
      return;
    default: {
      const reflected: JsValue = { ...wholeOrigin, ...(origin.place ? { place: origin.place } : {}) };
      interpreter.branch(all(isAllowed(interpreter, origin, site), originPresent), () => send(reflected));
      vary();
    }
  }
}

function writeCredentials(cors: CorsCall): void {
  const send = (): void => cors.write('credentials', 'set', 'Access-Control-Allow-Credentials', stringValue('true'));
  cors.each(cors.value('credentials'), (value) => {
    // Only the boolean counts (behaviour 3.3).
    if (value.kind === 'boolean' || value.kind === 'condition' || value.kind === 'unknown') cors.interpreter.branch(truth(value), send);
  });
}

function writeAllowedHeaders({ interpreter, place }: Run, cors: CorsCall): void {
  const follow = (option: string, otherwise: () => void): void =>
    cors.each(cors.value(option), (value) => {
      if (truth(value).kind === 'never') {
        otherwise();
        return;
      }
      const joined = joinedList(value, ',');
      if (joined && !isEmptyText(joined)) cors.write(option, 'set', 'Access-Control-Allow-Headers', joined);
    });
  const reflect = (): void => {
    // Without the option the requested headers are sent back (behaviour 3.4).
    cors.write('allowedHeaders', 'merge', 'Vary', stringValue('Access-Control-Request-Headers'));
    const requested: JsValue = { kind: 'datum', datum: 'header:access-control-request-headers', place };
    interpreter.branch(truth(requested), () => cors.write('allowedHeaders', 'set', 'Access-Control-Allow-Headers', requested));
  };
  follow('allowedHeaders', () => follow('headers', reflect));
}

function writeMaxAge(cors: CorsCall): void {
  cors.each(cors.value('maxAge'), (value) => {
    if (value.kind === 'number' || value.kind === 'environment' || value.kind === 'unknown' || truth(value).kind === 'always')
      cors.write('maxAge', 'set', 'Access-Control-Max-Age', value);
  });
}

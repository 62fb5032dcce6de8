/**
 * The cors package 2.8, option by option, as its source works (behaviour 3.1 to 3.5): who is let in, what is written in
 * which order, and when it answers.
 */
import type { Place } from '../../core/text.ts';
import { all, always, methodIs, originPresent } from '../../policy/condition.ts';
import type { Condition, Op } from '../../policy/model.ts';
import { isAllowed, joinedList } from '../javascript/cors-options.ts';
import { codesOf } from '../javascript/header-writer.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { toValue } from '../javascript/policy-values.ts';
import { truth } from '../javascript/origin-tests.ts';
import { wholeOrigin } from '../javascript/origin-texts.ts';
import {
  type CallSite,
  type HostObject,
  type JsValue,
  nativeFunction,
  type ObjectValue,
  type Property,
  stringValue,
  undefinedValue,
} from '../javascript/values.ts';

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

type Options = ReadonlyMap<string, Property>;

const defaults: Options = new Map([
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
  const callback = nativeFunction('cors delegate callback', ([error, result], site) => {
    interpreter.branch(
      truth(error ?? undefinedValue),
      () => fail(run, site.place),
      () => withOptions(run, result ?? undefinedValue),
    );
    return undefinedValue;
  });
  interpreter.callFunction(options, [run.request, callback], run.site);
}

function fail(run: Run, place: Place): void {
  run.interpreter.emit({ kind: 'raise', status: 500, place, why: 'the origin callback answers with an error', handler: undefined });
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
  const merged = new Map(defaults);
  if (options.kind === 'object')
    for (const [name, property] of (options satisfies ObjectValue).contents.value.properties) merged.set(name, property);
  const origin = merged.get('origin') ?? { value: undefinedValue };
  withOrigin(run, merged, origin.value);
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

function withOrigin(run: Run, options: Options, origin: JsValue): void {
  const { interpreter } = run;
  if (origin.kind === 'choice') {
    interpreter.branch(
      origin.when,
      () => withOrigin(run, options, origin.then),
      () => withOrigin(run, options, origin.otherwise),
    );
    return;
  }
  if (origin.kind === 'unknown') {
    unseenCors(run, origin);
    return;
  }
  interpreter.branch(
    truth(origin),
    () => {
      if (origin.kind !== 'function' && !(origin.kind === 'host' && origin.host.call)) {
        apply(run, options, origin);
        return;
      }
      const callback = nativeFunction('cors origin callback', ([error, allowed], site) => {
        decide(run, options, error ?? undefinedValue, allowed ?? undefinedValue, site);
        return undefinedValue;
      });
      // A function that never calls back leaves the request without an answer (behaviour 3.2).
      interpreter.call(origin, [{ ...wholeOrigin }, callback], run.site, 'origin');
    },
    () => goOn(run),
  );
}

/** What the origin callback was called with. */
function decide(run: Run, options: Options, error: JsValue, allowed: JsValue, site: CallSite): void {
  const { interpreter } = run;
  const [first, last] = [site.argumentPlaces[0], site.argumentPlaces.at(-1)];
  if (truth(error).kind === 'always' && first && last)
    run.onError({ uri: first.uri, range: { start: first.range.start, end: last.range.end } });
  interpreter.branch(
    truth(error),
    () => fail(run, site.place),
    () => allow(run, options, allowed, site.place),
  );
}

function allow(run: Run, options: Options, allowed: JsValue, place: Place): void {
  const { interpreter } = run;
  if (allowed.kind === 'condition') {
    // `callback(null, list.includes(origin))`: true lets this origin through, false switches CORS off.
    interpreter.branch(
      allowed.when,
      () => apply(run, options, { kind: 'boolean', value: true, ...(allowed.place ? { place: allowed.place } : {}) }),
      () => goOn(run, place),
    );
    return;
  }
  if (allowed.kind === 'choice') {
    interpreter.branch(
      allowed.when,
      () => allow(run, options, allowed.then, place),
      () => allow(run, options, allowed.otherwise, place),
    );
    return;
  }
  if (allowed.kind === 'unknown') {
    interpreter.branch(
      truth(allowed),
      () => apply(run, options, { kind: 'boolean', value: true, place: allowed.place ?? place }),
      () => goOn(run, place),
    );
    return;
  }
  interpreter.branch(
    truth(allowed),
    () => apply(run, options, allowed),
    () => goOn(run, place),
  );
}

/** Writes the headers for an `origin` that is not false. */
function apply(run: Run, options: Options, origin: JsValue): void {
  const { interpreter } = run;
  interpreter.branch(
    methodIs('OPTIONS'),
    () => {
      writeOrigin(run, options, origin);
      writeCredentials(run, options);
      writeList(run, options, 'methods', 'Access-Control-Allow-Methods');
      writeAllowedHeaders(run, options);
      writeMaxAge(run, options);
      writeList(run, options, 'exposedHeaders', 'Access-Control-Expose-Headers');
      interpreter.branch(
        truth(valueOf(options, 'preflightContinue')),
        () => goOn(run),
        () =>
          interpreter.emit({
            kind: 'answer',
            status: codesOf(valueOf(options, 'optionsSuccessStatus')),
            by: 'application',
            place: run.place,
          }),
      );
    },
    () => {
      writeOrigin(run, options, origin);
      writeCredentials(run, options);
      writeList(run, options, 'exposedHeaders', 'Access-Control-Expose-Headers');
      goOn(run);
    },
  );
}

function valueOf(options: Options, name: string): JsValue {
  return options.get(name)?.value ?? undefinedValue;
}

function write(run: Run, options: Options, option: string, op: Op, name: string, value: JsValue): void {
  const property = options.get(option);
  const place = property?.property ?? run.place;
  // The default `*` is nobody's text; what makes it matter is the option beside it.
  const silent =
    name === 'Access-Control-Allow-Origin' && property?.property === undefined ? options.get('credentials')?.property : undefined;
  run.interpreter.emit({
    kind: 'write',
    write: {
      op,
      table: 'response',
      name,
      value: toValue(value),
      place: run.place,
      namePlace: property?.keyPlace ?? place,
      valuePlace: property?.valuePlace ?? value.place ?? silent ?? place,
    },
  });
}

function writeOrigin(run: Run, options: Options, origin: JsValue): void {
  const { interpreter } = run;
  const send = (value: JsValue): void => write(run, options, 'origin', 'set', 'Access-Control-Allow-Origin', value);
  const vary = (): void => write(run, options, 'origin', 'merge', 'Vary', stringValue('Origin'));
  if (origin.kind === 'choice') {
    interpreter.branch(
      origin.when,
      () => writeOrigin(run, options, origin.then),
      () => writeOrigin(run, options, origin.otherwise),
    );
    return;
  }
  const text = origin.kind === 'string' ? origin.text : undefined;
  if (text === '*') {
    send(origin);
    return;
  }
  if (
    text !== undefined ||
    origin.kind === 'environment' ||
    origin.kind === 'concat' ||
    origin.kind === 'originText' ||
    origin.kind === 'datum'
  ) {
    // A text is sent whatever the request's origin is (behaviour 3.1).
    if (origin.kind === 'originText') interpreter.branch(originPresent, () => send(origin));
    else send(origin);
    vary();
    return;
  }
  const reflected: JsValue = { ...wholeOrigin, ...(origin.place ? { place: origin.place } : {}) };
  interpreter.branch(all(isAllowed(interpreter, origin, run.site), originPresent), () => send(reflected));
  vary();
}

function writeCredentials(run: Run, options: Options): void {
  const credentials = valueOf(options, 'credentials');
  const send = (): void => write(run, options, 'credentials', 'set', 'Access-Control-Allow-Credentials', stringValue('true'));
  const follow = (value: JsValue): void => {
    // Only the boolean counts (behaviour 3.3).
    if (value.kind === 'boolean') {
      if (value.value) send();
    } else if (value.kind === 'choice')
      run.interpreter.branch(
        value.when,
        () => follow(value.then),
        () => follow(value.otherwise),
      );
    else if (value.kind === 'condition' || value.kind === 'unknown') run.interpreter.branch(truth(value), send);
  };
  follow(credentials);
}

/** A list or a text that goes into one header, joined with commas. */
function writeList(run: Run, options: Options, option: string, header: string): void {
  const follow = (value: JsValue): void => {
    if (value.kind === 'choice') {
      run.interpreter.branch(
        value.when,
        () => follow(value.then),
        () => follow(value.otherwise),
      );
      return;
    }
    const joined = joinedList(value, ',');
    if (joined && !isEmpty(joined)) write(run, options, option, 'set', header, joined);
  };
  follow(valueOf(options, option));
}

/** The package sends no header without a value. */
function isEmpty(value: JsValue): boolean {
  return value.kind === 'string' && value.text === '';
}

function writeAllowedHeaders(run: Run, options: Options): void {
  const { interpreter } = run;
  const follow = (option: string, value: JsValue, otherwise: () => void): void => {
    if (value.kind === 'choice') {
      interpreter.branch(
        value.when,
        () => follow(option, value.then, otherwise),
        () => follow(option, value.otherwise, otherwise),
      );
      return;
    }
    const counts = truth(value);
    if (counts.kind === 'never') {
      otherwise();
      return;
    }
    const joined = joinedList(value, ',');
    if (joined && !isEmpty(joined)) write(run, options, option, 'set', 'Access-Control-Allow-Headers', joined);
  };
  const reflect = (): void => {
    // Without the option the requested headers are sent back (behaviour 3.4).
    write(run, options, 'allowedHeaders', 'merge', 'Vary', stringValue('Access-Control-Request-Headers'));
    const requested: JsValue = { kind: 'datum', datum: 'header:access-control-request-headers', place: run.place };
    interpreter.branch(truth(requested), () => write(run, options, 'allowedHeaders', 'set', 'Access-Control-Allow-Headers', requested));
  };
  follow('allowedHeaders', valueOf(options, 'allowedHeaders'), () => follow('headers', valueOf(options, 'headers'), reflect));
}

function writeMaxAge(run: Run, options: Options): void {
  const follow = (value: JsValue): void => {
    if (value.kind === 'choice') {
      run.interpreter.branch(
        value.when,
        () => follow(value.then),
        () => follow(value.otherwise),
      );
      return;
    }
    if (value.kind === 'number' || value.kind === 'environment' || value.kind === 'unknown' || truth(value).kind === 'always')
      write(run, options, 'maxAge', 'set', 'Access-Control-Max-Age', value);
  };
  follow(valueOf(options, 'maxAge'));
}

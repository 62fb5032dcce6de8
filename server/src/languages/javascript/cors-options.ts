/** What the CORS packages of JavaScript have in common: how options are read, and how lists of origins decide. */
import { contains, type Place } from '../../core/text.ts';
import { any, conditionsIn, not, test, unknown } from '../../policy/condition.ts';
import type { Condition, Op } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
import type { Interpreter } from './interpreter.ts';
import { toValue } from './policy-values.ts';
import { choose, equals, listIncludes, truth } from './origin-tests.ts';
import { wholeOrigin } from './origin-texts.ts';
import { testPattern } from './pattern-methods.ts';
import { type CallSite, type EnvironmentValue, type JsValue, overAbsent, type Property, textOfConstant, undefinedValue } from './values.ts';

/** Whether a request says which method is to follow, as preflights do. */
export const asksMethod: Condition = not(
  test({ kind: 'request', datum: 'header:access-control-request-method', absent: '' }, { kind: 'oneOf', values: [''] }),
);

export type CorsOptions = ReadonlyMap<string, Property>;

/** A call of a package with its options over the package's defaults. */
export class CorsCall {
  readonly interpreter: Interpreter;
  readonly place: Place;
  readonly options: CorsOptions;
  readonly #defaults: CorsOptions;

  constructor(interpreter: Interpreter, place: Place, defaults: CorsOptions, given: CorsOptions) {
    this.interpreter = interpreter;
    this.place = place;
    this.#defaults = defaults;
    const over = ([name, property]: [string, Property]): [string, Property] => [
      name,
      { ...property, value: overAbsent(property.value, defaults.get(name)?.value ?? undefinedValue) },
    ];
    this.options = new Map([...defaults, ...[...given].map(over)]);
  }

  value(option: string): JsValue {
    return this.options.get(option)?.value ?? undefinedValue;
  }

  /** Follows every alternative of a value that is chosen by a condition. */
  each(value: JsValue, follow: (value: JsValue) => void): void {
    if (value.kind !== 'choice') {
      follow(value);
      return;
    }
    this.interpreter.branch(
      value.when,
      () => this.each(value.then, follow),
      () => this.each(value.otherwise, follow),
    );
  }

  /** Writes a header that an option decides on. */
  write(option: string, op: Op, name: string, value: JsValue): void {
    // An option that is there at times only is not where the default comes from.
    const property = value === this.#defaults.get(option)?.value ? undefined : this.options.get(option);
    const place = property?.property ?? this.place;
    // The default `*` is nobody's text; what makes it matter is the option beside it.
    const silent =
      name === 'Access-Control-Allow-Origin' && property?.property === undefined ? this.options.get('credentials')?.property : undefined;
    this.interpreter.emit({
      kind: 'write',
      write: {
        op,
        table: 'response',
        name,
        value: toValue(value),
        place: this.place,
        namePlace: property?.keyPlace ?? place,
        valuePlace: property?.valuePlace ?? value.place ?? silent ?? place,
      },
    });
  }

  /** Writes a list or a text into one header, joined with commas; none that is empty, or that is neither. */
  writeList(option: string, header: string, value = this.value(option)): void {
    this.each(value, (each) => {
      const joined = joinedList(each, ',');
      if (joined && !isEmptyText(joined)) this.write(option, 'set', header, joined);
    });
  }
}

export function isEmptyText(value: JsValue): boolean {
  return value.kind === 'string' && value.text === '';
}

/**
 * Whether an `origin` option lets the request's Origin pass, as the cors package and those made after it decide: lists,
 * texts, patterns; everything else allows when it counts as true. `remembers`: a pattern begins where its last match ended.
 */
export function isAllowed(interpreter: Interpreter, origin: JsValue, site: CallSite, remembers = true): Condition {
  switch (origin.kind) {
    case 'array': {
      const { elements, open, reason } = origin.contents.value;
      const texts = elements.filter((each) => each.kind === 'string');
      const others = elements.filter((each) => each.kind !== 'string');
      const rest: Condition = open
        ? interpreter.unknownConditionAt(origin.place ?? site.place, 'open', reason ?? 'unresolved', 'origin')
        : { kind: 'never' };
      return any(
        listIncludes(texts, { kind: 'never' }, wholeOrigin, interpreter.spelling('list', origin.place ?? site.place)),
        ...others.map((each) => isAllowed(interpreter, each, site, remembers)),
        rest,
      );
    }
    case 'string':
    case 'environment':
    case 'concat':
    case 'datum':
      return equals(wholeOrigin, origin, interpreter.spelling('literal', origin.place ?? site.place));
    case 'choice':
      return choose(
        origin.when,
        interpreter.underCondition(origin.when, () => isAllowed(interpreter, origin.then, site, remembers)),
        interpreter.underCondition(not(origin.when), () => isAllowed(interpreter, origin.otherwise, site, remembers)),
      );
    case 'regex':
      return testPattern(interpreter, origin, wholeOrigin, site, remembers);
    case 'unknown':
      // It may be a list or a pattern, which each request is held against.
      return unknown(origin.id, origin.reason, 'origin');
    default:
      return truth(origin);
  }
}

/** The text that a package sends for a list or a text; undefined where it is neither. */
export function joinedList(value: JsValue, separator: string): JsValue | undefined {
  if (value.kind === 'array') {
    const { elements, open, reason } = value.contents.value;
    const at = value.place ? { place: value.place } : {};
    if (open)
      return {
        kind: 'unknown',
        id: `list:${value.place?.uri ?? ''}#${value.place?.range.start ?? 0}`,
        reason: reason ?? 'unresolved',
        ...at,
      };
    const texts = elements.map((each) => textOfConstant(each));
    if (texts.includes(undefined))
      return { kind: 'unknown', id: `list:${value.place?.uri ?? ''}#${value.place?.range.start ?? 0}`, reason: 'unresolved', ...at };
    return { kind: 'string', text: texts.join(separator), ...at };
  }
  return value.kind === 'string' || value.kind === 'environment' || value.kind === 'unknown' || value.kind === 'concat' ? value : undefined;
}

type ValueType = Extract<Observation, { kind: 'corsOption' }>['valueType'];

function typeOfOption(value: JsValue): ValueType {
  switch (value.kind) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
    case 'null':
    case 'array':
    case 'set':
    case 'object':
    case 'function':
    case 'environment':
      return value.kind;
    case 'regex':
      return 'regexp';
    case 'concat':
      return 'string';
    case 'condition':
      return 'boolean';
    case 'choice':
      return variableIn(value) ? 'environment' : undefined;
    default:
      return undefined;
  }
}

/** The environment variable that a value is: `process.env.X || ''` is as much without a default as `process.env.X`. */
function variableIn(value: JsValue): EnvironmentValue | undefined {
  if (value.kind === 'environment') return value;
  if (value.kind !== 'choice') return undefined;
  const [one, other] = value.then.kind === 'environment' ? [value.then, value.otherwise] : [value.otherwise, value.then];
  return one.kind === 'environment' && other.kind === 'string' && other.text === '' ? one : undefined;
}

/** Every option of a call of a package that is typed to its end, with its type. `stops`: when the program ends at start-up. */
export function optionObservations(name: string, options: JsValue, layer: Place, stops: readonly Condition[]): Observation[] {
  if (options.kind !== 'object') return [];
  const written = [...options.contents.value.properties].filter(([, property]) => property.undeclared !== true);
  return written.map(([option, property]): Observation => {
    const { value } = property;
    const place = property.property ?? layer;
    // A variable without which the program does not start is set.
    const variable = variableIn(value);
    const isSet = variable !== undefined && stops.some((stop) => mentions(stop, variable.name));
    const valueType = isSet ? 'string' : typeOfOption(value);
    const elements = value.kind === 'array' ? value.contents.value.elements : undefined;
    return {
      kind: 'corsOption',
      package: name,
      name: option,
      namePlace: property.keyPlace ?? place,
      valuePlace: property.valuePlace ?? place,
      known: valueType !== undefined && valueType !== 'environment',
      ...(valueType ? { valueType } : {}),
      value: toValue(value),
      ...(elements
        ? {
            elements: elements.map((each) => {
              const text = textOfConstant(each);
              return {
                type: typeOfOption(each) ?? 'unknown',
                place: placeWithin(each.place, value.place) ?? property.valuePlace ?? place,
                ...(text === undefined ? {} : { text }),
              };
            }),
          }
        : {}),
      layer,
    };
  });
}

/** An element's own place where it is written in the list, else the list's: a function may be defined elsewhere. */
function placeWithin(element: Place | undefined, list: Place | undefined): Place | undefined {
  return element && list && element.uri === list.uri && contains(list.range, element.range) ? element : undefined;
}

/** Whether a condition asks for an environment variable. */
function mentions(condition: Condition, variable: string): boolean {
  return [...conditionsIn(condition)].some((each) => each.kind === 'unknown' && each.id === `env:${variable}`);
}

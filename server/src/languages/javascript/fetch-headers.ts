/** A `Headers` object of the Fetch API (Fetch standard, 5.1): names in any case, and one line for each. */
import type { Place } from '../../core/text.ts';
import type { Interpreter } from './interpreter.ts';
import { spreadInto } from './literals.ts';
import { concat } from './operators.ts';
import {
  type CallSite,
  choiceValue,
  type HostObject,
  type JsValue,
  nativeFunction,
  nullValue,
  type ObjectValue,
  objectValue,
  type Property,
  stringValue,
  textOfConstant,
  undefinedValue,
} from './values.ts';

export class FetchHeaders implements HostObject {
  readonly type = 'Headers';
  readonly #interpreter: Interpreter;
  /** Its lines by their names, as somebody first wrote them. One that was taken away is undefined. */
  readonly lines: ObjectValue;
  /** What it is a copy of, where that is no other `Headers`. */
  readonly madeOf: JsValue | undefined;

  /** `given`: what the constructor takes: an object, pairs, other headers; undefined for none. */
  constructor(interpreter: Interpreter, given: JsValue | undefined, site: CallSite) {
    this.#interpreter = interpreter;
    this.madeOf = given?.kind === 'host' && given.host instanceof FetchHeaders ? given.host.madeOf : given;
    const properties = new Map<string, Property>();
    const open = given !== undefined && fill(interpreter, properties, given, site);
    this.lines = objectValue(properties, site.place, open);
  }

  get(name: string): JsValue | undefined {
    const method = (run: (args: readonly JsValue[], site: CallSite) => JsValue | undefined): JsValue =>
      nativeFunction(`headers.${name}`, run);
    switch (name) {
      case 'set':
      case 'append':
        return method(([header, value], site) => this.#write(name, header, value ?? undefinedValue, site));
      case 'delete':
        return method(([header]) => this.#delete(header));
      case 'get':
        return method(([header]) => {
          const found = this.#find(header);
          if (!found) return this.lines.contents.value.open ? undefined : nullValue;
          return found[1].value.kind === 'undefined' ? nullValue : found[1].value;
        });
      default:
        return undefined;
    }
  }

  #find(header: JsValue | undefined): readonly [name: string, Property] | undefined {
    const text = header && textOfConstant(header)?.toLowerCase();
    return [...this.lines.contents.value.properties].find(([name]) => name.toLowerCase() === text);
  }

  #write(op: 'set' | 'append', header: JsValue | undefined, value: JsValue, site: CallSite): JsValue {
    if (header?.kind === 'choice')
      return this.#interpreter.branchValue(
        header.when,
        () => this.#write(op, header.then, value, site),
        () => this.#write(op, header.otherwise, value, site),
        site.place,
      );
    const text = header && textOfConstant(header);
    if (text === undefined) {
      this.#interpreter.trail.write(this.lines.contents, { ...this.lines.contents.value, open: true });
      return undefinedValue;
    }
    const [keyPlace = site.place, valuePlace = site.place] = site.argumentPlaces;
    const [name, before] = this.#find(header) ?? [text];
    this.#interpreter.setProperty(this.lines, name, {
      value: op === 'append' && before ? appended(before.value, textual(value), site.place) : textual(value),
      keyPlace,
      valuePlace,
      property: site.place,
    });
    return undefinedValue;
  }

  #delete(header: JsValue | undefined): JsValue {
    const text = header && textOfConstant(header);
    // Without a name that is known, it may be any of them.
    if (text === undefined) this.#interpreter.trail.write(this.lines.contents, { properties: new Map(), open: true });
    else this.#interpreter.setProperty(this.lines, this.#find(header)?.[0] ?? text, { value: undefinedValue });
    return undefinedValue;
  }
}

/** Whatever is not a text becomes one, also what is undefined. */
function textual(value: JsValue): JsValue {
  if (value.kind === 'undefined' && !value.absent) return stringValue('undefined', value.place);
  if (value.kind !== 'choice') return value;
  const [then, otherwise] = [textual(value.then), textual(value.otherwise)];
  return then === value.then && otherwise === value.otherwise ? value : { ...value, then, otherwise };
}

/** One line with both values (Fetch standard, "combine"). */
function appended(before: JsValue, value: JsValue, place: Place): JsValue {
  if (before.kind === 'undefined') return value;
  if (before.kind === 'choice')
    return choiceValue(before.when, appended(before.then, value, place), appended(before.otherwise, value, place));
  return concat([before, stringValue(', '), value], place);
}

/** Adds the lines that a constructor is given. Answers whether there may be others. */
function fill(interpreter: Interpreter, properties: Map<string, Property>, given: JsValue, site: CallSite): boolean {
  if (given.kind === 'host' && given.host instanceof FetchHeaders) return spreadInto(interpreter, properties, given.host.lines);
  if (given.kind === 'set' && given.mapped) {
    for (const [name, value] of given.mapped.value) properties.set(name, { value, property: site.place });
    return given.contents.value.open;
  }
  if (given.kind !== 'array') {
    const open = spreadInto(interpreter, properties, given);
    for (const [name, property] of properties) properties.set(name, { ...property, value: textual(property.value) });
    return open;
  }
  let { open } = given.contents.value;
  for (const pair of given.contents.value.elements) {
    const [header, value] = pair.kind === 'array' ? pair.contents.value.elements : [];
    const name = header && textOfConstant(header);
    if (name === undefined || value === undefined) open = true;
    else
      properties.set(name, {
        value,
        ...(header?.place ? { keyPlace: header.place } : {}),
        ...(value.place ? { valuePlace: value.place } : {}),
        property: pair.place ?? site.place,
      });
  }
  return open;
}

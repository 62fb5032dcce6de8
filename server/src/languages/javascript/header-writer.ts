/** Header lines as programs write them: a name and a value, an object of them, several values, one that is undefined. */
import type { Place } from '../../core/text.ts';
import { anyOf, everything, type Codes } from '../../policy/codes.ts';
import { originAbsent } from '../../policy/condition.ts';
import type { HeaderWrite, Op, Writer } from '../../policy/model.ts';
import type { Interpreter } from './interpreter.ts';
import { toValue } from './policy-values.ts';
import { isUndefined } from './patterns.ts';
import { type CallSite, type JsValue, type Property, stringValue, textOfConstant, undefinedValue } from './values.ts';

/** Where the parts of a header write stand. */
export interface WritePlaces {
  readonly place: Place;
  readonly namePlace: Place;
  readonly valuePlace: Place;
  readonly takenIn?: Place;
}

/** What a method makes of an undefined value: an exception, the word itself, an empty value, or no line at all. */
export type UndefinedIs = 'throws' | 'sends' | 'empties' | 'removes';

export class HeaderWriter {
  readonly #interpreter: Interpreter;
  /** Told of a write that throws where the request has no Origin, and that nothing in the program catches. */
  readonly #throwing: (write: HeaderWrite) => void;
  readonly #through: Writer | undefined;

  /** `through`: what is written through; undefined for a response of which nobody knows whether it has more than Node's methods. */
  constructor(interpreter: Interpreter, through: Writer | undefined, throwing: (write: HeaderWrite) => void) {
    this.#interpreter = interpreter;
    this.#through = through;
    this.#throwing = throwing;
  }

  /** `set(name, value)` or `set(headers)`. */
  writeArguments(op: Op, args: readonly JsValue[], site: CallSite, undefinedIs: UndefinedIs): void {
    const [name, value] = args;
    if (!name) return;
    if (args.length === 1) {
      this.writeAll(op, name, site, undefinedIs);
      return;
    }
    const text = textOfConstant(name);
    if (text === undefined || name.kind === 'array') {
      if (name.kind === 'choice')
        this.#interpreter.branch(
          name.when,
          () => this.writeArguments(op, [name.then, ...args.slice(1)], site, undefinedIs),
          () => this.writeArguments(op, [name.otherwise, ...args.slice(1)], site, undefinedIs),
        );
      return;
    }
    this.writeValue(op, text, value ?? undefinedValue, placesOf(site), undefinedIs);
  }

  /** An object or Map of headers. */
  writeAll(op: Op, headers: JsValue, site: CallSite, undefinedIs: UndefinedIs): void {
    if (headers.kind === 'choice') {
      this.#interpreter.branch(
        headers.when,
        () => this.writeAll(op, headers.then, site, undefinedIs),
        () => this.writeAll(op, headers.otherwise, site, undefinedIs),
      );
      return;
    }
    if (headers.kind === 'set' && headers.mapped) {
      for (const [name, value] of headers.mapped.value)
        this.writeValue(op, name, value, { place: site.place, namePlace: site.place, valuePlace: value.place ?? site.place }, undefinedIs);
      return;
    }
    if (headers.kind !== 'object') return;
    for (const [name, property] of headers.contents.value.properties)
      this.writeValue(op, name, property.value, placesOfProperty(property, site), undefinedIs);
  }

  writeValue(op: Op, name: string, value: JsValue, places: WritePlaces, undefinedIs: UndefinedIs): void {
    if (value.kind === 'choice') {
      this.#interpreter.branch(
        value.when,
        () => this.writeValue(op, name, value.then, places, undefinedIs),
        () => this.writeValue(op, name, value.otherwise, places, undefinedIs),
      );
      return;
    }
    if (value.kind === 'undefined' && value.absent) return;
    if (value.kind === 'array') {
      // Several values make several lines (behaviour 3.9).
      value.contents.value.elements.forEach((element, index) =>
        this.writeValue(index === 0 ? op : 'add', name, element, places, undefinedIs),
      );
      return;
    }
    if (value.kind === 'undefined' && (undefinedIs === 'empties' || undefinedIs === 'removes')) {
      this.#writeUndefined(op, name, places, undefinedIs);
      return;
    }
    if ((undefinedIs === 'empties' || undefinedIs === 'removes') && (value.kind === 'originText' || value.kind === 'datum')) {
      this.#interpreter.branch(
        isUndefined(value),
        () => this.#writeUndefined(op, name, places, undefinedIs),
        () => this.write(op, name, value, places),
      );
      return;
    }
    if (undefinedIs === 'throws' && (value.kind === 'originText' || value.kind === 'undefined' || value.kind === 'datum')) {
      // Node refuses an undefined value (behaviour 3.8).
      const fail = (): void => {
        this.#interpreter.emit({
          kind: 'raise',
          place: places.place,
          why: `${name} is undefined`,
          handler: this.#interpreter.takesErrors,
          status: 500,
        });
        this.#interpreter.dead = true;
      };
      if (value.kind === 'undefined') fail();
      else if (value.kind === 'originText') {
        if (this.#interpreter.takesErrors === undefined) this.#throwing(this.#headerWrite(op, name, value, places));
        this.#interpreter.branch(originAbsent, fail, () => this.write(op, name, value, places));
      } else this.#interpreter.branch(isUndefined(value), fail, () => this.write(op, name, value, places));
      return;
    }
    this.write(op, name, value, places);
  }

  #writeUndefined(op: Op, name: string, places: WritePlaces, undefinedIs: UndefinedIs): void {
    this.write(undefinedIs === 'removes' ? 'unset' : op, name, stringValue(''), places);
  }

  write(op: Op, name: string, value: JsValue, places: WritePlaces): void {
    this.#interpreter.emit({ kind: 'write', write: this.#headerWrite(op, name, value, places) });
  }

  #headerWrite(op: Op, name: string, value: JsValue, places: WritePlaces): HeaderWrite {
    const through = this.#through;
    return { op, table: 'response', name, value: toValue(value), ...(through ? { through } : {}), ...places };
  }

  /** `vary(field)`: adds to Vary what is not in it yet. */
  vary(field: JsValue | undefined, site: CallSite): void {
    if (!field) return;
    if (field.kind === 'choice') {
      this.#interpreter.branch(
        field.when,
        () => this.vary(field.then, site),
        () => this.vary(field.otherwise, site),
      );
      return;
    }
    const fields = field.kind === 'array' ? field.contents.value.elements : [field];
    for (const each of fields) {
      const text = textOfConstant(each);
      if (text === undefined) continue;
      for (const name of text.split(','))
        if (name.trim() !== '') this.write('merge', 'Vary', stringValue(name.trim(), each.place), placesOf(site));
    }
  }
}

/** `res.set(name, value)`: the places of the two arguments. */
export function placesOf(site: CallSite): WritePlaces {
  const [name, value] = site.argumentPlaces;
  return { place: site.place, namePlace: name ?? site.place, valuePlace: value ?? name ?? site.place };
}

function placesOfProperty(property: Property, site: CallSite): WritePlaces {
  const place = property.property ?? site.place;
  const takenIn = site.argumentPlaces.at(-1) ?? site.place;
  const places = { place, namePlace: property.keyPlace ?? place, valuePlace: property.valuePlace ?? place };
  return place.uri === takenIn.uri ? places : { ...places, takenIn };
}

export function codesOf(value: JsValue): Codes {
  if (value.kind === 'number') return anyOf(value.value);
  if (value.kind === 'choice') {
    const [then, otherwise] = [codesOf(value.then), codesOf(value.otherwise)];
    if (then.kind === 'in' && otherwise.kind === 'in') return anyOf(...new Set([...then.members, ...otherwise.members]));
  }
  return everything;
}

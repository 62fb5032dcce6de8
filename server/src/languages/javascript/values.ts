/**
 * What an expression may be worth, as far as the text tells. Objects, arrays and sets have identity and contents that
 * change while statements are followed; everything else is plain data.
 */
import type { Place } from '../../core/text.ts';
import type { OriginPart, OriginSet } from '../../cors/origins/origin-set.ts';
import type { Condition, OriginCheck, RequestDatum, UnknownReason, Value } from '../../policy/model.ts';
import type { Frame } from './frame.ts';
import type { FunctionNode } from './scope.ts';
import type * as ts from './syntax.ts';

/** Contents that may change; changes are undone when another branch is followed (`frame.ts`). */
export interface Cell<T> {
  value: T;
}

export interface Property {
  readonly value: JsValue;
  /** The name as written, and the whole expression that gives the value. */
  readonly keyPlace?: Place;
  readonly valuePlace?: Place;
  readonly property?: Place;
  /** A shorthand of a name that nothing declares: no program that runs has one, but each that is being typed. */
  readonly undeclared?: true;
}

export interface ObjectContents {
  readonly properties: ReadonlyMap<string, Property>;
  /** Properties that are not listed may exist, or listed ones may have been overwritten. */
  readonly open: boolean;
}

export interface ArrayContents {
  readonly elements: readonly JsValue[];
  /** Further elements may exist. */
  readonly open: boolean;
  /** Why they cannot be known. */
  readonly reason?: UnknownReason;
}

export type ArrayValue = { readonly kind: 'array'; readonly contents: Cell<ArrayContents>; readonly place?: Place };
export type ObjectValue = {
  readonly kind: 'object';
  readonly contents: Cell<ObjectContents>;
  readonly instanceOf?: ClassValue;
  readonly place?: Place;
};
/** A Set, or a Map, whose `contents` then are the keys. */
export type SetValue = {
  readonly kind: 'set';
  readonly contents: Cell<ArrayContents>;
  readonly mapped?: Cell<ReadonlyMap<string, JsValue>>;
  readonly place?: Place;
};
export type FunctionValue = {
  readonly kind: 'function';
  readonly node: FunctionNode;
  readonly frame: Frame;
  readonly self?: JsValue;
  readonly place?: Place;
};
export type ClassValue = {
  readonly kind: 'class';
  readonly node: ts.ClassLikeDeclaration;
  readonly frame: Frame;
  readonly statics: Cell<ReadonlyMap<string, Property>>;
  readonly place?: Place;
};

/**
 * The Origin header, or a text made from it. `pull` answers for which origins the text passes a test; undefined where
 * the sets have no words for it. Where the request has no Origin the text is undefined (in JavaScript's sense).
 */
export type OriginText = {
  readonly kind: 'originText';
  readonly pull: (test: OriginSet) => OriginSet | undefined;
  /** The whole Origin, as sent. */
  readonly whole: boolean;
  /** The component of the parsed Origin that the text is, or is made from. */
  readonly part?: OriginPart;
  /** It is cut out of the Origin or of a component of it: what equals it says nothing about the rest. */
  readonly isCut?: true;
  readonly value?: Value;
  readonly place?: Place;
};

/** A whole number that depends on the request: a length, an index, how many of a list pass a test. */
export type CountValue = {
  readonly kind: 'count';
  /** When it is `n` or more; undefined where that cannot be told. */
  readonly atLeast: (n: number) => Condition | undefined;
  /** When it is `n`, where that has simpler words. */
  readonly exactly?: (n: number) => Condition | undefined;
  /** What it measures in a text, with a constant added: a cut at such a place is a piece of the text. */
  readonly of?: {
    readonly text: OriginText;
    readonly counts: 'length' | 'fields' | 'first' | 'last';
    /** The text that was looked for. */
    readonly searched?: string;
    readonly check?: OriginCheck;
    readonly offset: number;
  };
  readonly place?: Place;
};

/** The Origin, or a text made from it, split at a separator. */
export type FieldsValue = {
  readonly kind: 'fields';
  readonly separator: string;
  readonly contents: Cell<{
    /** The fields joined again. */
    readonly joined: OriginText;
    /** There may be no field at all, which looks like one empty field when joined. */
    readonly mayBeEmpty: boolean;
  }>;
  readonly place?: Place;
};

/** `new URL(origin)`; throws where the Origin is absent or `null`. */
export type OriginUrl = { readonly kind: 'originUrl'; readonly of: OriginText; readonly place?: Place };

/** Another piece of the request; undefined (in JavaScript's sense) where the request has none. */
export type DatumValue = { readonly kind: 'datum'; readonly datum: RequestDatum; readonly place?: Place };

export type ChoiceValue = {
  readonly kind: 'choice';
  readonly when: Condition;
  readonly then: JsValue;
  readonly otherwise: JsValue;
  readonly place?: Place;
};

/** An environment variable: a string that is not empty, or undefined. */
export type EnvironmentValue = { readonly kind: 'environment'; readonly name: string; readonly place?: Place };

export type UnknownValue = {
  readonly kind: 'unknown';
  readonly id: string;
  readonly reason: UnknownReason;
  /** What a person would call it: `getToken(req)`. */
  readonly name?: string;
  /** The request data it was made from. */
  readonly from?: readonly RequestDatum[];
  /** The package it comes from. */
  readonly provenance?: Provenance;
  /** It is an object, as `new` makes one, or an error that was caught: true wherever it is asked. */
  readonly isObject?: true;
  readonly place?: Place;
};

/** A value that is known to be an object, if nothing else is. */
export function asObject(value: JsValue): JsValue {
  return value.kind === 'unknown' ? { ...value, isObject: true } : value;
}

/** The way from a package to a value: `['authenticate', '()']`, with the arguments of the last call. */
export interface Provenance {
  readonly package: string;
  readonly path: readonly string[];
  readonly args: readonly JsValue[];
}

/**
 * An object of the runtime or of a framework: `req`, `app`, a package. `get` and `call` answer undefined for what the
 * object has no words for, and the interpreter makes that an unknown.
 */
export interface HostObject {
  readonly type: string;
  get?(name: string, site: CallSite | undefined): JsValue | undefined;
  set?(name: string, value: JsValue, site: CallSite): void;
  /** `name in object`: whether it has a property of that name; undefined where that is not known. */
  has?(name: string, site: CallSite): Condition | undefined;
  call?(args: readonly JsValue[], site: CallSite): JsValue | undefined;
  construct?(args: readonly JsValue[], site: CallSite): JsValue | undefined;
}

export type HostValue = { readonly kind: 'host'; readonly host: HostObject; readonly place?: Place };

/** Where a host object is used. */
export interface CallSite {
  /** Undefined where the framework calls. */
  readonly node?: ts.Node;
  readonly place: Place;
  /** Places of the arguments, one for each. */
  readonly argumentPlaces: readonly Place[];
  readonly self?: JsValue;
}

export type JsValue =
  /** `absent`: the property itself is not there (`{ ...(x ? { name } : {}) }`). */
  | { readonly kind: 'undefined'; readonly absent?: true; readonly place?: Place }
  | { readonly kind: 'null'; readonly place?: Place }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly place?: Place }
  | { readonly kind: 'number'; readonly value: number; readonly place?: Place }
  | CountValue
  | FieldsValue
  | { readonly kind: 'string'; readonly text: string; readonly place?: Place }
  /** `fresh`: made anew for each request, so that it remembers no match of an earlier one. */
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string; readonly fresh?: true; readonly place?: Place }
  /** A boolean that depends on the request. */
  | { readonly kind: 'condition'; readonly when: Condition; readonly place?: Place }
  | { readonly kind: 'concat'; readonly parts: readonly JsValue[]; readonly place?: Place }
  | ArrayValue
  | ObjectValue
  | SetValue
  | FunctionValue
  | ClassValue
  | OriginText
  | OriginUrl
  | DatumValue
  | ChoiceValue
  | EnvironmentValue
  | HostValue
  | UnknownValue;

export const undefinedValue: JsValue = { kind: 'undefined' };
export const absentValue: JsValue = { kind: 'undefined', absent: true };
export const nullValue: JsValue = { kind: 'null' };
export const booleanValue = (value: boolean): JsValue => ({ kind: 'boolean', value });
export const stringValue = (text: string, place?: Place): JsValue => withPlace({ kind: 'string', text }, place);
export const hostValue = (host: HostObject, place?: Place): JsValue => withPlace({ kind: 'host', host }, place);
export const nativeFunction = (type: string, call: NonNullable<HostObject['call']>): JsValue => hostValue({ type, call });

export function arrayValue(elements: readonly JsValue[], place?: Place, open = false, reason?: UnknownReason): ArrayValue {
  const contents = reason === undefined ? { elements, open } : { elements, open, reason };
  return place === undefined ? { kind: 'array', contents: { value: contents } } : { kind: 'array', contents: { value: contents }, place };
}

/** The keys of a Map with their values; the elements of a Set stand for both. */
export function pairsOf({ contents, mapped }: SetValue): readonly (readonly [key: JsValue, value: JsValue])[] {
  return contents.value.elements.map((key) => {
    if (!mapped) return [key, key];
    const text = textOfConstant(key);
    const value = text === undefined ? undefined : mapped.value.get(text);
    return [key, value ?? { kind: 'unknown', id: `held:${key.place?.uri ?? ''}#${key.place?.range.start ?? 0}`, reason: 'unresolved' }];
  });
}

/** What a list, a Set or a Map gives when it is iterated: of a Map pairs of a key and its value. */
export function iterated(value: ArrayValue | SetValue): ArrayContents {
  const { contents } = value;
  return value.kind === 'set' && value.mapped
    ? { ...contents.value, elements: pairsOf(value).map((pair) => arrayValue(pair)) }
    : contents.value;
}

export function objectValue(properties: ReadonlyMap<string, Property>, place?: Place, open = false, instanceOf?: ClassValue): ObjectValue {
  return {
    kind: 'object',
    contents: { value: { properties, open } },
    ...(place === undefined ? {} : { place }),
    ...(instanceOf === undefined ? {} : { instanceOf }),
  };
}

export function plainObject(properties: Readonly<Record<string, JsValue>>): ObjectValue {
  return objectValue(new Map(Object.entries(properties).map(([name, value]) => [name, { value }])));
}

function withPlace<T extends JsValue>(value: T, place: Place | undefined): T {
  return place === undefined ? value : { ...value, place };
}

/** A property's value over the one that was there before, which stays where this one is absent. */
export function overAbsent(value: JsValue, before: JsValue): JsValue {
  if (value.kind === 'undefined') return value.absent ? before : value;
  if (value.kind !== 'choice') return value;
  const [then, otherwise] = [overAbsent(value.then, before), overAbsent(value.otherwise, before)];
  return then === value.then && otherwise === value.otherwise ? value : { ...value, then, otherwise };
}

/** A value under a condition on the request. */
export function choiceValue(when: Condition, then: JsValue, otherwise: JsValue): JsValue {
  if (when.kind === 'always') return then;
  if (when.kind === 'never') return otherwise;
  if (then === otherwise || (isPrimitive(then) && sameConstant(then, otherwise) === true)) return then;
  const size = alternativesOf(then) + alternativesOf(otherwise);
  if (size > mostAlternatives)
    return {
      kind: 'unknown',
      id: `alternatives:${then.place?.range.start ?? 0}:${otherwise.place?.range.start ?? 0}`,
      reason: 'too-many-cases',
    };
  const choice: ChoiceValue = { kind: 'choice', when, then, otherwise };
  alternatives.set(choice, size);
  return choice;
}

const mostAlternatives = 20;
const alternatives = new WeakMap<JsValue, number>();

/** How many values a choice chooses from. */
function alternativesOf(value: JsValue): number {
  if (value.kind === 'concat') return value.parts.reduce((sum, part) => sum + alternativesOf(part), 0);
  if (value.kind !== 'choice') return 1;
  return alternatives.get(value) ?? alternativesOf(value.then) + alternativesOf(value.otherwise);
}

function isPrimitive(value: JsValue): boolean {
  return ['undefined', 'null', 'boolean', 'number', 'string'].includes(value.kind);
}

/** `a === b` for constants; undefined where one of them is none. Objects are the same only with the same identity. */
export function sameConstant(a: JsValue, b: JsValue): boolean | undefined {
  if (a.kind === 'string' && b.kind === 'string') return a.text === b.text;
  if (a.kind === 'number' && b.kind === 'number') return a.value === b.value;
  if (a.kind === 'boolean' && b.kind === 'boolean') return a.value === b.value;
  if (isPrimitive(a) && isPrimitive(b)) return a.kind === b.kind;
  if ('contents' in a && 'contents' in b) return a.contents === b.contents;
  const isObject = (value: JsValue): boolean =>
    'contents' in value || ['function', 'class', 'regex', 'host', 'originUrl'].includes(value.kind);
  if ((isObject(a) && isPrimitive(b)) || (isPrimitive(a) && isObject(b))) return false;
  return undefined;
}

/** `typeof value`, as far as it is known. */
export function typeOf(value: JsValue): string | undefined {
  switch (value.kind) {
    case 'undefined':
    case 'number':
    case 'string':
    case 'boolean':
      return value.kind;
    case 'count':
      return 'number';
    case 'condition':
      return 'boolean';
    case 'concat':
      return 'string';
    case 'null':
    case 'array':
    case 'fields':
    case 'object':
    case 'set':
    case 'regex':
    case 'originUrl':
      return 'object';
    case 'function':
    case 'class':
      return 'function';
    default:
      return undefined;
  }
}

/** The text of a constant as string conversion gives it; undefined where it is not constant. */
export function textOfConstant(value: JsValue): string | undefined {
  switch (value.kind) {
    case 'string':
      return value.text;
    case 'number':
      return String(value.value);
    case 'boolean':
      return String(value.value);
    case 'undefined':
    case 'null':
      return value.kind;
    case 'regex':
      return `/${value.source}/${value.flags}`;
    case 'array': {
      const { elements, open } = value.contents.value;
      const texts = elements.map((each) => (each.kind === 'undefined' || each.kind === 'null' ? '' : textOfConstant(each)));
      return open || texts.includes(undefined) ? undefined : texts.join(',');
    }
    default:
      return undefined;
  }
}

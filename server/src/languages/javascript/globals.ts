/** Global names. */
import { parseUrl } from '../../cors/parse-url.ts';
import { never, not, originIn } from '../../policy/condition.ts';
import type { Frame } from './frame.ts';
import { FetchHeaders } from './fetch-headers.ts';
import { responseConstructor } from './fetch-response.ts';
import { type Interpreter } from './interpreter.ts';
import { spreadInto } from './literals.ts';
import { equals, truth } from './origin-tests.ts';
import { parsedOrigins } from './origin-texts.ts';
import type * as ts from './syntax.ts';
import { raise } from './exceptions.ts';
import {
  arrayValue,
  booleanValue,
  type CallSite,
  choiceValue,
  type HostObject,
  hostValue,
  iterated,
  type JsValue,
  type OriginText,
  nativeFunction,
  nullValue,
  objectValue,
  plainObject,
  type Property,
  stringValue,
  textOfConstant,
  typeOf,
  undefinedValue,
} from './values.ts';
import { hasKey } from './list-methods.ts';
import { condition } from './method-results.ts';

/** A global name. */
export function globalValue(interpreter: Interpreter, name: string, node: ts.Node, frame: Frame): JsValue {
  switch (name) {
    case 'require':
      return nativeFunction('require', (args) =>
        args[0]?.kind === 'string' ? interpreter.program.load(frame.uri, args[0].text, interpreter) : undefined,
      );
    case 'module':
      return hostValue(moduleObject(interpreter, frame));
    case 'exports':
      return interpreter.program.recordOf(frame.uri)?.commonjs.value ?? undefinedValue;
    case 'process':
      return hostValue(processObject(interpreter));
    case 'globalThis':
    case 'global':
    case 'window':
      return hostValue({ type: 'global', get: (member) => interpreter.global(member, node, frame) });
    case 'NaN':
      return { kind: 'number', value: NaN };
    case 'Infinity':
      return { kind: 'number', value: Infinity };
    default: {
      // `constructor` is no global, though every object has one.
      const made = Object.hasOwn(globals, name) ? globals[name]?.(interpreter) : undefined;
      if (made) return hostValue(made);
      return interpreter.runtime.global(name) ?? interpreter.unknown(node, frame, 'unresolved', name);
    }
  }
}

function moduleObject(interpreter: Interpreter, frame: Frame): HostObject {
  const record = interpreter.program.recordOf(frame.uri);
  return {
    type: 'module',
    get: (name) => (name === 'exports' ? record?.commonjs.value : undefined),
    set: (name, value) => {
      if (name === 'exports' && record) interpreter.trail.write(record.commonjs, value);
    },
  };
}

export const processObject = (interpreter: Interpreter): HostObject => ({
  type: 'process',
  get: (name) => {
    if (name === 'env')
      return hostValue({
        type: 'process.env',
        get: (variable, site): JsValue => ({ kind: 'environment', name: variable, ...(site ? { place: site.place } : {}) }),
      });
    if (name !== 'exit') return undefined;
    return nativeFunction('process.exit', () => {
      if (!interpreter.perRequest) interpreter.stops.push(interpreter.pathCondition());
      interpreter.dead = true;
      return undefinedValue;
    });
  },
});

const silent = (type: string): HostObject => ({ type, get: () => nativeFunction(type, () => undefinedValue) });
const withMethods = (
  type: string,
  methods: Readonly<Record<string, NonNullable<HostObject['call']>>>,
  { get, ...own }: Partial<HostObject> = {},
): HostObject => ({
  type,
  get: (name, site) => {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    return method ? nativeFunction(`${type}.${name}`, method) : get?.(name, site);
  },
  ...own,
});

function listFrom(value: JsValue, site: CallSite): JsValue | undefined {
  if (value.kind === 'choice') {
    const [then, otherwise] = [listFrom(value.then, site), listFrom(value.otherwise, site)];
    return then && otherwise ? choiceValue(value.when, then, otherwise) : undefined;
  }
  if (value.kind !== 'array' && value.kind !== 'set') return undefined;
  const { elements, open, reason } = iterated(value);
  return arrayValue(elements, value.place ?? site.place, open, reason);
}

function collection(interpreter: Interpreter, source: JsValue | undefined, site: CallSite, mapped: boolean): JsValue {
  const given = source ? interpreter.program.force(source) : undefined;
  if (given?.kind === 'choice')
    return choiceValue(
      given.when,
      collection(interpreter, given.then, site, mapped),
      collection(interpreter, given.otherwise, site, mapped),
    );
  const listed = given === undefined || given.kind === 'undefined' || given.kind === 'null' ? arrayValue([]) : given;
  const known = listed.kind === 'array' || listed.kind === 'set' ? iterated(listed) : { elements: [], open: true };
  if (!mapped) {
    const texts = new Set<string>();
    const elements = known.elements.filter((each) => each.kind !== 'string' || (!texts.has(each.text) && texts.add(each.text)));
    return { kind: 'set', contents: { value: { ...known, elements } }, place: site.place };
  }
  const pairs = known.elements.map((pair) => (pair.kind === 'array' ? pair.contents.value.elements : []));
  const keys = pairs.flatMap(([key]) => (key ? [key] : []));
  const values = new Map(pairs.flatMap(([key, value]) => (key ? [[textOfConstant(key) ?? '', value ?? undefinedValue] as const] : [])));
  return { kind: 'set', contents: { value: { ...known, elements: keys } }, mapped: { value: values }, place: site.place };
}

/** `hasOwnProperty` by itself, for `Object.prototype.hasOwnProperty.call(table, key)`. */
const ownKey = (interpreter: Interpreter): JsValue =>
  nativeFunction('hasOwnProperty', ([key], site) => (site.self && key ? hasKey(interpreter, site.self, key, site) : undefined));

/** `new URL(…)`: refuses an absent Origin and `null`. */
export function makeUrl(interpreter: Interpreter, value: JsValue | undefined, site: CallSite, throws: boolean): JsValue | undefined {
  if (value?.kind === 'originText' && isWholeOrigin(value)) {
    if (throws)
      interpreter.branch(
        not(originIn(value.pull(parsedOrigins) ?? parsedOrigins)),
        () => raise(interpreter, undefinedValue, site.place),
        () => undefined,
        site.place,
      );
    return { kind: 'originUrl', of: value, place: site.place };
  }
  if (value?.kind === 'choice')
    return interpreter.branchValue(
      value.when,
      () => makeUrl(interpreter, value.then, site, throws) ?? undefinedValue,
      () => makeUrl(interpreter, value.otherwise, site, throws) ?? undefinedValue,
    );
  const text = value && textOfConstant(value);
  if (text === undefined) return undefined;
  const url = parseUrl(text);
  if (url === undefined) {
    if (throws) raise(interpreter, undefinedValue, site.place);
    return undefinedValue;
  }
  const { hostname, host, protocol, port, origin, pathname, href } = url;
  return plainObject(
    Object.fromEntries(
      Object.entries({ hostname, host, protocol, port, origin, pathname, href }).map(([name, part]) => [
        name,
        stringValue(part, value?.place),
      ]),
    ),
  );
}

/** The Origin as it was sent, or in lower case, which the URL parser reads alike. */
function isWholeOrigin(text: OriginText): boolean {
  return text.whole || text.value?.kind === 'origin';
}

/** What `new URL(…)` takes its host from: with a base, only a path that replaces the base's is known to. */
function urlArgument([url, base]: readonly JsValue[]): JsValue | undefined {
  if (!base || base.kind === 'undefined') return url;
  return url?.kind === 'string' && /^\/(?![/\\])/.test(url.text) ? base : undefined;
}

function entriesOf(value: JsValue | undefined): readonly [string, Property][] | undefined {
  return value?.kind === 'object' && !value.contents.value.open ? [...value.contents.value.properties] : undefined;
}

export const globals: Readonly<Record<string, ((interpreter: Interpreter) => HostObject) | undefined>> = {
  console: () => silent('console'),
  Object: (interpreter) =>
    withMethods(
      'Object',
      {
        is: ([a, b], site) => a && b && condition(equals(a, b, interpreter.spelling('equals', site.place)), site),
        freeze: ([value]) => value,
        seal: ([value]) => value,
        keys: ([value]) => {
          const entries = entriesOf(value);
          return (
            entries &&
            arrayValue(
              entries.map(([name, property]) => stringValue(name, property.keyPlace)),
              value?.place,
            )
          );
        },
        values: ([value]) => {
          const entries = entriesOf(value);
          return (
            entries &&
            arrayValue(
              entries.map(([, property]) => property.value),
              value?.place,
            )
          );
        },
        entries: ([value]) => {
          const entries = entriesOf(value);
          return (
            entries &&
            arrayValue(
              entries.map(([name, property]) => arrayValue([stringValue(name, property.keyPlace), property.value])),
              value?.place,
            )
          );
        },
        assign: ([target, ...sources]) => {
          if (target?.kind !== 'object') return target;
          const properties = new Map(target.contents.value.properties);
          let { open } = target.contents.value;
          for (const source of sources) open = spreadInto(interpreter, properties, source) || open;
          interpreter.trail.write(target.contents, { properties, open });
          return target;
        },
        hasOwn: ([value, key], site) => (value && key ? hasKey(interpreter, value, key, site) : undefined),
        create: ([base]) => objectValue(new Map(), undefined, base?.kind !== 'null'),
        defineProperty: ([target, key, descriptor]) => {
          const name = key && textOfConstant(key);
          const value = descriptor?.kind === 'object' ? descriptor.contents.value.properties.get('value') : undefined;
          if (target?.kind !== 'object') return target;
          if (name !== undefined && value) interpreter.setProperty(target, name, value);
          else interpreter.trail.write(target.contents, { ...target.contents.value, open: true });
          return target;
        },
        fromEntries: ([value]) => {
          if (value?.kind !== 'array' && value?.kind !== 'set') return undefined;
          const { elements, open } = iterated(value);
          const properties = new Map<string, Property>();
          for (const each of elements) {
            const [key, held] = each.kind === 'array' && !each.contents.value.open ? each.contents.value.elements : [];
            const name = key && textOfConstant(key);
            if (name === undefined) return undefined;
            properties.set(name, { value: held ?? undefinedValue, ...(key?.place && { keyPlace: key.place }) });
          }
          return objectValue(properties, value.place, open);
        },
      },
      {
        get: (name) => (name === 'prototype' ? plainObject({ hasOwnProperty: ownKey(interpreter) }) : undefined),
      },
    ),
  Array: (interpreter) =>
    withMethods('Array', {
      isArray: ([value]) => {
        if (value?.kind === 'choice')
          return {
            kind: 'condition',
            when: truth(choiceValue(value.when, booleanValue(value.then.kind === 'array'), booleanValue(value.otherwise.kind === 'array'))),
          };
        return value === undefined || value.kind === 'unknown' ? undefined : booleanValue(value.kind === 'array');
      },
      of: (args, site) => arrayValue(args, site.place),
      from: ([value, map], site) => {
        const list = value && listFrom(value, site);
        return list && map ? interpreter.callMethod(list, 'map', [map], site) : list;
      },
    }),
  String: () =>
    withMethods(
      'String',
      { raw: () => undefined },
      {
        call: ([value]) =>
          value === undefined
            ? stringValue('')
            : value.kind === 'originText' || value.kind === 'datum'
              ? value
              : textOfConstant(value) === undefined
                ? undefined
                : stringValue(textOfConstant(value) ?? '', value.place),
      },
    ),
  Number: () => withMethods('Number', {}, { call: ([value]) => numberOf(value) }),
  parseInt: () => ({ type: 'parseInt', call: ([value]) => numberOf(value, true) }),
  parseFloat: () => ({ type: 'parseFloat', call: ([value]) => numberOf(value, true) }),
  Boolean: () => ({ type: 'Boolean', call: ([value]) => ({ kind: 'condition', when: value ? truth(value) : never }) }),
  RegExp: (interpreter) => {
    const make = (args: readonly JsValue[], site: CallSite): JsValue => {
      const [source, flags] = args;
      if (source?.kind === 'choice') {
        // `new RegExp(process.env.ORIGINS || '…')`: each text is a pattern of its own, and stands where it is written.
        const [then, otherwise] = [source.then, source.otherwise].map((each) =>
          make([each, ...args.slice(1)], { ...site, place: each.place ?? site.place }),
        );
        if (then && otherwise) return choiceValue(source.when, then, otherwise);
      }
      const text = source?.kind === 'regex' ? source.source : source && typeOf(source) === 'string' ? textOfConstant(source) : undefined;
      if (text === undefined) return interpreter.unknownAt(site.place, source?.kind === 'environment' ? 'environment' : 'unresolved');
      return {
        kind: 'regex',
        source: text,
        flags: (flags && textOfConstant(flags)) ?? (source?.kind === 'regex' ? source.flags : ''),
        ...(interpreter.perRequest ? { fresh: true } : {}),
        place: site.place,
      };
    };
    return { type: 'RegExp', call: make, construct: make };
  },
  Set: (interpreter) => ({ type: 'Set', construct: (args, site) => collection(interpreter, args[0], site, false) }),
  Map: (interpreter) => ({ type: 'Map', construct: (args, site) => collection(interpreter, args[0], site, true) }),
  URL: (interpreter) =>
    withMethods(
      'URL',
      {
        canParse: ([value], site) => (value?.kind === 'originText' && value.whole ? condition(originIn(parsedOrigins), site) : undefined),
        parse: ([value], site) =>
          value?.kind === 'originText' && value.whole
            ? choiceValue(originIn(parsedOrigins), { kind: 'originUrl', of: value, place: site.place }, nullValue)
            : undefined,
      },
      { construct: (args, site) => makeUrl(interpreter, urlArgument(args), site, true) },
    ),
  Promise: () => withMethods('Promise', { resolve: ([value]) => value ?? undefinedValue }),
  Response: (interpreter) => responseConstructor(interpreter),
  Headers: (interpreter) => ({
    type: 'Headers',
    construct: ([given], site) => hostValue(new FetchHeaders(interpreter, given, site)),
  }),
  Error: () => errorObject,
  TypeError: () => errorObject,
  JSON: () => withMethods('JSON', {}),
  setTimeout: (interpreter) => ({
    type: 'setTimeout',
    call: ([callback], site) => (callback?.kind === 'function' ? interpreter.callWithUnknowns(callback, site) : undefinedValue),
  }),
  setImmediate: (interpreter) => ({
    type: 'setImmediate',
    call: ([callback], site) => (callback?.kind === 'function' ? interpreter.callWithUnknowns(callback, site) : undefinedValue),
  }),
};

const makeError = (args: readonly JsValue[], site: CallSite): JsValue =>
  objectValue(new Map([['message', { value: args[0] ?? undefinedValue }]]), site.place);
const errorObject: HostObject = { type: 'Error', call: makeError, construct: makeError };

export function numberOf(value: JsValue | undefined, lenient = false): JsValue | undefined {
  const text = value && textOfConstant(value);
  return text === undefined ? undefined : { kind: 'number', value: lenient ? parseFloat(text) : Number(text) };
}

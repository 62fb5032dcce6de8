/** Packages whose functions are known, and that make no part of a server. */
import { globals, makeUrl, processObject } from './globals.ts';
import type { Interpreter } from './interpreter.ts';
import { hasKey } from './list-methods.ts';
import { condition } from './method-results.ts';
import { equals } from './origin-tests.ts';
import { hostValue, type JsValue, nativeFunction, textOfConstant, typeOf } from './values.ts';

/** Packages whose functions are known: Node's `url`, and the list functions of lodash. */
export function plainPackage(interpreter: Interpreter, name: string): JsValue | undefined {
  const parse = nativeFunction('url.parse', (args, site) => makeUrl(interpreter, args[0], site, false));
  if (name === 'url') {
    const constructor = globals['URL']?.(interpreter);
    return hostValue({
      type: 'url',
      get: (member) => (member === 'parse' ? parse : member === 'URL' && constructor ? hostValue(constructor) : undefined),
    });
  }
  if (name === 'process') return hostValue(processObject(interpreter));
  const listed = (name: string): JsValue =>
    nativeFunction(`_.${name}`, ([value, ...args], site) => {
      const [first] = args;
      if (!value) return undefined;
      switch (name) {
        case 'eq':
        case 'isEqual':
          // Equal texts; lists and objects that look alike are not followed.
          if (![value, first].some((each) => each && (typeOf(each) === 'string' || each.kind === 'originText'))) return undefined;
          return first && condition(equals(value, first, interpreter.spelling('equals', site.place)), site);
        case 'has':
          // A path with a dot in it looks for properties of properties.
          return first && textOfConstant(first)?.includes('.') === false ? hasKey(interpreter, value, first, site) : undefined;
        case 'first':
        case 'head':
        case 'last':
          return interpreter.callMethod(value, 'at', [{ kind: 'number', value: name === 'last' ? -1 : 0 }], site);
        case 'uniq':
          return value.kind === 'array' ? value : undefined;
        case 'toLower':
        case 'toUpper':
          return interpreter.callMethod(value, `${name}Case`, args, site);
        default:
          return interpreter.callMethod(value, name, args, site);
      }
    });
  if (name === 'lodash' || name === 'lodash-es' || name === 'underscore') {
    const self: JsValue = hostValue({
      type: 'lodash',
      get: (member) => (member === 'default' ? self : lodashMethods.has(member) ? listed(member) : undefined),
    });
    return self;
  }
  const single = /^lodash[./](\w+)$/.exec(name)?.[1];
  return single !== undefined && lodashMethods.has(single) ? listed(single) : undefined;
}

const lodashMethods = new Set([
  'includes',
  'some',
  'every',
  'find',
  'filter',
  'map',
  'startsWith',
  'endsWith',
  'indexOf',
  'lastIndexOf',
  'findIndex',
  'findLast',
  'findLastIndex',
  'reduce',
  'reduceRight',
  'flatMap',
  'join',
  'forEach',
  'split',
  'trim',
  'replace',
  'toLower',
  'toUpper',
  'eq',
  'isEqual',
  'has',
  'first',
  'head',
  'last',
  'uniq',
]);

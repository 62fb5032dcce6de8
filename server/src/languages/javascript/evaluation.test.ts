import assert from 'node:assert/strict';
import type { SourceFiles } from '../../core/files.ts';
import { conditionKey } from '../../policy/condition.ts';
import { plainPackage } from './plain-packages.ts';
import { Interpreter } from './interpreter.ts';
import { Program } from './modules.ts';
import { truth } from './origin-tests.ts';
import { wholeOrigin } from './origin-texts.ts';
import { hostValue, type JsValue, nativeFunction, undefinedValue } from './values.ts';

/** A value as a short text. */
function show(value: JsValue): string {
  switch (value.kind) {
    case 'string':
      return JSON.stringify(value.text);
    case 'number':
    case 'boolean':
      return String(value.value);
    case 'regex':
      return `/${value.source}/${value.flags}`;
    case 'array':
      return `[${value.contents.value.elements.map(show).join(', ')}${value.contents.value.open ? ', …' : ''}]`;
    case 'set':
      return `Set(${value.contents.value.elements.map(show).join(', ')})`;
    case 'object': {
      const { properties, open } = value.contents.value;
      return `{ ${[...properties].map(([name, each]) => `${name}: ${show(each.value)}`).join(', ')}${open ? ', …' : ''} }`;
    }
    case 'condition':
      return conditionKey(value.when);
    case 'choice':
      return `${conditionKey(value.when)} ? ${show(value.then)} : ${show(value.otherwise)}`;
    case 'environment':
      return `$${value.name}`;
    case 'concat':
      return value.parts.map(show).join(' + ');
    case 'unknown':
      return `unknown(${value.reason})`;
    default:
      return value.kind;
  }
}

/** What `probe(…)` is called with while the file `main.js` (or `main.ts`) of a few files is followed. */
function probes(files: Readonly<Record<string, string>>, asCondition: boolean): string[] {
  const seen: string[] = [];
  const texts = new Map(Object.entries(files).map(([name, text]) => [`file:///app/${name}`, { uri: `file:///app/${name}`, text }]));
  const workspace: SourceFiles = {
    read: (uri) => texts.get(uri),
    list: (folder) => [
      ...new Set(
        [...texts.keys()]
          .filter((uri) => uri.startsWith(folder))
          .map((uri) => folder + (/^[^/]*\/?/.exec(uri.slice(folder.length))?.[0] ?? '')),
      ),
    ],
    candidates: () => [],
  };
  const main = texts.get('file:///app/main.ts') ?? texts.get('file:///app/main.js');
  assert.ok(main);
  const interpreter: Interpreter = new Interpreter(new Program(main, workspace), {
    packageExports: (name) =>
      name === 'probe'
        ? hostValue({
            type: 'probe',
            get: (member) =>
              member === 'origin'
                ? wholeOrigin
                : nativeFunction('probe', ([value]) => {
                    seen.push(asCondition ? conditionKey(truth(value ?? undefinedValue)) : show(value ?? undefinedValue));
                    return value;
                  }),
          })
        : plainPackage(interpreter, name),
    global: () => undefined,
    unknownCall: () => undefined,
  });
  interpreter.program.run(main.uri, interpreter);
  return seen;
}

const prelude = "const { probe, origin } = require('probe');\n";

describe('values of expressions', () => {
  const rows: [what: string, code: string, expected: string][] = [
    ['a constant', "const a = 'x'; probe(a)", '"x"'],
    ['a template', 'const a = 1; probe(`v${a}.${`b`}`)', '"v1.b"'],
    ['concatenation', "probe('a' + 1 + 'b')", '"a1b"'],
    ['a variable that changes', 'let a = 1; a = 2; probe(a)', '2'],
    ['a variable that changes in a branch', 'let a = 1; if (origin) a = 2; probe(a)', 'not(originAbsent) ? 2 : 1'],
    [
      'a static member that changes in a branch',
      'class A { static x = 1 } if (origin) A.x = 2; probe(A.x)',
      'not(originAbsent) ? 2 : unknown(unresolved)',
    ],
    [
      'a Map that changes in a branch',
      "const a = new Map([['x', 1]]); if (origin) a.set('x', 2); probe(a.get('x'))",
      'not(originAbsent) ? 2 : 1',
    ],
    ['shadowing', 'const a = 1; { const a = 2; probe(a) }', '2'],
    ['an inner function sees the outer name', 'const a = 1; function f() { return a } probe(f())', '1'],
    ['hoisting', 'probe(f()); function f() { return 3 }', '3'],
    ['spreads of lists', "const a = ['x']; probe([...a, 'y', ...new Set(['z'])])", '["x", "y", "z"]'],
    ['spreads of objects', 'const a = { x: 1, y: 1 }; probe({ ...a, y: 2 })', '{ x: 1, y: 2 }'],
    ['a spread under a condition', 'probe({ x: 1, ...(origin ? { y: 2 } : {}) })', '{ x: 1, y: not(originAbsent) ? 2 : undefined }'],
    [
      'a property that may be missing, read',
      'const a = { ...(origin ? { y: 2 } : {}) }; probe({ y: 1, ...{ y: a.y } })',
      '{ y: not(originAbsent) ? 2 : undefined }',
    ],
    [
      'a property that is set in a branch, over a default',
      'const a = {}; if (origin) a.y = 2; probe({ y: 1, ...a })',
      '{ y: not(originAbsent) ? 2 : 1 }',
    ],
    ['an unknown spread', "const a = require('other'); probe({ ...a, x: 1 })", '{ x: 1, … }'],
    ['destructuring with a default', 'const { a = 3, b: { c } } = { b: { c: 4 } }; probe([a, c])', '[3, 4]'],
    ['destructuring of a list', 'const [a, , ...b] = [1, 2, 3, 4]; probe([a, b])', '[1, [3, 4]]'],
    ['the rest of an object', 'const { a, ...b } = { a: 1, c: 2 }; probe(b)', '{ c: 2 }'],
    ['an assertion', "probe(('x' as const) satisfies string)", '"x"'],
    ['an enum', "enum E { A = 'x', B = 2, C } probe([E.A, E.C])", '["x", 3]'],
    ['a frozen object', 'probe(Object.freeze([1]))', '[1]'],
    ['a raw text', 'probe(String.raw`a\\.b`)', '"a\\\\.b"'],
    ['a raw text in a pattern', 'probe(new RegExp(String.raw`a\\.b`, "i"))', '/a\\.b/i'],
    ['an environment variable', 'probe(process.env.X)', '$X'],
    ['an environment variable with a default', "probe(process.env.X || 'a')", 'unknown:env:X ? $X : "a"'],
    ['a nullish default', "probe(process.env.X ?? 'a')", 'not(unknown:env:X) ? "a" : $X'],
    ['a split environment variable', "probe(process.env.X.split(',').map((each) => each.trim()))", '[, …]'],
    ['a split text', "probe('a,b'.split(','))", '["a", "b"]'],
    ['map with a function', "probe(['a'].map((each) => `https://${each}`))", '["https://a"]'],
    ['concat and flat', 'probe([1].concat([2], 3))', '[1, 2, 3]'],
    ['join', "probe(['a', 'b'].join(', '))", '"a, b"'],
    ['push', "const a = ['x']; a.push('y'); probe(a)", '["x", "y"]'],
    [
      'pop, shift and splice',
      "const a = ['x', 'y', 'z', 'w']; probe([a.pop(), a.shift(), a.splice(0, 1, 'v'), a])",
      '["w", "x", ["y"], ["v", "z"]]',
    ],
    ['splice from a place that is not known', "const a = ['x', 'y']; a.splice(require('other').n, 1); probe(a)", '[, …]'],
    ['reverse', 'const a = [1, 2]; a.reverse(); probe([a, a.toReversed()])', '[[2, 1], [1, 2]]'],
    ['length', "const a = ['x', 'y']; a.length = 0; a.push('z'); probe(a)", '["z"]'],
    ['delete from a Set', "const a = new Set(['x', 'y']); a.delete('x'); a.add('y'); probe(a)", 'Set("y")'],
    ['clear', "const a = new Set(['x']); a.clear(); a.add('y'); probe(a)", 'Set("y")'],
    [
      'values, entries and keys of a Map',
      "const a = new Map([['x', 1]]); a.set('y', 2); probe([[...a.values()], [...a.entries()], [...a.keys()], [...a], [...new Map(a).values()]])",
      '[[1, 2], [["x", 1], ["y", 2]], ["x", "y"], [["x", 1], ["y", 2]], [1, 2]]',
    ],
    ['forEach of a Map', "const a = []; new Map([['x', 1]]).forEach((value, key) => a.push(key + value)); probe(a)", '["x1"]'],
    ['a loop over a Map', "const a = []; for (const [key, value] of new Map([['x', 1]])) a.push(key + value); probe(a)", '["x1"]'],
    [
      'a slice to a place that is not known',
      "const { n } = require('other'); probe([['x'].slice(0, n), 'x'.slice(0, n)])",
      '[[, …], unknown(unresolved)]',
    ],
    [
      'slices',
      "probe([[1, 2, 3].slice(1), [1, 2].slice(), [1, 2].slice(0, undefined), 'xyz'.slice(1, 2)])",
      '[[2, 3], [1, 2], [1, 2], "y"]',
    ],
    ['repeat', "probe(['-'.repeat(2), '-'.repeat(-1)])", '["--", unknown(unresolved)]'],
    ['filter of constants', "probe(['a', undefined, 'b'].filter(Boolean))", '["a", "b"]'],
    ['a condition on the environment', "probe(process.env.NODE_ENV === 'production' ? 1 : 2)", 'unknown:env:NODE_ENV=production ? 1 : 2'],
    ['parameters with defaults', "function f(a, b = 'y') { return a + b } probe(f('x'))", '"xy"'],
    ['a closure', 'const f = (a) => (b) => a + b; probe(f(1)(2))', '3'],
    ['a rest parameter', 'const f = (...all) => all; probe(f(1, 2))', '[1, 2]'],
    ['apply and bind', 'function f(a, b) { return [a, b] } probe([f.apply(null, [1, 2]), f.bind(null, 1)(2)])', '[[1, 2], [1, 2]]'],
    ['a class', 'class A { x = 1; constructor(y) { this.y = y } get z() { return this.x + this.y } } probe(new A(2).z)', '3'],
    ['an inherited method', 'class A { f() { return 1 } } class B extends A {} probe(new B().f())', '1'],
    ['a method that a class has of one out of sight', "class A extends require('other') {} probe(new A().f)", 'unknown(unresolved)'],
    ['a static member of a class out of sight', "class A extends require('other') {} probe(A.f)", 'unknown(unresolved)'],
    ['a class that extends itself', 'class A extends A { x = 1 } probe(new A().x)', '1'],
    [
      'a method of the class that is extended',
      "class A { f() { return 'a' } } class B extends A { f() { return super.f() + 'b' } } class C extends B { f() { return super.f() + 'c' } } probe(new C().f())",
      '"abc"',
    ],
    [
      'a property of the class that is extended',
      'class A { get x() { return 1 } } class B extends A { get x() { return super.x + 1 } } probe(new B().x)',
      '2',
    ],
    [
      'a static method of the class that is extended',
      'class A { static f() { return 1 } } class B extends A { static f() { return super.f() } } probe(B.f())',
      '1',
    ],
    [
      'constructors of three classes',
      'class A { constructor(x) { this.x = x } } class B extends A { constructor() { super(1) } } class C extends B { constructor() { super(); this.y = 2 } } const c = new C(); probe([c.x, c.y])',
      '[1, 2]',
    ],
    [
      'fields, which are made behind super()',
      'class A { constructor() { this.x = 1; this.y = 1 } } class B extends A { x = 2; z = this.y; constructor() { super() } } const b = new B(); probe([b.x, b.z])',
      '[2, 1]',
    ],
    ['a static member', 'class A { static x = [1]; static f() { return 2 } } probe([A.x, A.f()])', '[[1], 2]'],
    ['an early return', 'function f() { if (!origin) return 1; return 2 } probe(f())', 'originAbsent ? 1 : 2'],
    ['a loop that ends early', "function f() { for (const each of ['a', 'b']) { if (each === 'b') return each } } probe(f())", '"b"'],
    [
      'a switch',
      "function f(x) { switch (x) { case 1: case 2: return 'low'; default: return 'high' } } probe([f(2), f(3)])",
      '["low", "high"]',
    ],
    [
      'a switch that falls through',
      "let a = ''; switch (1) { case 1: a += 'x'; case 2: a += 'y'; break; default: a += 'z' } probe(a)",
      '"xy"',
    ],
    ['catch of a throw', "function f() { try { throw new Error('a') } catch { return 1 } } probe(f())", '1'],
    ['finally', 'let a = 1; try { a = 2 } finally { a = 3 } probe(a)', '3'],
    ['a URL', "probe(new URL('https://a.com:8080/x').host)", '"a.com:8080"'],
    ['await', 'const f = async () => 1; probe(await f())', '1'],
    ['then', 'Promise.resolve(1).then((a) => probe(a))', '1'],
    ['a call that never ends', 'function f(a) { return f(a + 1) } probe(f(1))', 'unknown(too-many-cases)'],
    ['an unknown package', "probe(require('other').thing())", 'unknown(unresolved)'],
    ['a name that every object has', 'probe(constructor(settings))', 'unknown(unresolved)'],
    ['half-typed code', "const a = { x: 'y', ; probe(a)", '{ x: "y" }'],
    ['logical assignment', "let a; a ??= 'x'; a ||= 'y'; probe(a)", '"x"'],
    ['addition to a number', "let a = 1; a += 1; let b = 'x'; b += 1; probe([a, b])", '[2, "x1"]'],
    ['what is called in an assignment', 'let a = 1; let b = 1; a -= (b = 2); probe(b)', '2'],
    ['a counter that is declared before its loop', "let a = ''; let i; for (i = 0; i < 2; i += 1) a += i; probe(a)", '"01"'],
    ['delete', 'const a = { x: 1, y: 2 }; delete a.x; probe(a)', '{ y: 2 }'],
    ['delete of a property that is not known', "const a = { x: 1 }; delete a[require('other')]; probe(a)", '{ , … }'],
    [
      'a property of one of two objects',
      'const a = { x: 1 }; const b = { x: 2 }; (origin ? a : b).x = 3; probe(b)',
      '{ x: not(originAbsent) ? 2 : 3 }',
    ],
    ['Object.assign', 'probe(Object.assign({}, { a: 1 }, { b: 2 }))', '{ a: 1, b: 2 }'],
    [
      'keys, values and entries',
      'probe([Object.keys({ a: 1 }), Object.values({ a: 1 }), Object.entries({ a: 1 })])',
      '[["a"], [1], [["a", 1]]]',
    ],
    ['typeof', "probe(typeof 'a')", '"string"'],
    ['a text split at a pattern', "probe(['a.b.c'.split(/\\./), 'a, b'.split(/\\s*,\\s*/)])", '[["a", "b", "c"], ["a", "b"]]'],
    ['a text split at a pattern with groups', "probe('a b'.split(/(\\s)/))", 'unknown(unresolved)'],
    ['the first pieces of a split text', "probe('a,b,c'.split(',', 2))", '["a", "b"]'],
    ['a search from a place on', "probe(['abc'.includes('a', 1), 'aba'.indexOf('a', 1), 'abc'.endsWith('b', 2)])", '[false, 2, true]'],
    ['a search in a list from a place on', "probe(['a', 'b'].includes('a', 1))", 'never'],
    ['characters', "probe(['ab'.at(-1), 'ab'.charAt(0)])", '["b", "a"]'],
    ['destructuring into variables, with defaults', 'let a, b; ({ a = 1, x: b = 2 } = { a: undefined }); probe([a, b])', '[1, 2]'],
    ['destructuring of a list into variables', 'let a, b, c; [a = 1, , b, ...c] = [undefined, 2, 3, 4]; probe([a, b, c])', '[1, 3, [4]]'],
    ['the rest of an object in a variable', 'let a, b; ({ a, ...b } = { a: 1, c: 2 }); probe(b)', '{ c: 2 }'],
    ['a Set holds each text once', "probe([...new Set(['a', 'b', 'a'])])", '["a", "b"]'],
    ['a sorted list', "const a = ['b', 'a']; a.sort(); probe([a, ['d', 'c'].toSorted()])", '[["a", "b"], ["c", "d"]]'],
    ['a list that is flattened deeper', "probe([['a', ['b']]].flat(2))", 'unknown(unresolved)'],
    ['the names of numbers in an enum', 'enum E { A, B } probe([E[1], E.B])', '["B", 1]'],
    ['a static getter', "class A { static x = ['a']; static get y() { return this.x; } } probe(A.y)", '["a"]'],
    ['what a static block may set', "class A { static x; static { A.x = ['a']; } } probe(A.x)", 'unknown(unsupported)'],
    [
      'an object with a prototype',
      'probe([Object.create({ a: 1 }).a, ({ __proto__: { a: 1 } }).a])',
      '[unknown(unresolved), unknown(unresolved)]',
    ],
    ['a property that is defined', "const a = {}; Object.defineProperty(a, 'x', { value: 'y' }); probe(a.x)", '"y"'],
    ['an object of entries', "probe(Object.fromEntries(Object.entries({ a: 1, b: 2 }).map(([k, v]) => [k + 'c', v])))", '{ ac: 1, bc: 2 }'],
    [
      'var in a block is that of the function',
      'function f() { if (origin) { var a = 1; } else { var a = 2; } return a } probe(f())',
      'not(originAbsent) ? 1 : 2',
    ],
    ['var in a block, declared before', "var a = 'x'; { var a = 'y'; } probe(a)", '"y"'],
    ['== of different types', "probe(['3' == 3 ? 1 : 2, '3' == 4 ? 1 : 2, '1' == true ? 1 : 2])", '[1, 2, 1]'],
    ['a private method', "class A { #l = ['a']; #f() { return this.#l } g() { return this.#f() } } probe(new A().g())", '["a"]'],
    ['lodash', "const _ = require('lodash'); probe(_.includes(['a'], 'a'))", 'always'],
  ];
  for (const [what, code, expected] of rows)
    it(what, () => {
      assert.deepEqual(probes({ 'main.ts': prelude + code }, false), [expected]);
    });
});

describe('checks on the Origin', () => {
  const rows: [code: string, expected: string][] = [
    ['origin', 'not(originAbsent)'],
    ['!origin', 'originAbsent'],
    ['origin === undefined', 'originAbsent'],
    ["origin === 'https://a'", 'origin:oneOf["https://a"]'],
    ["origin !== 'https://a'", 'not(origin:oneOf["https://a"])'],
    ["['https://a', 'https://b'].includes(origin)", 'origin:oneOf["https://a","https://b"]'],
    ["['https://a'].indexOf(origin) !== -1", 'origin:oneOf["https://a"]'],
    ["['https://a'].indexOf(origin) >= 0", 'origin:oneOf["https://a"]'],
    ["~['https://a'].indexOf(origin)", 'origin:oneOf["https://a"]'],
    ["new Set(['https://a']).has(origin)", 'origin:oneOf["https://a"]'],
    ["new Map([['https://a', 1]]).has(origin)", 'origin:oneOf["https://a"]'],
    ["({ 'https://a': true })[origin]", 'origin:oneOf["https://a"]'],
    ["origin in { 'https://a': 1 }", 'origin:oneOf["https://a"]'],
    ["Object.keys({ 'https://a': 1 }).includes(origin)", 'origin:oneOf["https://a"]'],
    ["origin.endsWith('.a.com')", 'origin:suffix".a.com"'],
    ["origin.startsWith('https://a')", 'origin:prefix"https://a"'],
    ["origin.includes('a.com')", 'origin:contains"a.com"'],
    ["origin.indexOf('https://a') === 0", 'origin:prefix"https://a"'],
    ["origin.indexOf('a.com') > -1", 'origin:contains"a.com"'],
    ["origin.search('a.com') !== -1", 'origin:javascript/"a.com"'],
    ['/a\\.com$/.test(origin)', 'origin:javascript/"a\\\\.com$"'],
    ['origin.match(/a\\.com$/i)', 'origin:javascript/i"a\\\\.com$"'],
    ['/^https:/.exec(origin) !== null', 'origin:javascript/"^https:"'],
    ['/./.test(origin)', 'any(origin:javascript/".",originAbsent)'],
    ["new RegExp('^https://a').test(origin)", 'origin:javascript/"^https://a"'],
    ["origin.slice(-6) === '.a.com'", 'origin:suffix".a.com"'],
    ["origin.slice(-'.a.com'.length) === '.a.com'", 'origin:suffix".a.com"'],
    ["origin.substring(0, 9) === 'https://a'", 'origin:prefix"https://a"'],
    ["origin.slice(8) === 'a.com'", 'origin:after 8(oneOf["a.com"])'],
    [
      "origin.split('://')[1] === 'a.com'",
      'all(origin:javascript/":\\\\/\\\\/",origin:after 1 by "://"(before 1 by "://"(oneOf["a.com"])))',
    ],
    ["new URL(origin).hostname === 'a.com'", 'origin:hostname(oneOf["a.com"])'],
    ["new URL(origin).hostname.endsWith('.a.com')", 'origin:hostname(suffix".a.com")'],
    ["new URL(origin).protocol === 'https:'", 'origin:protocol(oneOf["https:"])'],
    ["['a.com'].includes(new URL(origin).host)", 'origin:host(oneOf["a.com"])'],
    ["require('url').parse(origin).hostname === 'a.com'", 'origin:hostname(oneOf["a.com"])'],
    ["origin.toLowerCase() === 'https://a'", 'origin:oneOf/i["https://a"]'],
    ["origin.toLowerCase() === 'HTTPS://A'", 'origin:none'],
    ["['https://a'].some((each) => origin.startsWith(each))", 'origin:prefix"https://a"'],
    ['[/a$/, /b$/].some((each) => each.test(origin))', 'any(origin:javascript/"a$",origin:javascript/"b$")'],
    ["['https://a'].every((each) => each !== origin)", 'not(origin:oneOf["https://a"])'],
    ["['https://a'].find((each) => each === origin)", 'origin:oneOf["https://a"]'],
    ["['https://a'].filter((each) => each === origin).length > 0", 'origin:oneOf["https://a"]'],
    ["'https://a.com'.includes(origin) && origin.normalise()", 'unknown'],
    ["origin && origin !== 'null' && origin.endsWith('.a.com')", 'all(not(originAbsent),not(origin:oneOf["null"]),origin:suffix".a.com")'],
    ["(origin || '') === 'https://a'", 'all(not(originAbsent),origin:oneOf["https://a"])'],
    ['origin === process.env.ALLOWED', 'all(not(originAbsent),unknown:env:ALLOWED~origin)'],
    ["process.env.ALLOWED.split(',').includes(origin)", 'unknown'],
    ["require('lodash').includes(['https://a'], origin)", 'origin:oneOf["https://a"]'],
  ];
  for (const [code, expected] of rows)
    it(code, () => {
      const [found = ''] = probes({ 'main.js': `${prelude}probe(${code});` }, true);
      if (expected === 'unknown') assert.match(found, /unknown/);
      else assert.equal(found, expected);
    });
});

describe('modules', () => {
  const rows: [what: string, files: Readonly<Record<string, string>>, expected: string][] = [
    ['module.exports', { 'main.js': `${prelude}const a = require('./a'); probe(a.x)`, 'a.js': 'module.exports = { x: 1 }' }, '1'],
    ['exports.x', { 'main.js': `${prelude}const { x } = require('./a'); probe(x)`, 'a.js': 'exports.x = 1' }, '1'],
    ['module.exports.x', { 'main.js': `${prelude}probe(require('./a').x)`, 'a.js': 'module.exports.x = 1' }, '1'],
    ['a function as a module', { 'main.js': `${prelude}probe(require('./a')(2))`, 'a.js': 'module.exports = (x) => x' }, '2'],
    [
      'named imports',
      { 'main.ts': "import { probe } from 'probe'; import { x as y } from './a'; probe(y)", 'a.ts': 'export const x = 1' },
      '1',
    ],
    ['default imports', { 'main.ts': "import { probe } from 'probe'; import a from './a'; probe(a)", 'a.ts': 'export default 1' }, '1'],
    [
      'namespace imports',
      { 'main.ts': "import { probe } from 'probe'; import * as a from './a'; probe(a.x)", 'a.ts': 'export const x = 1' },
      '1',
    ],
    [
      'a default function',
      { 'main.ts': "import { probe } from 'probe'; import a from './a'; probe(a())", 'a.ts': 'export default function () { return 1 }' },
      '1',
    ],
    ['import =', { 'main.ts': "import { probe } from 'probe'; import a = require('./a'); probe(a.x)", 'a.ts': 'export = { x: 1 }' }, '1'],
    [
      're-exports',
      {
        'main.ts': "import { probe } from 'probe'; import { y } from './a'; probe(y)",
        'a.ts': "export { x as y } from './b'",
        'b.ts': 'export const x = 1',
      },
      '1',
    ],
    [
      'export *',
      {
        'main.ts': "import { probe } from 'probe'; import { x } from './a'; probe(x)",
        'a.ts': "export * from './b'",
        'b.ts': 'export const x = 1',
      },
      '1',
    ],
    [
      'exports of a list',
      { 'main.ts': "import { probe } from 'probe'; import { y } from './a'; probe(y)", 'a.ts': 'const x = 1; export { x as y }' },
      '1',
    ],
    [
      'a default import of CommonJS',
      { 'main.ts': "import { probe } from 'probe'; import a from './a'; probe(a.x)", 'a.js': 'module.exports = { x: 1 }' },
      '1',
    ],
    [
      'dynamic import',
      { 'main.ts': "import { probe } from 'probe'; const a = await import('./a'); probe(a.x)", 'a.ts': 'export const x = 1' },
      '1',
    ],
    [
      '.js for .ts',
      { 'main.ts': "import { probe } from 'probe'; import { x } from './a.js'; probe(x)", 'a.ts': 'export const x = 1' },
      '1',
    ],
    ['an index file', { 'main.js': `${prelude}probe(require('./a').x)`, 'a/index.js': 'exports.x = 1' }, '1'],
    ['JSON', { 'main.js': `${prelude}probe(require('./a.json').x)`, 'a.json': '{ "x": [1] }' }, '[1]'],
    [
      'paths of tsconfig',
      {
        'main.ts': "import { probe } from 'probe'; import { x } from '@/a'; probe(x)",
        'src/a.ts': 'export const x = 1',
        'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
      },
      '1',
    ],
    [
      'imports of package.json',
      {
        'main.ts': "import { probe } from 'probe'; import { x } from '#a'; probe(x)",
        'src/a.ts': 'export const x = 1',
        'package.json': '{ "imports": { "#a": "./src/a.ts" } }',
      },
      '1',
    ],
    [
      'export * of what is not known',
      {
        'main.ts': "import { probe } from 'probe'; import { x } from './a'; probe(x)",
        'a.ts': "export * from './c'; export * from './b'",
        'b.ts': 'export const x = process.env.X.padStart(3)',
        'c.ts': 'export const y = 1',
      },
      'unknown(environment)',
    ],
    [
      'a cycle',
      {
        'main.js': `${prelude}probe(require('./a').x)`,
        'a.js': "const b = require('./b'); exports.x = b.y",
        'b.js': "const a = require('./a'); exports.y = 1; exports.z = a.x",
      },
      '1',
    ],
    [
      'a file that one branch asks for first',
      {
        'main.js': `${prelude}import { x } from './a'; if (probe.origin === 'https://a.example') { const y = x; } probe(x)`,
        'a.js': 'export const x = 1',
      },
      '1',
    ],
    ['a missing file', { 'main.js': `${prelude}probe(require('./a').x)` }, 'unknown(unresolved)'],
  ];
  for (const [what, files, expected] of rows)
    it(what, () => {
      assert.deepEqual(probes(files, false), [expected]);
    });
});

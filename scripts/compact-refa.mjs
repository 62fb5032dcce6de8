/**
 * refa's Unicode tables, left out or written shorter at build time.
 *
 * Three quarters of refa are tables of code points as JSON in strings, all of them read when it is loaded, and both server bundles
 * hold them. What `\p{…}` takes is asked of the engine when a pattern has it: the engine that runs the pattern knows best, and few
 * patterns do. The other tables are replaced by the same numbers as differences, which take half the space in the packed
 * extension. Each is read back and compared while it is written; a package that is laid out otherwise ends the build.
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

/**
 * Reads a table back. This function's own text goes into the bundle, so it uses nothing from outside.
 * @param {'ranges' | 'map'} shape
 * @param {string} text numbers: the difference to the one before, in the lists of a map after the list's length
 */
export function readTable(shape, text) {
  // JSON is what an engine reads fastest.
  const numbers = JSON.parse(`[${text}]`);
  const { length } = numbers;
  let index = 0;
  let last = 0;
  const next = () => (last += numbers[index++]);
  const list = () => {
    const values = [];
    for (let left = numbers[index++]; left > 0; left--) values.push(next());
    return values;
  };
  if (shape === 'map') {
    /** @type {Record<string, number[]>} */
    const map = {};
    while (index < length) map[next()] = list();
    return map;
  }
  /** @type {unknown[]} */
  const table = [];
  while (index < length) {
    const min = last + numbers[index++];
    last = min + numbers[index++];
    table.push({ min, max: last });
  }
  return table;
}

/**
 * A table as `readTable` reads it; undefined where it is of another shape.
 * @param {unknown} table
 * @returns {['ranges' | 'map', string] | undefined}
 */
export function writeTable(table) {
  let last = 0;
  const step = (/** @type {number} */ value) => {
    const difference = value - last;
    last = value;
    return difference;
  };
  const list = (/** @type {number[]} */ values) => [values.length, ...values.map(step)];
  const isList = (/** @type {unknown} */ value) => Array.isArray(value) && value.every((each) => Number.isInteger(each));
  if (Array.isArray(table)) {
    if (table.length === 0 || !table.every((each) => Object.keys(each ?? {}).join() === 'min,max')) return undefined;
    return ['ranges', table.flatMap(({ min, max }) => [step(min), step(max)]).join()];
  }
  if (typeof table !== 'object' || table === null || !Object.values(table).every(isList)) return undefined;
  return [
    'map',
    Object.entries(table)
      .flatMap(([key, values]) => [step(Number(key)), ...list(values)])
      .join(),
  ];
}

/**
 * The code points that a property takes, as the engine has them. This function's own text goes into the bundle, so it uses nothing
 * from outside.
 * @param {string} property as it stands in `\p{…}`
 */
export function readProperty(property) {
  const run = new RegExp(`\\p{${property}}+`, 'gu');
  /** @type {{ min: number, max: number }[]} */
  const ranges = [];
  const add = (/** @type {number} */ min, /** @type {number} */ max) => {
    const last = ranges[ranges.length - 1];
    if (last && last.max === min - 1) last.max = max;
    else ranges.push({ min, max });
  };
  /** @type {number[]} */
  const codes = new Array(0x800);
  for (let start = 0; start <= 0x10ffff; start += codes.length) {
    for (let index = 0; index < codes.length; index++) codes[index] = start + index;
    // Surrogates in a row would be read as pairs.
    const texts = start === 0xd800 ? codes.map((code) => String.fromCodePoint(code)) : [String.fromCodePoint(...codes)];
    const units = start > 0xffff ? 2 : 1;
    for (const [index, text] of texts.entries())
      for (const match of text.matchAll(run)) {
        const min = start + index + match.index / units;
        add(min, min + match[0].length / units - 1);
      }
  }
  return ranges;
}

/**
 * The tables of a kind of properties by name, each read when it is asked for. This function's own text goes into the bundle too.
 * @param {(property: string) => unknown} read
 * @param {string} prefix what stands before the name in `\p{…}`
 */
export function propertiesOf(read, prefix) {
  /** @type {Map<string | symbol, unknown>} */
  const known = new Map();
  return new Proxy(
    {},
    {
      get(_, name) {
        if (!known.has(name)) known.set(name, read(prefix + String(name)));
        return known.get(name);
      },
    },
  );
}

/**
 * The source of refa with the tables of properties left to the engine. Throws where they are not laid out as expected.
 * @param {string} source
 */
function withoutProperties(source) {
  const chosen =
    /"General_Category"===(\w+)\)\w+=\w+,\w+=([\w$]+);else if\("Script"===\1\)\w+=\w+,\w+=([\w$]+);else\{if\("Script_Extensions"!==\1\)throw \w+\(\1\);\w+=\w+,\w+=([\w$]+)\}/.exec(
      source,
    );
  const binary = /var ([\w$]+)=Object\.freeze\(\{__proto__:null,ASCII:/.exec(source);
  if (!chosen || !binary) throw new Error('compact-refa: refa is not laid out as expected, its tables of properties were not found');
  const prefixes = new Map([
    [binary[1], ''],
    [chosen[2], 'General_Category='],
    [chosen[3], 'Script='],
    [chosen[4], 'Script_Extensions='],
  ]);
  const left = new Set();
  const text = source.replace(/var ([\w$]+)=Object\.freeze\(\{__proto__:null,([\w$:,]+)\}\)/g, (whole, name, members) => {
    const prefix = prefixes.get(name);
    if (prefix === undefined) return whole;
    for (const member of members.split(',')) left.add(member.split(':')[1]);
    return `var ${name}=__propertiesOf(__readProperty,'${prefix}')`;
  });
  if (left.size < 300) throw new Error(`compact-refa: only ${left.size} tables of properties were found`);
  return text.replace(/(?<![\w$])([\w$]+)=JSON\.parse\('[^']*'\)/g, (whole, name) => (left.has(name) ? `${name}=0` : whole));
}

/**
 * The source of refa without the lists of emoji, the properties of strings that the flag `v` has: it refuses a pattern that asks for
 * one, which an Origin cannot match. Throws where they are not laid out as expected.
 * @param {string} source
 */
function withoutEmoji(source) {
  const namespace = /Object\.freeze\(\{__proto__:null,(Basic_Emoji:[\w$:,]+)\}\)/.exec(source);
  if (!namespace) throw new Error('compact-refa: refa is not laid out as expected, its lists of emoji were not found');
  const [text, members = ''] = namespace;
  const names = new Set(members.split(',').map((member) => member.split(':')[1]));
  return source
    .replace(text, 'Object.freeze({__proto__:null})')
    .replace(/(?<![\w$])([\w$]+)=JSON\.parse\("[^"]*"\)/g, (whole, name) => (names.has(name) ? `${name}=0` : whole));
}

/**
 * The source of refa without the tables of properties and with the others shorter. Throws where there are fewer than expected, or
 * one does not read back.
 * @param {string} source
 */
export function compact(source) {
  let replaced = 0;
  const text = withoutEmoji(withoutProperties(source)).replace(/JSON\.parse\((['"])((?:(?!\1).){40,})\1\)/g, (whole, quote, json) => {
    const table = JSON.parse(json);
    const written = writeTable(table);
    if (!written) return whole;
    if (!isDeepStrictEqual(readTable(...written), table)) throw new Error('compact-refa: a table does not read back');
    replaced++;
    return `__readTable('${written[0]}','${written[1]}')`;
  });
  if (replaced < 4) throw new Error(`compact-refa: refa is not laid out as expected, ${replaced} tables were found`);
  const own = [readTable, readProperty, propertiesOf].map((each) => `const __${each.name} = ${each.toString()};`);
  return `${own.join('\n')}\n${text}`;
}

/** @returns {import('esbuild').Plugin} */
export function compactRefa() {
  return {
    name: 'compact-refa',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]node_modules[\\/]refa[\\/]index\.js$/ }, ({ path }) => ({
        contents: compact(readFileSync(path, 'utf8')),
        loader: 'js',
      }));
    },
  };
}

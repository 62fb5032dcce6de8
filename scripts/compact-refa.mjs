/**
 * refa's Unicode tables, written shorter at build time.
 *
 * Two thirds of refa are tables of code points as JSON in strings, and both server bundles hold them. They are replaced by the
 * same numbers as differences, which take half the space in the packed extension. Each table is read back and
 * compared while it is written; a package without such tables ends the build.
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

/**
 * Reads a table back. This function's own text goes into the bundle, so it uses nothing from outside.
 * @param {'ranges' | 'lists' | 'map'} shape
 * @param {string} text numbers: the difference to the one before, in lists after the list's length
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
  if (shape === 'lists') while (index < length) table.push(list());
  else
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
 * @returns {['ranges' | 'lists' | 'map', string] | undefined}
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
    if (table.length === 0) return undefined;
    if (table.every(isList)) return ['lists', table.flatMap(list).join()];
    if (!table.every((each) => Object.keys(each ?? {}).join() === 'min,max')) return undefined;
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
 * The source of refa with short tables. Throws where there are fewer than expected, or one does not read back.
 * @param {string} source
 */
export function compact(source) {
  let replaced = 0;
  const text = source.replace(/JSON\.parse\('([^']{40,})'\)/g, (whole, json) => {
    const table = JSON.parse(json);
    const written = writeTable(table);
    if (!written) return whole;
    if (!isDeepStrictEqual(readTable(...written), table)) throw new Error('compact-refa: a table does not read back');
    replaced++;
    return `__readTable('${written[0]}','${written[1]}')`;
  });
  if (replaced < 100) throw new Error(`compact-refa: refa is not laid out as expected, ${replaced} tables were found`);
  return `const __readTable = ${readTable.toString().replace('function readTable', 'function')};\n${text}`;
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

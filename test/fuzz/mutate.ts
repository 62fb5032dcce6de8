import { pick } from '../../tools/random.ts';
import type { Seed, Syntax } from './corpus.ts';

/** Pieces at which parsers change their state. */
const pieces: Readonly<Record<Syntax, readonly string[]>> = {
  nginx: [
    '{',
    '}',
    ';',
    '"',
    "'",
    '\\',
    '#',
    '$',
    '${',
    '${a',
    '~*',
    'if (',
    ')',
    'map $a $b {',
    'location ~ ^/(',
    '{{ x }}',
    '{% if %}',
    'include ',
    'add_header ',
    'Access-Control-Allow-Origin',
    ' always',
    'return 204;',
    'content_by_lua_block {',
    'limit_except GET {',
  ],
  apache: [
    '<',
    '>',
    '</',
    '\\\n',
    '"',
    "'",
    '#',
    '%{',
    '}e',
    '${X}',
    '<If "',
    '<Location /',
    '</Location>',
    'Header ',
    'always ',
    'SetEnvIf Origin "',
    'RewriteRule ',
    '[R=204,L]',
    'env=',
    'expr=',
    '$0',
    'Access-Control-Allow-Origin',
    'Require ',
    '<IfModule a>',
  ],
  javascript: [
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    '`',
    '${',
    '"',
    "'",
    '/',
    '/*',
    '*/',
    '//',
    '=>',
    '...',
    '?.',
    ', ',
    ';',
    'cors({',
    'origin: ',
    'credentials: true',
    'app.use(',
    'async ',
    'await ',
    'function',
    'class A {',
    'return ',
    'res.setHeader(',
    'req.headers.origin',
    '/(a+)+$/',
    'new RegExp(',
    'import x from ',
    'require(',
    '<A>',
    'yield ',
    '@',
    '#',
  ],
};

const strange: readonly string[] = [
  '\u0000',
  '\uFEFF',
  '\r',
  '\r\n',
  '\u2028',
  '\uD800',
  '\u{1F600}',
  '\t',
  '\u00A0',
  '\u000B',
  '%',
  '\u0130',
];

type Random = () => number;

const between = (next: Random, low: number, high: number): number => low + Math.floor(next() * (high - low + 1));

function cut(next: Random, text: string, most: number): readonly [number, number] {
  const start = between(next, 0, text.length);
  return [start, Math.min(text.length, start + between(next, 1, most))];
}

const insert = (text: string, at: number, what: string): string => text.slice(0, at) + what + text.slice(at);

/** Ways to change a text, each with whatever it needs of the other texts. */
const mutations: readonly ((next: Random, text: string, seed: Seed, corpus: readonly Seed[]) => string)[] = [
  (next, text) => {
    const [start, end] = cut(next, text, 12);
    return text.slice(0, start) + text.slice(end);
  },
  (next, text) => {
    const [start, end] = cut(next, text, 80);
    return text.slice(0, start) + text.slice(end);
  },
  (next, text, { syntax }) => insert(text, between(next, 0, text.length), pick(next, pieces[syntax])),
  (next, text, { syntax }) => insert(text, between(next, 0, text.length), pick(next, pieces[syntax])),
  (next, text) => insert(text, between(next, 0, text.length), pick(next, strange)),
  (next, text) => {
    const [start, end] = cut(next, text, 60);
    return insert(text, between(next, 0, text.length), text.slice(start, end));
  },
  (next, text) => text.slice(0, between(next, 0, text.length)),
  (next, text) => {
    const lines = text.split('\n');
    const [a, b] = [between(next, 0, lines.length - 1), between(next, 0, lines.length - 1)];
    const first = lines[a] ?? '';
    lines[a] = lines[b] ?? '';
    lines[b] = first;
    return lines.join('\n');
  },
  (next, text, { syntax }, corpus) => {
    const other = pick(
      next,
      corpus.filter((each) => each.syntax === syntax),
    ).text;
    const [start, end] = cut(next, other, 200);
    return insert(text, between(next, 0, text.length), other.slice(start, end));
  },
  (next, text, { syntax }) => insert(text, between(next, 0, text.length), pick(next, pieces[syntax]).repeat(between(next, 2, 60))),
];

/** A text with one to six changes; sometimes with the line breaks of Windows. */
export function mutate(next: Random, seed: Seed, corpus: readonly Seed[]): string {
  let text = next() < 0.1 ? seed.text.replaceAll('\n', '\r\n') : seed.text;
  for (let left = between(next, 1, 6); left > 0; left--) text = pick(next, mutations)(next, text, seed, corpus);
  return text;
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from './parse.ts';
import { interpolate } from './interpolate.ts';
import { directivesIn } from './syntax.ts';
import type { NginxDirective, NginxFile, NginxItem } from './syntax.ts';

/** A compact rendering of a tree: names and values, blocks in braces, placeholders as `‹…›`. */
function draw(file: NginxFile): string {
  const items = (list: readonly NginxItem[]): string =>
    list
      .map((item) => {
        if (item.kind === 'template') return `‹${file.text.slice(item.range.start, item.range.end)}›`;
        const words = [item.name, ...item.args].map((word) =>
          word.value === '' || /\s/.test(word.value) ? JSON.stringify(word.value) : word.value,
        );
        const end = item.block ? ` {${item.block.opaque ? '…' : items(item.block.items)}}` : item.terminator === 'missing' ? '?' : ';';
        return words.join(' ') + end;
      })
      .join(' ');
  return items(file.items);
}

const trees: readonly (readonly [title: string, text: string, tree: string, errors: string])[] = [
  ['a directive', 'listen 80;', 'listen 80;', ''],
  ['nesting', 'server { location / { return 204; } }', 'server {location / {return 204;}}', ''],
  [
    'both quotes and escapes',
    `add_header A 'b "c"' ; add_header D "e\\"f\\\\g\\th\\d";`,
    'add_header A "b \\"c\\""; add_header D "e\\"f\\\\g\\th\\\\d";',
    '',
  ],
  ['an empty value', 'add_header A "";', 'add_header A "";', ''],
  ['# inside a word is literal', 'a b#c; # d\n', 'a b#c;', ''],
  ['} inside a word is literal', 'a b}c;', 'a b}c;', ''],
  ['{ ends a word, not after $', 'map ${a}b $c{d e;}', 'map ${a}b $c {d e;}', ''],
  ['escaped space', 'a b\\ c;', 'a "b\\\\ c";', ''],
  ['a string over two lines', 'log_format m "a\nb";', 'log_format m "a\\nb";', ''],
  ['a quote before a bracket', 'if ($a = "b") { return 1; }', 'if ($a = b ) {return 1;}', ''],
  ['CRLF, no final newline', 'a b;\r\nc d;', 'a b; c d;', ''],
  ['byte order mark', '\uFEFFa b;', 'a b;', 'byte-order-mark'],
  ['missing ; before a known directive', 'a b\nlisten 80;', 'a b? listen 80;', 'missing-semicolon'],
  ['arguments may continue on the next line', 'add_header A\n  always;', 'add_header A always;', ''],
  ['listen parameters may continue', 'listen 443\n ssl http2;', 'listen 443 ssl http2;', ''],
  ['map entries are not directives', 'map $a $b { default\n root; }', 'map $a $b {default root;}', ''],
  ['missing ; before }', 'server { listen 80 }', 'server {listen 80?}', 'missing-semicolon'],
  ['missing ; at the end', 'a b', 'a b?', 'missing-semicolon'],
  ['text after a quote', 'a "b"c; d e;', 'a b c; d e;', 'text-after-quote'],
  ['an unclosed quote ends with its line', 'a "b c;\nd e;\nf "g";', 'a "b c"; d e; f g;', 'unclosed-quote'],
  ['an unclosed quote at the end', "a 'b", 'a b?', 'unclosed-quote'],
  ['a stray }', 'a b; } c d;', 'a b; c d;', 'unexpected-close-brace'],
  ['a stray {', '{ a b; }', 'a b;', 'unexpected-close-brace unexpected-open-brace'],
  ['a stray ;', 'a b;; c d;', 'a b; c d;', 'unexpected-semicolon'],
  ['an unclosed block', 'server { listen 80;', 'server {listen 80;}', 'unclosed-block'],
  [
    'an unclosed block is found by indentation',
    'http {\n  server {\n    location / {\n      a b;\n    location /b {\n      c d;\n    }\n  }\n  server {\n    e f;\n  }\n}\n',
    'http {server {location / {a b;} location /b {c d;}} server {e f;}}',
    'unclosed-block',
  ],
  [
    'an unclosed server without indentation',
    'server {\nlisten 1;\nserver {\nlisten 2;\n}\n',
    'server {listen 1;} server {listen 2;}',
    'unclosed-block',
  ],
  ['a half-typed name', 'server {\n  add_hea\n  location / { a b; }\n}', 'server {add_hea? location / {a b;}}', 'missing-semicolon'],
  [
    'a half-typed block',
    'server {\n  location /a\n  location / { a b; }\n}',
    'server {location /a? location / {a b;}}',
    'missing-semicolon',
  ],
  ['Lua', 'content_by_lua_block { local a = "}" -- }\n x({[[ } ]]}) } a b;', 'content_by_lua_block {…} a b;', ''],
  ['Jinja tags', '{% if a %}\nlisten {{ port }};\n{% endif %}', '‹{% if a %}› listen "{{ port }}"; ‹{% endif %}›', ''],
  [
    'Terraform directives and expressions',
    '%{ if a.b ~}\nlisten ${var.a["x"].port};\n%{endif~}',
    '‹%{ if a.b ~}› listen ${var.a["x"].port}; ‹%{endif~}›',
    '',
  ],
  ['a Jinja comment', 'server {\n {# a; } #}\n listen 80; }', 'server {‹{# a; } #}› listen 80;}', ''],
  ['a Go snippet', 'server {\n{{- include "x" . | indent 4 }}\nlisten 80;\n}', 'server {‹{{- include "x" . | indent 4 }}› listen 80;}', ''],
  ['a Go condition on one line', '{{ if .a }}listen 80;{{ end }}', '‹{{ if .a }}› listen 80; ‹{{ end }}›', ''],
  ['a placeholder inside a word', 'proxy_pass http://{{ a }}:{{ b }}/;', 'proxy_pass "http://{{ a }}:{{ b }}/";', ''],
  ['a placeholder as a block argument', 'location {{ path }} { a b; }', 'location "{{ path }}" {a b;}', ''],
  ['a placeholder with quotes inside quotes', 'add_header A "{{ x | default("y") }}";', 'add_header A "{{ x | default(\\"y\\") }}";', ''],
  ['a placeholder as a name', '{{ name }} 1;', '"{{ name }}" 1;', ''],
  ['ERB', '<% if x %>\nlisten <%= @port %>;\n<% end %>', '‹<% if x %>› listen "<%= @port %>"; ‹<% end %>›', ''],
  ['envsubst', 'server {\n  ${EXTRA}\n  listen ${PORT};\n}', 'server {‹${EXTRA}› listen ${PORT};}', ''],
  ['autoconf', 'root @PREFIX@/html;\n@EXTRA@\n', 'root @PREFIX@/html; ‹@EXTRA@›', ''],
  ['a comment directly behind a brace', 'server {# a\n listen 80; }', 'server {listen 80;}', ''],
];

describe('nginx parser', () => {
  for (const [title, text, tree, errors] of trees) {
    it(`reads ${title}`, () => {
      const file = parse(text);
      assert.equal(draw(file), tree);
      assert.equal(
        file.errors
          .map((error) => error.code)
          .sort()
          .join(' '),
        errors,
      );
      checkInvariants(file, text);
    });
  }

  it('takes no longer for directives on one line than for as many lines', () => {
    // Far below mocha's timeout, unless each blank is looked for from the start of the line.
    assert.equal(countDirectives(parse('a b c; '.repeat(40_000))), 40_000);
  });

  it('gives ranges of names, arguments, ends and bodies', () => {
    const text = 'server {\n  add_header "A" b;\n}';
    const [server] = directivesIn(parse(text).items);
    assert.ok(server?.block);
    const [header] = directivesIn(server.block.items);
    assert.ok(header);
    const slice = (range: { start: number; end: number }): string => text.slice(range.start, range.end);
    assert.equal(slice(header.range), 'add_header "A" b;');
    assert.deepEqual(
      header.args.map((word) => slice(word.range)),
      ['"A"', 'b'],
    );
    assert.deepEqual(
      header.args.map((word) => slice(word.content)),
      ['A', 'b'],
    );
    assert.equal(slice(header.terminatorRange), ';');
    assert.equal(slice(server.block.content), '\n  add_header "A" b;\n');
    assert.ok(server.block.close);
    assert.equal(slice(server.block.close), '}');
  });

  it('never throws and loses nothing, whatever the text (fast-check)', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...fragments), { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        checkInvariants(parse(text), text);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws and loses nothing when a sample is cut, doubled or garbled (fast-check)', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(sample.length), fc.nat(40), fc.constantFrom(...fragments, '')), { maxLength: 4 }), (edits) => {
        let text = sample;
        for (const [at, length, inserted] of edits) text = text.slice(0, at) + inserted + text.slice(at + length);
        checkInvariants(parse(text), text);
      }),
      { numRuns: 500 },
    );
  });

  it('survives text that nests without end', () => {
    const text = 'a{'.repeat(100_000);
    checkInvariants(parse(text), text);
  });

  it('loses only the line being typed', () => {
    const line = '    add_header Access-Control-Allow-Origin "https://a.example" always;';
    const before = countDirectives(parse(sample));
    for (let length = 1; length < line.length; length++) {
      const text = sample.replace('#here', line.slice(0, length).trimEnd());
      const count = countDirectives(parse(text));
      assert.ok(count >= before, `${JSON.stringify(line.slice(0, length))} leaves ${count} of ${before} directives`);
    }
  });

  it('parses 2,000 lines in a few milliseconds', () => {
    const text = sample.repeat(Math.ceil(2000 / sample.split('\n').length));
    parse(text);
    const start = performance.now();
    for (let round = 0; round < 5; round++) parse(text);
    const took = (performance.now() - start) / 5;
    assert.ok(took < 60, `took ${took.toFixed(1)} ms`);
  });
});

describe('nginx interpolation', () => {
  const rows: readonly (readonly [value: string, parts: string, error: boolean])[] = [
    ['abc', 'abc', false],
    ['""', '', false],
    ['$http_origin', '$http_origin', false],
    ['"a${x}b$Y-c"', 'a|$x|b|$y|-c', false],
    ['$12', '$1|2', false],
    ['a$', 'a$', true],
    ['"\\$x"', '\\|$x', false],
    ['${x', '${x', true],
    ["'$a'", '$a', false],
  ];
  for (const [value, expected, error] of rows) {
    it(value, () => {
      const text = `set $v ${value};`;
      const word = directivesIn(parse(text).items)[0]?.args[1];
      assert.ok(word);
      const result = interpolate(word, text);
      const drawn = result.parts.map((part) =>
        part.kind === 'literal' ? part.text : part.kind === 'variable' ? `$${part.name}` : `$${part.index}`,
      );
      assert.equal(drawn.join('|'), expected);
      assert.equal(result.error !== undefined, error);
      for (const part of result.parts) {
        const source = text.slice(part.range.start, part.range.end);
        if (part.kind === 'variable') assert.equal(source.replace(/[{}]/g, '').toLowerCase(), `$${part.name}`);
      }
    });
  }
});

const fragments: readonly string[] = [
  'server',
  'location',
  ' ',
  '\n',
  '\r\n',
  '\t',
  '{',
  '}',
  ';',
  '"',
  "'",
  '#',
  '$',
  '${',
  '\\',
  '{{',
  '}}',
  '{%',
  '%}',
  '<%',
  '%>',
  'add_header A b;',
  'if ($a = "b") {',
  'content_by_lua_block {',
  '[[',
  ']]',
  '--',
  'map $a $b {',
  '@X@',
  '${X}',
  '\uFEFF',
  'é',
  '\ud800',
  ')',
  '(',
];

const sample = `user www;
http {
  map $http_origin $cors {
    default "";
    "~^https://[a-z]+\\.example\\.com$" $http_origin;
  }
  server {
    listen 80;
    #here
    add_header Vary "Origin" always;
    location /api/ {
      if ($request_method = 'OPTIONS') {
        add_header Access-Control-Allow-Origin $cors always;
        return 204;
      }
      proxy_pass http://127.0.0.1:8080;
    }
    location ~ \\.php$ { fastcgi_pass unix:/run/php.sock; } # comment "with quote
    location / { try_files $uri {{ fallback }} /index.html; }
  }
}
`;

function checkInvariants(file: NginxFile, text: string): void {
  let at = 0;
  for (const token of file.tokens) {
    assert.equal(token.start, at, 'tokens leave no gap');
    assert.ok(token.end > token.start, 'tokens are not empty');
    at = token.end;
  }
  assert.equal(at, text.length, 'tokens cover the text');
  const inside = (range: { start: number; end: number }): void => {
    assert.ok(range.start >= 0 && range.start <= range.end && range.end <= text.length);
  };
  for (const error of file.errors) inside(error.range);
  const walk = (items: readonly NginxItem[], start: number, end: number): void => {
    let previous = start;
    for (const item of items) {
      inside(item.range);
      assert.ok(item.range.start >= previous && item.range.end <= end, 'items are in order and inside their block');
      previous = item.range.end;
      if (item.kind === 'template') continue;
      for (const word of [item.name, ...item.args]) {
        inside(word.range);
        interpolate(word, text);
      }
      if (item.block) walk(item.block.items, item.block.content.start, item.block.content.end);
    }
  };
  walk(file.items, 0, text.length);
}

function countDirectives(file: NginxFile): number {
  const count = (directive: NginxDirective): number =>
    1 + directivesIn(directive.block?.items ?? []).reduce((sum, each) => sum + count(each), 0);
  return directivesIn(file.items).reduce((sum, each) => sum + count(each), 0);
}

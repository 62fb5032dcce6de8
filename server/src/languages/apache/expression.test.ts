import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseExpression, parseText, type Expression, type Word } from './expression.ts';

function word(value: Word): string {
  switch (value.kind) {
    case 'literal':
      return `'${value.text}'`;
    case 'variable':
      return `%${value.name}`;
    case 'call':
      return `${value.name}(${word(value.argument)})`;
    case 'group':
      return `$${value.group}`;
    case 'concat':
      return value.parts.map(word).join('.');
    case 'unknown':
      return '?';
  }
}

function show(expression: Expression): string {
  switch (expression.kind) {
    case 'constant':
      return String(expression.value);
    case 'not':
      return `!${show(expression.of)}`;
    case 'and':
    case 'or':
      return `(${show(expression.left)} ${expression.kind} ${show(expression.right)})`;
    case 'compare':
      return `${word(expression.left)} ${expression.comparison}${expression.numeric ? '#' : ''} ${word(expression.right)}`;
    case 'match':
      return `${word(expression.subject)} ${expression.negated ? '!~' : '=~'} <${expression.regex.source}>${expression.regex.flags}`;
    case 'in':
      return `${word(expression.subject)} in ${expression.list?.map(word).join('|') ?? '?'}`;
    case 'unary':
      return `-${expression.operator} ${word(expression.operand)}`;
    case 'binary':
      return `${word(expression.left)} -${expression.operator} ${word(expression.right)}`;
    case 'unknown':
      return '?';
  }
}

// Accepted or refused as httpd 2.4.71 does in `<If>`.
const accepted: readonly (readonly [text: string, tree: string])[] = [
  ["%{HTTP:Origin} == 'https://a.test'", "HTTP('Origin') == 'https://a.test'"],
  ["%{REQUEST_METHOD} = 'OPTIONS'", "%REQUEST_METHOD == 'OPTIONS'"],
  ['%{HTTP:Origin} =~ m#^https://a\\.test$#', "HTTP('Origin') =~ <^https://a\\.test$>"],
  ['%{HTTP:Origin} !~ /^https:..A/i', "HTTP('Origin') !~ <^https:..A>i"],
  ['true || false && false', '(true or (false and false))'],
  ['true and not false', '(true and !false)'],
  ["!%{HTTP:Origin} == 'x'", "!HTTP('Origin') == 'x'"],
  ["(%{HTTP:Origin} == 'x') && (true)", "(HTTP('Origin') == 'x' and true)"],
  ["%{HTTP:Origin} -in {'a', 'b'}", "HTTP('Origin') in 'a'|'b'"],
  ["%{HTTP:Origin} in {'a'}", "HTTP('Origin') in 'a'"],
  ["-n req('Origin')", "-n req('Origin')"],
  ['-z %{req:Origin}', "-z req('Origin')"],
  ["'a' lt 'b'", "'a' <# 'b'"],
  ['1 -eq 01', "'1' ==# '01'"],
  ["%{HTTP:Origin} == 'https://' . 'a.test'", "HTTP('Origin') == 'https://'.'a.test'"],
  ['reqenv(\'X\') == "a%{HTTP_HOST}b\\""', "reqenv('X') == 'a'.%HTTP_HOST.'b\"'"],
  ["%{REMOTE_ADDR} -ipmatch '10.0.0.0/8'", "%REMOTE_ADDR -ipmatch '10.0.0.0/8'"],
  ["tolower(%{HTTP:Origin}) == 'x'", "tolower(HTTP('Origin')) == 'x'"],
];

const refused: readonly string[] = [
  '%{HTTP:Origin}',
  '-n',
  '%{HTTP:Origin} =~ /https:\\/\\/a/',
  '%{HTTP:Origin} =~ m#a#g',
  "(%{HTTP:Origin}) == 'x'",
  '%{HTTP:Origin} == ',
  "foo == 'x'",
  "'a",
  '%{HTTP:Origin',
  '',
  "'a' == 'b' &",
  '%{HTTP:Origin} =~ "a"',
];

describe('Apache expressions', () => {
  for (const [text, tree] of accepted) {
    it(text, () => {
      const parsed = parseExpression(text);
      assert.equal(parsed.problem, undefined);
      assert.equal(show(parsed.expression), tree);
    });
  }

  for (const text of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const parsed = parseExpression(text);
      assert.notEqual(parsed.problem, undefined);
      assert.equal(parsed.expression.kind, 'unknown');
    });
  }

  it('reads texts with variables', () => {
    assert.equal(word(parseText('%{HTTP:Origin}-%{REQUEST_METHOD}').word), "HTTP('Origin').'-'.%REQUEST_METHOD");
    assert.equal(word(parseText('').word), "''");
    assert.equal(word(parseText('a"b').word), "'a\"b'");
  });

  it('never throws', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '%{',
        '}',
        'HTTP:',
        'Origin',
        '==',
        '=~',
        '!~',
        '/',
        'm#',
        '#',
        '(',
        ')',
        '{',
        ',',
        '&&',
        '||',
        '!',
        'not ',
        "'",
        '"',
        '\\',
        '$1',
        '.',
        '-in ',
        '-n ',
        ':}',
        '%{:',
        ' ',
        '12',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        parseExpression(pieces.join(''));
        parseText(pieces.join(''));
      }),
      { numRuns: 3000 },
    );
  });

  it('stops at deep nesting and at great length, and says nothing of what httpd makes of it', () => {
    for (const text of [
      '('.repeat(50_000),
      '!'.repeat(50_000),
      'tolower('.repeat(50_000),
      '%{HTTP:'.repeat(50_000),
      Array(50_000).fill('true').join(' || '),
      `'a' == ${Array(50_000).fill("'b'").join(' . ')}`,
    ]) {
      const { expression, problem } = parseExpression(text);
      assert.deepEqual([expression.kind, problem], ['unknown', undefined]);
    }
  });
});

import assert from 'node:assert/strict';
import type { Authoring } from '../../core/authoring.ts';
import type { FileEdit } from '../../core/finding.ts';
import { applyEdits } from '../../core/text.ts';
import type { HeaderWrite, Policy } from '../../policy/model.ts';
import { EditableFile } from './edits.ts';
import { engine } from './engine.ts';

interface Subject {
  readonly authoring: Authoring;
  /** The last write of a header. */
  readonly write: (name: string) => HeaderWrite;
  readonly policy: Policy;
  readonly text: string;
  /** The place of a piece of the text. */
  readonly place: (piece: string) => { readonly uri: string; readonly range: { readonly start: number; readonly end: number } };
}

type Edits = readonly FileEdit[] | FileEdit | undefined;
type Row = readonly [name: string, before: string, fix: (subject: Subject) => Edits, after: string | undefined];

const uri = 'file:///srv/www/.htaccess';
const origin = 'Access-Control-Allow-Origin';

function subjectOf(text: string): Subject {
  const nothing = { read: () => undefined, list: () => [], candidates: () => [] };
  const { authoring, observations, policies } = engine.extract({ uri, text }, nothing);
  const [policy] = policies;
  assert.ok(policy);
  const write = (name: string): HeaderWrite => {
    const found = observations.findLast((each) => each.kind === 'headerWritten' && each.write.name.toLowerCase() === name.toLowerCase());
    assert.ok(found?.kind === 'headerWritten', `${name} is written`);
    return found.write;
  };
  const place: Subject['place'] = (piece) => {
    const start = text.indexOf(piece);
    assert.ok(start >= 0, `${piece} is in the text`);
    return { uri, range: { start, end: start + piece.length } };
  };
  return { authoring, write, policy, text, place };
}

const allow =
  (...origins: string[]) =>
  ({ authoring, write }: Subject): Edits =>
    authoring.allowOnly(write(origin), write(origin).valuePlace, origins);
const exempt =
  (piece: string) =>
  ({ authoring, place, policy }: Subject): Edits =>
    authoring.exemptPreflight({ place: place(piece), name: piece, confidence: 'proven' }, policy);
const answer = ({ authoring, policy }: Subject): Edits => authoring.answerPreflight(policy);
const disable =
  (piece: string, scope: 'next-line' | 'line' | 'file') =>
  ({ authoring, place }: Subject): Edits =>
    authoring.disableComment(place(piece).range.start, scope, 'wildcard-origin');
const list =
  (piece: string, source: string, ...origins: string[]) =>
  ({ authoring, place }: Subject): Edits =>
    authoring.listOrigins({ form: 'pattern', place: place(piece), pattern: { dialect: 'pcre', source, flags: '' } }, origins);

const rows: readonly Row[] = [
  ['always: plain', `Header  set ${origin} "*"\n`, (s) => s.authoring.sendAlways(s.write(origin)), `Header  always set ${origin} "*"\n`],
  [
    'always: onsuccess',
    `header onsuccess set ${origin} *\n`,
    (s) => s.authoring.sendAlways(s.write(origin)),
    `header always set ${origin} *\n`,
  ],
  ['always: there already', `Header always set ${origin} *\n`, (s) => s.authoring.sendAlways(s.write(origin)), undefined],
  [
    'Vary: after the write, without its condition',
    `SetEnvIf Origin "^https://a\\.example$" X=$0\r\n\tHeader set ${origin} "%{X}e" env=X\r\n`,
    (s) => s.authoring.varyByOrigin(s.write(origin)),
    `SetEnvIf Origin "^https://a\\.example$" X=$0\r\n\tHeader set ${origin} "%{X}e" env=X\r\n\tHeader always merge Vary Origin\r\n`,
  ],
  [
    'Vary: behind what would erase it',
    `Header always set ${origin} *\nHeader always set Vary Accept\nHeader set Vary Cookie\nHeader always set X-A b\n`,
    (s) => s.authoring.varyByOrigin(s.write(origin)),
    `Header always set ${origin} *\nHeader always set Vary Accept\nHeader always merge Vary Origin\nHeader set Vary Cookie\nHeader always set X-A b\n`,
  ],
  [
    'Vary: before an If',
    `<If "%{req:Origin} == 'https://a.example'">\n  Header set ${origin} *\n</If>\n`,
    (s) => s.authoring.varyByOrigin(s.write(origin)),
    `Header always merge Vary Origin\n<If "%{req:Origin} == 'https://a.example'">\n  Header set ${origin} *\n</If>\n`,
  ],
  [
    'Vary always: no condition, and added to',
    'SetEnvIf Origin "^https://a" X\nHeader set Vary Origin env=X\n',
    (s) => s.authoring.varyAlways(s.write('Vary')),
    'SetEnvIf Origin "^https://a" X\nHeader merge Vary Origin\n',
  ],
  ['Vary merged', 'Header set Vary "Origin"\n', (s) => s.authoring.mergeVary(s.write('Vary')), 'Header merge Vary "Origin"\n'],
  [
    'beside: table, condition and indentation',
    `SetEnvIf Origin "^https://a" X=$0\n  Header always set ${origin} "%{X}e" env=X\n`,
    (s) => s.authoring.addHeaderBeside(s.write(origin), { name: 'Access-Control-Allow-Headers', value: 'A, B' }),
    `SetEnvIf Origin "^https://a" X=$0\n  Header always set ${origin} "%{X}e" env=X\n  Header always set Access-Control-Allow-Headers "A, B" env=X\n`,
  ],
  [
    'remove: with continuation lines',
    `Header set A b\nHeader set ${origin} \\\n  "*"\nHeader set C d\n`,
    (s) => s.authoring.remove(s.write(origin)),
    'Header set A b\nHeader set C d\n',
  ],
  [
    'remove: a last line without a break',
    `Header set A b\nHeader set ${origin} *`,
    (s) => s.authoring.remove(s.write(origin)),
    'Header set A b\n',
  ],
  [
    'value: quotes stay',
    `Header set ${origin} '*'\n`,
    (s) => s.authoring.replaceValue(s.write(origin), 'https://a.example'),
    `Header set ${origin} 'https://a.example'\n`,
  ],
  [
    'value: quotes where needed',
    'Header set Access-Control-Allow-Methods GET\n',
    (s) => s.authoring.replaceValue(s.write('Access-Control-Allow-Methods'), 'GET, PUT'),
    'Header set Access-Control-Allow-Methods "GET, PUT"\n',
  ],
  [
    'text: an expression’s literal',
    `<If "%{req:Origin} == 'null'">\nHeader set ${origin} *\n</If>\n`,
    (s) => s.authoring.replaceText(s.place("'null'"), 'https://a.example'),
    `<If "%{req:Origin} == 'https://a.example'">\nHeader set ${origin} *\n</If>\n`,
  ],
  [
    'text: a variable keeps its name',
    `SetEnvIf Origin "^https://a" X=https://A.example\nHeader set ${origin} "%{X}e" env=X\n`,
    (s) => s.authoring.replaceText(s.place('X=https://A.example'), 'https://a.example'),
    `SetEnvIf Origin "^https://a" X=https://a.example\nHeader set ${origin} "%{X}e" env=X\n`,
  ],
  [
    'pattern: in its quotes',
    `SetEnvIf Origin "a.b" X\nHeader set ${origin} * env=X\n`,
    (s) =>
      s.authoring.replacePattern(
        { form: 'pattern', place: s.place('a.b'), pattern: { dialect: 'pcre', source: 'a.b', flags: '' } },
        '^a\\.b$',
        '',
      ),
    `SetEnvIf Origin "^a\\.b$" X\nHeader set ${origin} * env=X\n`,
  ],
  [
    'pattern: quoted where it holds a space',
    `SetEnvIf Origin a.b X\nHeader set ${origin} * env=X\n`,
    (s) =>
      s.authoring.replacePattern(
        { form: 'pattern', place: s.place('a.b'), pattern: { dialect: 'pcre', source: 'a.b', flags: '' } },
        '^a b$',
        '',
      ),
    `SetEnvIf Origin "^a b$" X\nHeader set ${origin} * env=X\n`,
  ],
  [
    'pattern: a RewriteCond stays negated',
    `RewriteCond %{HTTP:Origin} !a.b\nHeader set ${origin} *\n`,
    (s) =>
      s.authoring.replacePattern(
        { form: 'pattern', place: s.place('!a.b'), pattern: { dialect: 'pcre', source: 'a.b', flags: '' } },
        '^a\\.b$',
        '',
      ),
    `RewriteCond %{HTTP:Origin} !^a\\.b$\nHeader set ${origin} *\n`,
  ],
  [
    'list: one pattern for some origins',
    `SetEnvIf Origin "https://(a|b).io" X=$0\nHeader set ${origin} * env=X\n`,
    list('https://(a|b).io', 'https://(a|b).io', 'https://a.io', 'https://b.io'),
    `SetEnvIf Origin "^(https://a\\.io|https://b\\.io)$" X=$0\nHeader set ${origin} * env=X\n`,
  ],
  [
    'list: one origin',
    `SetEnvIf Origin "https://a.io" X=$0\nHeader set ${origin} * env=X\n`,
    list('https://a.io', 'https://a.io', 'https://a.io'),
    `SetEnvIf Origin "^https://a\\.io$" X=$0\nHeader set ${origin} * env=X\n`,
  ],
  [
    'list: the group that is asked for',
    `SetEnvIf Origin "^(https://a.io)" X=$1\nHeader set ${origin} * env=X\n`,
    list('^(https://a.io)', '^(https://a.io)', 'https://a.io'),
    `SetEnvIf Origin "^(https://a\\.io)$" X=$1\nHeader set ${origin} * env=X\n`,
  ],
  [
    'list: not where a second group is asked for',
    `SetEnvIf Origin "^(https://(a).io)" X=$2\nHeader set ${origin} * env=X\n`,
    list('^(https://(a).io)', '^(https://(a).io)', 'https://a.io'),
    undefined,
  ],
  [
    'list: an expression compares',
    `<If "%{req:Origin} =~ m#^https://a.io#">\nHeader set ${origin} *\n</If>\n`,
    list('m#^https://a.io#', '^https://a.io', 'https://a.io'),
    `<If "%{req:Origin} == 'https://a.io'">\nHeader set ${origin} *\n</If>\n`,
  ],
  [
    'list: an expression with a list',
    `<If "%{req:Origin} =~ m#^https://(a|b).io#">\nHeader set ${origin} *\n</If>\n`,
    list('m#^https://(a|b).io#', '^https://(a|b).io', 'https://a.io', 'https://b.io'),
    `<If "%{req:Origin} -in {'https://a.io', 'https://b.io'}">\nHeader set ${origin} *\n</If>\n`,
  ],
  [
    'list: not where what was found is used',
    `<If "%{req:Origin} =~ m#^https://(a.io)#">\nHeader set ${origin} "expr=https://$1"\n</If>\n`,
    list('m#^https://(a.io)#', '^https://(a.io)', 'https://a.io'),
    undefined,
  ],
  [
    'list: not under a negation',
    `<If "%{req:Origin} !~ m#^https://a.io#">\nHeader unset ${origin}\n</If>\n`,
    list('m#^https://a.io#', '^https://a.io', 'https://a.io'),
    undefined,
  ],
  [
    'list: a condition',
    `RewriteCond %{HTTP:Origin} ^https://a.io\nRewriteRule ^ - [E=X:%{HTTP:Origin}]\n`,
    list('^https://a.io', '^https://a.io', 'https://a.io'),
    `RewriteCond %{HTTP:Origin} ^https://a\\.io$\nRewriteRule ^ - [E=X:%{HTTP:Origin}]\n`,
  ],
  [
    'entry: the last of a list',
    `<If "%{req:Origin} -in { 'a', 'null' }">\nHeader set ${origin} *\n</If>\n`,
    (s) => s.authoring.removeEntry({ form: 'list', place: s.place("'a', 'null'") }, { text: 'null', place: s.place("'null'") }),
    `<If "%{req:Origin} -in { 'a' }">\nHeader set ${origin} *\n</If>\n`,
  ],
  [
    'allow: the reflecting pattern',
    `SetEnvIf Origin "(.*)" X=$1\nHeader always set ${origin} "%{X}e" env=X\nHeader always merge Vary Origin\n`,
    allow('https://a.example'),
    `SetEnvIf Origin "^https://a\\.example$" X=$0\nHeader always set ${origin} "%{X}e" env=X\nHeader always merge Vary Origin\n`,
  ],
  [
    'allow: a new list',
    `  Header set ${origin} "*"\n`,
    allow('https://a.example', 'https://b.example'),
    `  SetEnvIf Origin "^(https://a\\.example|https://b\\.example)$" CORS_ORIGIN=$0\n  Header always set ${origin} "%{CORS_ORIGIN}e" env=CORS_ORIGIN\n  Header always merge Vary Origin\n`,
  ],
  [
    'allow: what went with the old condition goes with the new one, cookies always do',
    `SetEnvIf Referer "^(https?://[^/]+)" X=$1\nHeader set ${origin} "%{X}e" env=X\nHeader set Access-Control-Allow-Credentials true\nHeader set Access-Control-Allow-Headers X-A env=X\nHeader set Access-Control-Max-Age 60\nHeader merge Vary Origin\n`,
    allow('https://a.example'),
    `SetEnvIf Referer "^(https?://[^/]+)" X=$1\nSetEnvIf Origin "^https://a\\.example$" CORS_ORIGIN=$0\nHeader always set ${origin} "%{CORS_ORIGIN}e" env=CORS_ORIGIN\nHeader always set Access-Control-Allow-Credentials true env=CORS_ORIGIN\nHeader always set Access-Control-Allow-Headers X-A env=CORS_ORIGIN\nHeader set Access-Control-Max-Age 60\nHeader always merge Vary Origin\n`,
  ],
  [
    'allow: cookies under a condition of their own stay there',
    `SetEnvIf Origin "(.*)" X=$1\nHeader always set ${origin} "%{X}e" env=X\nHeader always set Access-Control-Allow-Credentials true env=TRUSTED\nHeader merge Vary Origin\n`,
    allow('https://a.example'),
    `SetEnvIf Origin "^https://a\\.example$" X=$0\nHeader always set ${origin} "%{X}e" env=X\nHeader always set Access-Control-Allow-Credentials true env=TRUSTED\nHeader always merge Vary Origin\n`,
  ],
  [
    'allow: a free name',
    `SetEnv cors_origin 1\nHeader always set ${origin} *\nHeader merge Vary Origin\n`,
    allow('https://a.example'),
    `SetEnv cors_origin 1\nSetEnvIf Origin "^https://a\\.example$" CORS_ORIGIN_2=$0\nHeader always set ${origin} "%{CORS_ORIGIN_2}e" env=CORS_ORIGIN_2\nHeader always merge Vary Origin\n`,
  ],
  [
    'allow: a variable of two lines is left alone',
    `SetEnvIf Origin "(.*)" X=$1\nRewriteRule ^ - "[E=X:%{HTTP:Origin}]"\nHeader always set ${origin} "%{X}e" env=X\nHeader merge Vary Origin\n`,
    allow('https://a.example'),
    `SetEnvIf Origin "(.*)" X=$1\nRewriteRule ^ - "[E=X:%{HTTP:Origin}]"\nSetEnvIf Origin "^https://a\\.example$" CORS_ORIGIN=$0\nHeader always set ${origin} "%{CORS_ORIGIN}e" env=CORS_ORIGIN\nHeader always merge Vary Origin\n`,
  ],
  [
    'exempt: one line',
    'Require valid-user\n',
    exempt('Require valid-user'),
    '<RequireAny>\n    Require method OPTIONS\n    Require valid-user\n</RequireAny>\n',
  ],
  [
    'exempt: all lines of a place',
    'AuthType Basic\nRequire user a\nRequire group b\nHeader set A b\n',
    exempt('Require group b'),
    'AuthType Basic\n<RequireAny>\n    Require method OPTIONS\n    Require user a\n    Require group b\n</RequireAny>\nHeader set A b\n',
  ],
  [
    'exempt: a RequireAny',
    '<RequireAny>\n  Require valid-user\n</RequireAny>\n',
    exempt('Require valid-user'),
    '<RequireAny>\n  Require method OPTIONS\n  Require valid-user\n</RequireAny>\n',
  ],
  [
    'exempt: within a RequireAll',
    '<RequireAll>\n  Require ip 10\n  Require valid-user\n</RequireAll>\n',
    exempt('Require valid-user'),
    '<RequireAll>\n  Require ip 10\n  <RequireAny>\n    Require method OPTIONS\n    Require valid-user\n  </RequireAny>\n</RequireAll>\n',
  ],
  ['exempt: not within a RequireNone', '<RequireNone>\n  Require user a\n</RequireNone>\n', exempt('Require user a'), undefined],
  [
    'answer: before the first rule',
    `Header always set ${origin} *\nRewriteEngine On\nRewriteRule ^ /x\n`,
    answer,
    `Header always set ${origin} *\nRewriteEngine On\nRewriteCond %{REQUEST_METHOD} =OPTIONS\nRewriteRule ^ - [R=204,L]\nRewriteRule ^ /x\n`,
  ],
  ['answer: not with plain lines', `Header set ${origin} *\n`, answer, undefined],
  [
    'guard: env',
    `SetEnvIf Origin "^https://a" X=$0\nHeader set ${origin} "%{X}e"\n`,
    (s) => s.authoring.guardOrigin(s.write(origin)),
    `SetEnvIf Origin "^https://a" X=$0\nHeader set ${origin} "%{X}e" env=X\n`,
  ],
  [
    'guard: beside another condition',
    `SetEnvIf Origin "^https://a" X=$0\nHeader set ${origin} "%{X}e" env=!Y\n`,
    (s) => s.authoring.guardOrigin(s.write(origin)),
    `SetEnvIf Origin "^https://a" X=$0\nHeader set ${origin} "%{X}e" "expr=-z reqenv('Y') && -n reqenv('X')"\n`,
  ],
  [
    'carry: lines move to always',
    `Header set ${origin} *\n`,
    (s) => s.authoring.carryInto(s.write(origin).place, [s.write(origin)]),
    `Header always set ${origin} *\n`,
  ],
  [
    'rewrite: nothing deletes the line',
    `A b\nHeader set ${origin} *\n`,
    (s) => s.authoring.rewrite(s.place('A b'), ''),
    `Header set ${origin} *\n`,
  ],
  [
    'disable: above the line',
    `<IfModule mod_headers.c>\r\n\tHeader set ${origin} *\r\n</IfModule>\r\n`,
    disable('Header', 'next-line'),
    `<IfModule mod_headers.c>\r\n\t# cors-lint-disable-next-line wildcard-origin\r\n\tHeader set ${origin} *\r\n</IfModule>\r\n`,
  ],
  ['disable: not inside a continuation', `Header set ${origin} \\\n  "*"\n`, disable('"*"', 'next-line'), undefined],
  ['disable: never behind a directive', `Header set ${origin} *\n`, disable('Header', 'line'), undefined],
  [
    'disable: the byte order mark stays first',
    `\ufeffHeader set ${origin} *\n`,
    disable('Header', 'file'),
    `\ufeff# cors-lint-disable-file wildcard-origin\nHeader set ${origin} *\n`,
  ],
];

describe('fixes in Apache configuration', () => {
  for (const [name, before, fix, after] of rows) {
    it(name, () => {
      const edits = fix(subjectOf(before));
      if (edits === undefined || after === undefined) {
        assert.equal(edits, after);
        return;
      }
      assert.equal(applyEdits(before, 'uri' in edits ? [edits] : edits), after);
    });
  }

  it('looks into a file with many findings once', () => {
    let parsed = 0;
    const text = `Header always set ${origin} *\n`.repeat(20);
    const file = {
      uri,
      get text(): string {
        parsed++;
        return text;
      },
    };
    const trees = new Set(Array.from({ length: 20 }, () => new EditableFile(file).nodes));
    assert.deepEqual([trees.size, parsed], [1, 1]);
  });

  it('an allowlist without known origins has a tab stop in place of the origin', () => {
    const edits = allow()(subjectOf(`Header always set ${origin} *\n`));
    assert.ok(Array.isArray(edits));
    const snippets = (edits as readonly FileEdit[]).flatMap((edit) => edit.snippet ?? []);
    assert.deepEqual(snippets, ['SetEnvIf Origin "^${1:https://app\\\\.example\\\\.com}\\$" CORS_ORIGIN=\\$0\n']);
  });
});

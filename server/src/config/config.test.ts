import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import type { Rule } from '../core/rule.ts';
import type { Workspace } from '../core/workspace.ts';
import { parseConfiguration } from './parse.ts';
import { Configurations, layered } from './resolve.ts';
import { configurationSchema } from './schema.ts';

const ids = ['missing-always', 'reflected-origin', 'wildcard-origin'];
const rules = ids.map((id): Rule => ({
  id,
  category: 'readers',
  level: 'warning',
  languages: ['nginx'],
  summary: 'S.',
  fix: 'none',
  check: () => [],
}));

const workspaceOf = (files: Readonly<Record<string, string>>): Workspace => ({
  read: (uri) => Promise.resolve(files[uri]),
  list: () => Promise.resolve(undefined),
  files: () => Promise.resolve([]),
});

describe('configuration file', () => {
  const broken: readonly (readonly [text: string, at: string, message: RegExp])[] = [
    ['{\n  "profil": "strict"\n}', '2:3 profil', /^There is no key "profil"\. Did you mean "profile"\?$/],
    ['{ "profile": "stict" }', '1:14 profile', /^"stict" is none of "recommended", "strict"\. Did you mean "strict"\?$/],
    [
      '{ "rules": { "missing-alway": "off" } }',
      '1:14 rules.missing-alway',
      /^There is no rule "missing-alway"\. Did you mean "missing-always"\?$/,
    ],
    ['{ "rules": { "missing-always": "warn" } }', '1:32 rules.missing-always', /Did you mean "warning"\?$/],
    ['{ "rules": { "missing-always": 2 } }', '1:32 rules.missing-always', /^2 is none of/],
    ['{ "rules": [] }', '1:12 rules', /is an object/],
    ['{ "overrides": [{ "rules": {} }] }', '1:17 overrides[0]', /needs "files"/],
    ['{ "overrides": [{ "files": ["*.conf"], "rulez": {} }] }', '1:40 overrides[0].rulez', /Did you mean "rules"\?$/],
    ['{ "extends": "base.json" }', '1:14 extends', /write "\.\/base\.json"/],
    ['{ "trustedDomains": ["https://Acme.io/"] }', '1:22 trustedDomains', /Did you mean "acme\.io"\?$/],
    ['{ "trustedDomains": "acme.io" }', '1:21 trustedDomains', /is a list/],
    ['{ "profile": "strict", "profile": "strict" }', '1:24 profile', /stands here twice/],
    ['{ "profile" "strict" }', '1:13 ', /^This is not valid JSON: colon expected\.$/],
    ['[]', '1:1 ', /is an object/],
    ['{ "profile": ', '1:14 ', /not valid JSON/],
  ];
  for (const [text, at, message] of broken) {
    it(`tells what is wrong in ${text}`, () => {
      const [problem] = parseConfiguration('file:///c.json', text, ids).problems;
      assert.ok(problem);
      assert.equal(`${problem.line}:${problem.column} ${problem.key}`, at);
      assert.match(problem.message, message);
    });
  }

  it('allows comments, trailing commas, a byte order mark and nothing at all', () => {
    const text = '\uFEFF{\n // why\n "profile": "strict", /* x */ "rules": { "missing-always": "off", }, }';
    assert.deepEqual(parseConfiguration('file:///c', text, ids), {
      file: { profile: 'strict', rules: { 'missing-always': 'off' } },
      problems: [],
    });
    assert.deepEqual(parseConfiguration('file:///c', '', ids), { file: {}, problems: [] });
  });

  it('never throws, whatever the text', () => {
    const text = '{ "extends": ["./a"], "profile": "strict", "rules": { "missing-always": "off" }, "overrides": [{ "files": "*" }] }';
    for (let end = 0; end <= text.length; end++) parseConfiguration('file:///c', text.slice(0, end), ids);
    for (const other of ['null', '1', '"x"', '{"rules":null}', '{"overrides":[1,null]}', '{"extends":[{}]}', '{"__proto__":1}'])
      parseConfiguration('file:///c', other, ids);
  });

  it('accepts by its schema what it accepts by its parser', () => {
    const validate = new Ajv({ strict: false }).compile(configurationSchema(rules));
    const texts = [
      ...broken.map(([text]) => text),
      '{}',
      '{ "extends": "./a.json", "ignore": ["x"], "profile": "strict" }',
      '{ "overrides": [{ "files": "*.conf", "rules": { "missing-always": "off" } }], "trustedDomains": ["acme.io"] }',
    ];
    for (const text of texts) {
      // What JSON itself refuses, or reads otherwise, says nothing about the schema.
      if (/profile" "|: $|, "profile": "strict" \}/.test(text) && broken.some(([other]) => other === text)) continue;
      const { problems } = parseConfiguration('file:///c', text, ids);
      assert.equal(validate(JSON.parse(text)), problems.length === 0, `${text} ${JSON.stringify(validate.errors)}`);
    }
  });
});

describe('finding the configuration', () => {
  const settingsOf = async (files: Readonly<Record<string, string>>, uri: string) => new Configurations(workspaceOf(files), ids).for(uri);

  it('takes the nearest file upwards', async () => {
    const files = {
      'file:///p/cors-lint.config.json': '{"profile":"strict"}',
      'file:///p/a/cors-lint.config.json': '{"profile":"recommended"}',
    };
    assert.equal((await settingsOf(files, 'file:///p/a/b/c.conf')).settings.profile, 'recommended');
    assert.equal((await settingsOf(files, 'file:///p/x/c.conf')).settings.profile, 'strict');
    assert.equal((await settingsOf(files, 'file:///q/c.conf')).uri, undefined);
    assert.equal((await settingsOf(files, 'untitled:Untitled-1')).uri, undefined);
  });

  it('finds it on virtual file systems', async () => {
    const files = { 'vscode-vfs://github/a/b/cors-lint.config.json': '{"profile":"strict"}' };
    assert.equal((await settingsOf(files, 'vscode-vfs://github/a/b/src/x.ts')).settings.profile, 'strict');
  });

  it('extends other files, and tells of circles and of files that are not there', async () => {
    const base = '{"profile":"strict","rules":{"missing-always":"off"},"trustedDomains":["a.io"]}';
    const files = {
      'file:///base.json': base,
      'file:///p/cors-lint.config.json': '{"extends":"../base.json","rules":{"wildcard-origin":"error"},"trustedDomains":["b.io"]}',
      'file:///loop/cors-lint.config.json': '{"extends":"./other.json"}',
      'file:///loop/other.json': '{"extends":"./cors-lint.config.json"}',
      'file:///gone/cors-lint.config.json': '{\n"extends":"./gone.json"}',
    };
    assert.deepEqual((await settingsOf(files, 'file:///p/x')).settings, {
      profile: 'strict',
      rules: { 'missing-always': 'off', 'wildcard-origin': 'error' },
      trustedDomains: ['a.io', 'b.io'],
    });
    assert.match((await settingsOf(files, 'file:///loop/x')).problems[0]?.message ?? '', /in a circle/);
    assert.deepEqual((await settingsOf(files, 'file:///gone/x')).problems, [
      { uri: 'file:///gone/cors-lint.config.json', line: 2, column: 11, key: 'extends', message: '"./gone.json" cannot be read.' },
    ]);
  });

  it('tells where more files build on each other than anybody writes', async () => {
    const chain = Array.from({ length: 40 }, (_, n): [string, string] => [`file:///c/${n}.json`, `{"extends":"./${n + 1}.json"}`]);
    const files = { ...Object.fromEntries(chain), 'file:///c/cors-lint.config.json': '{"extends":"./0.json"}' };
    const [problem, ...others] = (await settingsOf(files, 'file:///c/x')).problems;
    assert.match(problem?.message ?? '', /is left out: more than 32 files/);
    assert.deepEqual(others, []);
  });

  it('applies overrides by glob and leaves out what is ignored', async () => {
    const text =
      '{"rules":{"missing-always":"error"},"ignore":["/old/"],"overrides":[{"files":["*.test.conf"],"rules":{"missing-always":"off"}},{"files":"legacy/**","profile":"strict"}]}';
    const files = { 'file:///p/cors-lint.config.json': text };
    const rows: readonly (readonly [uri: string, level: string, profile: string | undefined, ignored: boolean])[] = [
      ['file:///p/a.conf', 'error', undefined, false],
      ['file:///p/deep/a.test.conf', 'off', undefined, false],
      ['file:///p/legacy/a.conf', 'error', 'strict', false],
      ['file:///p/legacy/%5Bx%5D/a%20b.test.conf', 'off', 'strict', false],
      ['file:///p/old/a.conf', 'error', undefined, true],
    ];
    for (const [uri, level, profile, ignored] of rows) {
      const found = await settingsOf(files, uri);
      assert.deepEqual([found.settings.rules?.['missing-always'], found.settings.profile, found.ignored], [level, profile, ignored], uri);
    }
  });

  it('puts layers together, the first over the others', () => {
    assert.deepEqual(
      layered(
        { rules: { a: 'off' } },
        { profile: 'strict', rules: { a: 'error', b: 'info' }, trustedDomains: ['x'] },
        { profile: 'recommended', trustedDomains: ['y'] },
      ),
      {
        profile: 'strict',
        rules: { a: 'off', b: 'info' },
        trustedDomains: ['x', 'y'],
      },
    );
  });
});

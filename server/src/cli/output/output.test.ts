import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import type { Log } from 'sarif';
import type { Rule } from '../../core/rule.ts';
import type { Format } from '../commands.ts';
import { fileResult, type LintedFile, type Message } from '../result.ts';
import { harmless, paintFor } from '../terminal.ts';
import type { FormatContext } from './format.ts';
import { formatters } from './index.ts';

const rule: Rule = {
  id: 'missing-always',
  category: 'response',
  level: 'warning',
  languages: ['nginx'],
  summary: 'Headers get lost.',
  fix: 'safe',
  check: () => [],
};
const context: FormatContext = { cwd: '/p', env: {}, rules: [rule], paint: paintFor(false), columns: undefined };

const source = 'server {\n\tadd_header X "é 😀" ;\n}\n';
const message = (over: Partial<Message> = {}): Message => ({
  ruleId: 'missing-always',
  messageId: null,
  severity: 1,
  message: 'It is lost on errors. Add always.',
  line: 2,
  column: 15,
  endLine: 2,
  endColumn: 21,
  confidence: 'proven',
  ...over,
});
const file = (filePath: string, ...messages: readonly Message[]): LintedFile => ({ ...fileResult(filePath, messages, []), source });

const results: readonly LintedFile[] = [
  file('/p/clean.conf'),
  file(
    '/p/sub dir/ä%[1],:.conf',
    message({
      fix: { range: [30, 30], text: ' always' },
      witness: 'https://evil.example',
      suggestions: [
        { desc: 'Do it otherwise', fix: { range: [0, 6], text: 'x' } },
        { desc: 'Fill in', fix: { range: [0, 6], text: 'y' }, placeholder: true },
      ],
      relatedLocations: [{ filePath: '/p/clean.conf', line: 1, column: 1, endLine: 1, endColumn: 7, message: 'The other one.' }],
    }),
    message({ severity: 2, line: 3, column: 1, endLine: 4, endColumn: 1, message: 'A <b> & "c" % \u001B[31m\n::x', confidence: 'likely' }),
    message({ severity: 0, ruleId: 'other', line: 1, column: 1, endLine: 1, endColumn: 7 }),
  ),
  {
    ...fileResult('/elsewhere/x.conf', [], [{ ...message(), suppressions: [{ kind: 'directive', justification: 'because' }] }]),
    source,
  },
];

const output = async (format: Format, over: Partial<FormatContext> = {}, of = results): Promise<string> =>
  (await formatters[format]())(of, { ...context, ...over });

describe('formats', () => {
  it('stylish shows the line, the place, the witness and the fixes', async () => {
    const text = await output('stylish');
    assert.match(
      text,
      /^sub dir\/ä%\[1\],:\.conf:2:15: warning missing-always\n {2}It is lost on errors\. Add always\.\n {2}\|\n2 \| {5}add_header X "é 😀" ;\n {2}\| {18}\^{6}\n/m,
    );
    assert.match(
      text,
      / = origin: https:\/\/evil\.example\n {2}= see: clean\.conf:1:1 The other one\.\n {2}= fix: safe, applied by --fix\n {2}= fix: Do it otherwise\n {2}= fix: Fill in \(to be filled in\)\n/,
    );
    assert.match(text, /\n1 error, 1 warning, 1 info in 1 file of 3\. 1 can be fixed with --fix\.\n$/);
    assert.doesNotMatch(text, /(?!\n)\p{Cc}/u, 'no text of a file reaches the terminal as a command');
    assert.ok((await output('stylish', { paint: paintFor(true) })).includes('\u001B[33mwarning\u001B[39m'));
  });

  it('stylish cuts a long line around the place', async () => {
    const long = `${'a'.repeat(500)}BAD${'c'.repeat(500)}`;
    const one = { ...fileResult('/p/l.js', [message({ line: 1, column: 501, endLine: 1, endColumn: 504 })], []), source: long };
    const lines = (await output('stylish', { columns: 80 }, [one])).split('\n');
    assert.ok(
      lines.every((line) => line.length <= 82),
      String(lines.map((line) => line.length)),
    );
    const [shown = '', carets = ''] = lines.slice(3, 5);
    assert.equal(shown.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1), 'BAD');
  });

  it('stylish says nothing of files without messages', async () => assert.equal(await output('stylish', {}, [file('/p/clean.conf')]), ''));

  it('json is one document without the text that was read', async () => {
    const parsed = JSON.parse(await output('json')) as Record<string, unknown>[];
    assert.deepEqual(Object.keys(parsed[1] ?? {}), [
      'filePath',
      'messages',
      'suppressedMessages',
      'errorCount',
      'warningCount',
      'fatalErrorCount',
      'fixableErrorCount',
      'fixableWarningCount',
    ]);
    assert.deepEqual([parsed[1]?.['errorCount'], parsed[1]?.['warningCount'], parsed[1]?.['fixableWarningCount']], [1, 1, 1]);
  });

  it('github escapes what would end a property or a command', async () => {
    assert.deepEqual((await output('github')).split('\n'), [
      '::notice file=sub dir/ä%25[1]%2C%3A.conf,line=1,endLine=1,col=1,endColumn=7,title=other::It is lost on errors. Add always.',
      '::warning file=sub dir/ä%25[1]%2C%3A.conf,line=2,endLine=2,col=15,endColumn=21,title=missing-always::It is lost on errors. Add always.',
      '::error file=sub dir/ä%25[1]%2C%3A.conf,line=3,endLine=4,title=missing-always::A <b> & "c" %25 \u001B[31m%0A::x',
      '',
    ]);
    assert.match(await output('github', { env: { GITHUB_WORKSPACE: '/p/sub dir' } }), /file=ä/);
  });

  it('compact is one line a message, as GCC writes it', async () => {
    assert.equal(
      (await output('compact')).split('\n')[1],
      'sub dir/ä%[1],:.conf:2:15: warning: It is lost on errors. Add always. [missing-always]',
    );
    assert.equal((await output('compact')).split('\n').length, 4);
  });

  it('junit is well-formed, with a passed case for a file without messages', async () => {
    const text = await output('junit');
    assert.match(text, /<testsuites name="cors-lint" tests="5" failures="3" errors="0">/);
    assert.match(text, /message="A &#60;b&#62; &#38; &#34;c&#34; % \uFFFD\[31m&#10;::x"/);
    assert.match(text, /<testcase name="no findings" classname="clean\.conf" \/>/);
  });

  describe('sarif', () => {
    const schema = JSON.parse(readFileSync('test/cli/sarif-schema-2.1.0.json', 'utf8')) as object;
    const ajv = new Ajv({ strict: false, allErrors: true });
    // Its types and its module form disagree about where the function is.
    (createRequire(import.meta.url)('ajv-formats') as (ajv: Ajv) => void)(ajv);
    const validate = ajv.compile(schema);
    const parsed = async (): Promise<Log> => JSON.parse(await output('sarif')) as Log;

    it('is valid, and empty results are too', async () => {
      for (const of of [results, [], [file('/p/clean.conf')]]) {
        assert.ok(validate(JSON.parse(await output('sarif', {}, of))), JSON.stringify(validate.errors));
      }
      assert.equal(validate({ version: '2.1.0', runs: [{}] }), false, 'the schema refuses what is wrong');
    });

    it('has relative, encoded paths, rules with help, fixes, related places and fingerprints', async () => {
      const [run] = (await parsed()).runs;
      assert.deepEqual(run?.originalUriBaseIds, { ROOT: { uri: 'file:///p/' } });
      const first = run.results?.find((each) => each.ruleId === 'missing-always' && each.level === 'warning');
      assert.deepEqual(first?.locations?.[0]?.physicalLocation?.artifactLocation, {
        uri: 'sub%20dir/%C3%A4%25%5B1%5D%2C%3A.conf',
        uriBaseId: 'ROOT',
        index: 1,
      });
      assert.equal(run.tool.driver.rules?.[first.ruleIndex ?? -1]?.id, 'missing-always');
      assert.equal(first.fixes?.length, 2, 'what has to be filled in is no fix');
      assert.equal(first.relatedLocations?.length, 1);
      assert.match(first.partialFingerprints?.['corsLint/v1'] ?? '', /^[0-9a-f]{24}$/);
      assert.equal(run.artifacts?.[2]?.location?.uri, 'file:///elsewhere/x.conf');
      assert.deepEqual(run.results?.find((each) => each.suppressions)?.suppressions, [{ kind: 'inSource', justification: 'because' }]);
    });
  });
});

describe('text for a terminal', () => {
  it('shows what would steer it', () => assert.equal(harmless('a\u001B[2J\u202Eb\tc\u009B', ' '), 'a\\u001B[2J\\u202Eb c\\u009B'));
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { corsLint, expressError, Folder, lintJson, messagesOf, nginxClean, nginxError, nginxWarning, program } from './command.ts';

describe('cors-lint', function () {
  this.timeout(60_000);
  let folder: Folder;
  const make = (files: Readonly<Record<string, string>> = {}): Folder => (folder = new Folder(files));
  afterEach(() => folder.remove());

  describe('exit status', () => {
    const rows: readonly (readonly [
      what: string,
      files: Readonly<Record<string, string>>,
      args: readonly string[],
      status: number,
      err: RegExp,
    ])[] = [
      ['no finding', { 'a.conf': nginxClean }, [], 0, /^$/],
      ['a warning', { 'a.conf': nginxWarning }, [], 0, /^$/],
      ['an error', { 'a.conf': nginxError }, [], 1, /^$/],
      ['a warning too many', { 'a.conf': nginxWarning }, ['--max-warnings', '0'], 1, /^$/],
      ['as many warnings as may be', { 'a.conf': nginxWarning }, ['--max-warnings=1'], 0, /^$/],
      ['an error switched off', { 'a.conf': nginxError }, ['--rule', 'reflected-origin-with-credentials=off'], 0, /^$/],
      ['a warning raised', { 'a.conf': nginxWarning }, ['--rule=missing-always=error'], 1, /^$/],
      ['information', { 'a.conf': nginxWarning }, ['--profile', 'strict', '--rule', 'missing-always=info', '--max-warnings', '0'], 0, /^$/],
      ['nothing to analyse', { 'a.txt': 'x' }, [], 0, /^cors-lint: Nothing to analyse: .*\n$/],
      ['a file of another kind', { 'a.txt': 'x' }, ['a.txt'], 0, /^cors-lint: a\.txt is neither .*\n$/],
      ['a minified file', { 'a.min.js': 'x' }, ['a.min.js'], 0, /^cors-lint: a\.min\.js is generated, minified or of a package, so/],
      ['a file with long lines', { 'a.js': 'f();'.repeat(6000) }, ['a.js'], 0, /^cors-lint: a\.js is generated, .*\n$/],
      ['bytes that are no text', { 'nginx.conf': 'a\0b' }, ['nginx.conf'], 0, /^cors-lint: nginx\.conf is not UTF-8 text, .*\n$/],
      ['a very large file', { 'nginx.conf': '#'.repeat(4194305) }, [], 0, /^cors-lint: nginx\.conf is larger than 4 MB, .*\n$/],
      ['an empty file', { 'nginx.conf': '' }, ['nginx.conf'], 0, /^$/],
      [
        'a path that is not there',
        { 'a.conf': nginxError },
        ['gone.conf', 'a.conf'],
        2,
        /^cors-lint: gone\.conf: no such file or folder\n$/,
      ],
      [
        'a command that is misspelt',
        {},
        ['simulat'],
        2,
        /^cors-lint: simulat: no such file or folder\. Did you mean "cors-lint simulate"\?\n$/,
      ],
      ['a command that is an option', {}, ['help'], 2, /^cors-lint: help: no such file or folder\. Did you mean "--help"\?\n$/],
      ['a pattern that no shell expanded', { 'a.conf': nginxError }, ['*.conf'], 2, /^cors-lint: \*\.conf: no such .* name the folder/],
      ['an unknown option', {}, ['--fromat', 'json'], 2, /^cors-lint: There is no option "--fromat"\. Did you mean "--format"\?\n$/],
      ['an unknown format', {}, ['--format', 'jso'], 2, /^cors-lint: There is no format "jso"\. Did you mean "json"\?\n$/],
      [
        'an unknown rule',
        {},
        ['--rule', 'missing-allways=off'],
        2,
        /^cors-lint: There is no rule "missing-allways"\. Did you mean "missing-always"\?\n$/,
      ],
      ['an unknown level', {}, ['--rule', 'missing-always=err'], 2, /^cors-lint: There is no level "err"\. Did you mean "error"\?\n$/],
      ['an unknown profile', {}, ['--profile', 'strickt'], 2, /^cors-lint: There is no profile "strickt"\. Did you mean "strict"\?\n$/],
      [
        'a rule to explain that there is not',
        {},
        ['--explain', 'missing-alway'],
        2,
        /^cors-lint: There is no rule "missing-alway"\. Did you mean "missing-always"\?\n$/,
      ],
      ['no number of warnings', {}, ['--max-warnings', '-1'], 2, /^cors-lint: .*\n$/],
      ['standard input without a name', {}, ['--stdin'], 2, /--stdin-filename FILE/],
      [
        'a baseline that is not there',
        { 'a.conf': nginxWarning },
        ['--baseline', 'b.json'],
        2,
        /^cors-lint: The baseline b\.json cannot be read: no such file or folder\. .*\n$/,
      ],
      ['a reference that git does not know', { 'a.conf': nginxWarning }, ['--since', '--output=x'], 2, /^cors-lint: .*\n$/],
      [
        'a configuration that is not there',
        { 'a.conf': nginxWarning },
        ['--config', 'c.json'],
        2,
        /^cors-lint: c\.json:1:1: This configuration file cannot be read\.\n$/,
      ],
      [
        'a broken configuration',
        { 'a.conf': nginxError, 'cors-lint.config.json': '{\n  "rulez": {}\n}' },
        [],
        2,
        /^cors-lint: cors-lint\.config\.json:2:3: rulez: There is no key "rulez"\. Did you mean "rules"\?\n$/,
      ],
    ];
    for (const [what, files, args, status, err] of rows) {
      it(`${status} for ${what}`, () => {
        const ran = corsLint(args, { cwd: make(files).path });
        assert.equal(ran.status, status, ran.err);
        assert.match(ran.err, err);
      });
    }

    it('prints the rest where a path cannot be read', () => {
      make({ 'a.conf': nginxError });
      const { status, results, err } = lintJson(['a.conf', 'gone'], { cwd: folder.path });
      assert.equal(status, 2);
      assert.equal(results.length, 1);
      assert.equal(results[0]?.errorCount, 1);
      assert.match(err, /gone/);
    });

    it('names and counts folders without permission', () => {
      make({ 'a.conf': nginxError, 'closed/b.conf': nginxError, 'secret.conf': nginxError });
      chmodSync(folder.at('closed'), 0);
      chmodSync(folder.at('secret.conf'), 0);
      // The superuser may read everything, so somebody else has to look.
      const uid = process.getuid?.() === 0 ? 65_534 : undefined;
      if (uid !== undefined) chownSync(folder.path, uid, uid);
      const { status, results, err } = lintJson([], { cwd: folder.path, ...(uid !== undefined && { uid }) });
      chmodSync(folder.at('closed'), 0o755);
      assert.equal(status, 2);
      assert.deepEqual(
        results.map((file) => path.basename(file.filePath)),
        ['a.conf'],
      );
      assert.match(err, /: closed: permission denied\n/);
      assert.match(err, /: secret\.conf: permission denied\n/);
      assert.match(err, /1 folder could not be read/);
    });

    it('takes a reader that goes away for no error', () => {
      make({ 'a.conf': nginxError.repeat(400) });
      const run = spawnSync(
        'bash',
        ['-c', '"$0" "$1" a.conf --profile strict | head -c 1; echo " ${PIPESTATUS[0]}"', process.execPath, program],
        { cwd: folder.path, encoding: 'utf8' },
      );
      assert.equal(run.stdout, 'a 1\n');
      assert.equal(run.stderr, '');
    });
  });

  describe('the JSON document', () => {
    it('lists every file analysed, sorted, with absolute paths, and nothing else', () => {
      make({
        'b/nginx.conf': nginxClean,
        'a.js': expressError,
        'a-b.conf': nginxWarning,
        'x.txt': '',
        'node_modules/m/nginx.conf': nginxError,
        '.gitignore': 'old/\n',
        'old/nginx.conf': nginxError,
      });
      const { status, results } = lintJson(['.'], { cwd: folder.path });
      assert.equal(status, 1);
      assert.deepEqual(
        results.map((file) => file.filePath),
        ['a-b.conf', 'a.js', 'b/nginx.conf'].map((name) => folder.at(name)),
      );
      assert.deepEqual(
        results.map(({ errorCount, warningCount, fixableWarningCount }) => [errorCount, warningCount, fixableWarningCount]),
        [
          [0, 1, 1],
          [1, 0, 0],
          [0, 0, 0],
        ],
      );
    });

    it('counts ranges with a byte order mark, and positions without', () => {
      for (const mark of ['', '\uFEFF']) {
        for (const end of ['\n', '\r\n']) {
          const text = mark + nginxWarning.replaceAll('\n', end);
          make({ 'nginx.conf': text });
          const { results } = lintJson([], { cwd: folder.path });
          const [message] = messagesOf(results, 'nginx.conf');
          assert.ok(message?.fix, JSON.stringify(results));
          assert.deepEqual([message.ruleId, message.severity, message.line, message.column], ['missing-always', 1, 3, 9]);
          const { range, text: replacement } = message.fix;
          const fixed = text.slice(0, range[0]) + replacement + text.slice(range[1]);
          assert.equal(fixed, text.replace('app.example.com;', 'app.example.com always;'));
          folder.remove();
        }
      }
      make();
    });

    it('shows what a comment switches off, and comments that switch nothing off', () => {
      const text = nginxWarning.replace('        add', '        # cors-lint-disable-next-line missing-always -- known\n        add');
      make({ 'nginx.conf': `# cors-lint-disable-next-line missing-vary-origin\n${text}` });
      const { results } = lintJson(['--report-unused-suppressions'], { cwd: folder.path });
      assert.deepEqual(
        results[0]?.suppressedMessages.map(({ ruleId, suppressions }) => [ruleId, suppressions]),
        [['missing-always', [{ kind: 'directive', justification: 'known' }]]],
      );
      assert.deepEqual(
        results[0].messages.map(({ ruleId, line }) => [ruleId, line]),
        [['unused-suppression', 1]],
      );
      folder.write({ 'nginx.conf': `# cors-lint-disable-file missing-alway\n${nginxWarning}` });
      const misspelt = lintJson(['--report-unused-suppressions'], { cwd: folder.path }).results[0]?.messages[0]?.message;
      assert.equal(misspelt, 'This comment suppresses nothing: there is no rule missing-alway. Did you mean missing-always?');
    });
  });

  describe('fixes', () => {
    it('keep byte order mark, line ends and mode, and leave nothing to do', () => {
      const text = `\uFEFF${nginxWarning.replaceAll('\n', '\r\n')}`;
      make({ 'nginx.conf': text });
      chmodSync(folder.at('nginx.conf'), 0o640);
      const ran = corsLint(['--fix', '--max-warnings', '0'], { cwd: folder.path });
      assert.deepEqual([ran.status, ran.out, ran.err], [0, '', 'cors-lint: Fixed 1 file.\n']);
      assert.equal(readFileSync(folder.at('nginx.conf'), 'utf8'), text.replace('app.example.com;', 'app.example.com always;'));
      assert.equal(statSync(folder.at('nginx.conf')).mode & 0o777, 0o640);
      assert.equal(corsLint(['--fix'], { cwd: folder.path }).err, '');
    });

    it('as a dry run are a diff that git applies, and change nothing', () => {
      make({ 'a/nginx.conf': nginxWarning, 'b.conf': nginxWarning.replaceAll('\n', '\r\n') });
      const ran = corsLint(['--fix-dry-run'], { cwd: folder.path });
      assert.equal(readFileSync(folder.at('a/nginx.conf'), 'utf8'), nginxWarning);
      const applied = spawnSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder.path, input: ran.out, encoding: 'utf8' });
      assert.equal(applied.status, 0, applied.stderr);
      const patched = ['a/nginx.conf', 'b.conf'].map((name) => readFileSync(folder.at(name), 'utf8'));
      folder.write({ 'a/nginx.conf': nginxWarning, 'b.conf': nginxWarning.replaceAll('\n', '\r\n') });
      corsLint(['--fix'], { cwd: folder.path });
      assert.deepEqual(
        patched,
        ['a/nginx.conf', 'b.conf'].map((name) => readFileSync(folder.at(name), 'utf8')),
      );
    });

    it('that need somebody to choose are applied only where they are asked for, placeholders never', () => {
      make({ 'app.js': expressError });
      assert.equal(corsLint(['--fix'], { cwd: folder.path }).err, '');
      assert.equal(readFileSync(folder.at('app.js'), 'utf8'), expressError);
      const ran = corsLint(['--unsafe-fixes'], { cwd: folder.path });
      assert.equal(ran.status, 0, ran.out);
      assert.doesNotMatch(readFileSync(folder.at('app.js'), 'utf8'), /credentials|example\.com/);
    });

    it('leave a file alone that is not UTF-8', () => {
      make();
      const bytes = Buffer.from(`# caf\xe9\n${nginxWarning}`, 'latin1');
      writeFileSync(folder.at('nginx.conf'), bytes);
      const ran = corsLint(['--fix'], { cwd: folder.path });
      assert.equal(ran.status, 2);
      assert.equal(ran.err, 'cors-lint: nginx.conf: is not UTF-8, so it was not fixed\n');
      assert.match(ran.out, /missing-always/);
      assert.ok(readFileSync(folder.at('nginx.conf')).equals(bytes));
    });

    it('put the text into the JSON document', () => {
      make({ 'nginx.conf': nginxWarning });
      const { results } = lintJson(['--fix-dry-run'], { cwd: folder.path });
      assert.equal(results[0]?.output, nginxWarning.replace('app.example.com;', 'app.example.com always;'));
    });
  });

  describe('input', () => {
    it('comes from standard input under a name', () => {
      make({ 'cors-lint.config.json': '{ "rules": { "missing-always": "error" } }' });
      const { status, results } = lintJson(['--stdin', '--stdin-filename', 'sub/nginx.conf'], { cwd: folder.path, input: nginxWarning });
      assert.equal(status, 1);
      assert.deepEqual([results[0]?.filePath, results[0]?.errorCount], [folder.at('sub/nginx.conf'), 1]);
      const diff = corsLint(['--stdin', '--stdin-filename', 'nginx.conf', '--fix-dry-run'], { cwd: folder.path, input: nginxWarning });
      assert.match(diff.out, /^--- a\/nginx\.conf\n\+\+\+ b\/nginx\.conf\n@@ /);
    });

    it('is told by its content where a named file has another name', () => {
      make({ 'snippet.txt': nginxWarning });
      assert.equal(lintJson(['snippet.txt'], { cwd: folder.path }).results[0]?.warningCount, 1);
    });

    it('leaves out what --ignore names', () => {
      make({ 'a.conf': nginxError, 'b/c.conf': nginxError });
      assert.deepEqual(lintJson(['.', '--ignore', 'b/', '--ignore', 'a.*'], { cwd: folder.path }).results, []);
    });
  });

  describe('git', () => {
    const git = (...args: readonly string[]): string => {
      const run = spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', ...args], {
        cwd: folder.path,
        encoding: 'utf8',
      });
      assert.equal(run.status, 0, run.stderr);
      return run.stdout;
    };
    const names = (...args: readonly string[]): readonly string[] =>
      lintJson(args, { cwd: folder.path }).results.map((file) => path.relative(folder.path, file.filePath));

    it('--changed and --since look only at what changed', () => {
      make({ 'a.conf': nginxClean, 'b.conf': nginxClean, 'c.conf': nginxClean, '.gitignore': 'ignored.conf\n' });
      git('init', '-q');
      assert.deepEqual(names('--changed'), ['a.conf', 'b.conf', 'c.conf'], 'without a commit everything is new');
      git('add', '.');
      git('commit', '-qm', 'one');
      git('checkout', '-qb', 'topic');
      folder.write({ 'b.conf': nginxWarning });
      git('commit', '-qam', 'two');
      folder.write({ 'c.conf': nginxWarning, 'sub/ä b.conf': nginxWarning, 'ignored.conf': nginxWarning });
      assert.deepEqual(names('--changed'), ['c.conf', 'sub/ä b.conf']);
      assert.deepEqual(names('--since', 'main'), ['b.conf', 'c.conf', 'sub/ä b.conf']);
      assert.deepEqual(names('--since', 'main', 'sub'), ['sub/ä b.conf']);
      const unknown = corsLint(['--since', 'mian'], { cwd: folder.path });
      assert.deepEqual([unknown.status, unknown.err], [2, 'cors-lint: git knows no branch or commit "mian".\n']);
    });

    it('runs nothing that the repository configures', () => {
      make({ 'a.conf': nginxClean });
      git('init', '-q');
      git('config', 'core.fsmonitor', `touch ${folder.at('ran')}; true`);
      git('config', 'diff.external', `touch ${folder.at('ran')}; true`);
      corsLint(['--changed'], { cwd: folder.path });
      assert.equal(statSync(folder.at('ran'), { throwIfNoEntry: false }), undefined);
    });

    it('is said to be missing outside of a repository', () => {
      make({ 'a.conf': nginxClean });
      const ran = corsLint(['--changed'], { cwd: folder.path, env: { GIT_CEILING_DIRECTORIES: path.dirname(folder.path) } });
      assert.deepEqual([ran.status, ran.err], [2, 'cors-lint: There is no git repository here, so nothing can be said of what changed.\n']);
    });
  });

  it('keeps a baseline over moved lines', () => {
    make({ 'a.conf': nginxError });
    const first = corsLint(['--baseline', 'base.json', '--update-baseline'], { cwd: folder.path });
    assert.deepEqual([first.status, first.err.split('\n')[0]], [0, 'cors-lint: Wrote 1 finding into base.json.']);
    folder.write({ 'a.conf': `\n# more\n${nginxError}`, 'b.conf': nginxError });
    const second = lintJson(['--baseline', 'base.json'], { cwd: folder.path });
    assert.deepEqual([second.status, second.results.map((file) => file.errorCount)], [1, [0, 1]]);
    folder.write({ 'a.conf': nginxClean, 'b.conf': nginxClean });
    assert.match(corsLint(['--baseline', 'base.json'], { cwd: folder.path }).err, /1 finding of the baseline is fixed \(a\.conf\)/);
  });

  it('honours the nearest configuration, with overrides', () => {
    make({
      'cors-lint.config.json':
        '{ "rules": { "missing-always": "error" }, "ignore": ["gone/"], "overrides": [{ "files": "dev/**", "rules": { "missing-always": "off" } }] }',
      'a.conf': nginxWarning,
      'dev/a.conf': nginxWarning,
      'gone/a.conf': nginxWarning,
      'own/cors-lint.config.json': '{}',
      'own/a.conf': nginxWarning,
    });
    const { results } = lintJson([], { cwd: folder.path });
    assert.deepEqual(
      results.map((file) => [path.relative(folder.path, file.filePath), file.errorCount, file.warningCount]),
      [
        ['a.conf', 1, 0],
        ['dev/a.conf', 0, 0],
        ['own/a.conf', 0, 1],
      ],
    );
    assert.equal(corsLint(['--no-config', 'a.conf'], { cwd: folder.path }).status, 0);
    assert.equal(corsLint(['--rule', 'missing-always=warning', 'a.conf'], { cwd: folder.path }).status, 0);
  });

  it('writes a configuration that it understands, and never over one', () => {
    make({ 'a.conf': nginxWarning });
    assert.deepEqual(corsLint(['init', '--profile', 'strict'], { cwd: folder.path }), {
      status: 0,
      out: 'Wrote cors-lint.config.json.\n',
      err: '',
    });
    assert.equal(corsLint([], { cwd: folder.path }).err, '');
    assert.deepEqual(corsLint(['init'], { cwd: folder.path }), {
      status: 2,
      out: '',
      err: 'cors-lint: There is a cors-lint.config.json here already.\n',
    });
  });

  it('colours by the terminal and by the environment', () => {
    make({ 'a.conf': nginxWarning });
    const coloured = (args: readonly string[], env: Readonly<Record<string, string>>): boolean =>
      corsLint(args, { cwd: folder.path, env }).out.includes('\u001B[');
    assert.equal(coloured([], {}), false);
    assert.equal(coloured([], { FORCE_COLOR: '1' }), true);
    assert.equal(coloured(['--no-color'], { FORCE_COLOR: '1' }), false);
    assert.equal(coloured([], { FORCE_COLOR: '1', NO_COLOR: '1' }), false);
  });

  it('has a page for every rule, a list of them, a help and a version', () => {
    make();
    const list = JSON.parse(corsLint(['--list-rules', '--format', 'json'], { cwd: folder.path }).out) as { id: string }[];
    assert.ok(list.length > 0);
    for (const { id } of [list[0]!, list.at(-1)!])
      assert.match(corsLint(['--explain', id], { cwd: folder.path }).out, new RegExp(`^# ${id}\n`));
    assert.match(corsLint(['--list-rules'], { cwd: folder.path }).out, /^missing-always {2,}/m);
    assert.match(corsLint(['--help'], { cwd: folder.path }).out, /^cors-lint finds CORS mistakes/);
    const { version } = JSON.parse(readFileSync(path.join(path.dirname(program), '../package.json'), 'utf8')) as { version: string };
    assert.equal(corsLint(['--version'], { cwd: folder.path }).out, `${version}\n`);
  });

  it('does not trip over strange names and folders that look like files', () => {
    make({ 'new\nline.conf': nginxWarning, '-f.conf': nginxWarning, 'a #%20[1].conf': nginxWarning });
    mkdirSync(folder.at('nginx.conf'));
    const { results, err } = lintJson(['.'], { cwd: folder.path });
    assert.deepEqual(
      results.map((file) => [path.basename(file.filePath), file.warningCount]),
      [
        ['-f.conf', 1],
        ['a #%20[1].conf', 1],
        ['new\nline.conf', 1],
      ],
    );
    assert.equal(err, '');
    assert.equal(corsLint(['--', '-f.conf'], { cwd: folder.path }).err, '');
  });
});

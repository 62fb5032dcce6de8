import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CancellationTokenSource, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import type { CodeAction, Diagnostic, Range, SnippetTextEdit, TextEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { plainCapabilities, TestClient, vscodeCapabilities } from './client.ts';

const uri = 'file:///workspace/nginx.conf';

const conf = `events {}
http {
    server {
        location /public/ {
            add_header Access-Control-Allow-Origin https://app.example.com;
            proxy_pass http://127.0.0.1:3000;
        }
        location /account/ {
            add_header Access-Control-Allow-Origin $http_origin always;
            add_header Access-Control-Allow-Credentials true always;
            add_header Vary Origin always;
            proxy_pass http://127.0.0.1:3000;
        }
    }
}
`;
const rules = ['missing-always', 'reflected-origin-with-credentials'];

const everywhere: Range = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };
const rulesOf = (diagnostics: readonly Diagnostic[]): unknown[] => diagnostics.map(({ code }) => code);
const textAt = (text: string, range: Range): string => TextDocument.create(uri, 'nginx', 1, text).getText(range);
const withoutSuppressions = (actions: readonly CodeAction[]): readonly CodeAction[] =>
  actions.filter(({ title }) => !title.startsWith('Disable '));

/** The edits of an action that changes one open document. */
function editsOf(action: CodeAction): { version: number | null; edits: (TextEdit | SnippetTextEdit)[] } {
  const [change, ...others] = action.edit?.documentChanges ?? [];
  assert.ok(change !== undefined && 'edits' in change, `"${action.title}" changes a document`);
  assert.deepEqual(others, []);
  const { textDocument, edits } = change;
  return { version: textDocument.version, edits: edits };
}

function applied(text: string, edits: readonly (TextEdit | SnippetTextEdit)[]): string {
  return TextDocument.applyEdits(
    TextDocument.create(uri, 'nginx', 1, text),
    edits.map((edit) => ('newText' in edit ? edit : { range: edit.range, newText: edit.snippet.value })),
  );
}

const isResponseError =
  (code: number) =>
  (error: unknown): boolean =>
    error instanceof ResponseError && error.code === code;

describe('the server over standard input and output', () => {
  let client: TestClient;

  describe('to a client that pulls diagnostics', () => {
    beforeEach(async () => {
      client = await TestClient.start();
    });
    afterEach(async () => {
      assert.equal(await client.stop(), 0);
    });

    it('announces what it does', () => {
      const { capabilities } = client.initialized;
      assert.equal(capabilities.positionEncoding, 'utf-16');
      assert.deepEqual(capabilities.diagnosticProvider, {
        identifier: 'cors-lint',
        interFileDependencies: true,
        workspaceDiagnostics: false,
      });
      assert.deepEqual(capabilities.codeActionProvider, {
        codeActionKinds: ['quickfix', 'source.fixAll.corsLint'],
        resolveProvider: true,
      });
    });

    it('reports with the place, the level and a page about the rule', async () => {
      await client.open(uri, conf);
      const diagnostics = await client.diagnostics(uri);
      assert.deepEqual(rulesOf(diagnostics), rules);
      const [missing, reflected] = diagnostics;
      assert.ok(missing && reflected);
      assert.equal(missing.severity, 2);
      assert.equal(reflected.severity, 1);
      assert.equal(missing.source, 'cors-lint');
      assert.equal(missing.range.start.line, 4);
      assert.equal(textAt(conf, reflected.range), '$http_origin');
      assert.ok(existsSync(fileURLToPath(missing.codeDescription?.href ?? '')));
      assert.deepEqual(client.published, [], 'nothing is pushed to a client that pulls');
    });

    it('says "unchanged" as long as nothing has changed', async () => {
      await client.open(uri, conf);
      const first = await client.pull(uri);
      const second = await client.pull(uri, first.resultId);
      assert.equal(second.kind, 'unchanged');
      await client.edit(uri, 2, { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, '# \n');
      const third = await client.pull(uri, first.resultId);
      assert.equal(third.kind, 'full');
    });

    it('follows incremental edits', async () => {
      await client.open(uri, conf);
      const [first] = await client.diagnostics(uri);
      assert.ok(first);
      const end = { line: 4, character: (conf.split('\n')[4]?.length ?? 0) - 1 };
      await client.edit(uri, 2, { start: end, end }, ' always');
      assert.deepEqual(rulesOf(await client.diagnostics(uri)), rules.slice(1));
    });

    it('greys out a comment that suppresses nothing', async () => {
      const comment = '# cors-lint-disable-next-line null-origin-allowed';
      await client.open(uri, `${comment}\n${conf}`);
      const unused = (await client.diagnostics(uri)).find(({ code }) => code === 'unused-suppression');
      assert.ok(unused);
      assert.equal(textAt(`${comment}\n${conf}`, unused.range), comment);
      assert.match(typeof unused.message === 'string' ? unused.message : unused.message.value, /suppresses nothing of null-origin-allowed/);
    });

    it('shows the policy in hovers, lenses and the outline', async () => {
      await client.open(uri, conf);
      const allowed = conf.slice(0, conf.indexOf('Access-Control-Allow-Origin')).split('\n');
      const position = { line: allowed.length - 1, character: allowed.at(-1)?.length ?? 0 };
      const hover = await client.connection.sendRequest<{ contents: { value: string } }>('textDocument/hover', {
        textDocument: { uri },
        position,
      });
      assert.match(hover.contents.value, /which pages may read this response/);
      const lenses = await client.connection.sendRequest<{ command: { title: string } }[]>('textDocument/codeLens', {
        textDocument: { uri },
      });
      assert.ok(lenses.some(({ command }) => command.title.startsWith('CORS: ')));
      const symbols = await client.connection.sendRequest<{ name: string }[]>('textDocument/documentSymbol', { textDocument: { uri } });
      assert.ok(symbols.length > 0);
    });

    it('counts columns in UTF-16 code units', async () => {
      const text = conf.replace(
        'add_header Access-Control-Allow-Origin $http',
        'set $flag "😀é"; add_header Access-Control-Allow-Origin $http',
      );
      await client.open(uri, text);
      const reflected = (await client.diagnostics(uri)).find(({ code }) => code === rules[1]);
      assert.ok(reflected);
      assert.equal(textAt(text, reflected.range), '$http_origin');
    });

    it('reports nothing for a document that is not open, and for one of no language', async () => {
      assert.deepEqual(await client.diagnostics('file:///workspace/closed.conf'), []);
      await client.open('file:///workspace/notes.txt', conf, 'plaintext');
      assert.deepEqual(await client.diagnostics('file:///workspace/notes.txt'), []);
    });

    it('knows nginx.conf whatever the editor takes it for', async () => {
      await client.open(uri, conf, 'properties');
      assert.deepEqual(rulesOf(await client.diagnostics(uri)), rules);
    });

    it('answers for every text, however broken', async () => {
      const texts = [
        '',
        '\u0000',
        '}'.repeat(5000),
        '{'.repeat(5000),
        conf.slice(0, 200),
        `\uFEFF${conf}`,
        conf.replaceAll(';', ''),
        '"'.repeat(999),
      ];
      let version = 1;
      await client.open(uri, '', 'nginx', version);
      for (const text of texts) {
        await client.change(uri, ++version, text);
        assert.ok(Array.isArray(await client.diagnostics(uri)), JSON.stringify(text.slice(0, 40)));
      }
      assert.deepEqual(
        client.log.filter((line) => line.includes('Could not')),
        [],
      );
    });

    it('drops a request that is cancelled or superseded, and answers the next one', async () => {
      await client.open(uri, conf);
      const cancelled = new CancellationTokenSource();
      const first = client.pull(uri, undefined, cancelled.token);
      cancelled.cancel();
      const second = client.pull(uri);
      await client.change(uri, 2, '# nothing left\n');
      const third = client.pull(uri);
      const answers = await Promise.allSettled([first, second, third]);
      for (const answer of answers.slice(0, 2)) {
        // Either it was faster than the change, or it says why it has no answer.
        if (answer.status === 'rejected') {
          const { code }: { code?: number } = answer.reason as ResponseError;
          assert.ok(code === LSPErrorCodes.RequestCancelled || code === LSPErrorCodes.ServerCancelled, String(answer.reason));
        }
      }
      assert.deepEqual(await client.diagnostics(uri), []);
    });

    it('follows edits of a file that another one includes', async () => {
      const snippet = 'file:///workspace/snippets/cors.conf';
      await client.open(
        uri,
        'http { server { location / { include snippets/cors.conf; add_header Access-Control-Allow-Credentials true always; } } }',
      );
      await client.open(snippet, 'add_header Access-Control-Allow-Origin https://app.example.com always;\n');
      assert.deepEqual(rulesOf(await client.diagnostics(snippet)), []);
      const before = await client.pull(uri);
      await client.change(snippet, 2, 'add_header Access-Control-Allow-Origin $http_origin always;\nadd_header Vary Origin always;\n');
      assert.deepEqual(rulesOf(await client.diagnostics(snippet)), ['reflected-origin-with-credentials']);
      assert.equal((await client.pull(uri, before.resultId)).kind, 'full');
    });

    describe('code actions', () => {
      it('honour `only` by prefix, the empty kind too', async () => {
        await client.open(uri, conf);
        const kinds = async (only?: string[]): Promise<(string | undefined)[]> =>
          [...new Set((await client.codeActions(uri, everywhere, only)).map(({ kind }) => kind))].sort();
        assert.deepEqual(await kinds(), ['quickfix']);
        assert.deepEqual(await kinds(['quickfix']), ['quickfix']);
        assert.deepEqual(await kinds(['']), ['quickfix', 'source.fixAll.corsLint']);
        assert.deepEqual(await kinds(['source']), ['source.fixAll.corsLint']);
        assert.deepEqual(await kinds(['source.fixAll']), ['source.fixAll.corsLint']);
        assert.deepEqual(await kinds(['source.fixAll.corsLint']), ['source.fixAll.corsLint']);
        assert.deepEqual(await kinds(['source.fixAll.eslint']), []);
        assert.deepEqual(await kinds(['refactor']), []);
        assert.deepEqual(await kinds(['quickfixes']), []);
      });

      it('belong to the place that is asked for, and name their problem', async () => {
        await client.open(uri, conf);
        const [missing] = await client.diagnostics(uri);
        assert.ok(missing);
        const actions = await client.codeActions(uri, missing.range, undefined, [missing]);
        assert.ok(actions.length >= 3);
        for (const action of actions) assert.deepEqual(action.diagnostics, [missing]);
        assert.deepEqual(await client.codeActions(uri, { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }), []);
      });

      it('prefer the safe fix alone, never a suppression', async () => {
        await client.open(uri, conf);
        const [missing, reflected] = await client.diagnostics(uri);
        assert.ok(missing && reflected);
        const forMissing = await client.codeActions(uri, missing.range);
        assert.equal(forMissing.filter(({ isPreferred }) => isPreferred === true).length, 1);
        assert.equal(forMissing[0]?.isPreferred, true);
        const forReflected = await client.codeActions(uri, reflected.range);
        assert.equal(
          forReflected.some(({ isPreferred }) => isPreferred === true),
          false,
        );
        assert.equal(forReflected.filter(({ title }) => title.startsWith('Disable ')).length, 2);
      });

      it('make their edits when they are resolved, for the version they were made for', async () => {
        await client.open(uri, conf, 'nginx', 7);
        const [missing] = await client.diagnostics(uri);
        assert.ok(missing);
        const [fix] = await client.codeActions(uri, missing.range);
        assert.ok(fix);
        assert.equal(fix.edit, undefined);
        const { version, edits } = editsOf(await client.resolve(fix));
        assert.equal(version, 7);
        const fixed = applied(conf, edits);
        assert.match(fixed, /https:\/\/app\.example\.com always;/);
        await client.change(uri, 8, fixed);
        assert.deepEqual(rulesOf(await client.diagnostics(uri)), rules.slice(1));
        await assert.rejects(client.resolve(fix), isResponseError(LSPErrorCodes.ContentModified));
      });

      it('leave tab stops where the author has to fill something in', async () => {
        await client.open(uri, conf);
        const [, reflected] = await client.diagnostics(uri);
        assert.ok(reflected);
        const fixes = withoutSuppressions(await client.codeActions(uri, reflected.range));
        const resolved = await Promise.all(fixes.map((fix) => client.resolve(fix)));
        const snippets = resolved.flatMap((action) => editsOf(action).edits).filter((edit) => 'snippet' in edit);
        assert.ok(snippets.length > 0);
        for (const { snippet } of snippets) assert.match(snippet.value, /\$\{1:[^}]+\}/);
      });

      it('disable a rule by a comment, and the comment works', async () => {
        await client.open(uri, conf);
        let version = 1;
        for (const [title, left] of [
          ['Disable missing-always for this line', rules.slice(1)],
          ['Disable missing-always for this file', rules.slice(1)],
        ] as const) {
          const [missing] = await client.diagnostics(uri);
          assert.ok(missing);
          const disable = (await client.codeActions(uri, missing.range)).find((action) => action.title === title);
          assert.ok(disable);
          const { edits } = editsOf(await client.resolve(disable));
          await client.change(uri, ++version, applied(conf, edits));
          assert.deepEqual(rulesOf(await client.diagnostics(uri)), left);
          await client.change(uri, ++version, conf);
        }
      });

      it('fix all applies every safe fix, and nothing else', async () => {
        const twice = conf.replace(
          'proxy_pass http://127.0.0.1:3000;',
          'add_header Access-Control-Expose-Headers X-Total;\n            proxy_pass http://127.0.0.1:3000;',
        );
        await client.open(uri, twice);
        const [fixAll] = await client.codeActions(uri, everywhere, ['source.fixAll']);
        assert.ok(fixAll);
        const fixed = applied(twice, editsOf(await client.resolve(fixAll)).edits);
        await client.change(uri, 2, fixed);
        assert.deepEqual(rulesOf(await client.diagnostics(uri)), ['reflected-origin-with-credentials']);
        assert.deepEqual(await client.codeActions(uri, everywhere, ['source.fixAll']), []);
        assert.ok(!fixed.includes('cors-lint-disable'));
      });
    });

    describe('settings', () => {
      it('count at once: the client is told to ask again', async () => {
        await client.open(uri, conf);
        assert.deepEqual(rulesOf(await client.diagnostics(uri)), rules);
        await client.changeSettings({ rules: { 'missing-always': 'off', 'reflected-origin-with-credentials': 'info' } });
        await client.until('a refresh', () => (client.refreshes > 0 ? true : undefined));
        const diagnostics = await client.diagnostics(uri);
        assert.deepEqual(rulesOf(diagnostics), rules.slice(1));
        assert.equal(diagnostics[0]?.severity, 3);
        await client.changeSettings({ enable: false });
        await client.until('a second refresh', () => (client.refreshes > 1 ? true : undefined));
        assert.deepEqual(await client.diagnostics(uri), []);
        assert.deepEqual(await client.codeActions(uri, everywhere), []);
      });

      it('of the nearest configuration file stand above those of the editor', async () => {
        const folder = mkdtempSync(path.join(tmpdir(), 'cors-lint-protocol-'));
        try {
          const file = pathToFileURL(path.join(folder, 'sites', 'nginx.conf')).href;
          const configuration = pathToFileURL(path.join(folder, 'cors-lint.config.json')).href;
          writeFileSync(fileURLToPath(configuration), '{ "rules": { "missing-always": "error" } }');
          client.settings = { rules: { 'missing-always': 'off', 'reflected-origin-with-credentials': 'off' } };
          await client.open(file, conf);
          const [only, ...others] = await client.diagnostics(file);
          assert.deepEqual([only?.code, only?.severity, others], ['missing-always', 1, []]);
          // What is typed into the configuration counts before it is saved.
          await client.open(configuration, '{ "ignore": ["sites"] }', 'json');
          await client.until('a refresh', () => (client.refreshes > 0 ? true : undefined));
          assert.deepEqual(await client.diagnostics(file), []);
          await client.change(configuration, 2, '{ "rules": { "missing-always": "nonsense" } }');
          await client.until('a second refresh', () => (client.refreshes > 1 ? true : undefined));
          assert.deepEqual(await client.diagnostics(file), []);
          assert.ok(
            client.log.some((line) => line.includes('cors-lint.config.json:1:') && line.includes('nonsense')),
            client.log.join('\n'),
          );
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      });

      it('of a wrong kind are their defaults', async () => {
        client.settings = { enable: 'yes', rules: [1], trustedDomains: 'x', run: 3, profile: 'nonsense' };
        await client.open(uri, conf);
        assert.deepEqual(rulesOf(await client.diagnostics(uri)), rules);
      });
    });
  });

  describe('to a client that does not pull', () => {
    const published = (version: number): Promise<readonly Diagnostic[]> =>
      client.until(`diagnostics of version ${version}`, () => client.published.find((params) => params.version === version)?.diagnostics);

    afterEach(async () => {
      assert.equal(await client.stop(), 0);
    });

    it('pushes on open and on change, and clears on close', async () => {
      client = await TestClient.start({ capabilities: plainCapabilities });
      assert.equal(client.initialized.capabilities.diagnosticProvider, undefined);
      await client.open(uri, conf);
      assert.deepEqual(rulesOf(await published(1)), rules);
      await client.change(uri, 2, conf.replace('example.com;', 'example.com always;'));
      assert.deepEqual(rulesOf(await published(2)), rules.slice(1));
      await client.close(uri);
      await client.until('an empty list', () => (client.published.at(-1)?.diagnostics.length === 0 ? true : undefined));
    });

    it('reads the settings that it is sent', async () => {
      client = await TestClient.start({ capabilities: plainCapabilities, settings: { rules: { 'missing-always': 'off' } } });
      await client.open(uri, conf);
      assert.deepEqual(rulesOf(await published(1)), rules.slice(1));
      client.published.splice(0);
      await client.changeSettings({});
      assert.deepEqual(rulesOf(await published(1)), rules);
    });

    it('waits for the file to be saved where the settings say so', async () => {
      client = await TestClient.start({ capabilities: plainCapabilities, settings: { run: 'onSave' } });
      await client.open(uri, conf);
      await published(1);
      await client.change(uri, 2, '# nothing left\n');
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(
        client.published.some(({ version }) => version === 2),
        false,
      );
      await client.save(uri);
      assert.deepEqual(await published(2), []);
    });

    it('gives plain edits at once, without versions and tab stops', async () => {
      client = await TestClient.start({ capabilities: plainCapabilities });
      await client.open(uri, conf);
      const diagnostics = await published(1);
      for (const { range } of diagnostics) {
        for (const action of await client.codeActions(uri, range)) {
          assert.equal(action.isPreferred, undefined);
          assert.equal(action.edit?.documentChanges, undefined);
          const edits = action.edit?.changes?.[uri] ?? [];
          assert.ok(edits.length > 0, action.title);
          for (const { newText } of edits) assert.doesNotMatch(newText, /\$\{\d/);
        }
      }
    });

    it('offers no code action to a client that knows only commands', async () => {
      client = await TestClient.start({ capabilities: {} });
      await client.open(uri, conf);
      await published(1);
      assert.deepEqual(await client.codeActions(uri, everywhere), []);
    });
  });

  it('gives the whole edit at once where it cannot be resolved later', async () => {
    const { codeAction, ...textDocument } = vscodeCapabilities.textDocument ?? {};
    const { resolveSupport: _, ...withoutResolve } = codeAction ?? {};
    client = await TestClient.start({
      capabilities: { ...vscodeCapabilities, textDocument: { ...textDocument, codeAction: withoutResolve } },
    });
    await client.open(uri, conf, 'nginx', 3);
    const actions = await client.codeActions(uri, everywhere);
    assert.ok(actions.length > 0);
    for (const action of actions) assert.equal(editsOf(action).version, 3);
    await client.stop();
  });
});

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CancellationTokenSource, LSPErrorCodes } from 'vscode-languageserver/node';
import type { Diagnostic, ResponseError } from 'vscode-languageserver/node';
import { policiesRequest, simulateRequest } from '../../server/src/lsp/protocol.ts';
import type { PoliciesResult, SimulateResult } from '../../server/src/lsp/protocol.ts';
import { plainCapabilities, TestClient } from './client.ts';
import { uri, conf, rules, everywhere, rulesOf, textAt } from './document.ts';

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
      await client.changeSettings({ codeLens: false });
      assert.equal(await client.connection.sendRequest('textDocument/codeLens', { textDocument: { uri } }), null);
      const symbols = await client.connection.sendRequest<{ name: string }[]>('textDocument/documentSymbol', { textDocument: { uri } });
      assert.ok(symbols.length > 0);
    });

    it('simulates a request, follows the text, and says what is wrong with a form', async () => {
      await client.open(uri, conf);
      const form = { origin: 'https://evil.example', method: '', address: '/account/', headers: '', credentials: 'include', status: '200' };
      const simulate = (change: Partial<typeof form> = {}): Promise<SimulateResult> =>
        client.connection.sendRequest(simulateRequest, { textDocument: { uri }, form: { ...form, ...change } });
      const answer = await simulate();
      assert.ok(answer !== null && 'exchanges' in answer);
      assert.equal(answer.verdict, 'unknown', 'the application behind the proxy may add another line');
      const [actual] = answer.exchanges;
      const header = actual?.response.headers.find(({ name }) => name === 'Access-Control-Allow-Origin');
      assert.equal(header?.value, 'https://evil.example');
      assert.equal(header.writtenBy?.uri, uri);
      assert.match(textAt(conf, header.writtenBy.range), /^add_header Access-Control-Allow-Origin \$http_origin always;?$/);
      assert.equal(header.writtenBy.text, 'add_header Access-Control-Allow-Origin $http_origin always;');
      assert.match(actual?.curl ?? '', /^curl -i --url https:\/\/server\.example\/account\//);
      assert.deepEqual(await simulate({ method: 'a b' }), { problem: '"a b" is not a method.', field: 'method' });

      const edited = conf
        .replace('$http_origin', 'https://b.example')
        .replace('proxy_pass http://127.0.0.1:3000;\n        }\n    }', 'return 200;\n        }\n    }');
      await client.change(uri, 2, edited);
      const after = await simulate();
      assert.ok(after !== null && 'exchanges' in after);
      assert.equal(after.verdict, 'blocked');
      assert.match(
        after.exchanges[0]?.console ?? '',
        /^Access to fetch at 'https:\/\/server\.example\/account\/' from origin 'https:\/\/evil\.example' has been blocked by CORS policy: .*not equal to the supplied origin/,
      );

      const policies = await client.connection.sendRequest<PoliciesResult>(policiesRequest, { textDocument: { uri } });
      for (const [address, title] of [
        ['/account/orders?page=2', 'location /account/'],
        ['/public/', 'location /public/'],
        ['/elsewhere', 'server'],
      ] as const) {
        const answered = await simulate({ address });
        assert.ok(answered !== null && 'exchanges' in answered);
        assert.equal(answered.answeredBy?.title, title, address);
        assert.equal(policies?.find(({ place }) => place === answered.answeredBy?.place)?.title, title, address);
      }
      assert.deepEqual(policies?.map(({ title, method, address, honest }) => [title, method, address, honest]).slice(0, 3), [
        ['server', 'GET', '/', 'https://example.com'],
        ['location /public/', 'GET', '/public/', 'https://app.example.com'],
        ['location /account/', 'GET', '/account/', 'https://b.example'],
      ]);
      await client.close(uri);
      assert.equal(await simulate(), null);
      assert.equal(await client.connection.sendRequest(policiesRequest, { textDocument: { uri } }), null);
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

    it('takes back what an unsaved file brought about once that is closed', async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'cors-lint-protocol-'));
      try {
        const [main, other] = ['nginx.conf', 'answer.inc'].map((name) => pathToFileURL(path.join(folder, name)).href);
        assert.ok(main !== undefined && other !== undefined);
        const text = 'http { server { location / { add_header Access-Control-Allow-Origin https://a.example; include answer.inc; } } }';
        writeFileSync(path.join(folder, 'answer.inc'), 'return 200;\n');
        await client.open(main, text);
        assert.deepEqual(rulesOf(await client.diagnostics(main)), []);
        await client.open(other, 'proxy_pass http://127.0.0.1:3000;\n');
        assert.deepEqual(rulesOf(await client.diagnostics(main)), ['missing-always']);
        const { refreshes } = client;
        await client.close(other);
        await client.until('a refresh', () => (client.refreshes > refreshes ? true : undefined));
        assert.deepEqual(rulesOf(await client.diagnostics(main)), []);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    const valuesElsewhere: readonly (readonly [what: string, main: string, text: string, other: string, before: string, after: string])[] =
      [
        [
          'a module',
          'app.js',
          "import cors from 'cors';\nimport express from 'express';\nimport { hosts } from './hosts.js';\nexpress().use(cors({ origin: hosts, credentials: true }));\n",
          'hosts.js',
          "export const hosts = ['https://app.example.com'];\n",
          'export const hosts = true;\n',
        ],
        [
          'an include',
          'nginx.conf',
          'http { server { location / { add_header Access-Control-Allow-Origin https://app.example.com; include answer.inc; } } }',
          'answer.inc',
          'return 200;\n',
          'proxy_pass http://127.0.0.1:3000;\n',
        ],
      ];
    for (const [what, main, text, other, before, after] of valuesElsewhere)
      it(`follows edits of ${what} that says nothing about CORS itself`, async () => {
        const [mainUri, otherUri] = [`file:///workspace/${main}`, `file:///workspace/${other}`];
        const wrong = async (): Promise<boolean> =>
          rulesOf(await client.diagnostics(mainUri)).some((rule) =>
            /^(?:reflected-origin-with-credentials|missing-always)$/.test(String(rule)),
          );
        const languageId = main.endsWith('.js') ? 'javascript' : 'nginx';
        await client.open(mainUri, text, languageId);
        await client.open(otherUri, before, languageId);
        assert.equal(await wrong(), false);
        const [diagnostics, lenses] = [client.refreshes, client.lensRefreshes];
        await client.change(otherUri, 2, after);
        assert.equal(await wrong(), true);
        await client.until('another pull is asked for', () =>
          client.refreshes > diagnostics && client.lensRefreshes > lenses ? true : undefined,
        );
        await client.change(otherUri, 3, before);
        assert.equal(await wrong(), false);
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

    it('pushes what an edit changes in another document', async () => {
      const snippet = 'file:///workspace/answer.inc';
      client = await TestClient.start({ capabilities: plainCapabilities });
      await client.open(
        uri,
        'http { server { location / { add_header Access-Control-Allow-Origin https://app.example.com; include answer.inc; } } }',
      );
      await client.open(snippet, 'return 200;\n');
      await client.until('nothing', () => client.published.find((params) => params.uri === uri && params.diagnostics.length === 0));
      await client.change(snippet, 2, 'proxy_pass http://127.0.0.1:3000;\n');
      const found = await client.until('what the proxy changes', () =>
        client.published.find((params) => params.uri === uri && params.diagnostics.length > 0),
      );
      assert.deepEqual(rulesOf(found.diagnostics), ['missing-always']);
      assert.equal(found.version, 1);
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
});

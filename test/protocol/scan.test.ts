import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  CancellationTokenSource,
  DidChangeWatchedFilesNotification,
  DidChangeWorkspaceFoldersNotification,
  ExecuteCommandRequest,
  FileChangeType,
  WorkDoneProgress,
} from 'vscode-languageserver/node';
import type { Diagnostic, WorkspaceEdit } from 'vscode-languageserver/node';
import {
  configurationFormsRequest,
  explainedFixRequest,
  explainErrorRequest,
  insertConfigurationRequest,
  scanWorkspaceCommand,
  type CausingPlace,
  type ConfigurationFormsResult,
  type ExplainErrorResult,
  type InsertConfigurationResult,
  type ScanResult,
} from '../../server/src/lsp/protocol.ts';
import { plainCapabilities, TestClient } from './client.ts';

const reflecting = `server {
    location /account/ {
        add_header Access-Control-Allow-Origin $http_origin always;
        add_header Access-Control-Allow-Credentials true always;
        add_header Vary Origin always;
        proxy_pass http://127.0.0.1:3000;
    }
}
`;
const right = reflecting.replace('$http_origin', 'https://app.example.com');
const rule = 'reflected-origin-with-credentials';

describe('the workspace', () => {
  let root: string;
  let client: TestClient;
  const uriOf = (file: string): string => pathToFileURL(path.join(root, file)).href;
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  const changed = (file: string, type: FileChangeType = FileChangeType.Changed): Promise<void> =>
    client.connection.sendNotification(DidChangeWatchedFilesNotification.type, { changes: [{ uri: uriOf(file), type }] });
  const scan = (): Promise<ScanResult> =>
    client.connection.sendRequest(ExecuteCommandRequest.type, { command: scanWorkspaceCommand }) as Promise<ScanResult>;
  /** What the client shows of a file that is not open. */
  const shown = (file: string): readonly Diagnostic[] => client.published.findLast(({ uri }) => uri === uriOf(file))?.diagnostics ?? [];
  const rulesIn = (file: string): unknown[] => shown(file).map(({ code }) => code);
  const untilRules = (file: string, rules: readonly string[]): Promise<true> =>
    client.until(`${file} to report ${rules.join(', ') || 'nothing'}`, () => (rulesIn(file).join() === rules.join() ? true : undefined));

  beforeEach(async () => {
    root = realpathSync(mkdtempSync(path.join(tmpdir(), 'cors-lint-scan-')));
    write('one/nginx.conf', reflecting);
    write('one/build/nginx.conf', reflecting);
    write('one/.gitignore', 'build/\n');
    write('one/node_modules/x/nginx.conf', reflecting);
    write('two/sites-enabled/api', reflecting);
    write('two/README.txt', 'Access-Control-Allow-Origin: *');
    client = await TestClient.start({ folderUris: [uriOf('one'), uriOf('two')] });
  });
  afterEach(async () => {
    assert.equal(await client.stop(), 0);
    rmSync(root, { recursive: true, force: true });
  });

  it('is scanned without what .gitignore leaves out', async () => {
    assert.deepEqual(await scan(), { files: 2, filesWithProblems: 2, problems: 2, cancelled: false });
    assert.deepEqual(rulesIn('one/nginx.conf'), [rule]);
    assert.deepEqual(rulesIn('two/sites-enabled/api'), [rule]);
    assert.equal(client.published.length, 2);
  });

  it('is scanned with the settings of each folder, and a level for each rule', async () => {
    client.settings = (scope?: string): unknown =>
      scope?.startsWith(uriOf('one')) === true ? { rules: { [rule]: 'info' } } : { rules: { [rule]: 'off' } };
    assert.equal((await scan()).problems, 1);
    assert.equal(shown('one/nginx.conf')[0]?.severity, 3);
    await client.changeSettings({});
    await untilRules('two/sites-enabled/api', [rule]);
  });

  it('keeps the problems of closed files until they are fixed, also outside of the editor', async () => {
    await scan();
    write('one/nginx.conf', right);
    await changed('one/nginx.conf');
    await untilRules('one/nginx.conf', []);
    assert.deepEqual(rulesIn('two/sites-enabled/api'), [rule]);
    write('two/new.conf', reflecting);
    await changed('two/new.conf', FileChangeType.Created);
    await untilRules('two/new.conf', [rule]);
    rmSync(path.join(root, 'two/new.conf'));
    await changed('two/new.conf', FileChangeType.Deleted);
    await untilRules('two/new.conf', []);
    write('two/.gitignore', 'sites-enabled/\n');
    await changed('two/.gitignore', FileChangeType.Created);
    await untilRules('two/sites-enabled/api', []);
  });

  it('shows the problems of an open file once', async () => {
    await scan();
    const uri = uriOf('one/nginx.conf');
    await client.open(uri, reflecting);
    assert.deepEqual(
      (await client.diagnostics(uri)).map(({ code }) => code),
      [rule],
    );
    await untilRules('one/nginx.conf', []);
    assert.equal((await scan()).problems, 2);
    assert.deepEqual(rulesIn('one/nginx.conf'), []);
    await client.close(uri);
    await untilRules('one/nginx.conf', [rule]);
  });

  it('follows folders that come and go', async () => {
    write('three/nginx.conf', reflecting);
    await scan();
    const event = { added: [{ uri: uriOf('three'), name: 'three' }], removed: [{ uri: uriOf('two'), name: 'two' }] };
    await client.connection.sendNotification(DidChangeWorkspaceFoldersNotification.type, { event });
    await untilRules('three/nginx.conf', [rule]);
    await untilRules('two/sites-enabled/api', []);
  });

  it('reports progress, and stops when it is told to', async () => {
    for (let file = 0; file < 400; file++) write(`two/many/${String(file)}.conf`, reflecting);
    const cancel = new CancellationTokenSource();
    const kinds: string[] = [];
    client.connection.onProgress(WorkDoneProgress.type, 'scan', (progress) => {
      kinds.push(progress.kind);
      if (progress.kind === 'report') cancel.cancel();
    });
    const params = { command: scanWorkspaceCommand, workDoneToken: 'scan' };
    const result = (await client.connection.sendRequest(ExecuteCommandRequest.type, params, cancel.token).catch(() => undefined)) as
      ScanResult | undefined;
    await client.until('the end', () => (kinds.at(-1) === 'end' ? true : undefined));
    assert.equal(kinds[0], 'begin');
    assert.ok(kinds.includes('report'));
    assert.ok(result === undefined || result.cancelled, 'cancelled');
    assert.ok(client.published.length < 400, `${String(client.published.length)} files were reported`);
  });

  it('explains a message with the places that cause it and their fixes', async () => {
    const text =
      "Access to fetch at 'https://api.example.com/x' from origin 'https://app.example.com' has been blocked by CORS policy: The 'Access-Control-Allow-Origin' header contains multiple values '*, *', but only one is allowed.";
    write(
      'two/twice.conf',
      'server { location / { add_header Access-Control-Allow-Origin *; add_header Access-Control-Allow-Origin *; } }\n',
    );
    const { explanation, places } = await client.connection.sendRequest<ExplainErrorResult>(explainErrorRequest, { text });
    assert.ok(explanation.recognised);
    assert.equal(explanation.code, 'multiple-allow-origin');
    const place = places.find(({ uri }) => uri === uriOf('two/twice.conf')) as CausingPlace;
    assert.equal(place.ruleId, 'multiple-allow-origin');
    const [title] = place.fixes;
    assert.ok(title !== undefined);
    const edit = await client.connection.sendRequest<WorkspaceEdit | null>(explainedFixRequest, { ...place, title });
    assert.equal(edit?.documentChanges?.length, 1);
    assert.equal(await client.connection.sendRequest(explainedFixRequest, { ...place, title: 'no such fix' }), null);
  });

  it('explains nothing that is not recognised', async () => {
    const { explanation, places } = await client.connection.sendRequest<ExplainErrorResult>(explainErrorRequest, {
      text: 'CORS is broken',
    });
    assert.equal(explanation.recognised, false);
    assert.ok(explanation.generalChecks.length > 3);
    assert.deepEqual(places, []);
  });

  it('takes a policy, and nothing that is none', async () => {
    const uri = uriOf('one/nginx.conf');
    await client.open(uri, 'server {\n    location / {\n    }\n}\n');
    const formsAt = (line: number): Promise<ConfigurationFormsResult> =>
      client.connection.sendRequest(configurationFormsRequest, { uri, position: { line, character: 0 } });
    const forms = await formsAt(2);
    assert.deepEqual([forms.language, forms.forms.map(({ id }) => id), forms.refusal], ['nginx', ['nginx'], undefined]);
    assert.match((await formsAt(4)).refusal?.refused ?? '', /^Put the cursor into a location or server block/);
    // Of a program, the forms of what it makes.
    const app = uriOf('one/app.js');
    const formsOf = async (text: string): Promise<ConfigurationFormsResult> => {
      await client.open(app, text, 'javascript');
      const found = await client.connection.sendRequest<ConfigurationFormsResult>(configurationFormsRequest, {
        uri: app,
        position: { line: 0, character: 0 },
      });
      await client.close(app);
      return found;
    };
    const { forms: ofKoa } = await formsOf("const Koa = require('koa');\nconst app = new Koa();\n");
    assert.deepEqual(
      ofKoa.map(({ id }) => id),
      ['koa-cors'],
    );
    assert.match(
      (await formsOf("const Koa = require('koa');\nmodule.exports = new Koa();\n")).refusal?.refused ?? '',
      /a variable of its own/,
    );
    assert.match((await formsOf("module.exports = (app) => app.get('/', () => 1);\n")).refusal?.refused ?? '', /^No application is made/);
    const wanted = { origins: ['https://app.example.com'], credentials: true, methods: ['PUT'], headers: [] };
    const ask = (origins: readonly string[]): Promise<InsertConfigurationResult> =>
      client.connection.sendRequest(insertConfigurationRequest, {
        uri,
        position: { line: 1, character: 16 },
        form: 'nginx',
        wanted: { ...wanted, origins },
      });
    const written = await ask(wanted.origins);
    assert.ok('edit' in written && JSON.stringify(written.edit).includes('map $http_origin $cors_origin'));
    for (const origin of ['null', '*', 'https://app.example.com/', '"; } evil', 'https://a.example https://b.example'])
      assert.ok('refused' in (await ask([origin])), `${origin} is refused`);
  });
});

describe('the workspace of an editor that is pushed to', () => {
  it('shows each problem once, and the closed file keeps its own', async () => {
    const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'cors-lint-scan-')));
    writeFileSync(path.join(root, 'nginx.conf'), reflecting);
    const uri = pathToFileURL(path.join(root, 'nginx.conf')).href;
    const client = await TestClient.start({ capabilities: plainCapabilities, folderUris: [pathToFileURL(root).href] });
    try {
      const last = (): number => client.published.findLast((each) => each.uri === uri)?.diagnostics.length ?? 0;
      await client.open(uri, right);
      await client.connection.sendRequest(ExecuteCommandRequest.type, { command: scanWorkspaceCommand });
      assert.equal(last(), 0);
      await client.close(uri);
      await client.until('the problem on the disk', () => (last() === 1 ? true : undefined));
    } finally {
      await client.stop();
      rmSync(root, { recursive: true, force: true });
    }
  });
});

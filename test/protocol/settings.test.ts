import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TestClient } from './client.ts';
import { uri, conf, rules, everywhere, rulesOf } from './document.ts';

describe('settings over standard input and output', () => {
  let client: TestClient;

  beforeEach(async () => {
    client = await TestClient.start();
  });
  afterEach(async () => {
    assert.equal(await client.stop(), 0);
  });

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
    assert.equal(await client.connection.sendRequest('textDocument/codeLens', { textDocument: { uri } }), null);
  });

  it('of a broken configuration file are shown to be so, once, where nobody has it open', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cors-lint-protocol-'));
    try {
      const file = pathToFileURL(path.join(folder, 'nginx.conf')).href;
      writeFileSync(path.join(folder, 'cors-lint.config.json'), '{ "rules": { "missing-alway": "off" }, "profil": "strict" }');
      await client.open(file, conf);
      await client.change(file, 2, `${conf}\n`);
      assert.deepEqual(rulesOf(await client.diagnostics(file)), rules);
      assert.equal(client.shown.length, 1);
      assert.match(client.shown[0] ?? '', /^cors-lint\.config\.json:1:14: .* Did you mean "missing-always"\?.* The log names 1 more\.$/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
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
      assert.deepEqual(client.shown, []);
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

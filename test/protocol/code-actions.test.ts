import assert from 'node:assert/strict';
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import type { CodeAction, SnippetTextEdit, TextEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { TestClient, vscodeCapabilities } from './client.ts';
import { uri, conf, rules, everywhere, rulesOf } from './document.ts';

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

describe('code actions over standard input and output', () => {
  let client: TestClient;

  beforeEach(async () => {
    client = await TestClient.start();
  });
  afterEach(async () => {
    assert.equal(await client.stop(), 0);
  });

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

  it('are made for the text as it stands where a key has changed nothing but places', async () => {
    await client.open(uri, conf);
    await client.diagnostics(uri);
    const noted = conf.replace('            proxy_pass', '            # kept\n            proxy_pass').replace('http {', 'http {\n');
    await client.change(uri, 2, noted);
    const [missing] = await client.diagnostics(uri);
    assert.ok(missing);
    const [fix] = await client.codeActions(uri, missing.range);
    assert.ok(fix);
    assert.equal(fix.isPreferred, true);
    const { edits } = editsOf(await client.resolve(fix));
    assert.equal(applied(noted, edits), noted.replace('https://app.example.com;', 'https://app.example.com always;'));
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

describe('code actions for a client that takes less', () => {
  let client: TestClient;

  it('gives plain edits where tab stops are not announced, versioned all the same', async () => {
    const { workspaceEdit: _, ...workspace } = vscodeCapabilities.workspace ?? {};
    client = await TestClient.start({
      capabilities: { ...vscodeCapabilities, workspace: { ...workspace, workspaceEdit: { documentChanges: true } } },
    });
    await client.open(uri, conf, 'nginx', 3);
    const [, reflected] = await client.diagnostics(uri);
    assert.ok(reflected);
    const fixes = withoutSuppressions(await client.codeActions(uri, reflected.range));
    assert.ok(fixes.length > 0);
    for (const fix of fixes) {
      const { version, edits } = editsOf(await client.resolve(fix));
      assert.equal(version, 3);
      for (const edit of edits) {
        assert.ok('newText' in edit, fix.title);
        assert.doesNotMatch(edit.newText, /\$\{\d/);
      }
    }
    await client.stop();
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

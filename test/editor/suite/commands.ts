import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { open, restoring, ruleOf, until, untilRules } from './editor.ts';
import { nginxFixture } from './fixtures.ts';

interface ScanResult {
  readonly problems: number;
  readonly filesWithProblems: number;
}

/** The rules that report in a file, whether or not it is open. */
function rulesIn(name: string): string[] {
  return vscode.languages
    .getDiagnostics()
    .filter(([uri]) => uri.path.endsWith(name))
    .flatMap(([, found]) => found.filter(({ source }) => source === 'cors-lint').map(ruleOf));
}

describe('scan workspace', () => {
  // A file that no test opens: a document that was opened for an extension stays open for a while behind its closed editor.
  let file: vscode.Uri;
  let text: Uint8Array;

  before(async () => {
    const [copied] = await vscode.workspace.findFiles('apache/.htaccess');
    assert.ok(copied);
    text = await vscode.workspace.fs.readFile(copied);
    file = vscode.Uri.joinPath(copied, '..', 'scanned', '.htaccess');
    await vscode.workspace.fs.writeFile(file, text);
  });
  after(async () => {
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(file, '..'), { recursive: true });
  });

  const untilProblems = (what: string, count: number): Promise<true> =>
    until(what, () => (rulesIn('/scanned/.htaccess').length === count ? true : undefined));

  it('reports files that are not open, until they are fixed outside of the editor', async () => {
    const result = await vscode.commands.executeCommand<ScanResult>('corsLint.scanWorkspace');
    assert.equal(result.filesWithProblems, 4);
    await untilProblems('the problem of the closed file', 1);
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode('Options -Indexes\n'));
    await untilProblems('the problem to leave', 0);
    await vscode.workspace.fs.writeFile(file, text);
    await untilProblems('the problem to come back', 1);
  });

  it('shows the problems of a file once, open or closed', async () => {
    await vscode.commands.executeCommand('vscode.open', file);
    await until('the file to be open', () => vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === file.toString()));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await untilProblems('the problem of the open file', 1);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await untilProblems('the problem of the file that was closed', 1);
  });
});

describe('explain a browser error', () => {
  const message = "The 'Access-Control-Allow-Origin' header has a value that is not equal to the supplied origin.";

  it('answers in a page', async () => {
    await vscode.commands.executeCommand('corsLint.explainError', message);
    await until('the page', () =>
      vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label === 'What the browser means')) ? true : undefined,
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('applies the fix of a place', async () => {
    const document = await open(nginxFixture.path);
    await untilRules(document, nginxFixture.rules);
    const found = vscode.languages.getDiagnostics(document.uri).find((each) => ruleOf(each) === 'missing-always');
    assert.ok(found);
    const { start, end } = found.range;
    const range = { start: { line: start.line, character: start.character }, end: { line: end.line, character: end.character } };
    await restoring(document, async () => {
      const fix = {
        uri: document.uri.toString(),
        range,
        ruleId: 'missing-always',
        title: 'Send it on error responses too (always)',
      };
      await vscode.commands.executeCommand('corsLint.applyExplainedFix', fix);
      await untilRules(document, nginxFixture.rulesAfterFixAll);
    });
  });
});

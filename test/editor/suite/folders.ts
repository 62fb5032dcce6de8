/** The suite for a window with several folders: `test/editor/workspace/`, opened by its `.code-workspace`. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { rulesOf, until } from './editor.ts';

/** The rules that report in `nginx.conf`, the same text in each folder, by the folder and what it sets. */
const byFolder: Readonly<Record<string, readonly string[]>> = {
  plain: ['missing-always'],
  // "corsLint.profile": "strict"
  strict: ['duplicate-cors-layers', 'missing-always', 'wildcard-origin'],
  // "corsLint.rules": { "missing-always": "off" }
  quiet: [],
};

function folder(name: string): vscode.WorkspaceFolder {
  const found = vscode.workspace.workspaceFolders?.find((each) => each.name === name);
  assert.ok(found, `the folder ${name} is open`);
  return found;
}

async function open(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(name).uri, 'nginx.conf'));
  await vscode.window.showTextDocument(document, { preview: false });
  return document;
}

/** Waits until exactly these rules report, in any order. */
async function untilReported(document: vscode.TextDocument, rules: readonly string[]): Promise<void> {
  const expected = JSON.stringify(rules);
  await until(`${rules.join(', ')} in ${document.uri.path}`, () =>
    JSON.stringify(rulesOf(document).sort()) === expected ? true : undefined,
  );
}

/** The documents of all folders side by side; one that was just analysed shows that the silent ones were asked for too. */
async function untilEachFolderReports(changed: Readonly<Record<string, readonly string[]>> = {}): Promise<void> {
  for (const [name, rules] of Object.entries({ ...byFolder, ...changed })) await untilReported(await open(name), rules);
}

describe('a window with several folders', () => {
  it('reports in each by its own settings', async () => {
    await untilEachFolderReports();
  });

  it('follows a setting that changes in one of them', async () => {
    const settings = vscode.workspace.getConfiguration('corsLint', folder('quiet').uri);
    const target = vscode.ConfigurationTarget.WorkspaceFolder;
    const before = settings.inspect('rules')?.workspaceFolderValue;
    await settings.update('rules', undefined, target);
    try {
      await untilEachFolderReports({ quiet: ['missing-always'] });
      await settings.update('profile', 'strict', target);
      await untilEachFolderReports({ quiet: byFolder['strict'] ?? [] });
      await settings.update('profile', undefined, target);
      await settings.update('enable', false, target);
      await untilEachFolderReports({ quiet: [] });
    } finally {
      for (const name of ['profile', 'enable']) await settings.update(name, undefined, target);
      await settings.update('rules', before, target);
    }
    await untilEachFolderReports();
  });

  it('takes the workspace file for what a folder does not set', async () => {
    const settings = vscode.workspace.getConfiguration('corsLint');
    await settings.update('profile', 'strict', vscode.ConfigurationTarget.Workspace);
    try {
      await untilEachFolderReports({ plain: byFolder['strict'] ?? [], quiet: ['duplicate-cors-layers', 'wildcard-origin'] });
    } finally {
      await settings.update('profile', undefined, vscode.ConfigurationTarget.Workspace);
    }
    await untilEachFolderReports();
  });

  it('scans every folder by its own settings', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const result = await vscode.commands.executeCommand<{ readonly problems: number; readonly filesWithProblems: number }>(
      'corsLint.scanWorkspace',
    );
    assert.deepEqual([result.problems, result.filesWithProblems], [4, 2]);
  });
});

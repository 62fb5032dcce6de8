import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** How long to wait for the editor before a test fails, in milliseconds. */
const patience = 30_000;

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks again and again until there is an answer; fails with what was waited for. */
export async function until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`);
    await sleep(30);
  }
}

function folder(): vscode.Uri {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(first, 'a folder is open');
  return first.uri;
}

/** Opens a file of the fixtures in an editor: problems are only asked for documents that are shown. */
export async function open(path: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), path));
  await vscode.window.showTextDocument(document);
  return document;
}

/** The rule of a diagnostic. */
export function ruleOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

export function ourDiagnostics(document: vscode.TextDocument): readonly vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(document.uri)
    .filter((diagnostic) => diagnostic.source === 'cors-lint')
    .sort((a, b) => a.range.start.compareTo(b.range.start));
}

export function rulesOf(document: vscode.TextDocument): string[] {
  return ourDiagnostics(document).map(ruleOf);
}

/** Waits until exactly these rules report, in the order of their places. */
export async function untilRules(document: vscode.TextDocument, rules: readonly string[]): Promise<void> {
  const end = Date.now() + patience;
  while (JSON.stringify(rulesOf(document)) !== JSON.stringify(rules) && Date.now() < end) await sleep(30);
  assert.deepEqual(rulesOf(document), rules);
}

/**
 * The code actions of a range with their edits. VS Code drops a running request whenever any extension registers a
 * provider, as they do while the window starts: it then answers `[]` or is "Canceled", so it is asked again.
 */
export async function codeActions(document: vscode.TextDocument, range: vscode.Range, kind: string): Promise<readonly vscode.CodeAction[]> {
  return until(`code actions of kind ${kind}`, async () => {
    try {
      const all = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        range,
        kind,
        100,
      );
      return all.length > 0 ? all : undefined;
    } catch (error) {
      if (String(error).includes('Cancel')) return undefined;
      throw error;
    }
  });
}

/** Applies an action's edit as the light bulb does. */
export async function apply(action: vscode.CodeAction): Promise<void> {
  assert.ok(action.edit, `"${action.title}" has an edit`);
  assert.ok(await vscode.workspace.applyEdit(action.edit), `"${action.title}" is applied`);
}

/** Gives a document another text, as one edit. */
export async function replaceText(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(document.positionAt(0), document.positionAt(document.getText().length)), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

/** Runs a test and puts the file back as it was, on the disk too. */
export async function restoring(document: vscode.TextDocument, test: () => Promise<void>): Promise<void> {
  const text = document.getText();
  try {
    await test();
  } finally {
    await replaceText(document, text);
    await document.save();
  }
}

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { apply, codeActions, open, restoring, rulesOf, until, untilRules } from './editor.ts';
import { nginxFixture } from './fixtures.ts';

describe('fix all', () => {
  it('applies the safe fixes and leaves the others', async () => {
    const document = await open(nginxFixture.path);
    await untilRules(document, nginxFixture.rules);
    await restoring(document, async () => {
      const [action] = await codeActions(document, new vscode.Range(0, 0, 0, 0), 'source.fixAll.corsLint');
      assert.ok(action);
      await apply(action);
      await untilRules(document, nginxFixture.rulesAfterFixAll);
    });
    await untilRules(document, nginxFixture.rules);
  });

  it('runs on save where the user asks for it', async () => {
    const document = await open(nginxFixture.path);
    await untilRules(document, nginxFixture.rules);
    const settings = vscode.workspace.getConfiguration('editor', document);
    await settings.update('codeActionsOnSave', { 'source.fixAll.corsLint': 'explicit' }, vscode.ConfigurationTarget.Global);
    await restoring(document, async () => {
      try {
        const fixed = (): boolean => rulesOf(document).length === nginxFixture.rulesAfterFixAll.length;
        // VS Code drops the request of a save, too, when an extension registers a provider meanwhile: then save again.
        await until('the safe fixes', async () => {
          const edit = new vscode.WorkspaceEdit();
          edit.insert(document.uri, new vscode.Position(0, 0), '# saved\n');
          await vscode.workspace.applyEdit(edit);
          await document.save();
          for (let wait = 0; wait < 40 && !fixed(); wait++) await new Promise((resolve) => setTimeout(resolve, 50));
          return fixed() ? true : undefined;
        });
        assert.equal(document.isDirty, false);
      } finally {
        await settings.update('codeActionsOnSave', undefined, vscode.ConfigurationTarget.Global);
      }
    });
  });
});

import * as vscode from 'vscode';
import { open, replaceText, restoring, rulesOf, until, untilRules } from './editor.ts';
import { fixtures, nginxFixture } from './fixtures.ts';
import assert from 'node:assert/strict';

async function withSetting(name: string, value: unknown, test: () => Promise<void>): Promise<void> {
  const settings = vscode.workspace.getConfiguration('corsLint');
  await settings.update(name, value, vscode.ConfigurationTarget.Global);
  try {
    await test();
  } finally {
    await settings.update(name, undefined, vscode.ConfigurationTarget.Global);
  }
}

describe('settings', () => {
  it('enable: off clears the problems, on brings them back', async () => {
    const document = await open(nginxFixture.path);
    await untilRules(document, nginxFixture.rules);
    await withSetting('enable', false, () => untilRules(document, []));
    await untilRules(document, nginxFixture.rules);
  });

  it('rules: a rule that is off is silent', async () => {
    const document = await open(nginxFixture.path);
    await untilRules(document, nginxFixture.rules);
    const [off] = nginxFixture.rules;
    assert.ok(off);
    await withSetting('rules', { [off]: 'off' }, () =>
      untilRules(
        document,
        nginxFixture.rules.filter((rule) => rule !== off),
      ),
    );
    await untilRules(document, nginxFixture.rules);
  });

  it('run: with onSave nothing changes before the file is saved', async () => {
    const document = await open(nginxFixture.path);
    await untilRules(document, nginxFixture.rules);
    await withSetting('run', 'onSave', () =>
      restoring(document, async () => {
        await replaceText(document, '# nothing about it any more\n');
        await new Promise((resolve) => setTimeout(resolve, 1000));
        assert.deepEqual(rulesOf(document), nginxFixture.rules);
        await document.save();
        await until('the saved text to be analysed', () => (rulesOf(document).length === 0 ? true : undefined));
      }),
    );
    await untilRules(document, nginxFixture.rules);
  });

  it('run: with onSave a file is still analysed when it is opened', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await withSetting('run', 'onSave', async () => {
      for (const { path, rules } of fixtures) await untilRules(await open(path), rules);
    });
  });
});

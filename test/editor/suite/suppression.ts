import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { apply, codeActions, open, ourDiagnostics, restoring, ruleOf, rulesOf, untilRules } from './editor.ts';
import { fixtures } from './fixtures.ts';

describe('comments that disable a rule', () => {
  for (const { path, rules } of fixtures) {
    for (const scope of ['line', 'file'] as const) {
      it(`${path}: this ${scope}`, async () => {
        const document = await open(path);
        await untilRules(document, rules);
        const [diagnostic] = ourDiagnostics(document);
        assert.ok(diagnostic);
        const rule = ruleOf(diagnostic);
        const actions = await codeActions(document, diagnostic.range, vscode.CodeActionKind.QuickFix.value);
        const disable = actions.find(({ title }) => title === `Disable ${rule} for this ${scope}`);
        assert.ok(disable, actions.map(({ title }) => title).join(', '));
        assert.notEqual(disable.isPreferred, true);
        await restoring(document, async () => {
          await apply(disable);
          const left = scope === 'line' ? rules.slice(1) : rules.filter((each) => each !== rule);
          await untilRules(document, left);
          assert.match(document.getText(), new RegExp(`cors-lint-disable-\\S+ ${rule}`));
        });
        await untilRules(document, rules);
        assert.deepEqual(rulesOf(document), rules);
      });
    }
  }
});

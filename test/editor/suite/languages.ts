import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { apply, codeActions, open, ourDiagnostics, restoring, rulesOf, until, untilRules } from './editor.ts';
import { fixtures } from './fixtures.ts';

const quickFix = 'quickfix';

for (const { path, languageId, rules } of fixtures) {
  describe(path, () => {
    it(`is ${languageId} and reports ${rules.join(', ')}`, async () => {
      const document = await open(path);
      assert.equal(document.languageId, languageId);
      await untilRules(document, rules);
      for (const diagnostic of ourDiagnostics(document)) {
        assert.ok(diagnostic.message.length > 20, diagnostic.message);
        assert.ok(typeof diagnostic.code === 'object', 'the rule links to its documentation');
      }
    });

    it('loses each problem by each of its fixes', async () => {
      const document = await open(path);
      await untilRules(document, rules);
      let applied = 0;
      for (const [index, rule] of rules.entries()) {
        const fixesOf = async (): Promise<readonly vscode.CodeAction[]> => {
          const diagnostic = ourDiagnostics(document)[index];
          assert.ok(diagnostic);
          const actions = await codeActions(document, diagnostic.range, quickFix);
          return actions.filter(({ title }) => !title.startsWith('Disable '));
        };
        const count = (await fixesOf()).length;
        for (let fix = 0; fix < count; fix++) {
          await restoring(document, async () => {
            const action = (await fixesOf())[fix];
            assert.ok(action);
            const before = rulesOf(document).filter((each) => each === rule).length;
            await apply(action);
            await until(`"${action.title}" to resolve ${rule}`, () =>
              rulesOf(document).filter((each) => each === rule).length < before ? true : undefined,
            );
            applied++;
          });
          await untilRules(document, rules);
        }
      }
      assert.ok(applied > 0, 'there was a fix to apply');
    });
  });
}

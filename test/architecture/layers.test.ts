import assert from 'node:assert/strict';
import path from 'node:path';
import { ESLint } from 'eslint';
import { build } from 'esbuild';
import { bundles } from '../../scripts/build.mjs';

const projectFolder = path.resolve(import.meta.dirname, '../..');

/** Imports that the layers forbid, and some that they allow: where, what, and whether the rules complain. */
const rows: readonly (readonly [file: string, imported: string, refused: boolean])[] = [
  ['server/src/rules/missing-always/rule.ts', '../../languages/nginx/parse.ts', true],
  ['server/src/rules/missing-always/rule.ts', 'typescript', true],
  ['server/src/rules/missing-always/rule.ts', 'node:fs', true],
  ['server/src/rules/missing-always/rule.ts', '../../policy/view.ts', false],
  ['server/src/policy/evaluate.ts', '../languages/index.ts', true],
  ['server/src/policy/evaluate.ts', '../rules/index.ts', true],
  ['server/src/policy/evaluate.ts', 'node:path', true],
  ['server/src/policy/evaluate.ts', '../cors/fetch.ts', false],
  ['server/src/cors/fetch.ts', '../policy/model.ts', true],
  ['server/src/cors/fetch.ts', 'node:url', true],
  ['server/src/languages/nginx/parse.ts', '../../rules/index.ts', true],
  ['server/src/languages/nginx/parse.ts', 'vscode-languageserver', true],
  ['server/src/languages/express/engine.ts', 'typescript', true],
  ['server/src/service.ts', './languages/nginx/parse.ts', true],
  ['server/src/service.ts', './languages/index.ts', false],
  ['server/src/service.ts', './lsp/server.ts', true],
  ['server/src/simulation/simulate.ts', '../lsp/server.ts', true],
  ['server/src/simulation/simulate.ts', 'node:fs', true],
  ['server/src/simulation/simulate.ts', '../service.ts', false],
  ['server/src/lsp/server.ts', 'node:fs', true],
  ['server/src/lsp/server.ts', 'vscode-languageserver', false],
  ['server/src/cli/main.ts', 'vscode-languageserver', true],
  ['server/src/cli/main.ts', 'node:fs', false],
];

describe('the layers', () => {
  let eslint: ESLint;

  before(() => {
    // Only the rules about imports; the type-checked ones need no second run here.
    eslint = new ESLint({ cwd: projectFolder, ruleFilter: ({ ruleId }) => ruleId === '@typescript-eslint/no-restricted-imports' });
  });

  for (const [file, imported, refused] of rows) {
    it(`${file} ${refused ? 'may not' : 'may'} import ${imported}`, async function () {
      this.timeout(60_000);
      const [result] = await eslint.lintText(`import * as imported from '${imported}';\nexport { imported };\n`, {
        filePath: path.join(projectFolder, file),
      });
      const complaints = result?.messages.filter(({ ruleId }) => ruleId === '@typescript-eslint/no-restricted-imports') ?? [];
      assert.equal(complaints.length > 0, refused, JSON.stringify(result?.messages));
    });
  }

  it('leave nothing of Node in what runs in a browser', async function () {
    this.timeout(60_000);
    for (const options of bundles.filter((each) => each.platform === 'browser')) {
      // For the platform "browser" esbuild refuses an import of a module of Node's.
      const { metafile, errors } = await build({ ...options, write: false, metafile: true });
      assert.deepEqual(errors, []);
      const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map((each) => each.path));
      assert.deepEqual(
        imports.filter((each) => each !== 'vscode'),
        [],
      );
    }
  });
});

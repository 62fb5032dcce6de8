import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { openBrowser, type Browser } from '../../tools/vscode/browser.ts';
import { installVSCode } from '../../tools/vscode/install.ts';
import { startVSCodeServer, type VSCodeServer } from '../../tools/vscode/server.ts';
import { Workbench } from '../../tools/vscode/workbench.ts';
import { copyFixtures, projectFolder } from '../editor/run-suite.ts';
import { findProgram, whyMissing } from '../setup/programs.ts';

const vscode = await installVSCode();
const reason = vscode.ok ? whyMissing('chromium') : vscode.reason;
if (reason !== undefined) console.log(`skipped: ${reason}`);

/** What may be in the packed extension, beside what vsce itself adds. */
const allowed =
  /^(?:extension\/(?:package\.json|package\.nls(?:\.[a-z-]+)?\.json|l10n\/[\w.-]+\.json|snippets\/[\w-]+\.json|readme\.md|changelog\.md|LICENSE\.txt|LICENSE|THIRD-PARTY-NOTICES|dist\/(?:client\.cjs|client\.browser\.cjs\.js|simulator\.js|simulator-style\.css|server(?:-main)?\.cjs|server\.browser\.js|chunks\/[\w.-]+\.cjs|rule-pages\.json)|syntaxes\/[\w.-]+\.json|schemas\/[\w.-]+\.json|images\/icon\.png|images\/walkthrough\/[\w.-]+)|extension\.vsixmanifest|\[Content_Types\]\.xml)$/i;

(reason === undefined ? describe : describe.skip)('the packed extension', function () {
  this.timeout(240_000);
  let folder: string;
  let packed: string;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'cors-lint-vsix-'));
    packed = path.join(folder, 'cors-lint.vsix');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/package.mjs', '--out', packed], {
      cwd: projectFolder,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout + stderr);
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('holds what runs and nothing else', () => {
    const listing = spawnSync(process.execPath, ['node_modules/@vscode/vsce/vsce', 'ls', '--no-dependencies'], {
      cwd: projectFolder,
      encoding: 'utf8',
    });
    assert.equal(listing.status, 0, listing.stderr);
    const files = listing.stdout.split('\n').filter((line) => line.trim() !== '');
    assert.ok(files.length > 20);
    assert.deepEqual(
      files.filter((file) => !allowed.test(`extension/${file}`)),
      [],
    );
  });

  it('is installed by the real VS Code, starts there and reports', async () => {
    if (!vscode.ok) throw new Error(vscode.reason);
    const dataFolder = path.join(folder, 'data');
    const workspaceFolder = copyFixtures();
    let server: VSCodeServer | undefined;
    let browser: Browser | undefined;
    try {
      const installed = spawnSync(
        process.execPath,
        [
          path.join(vscode.folder, 'out', 'server-main.js'),
          '--accept-server-license-terms',
          '--server-data-dir',
          dataFolder,
          '--install-extension',
          packed,
        ],
        { encoding: 'utf8', env: { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', TMPDIR: folder } },
      );
      assert.equal(installed.status, 0, installed.stdout + installed.stderr);
      assert.ok(readdirSync(path.join(dataFolder, 'extensions')).some((name) => name.startsWith('cors-lint.cors-lint-')));
      server = await startVSCodeServer({ vscodeFolder: vscode.folder, dataFolder });
      browser = await openBrowser({ executable: findProgram('chromium') ?? '' });
      const workbench = new Workbench(browser.page);
      await workbench.open(
        server.workbenchUrl(workspaceFolder, [['openFile', server.remoteUri(path.join(workspaceFolder, 'nginx', 'nginx.conf'))]]),
      );
      await workbench.squiggle('warning');
      await workbench.squiggle('error');
    } finally {
      await browser?.close();
      await server?.stop();
      rmSync(workspaceFolder, { recursive: true, force: true });
    }
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openBrowser, type Browser } from '../../tools/vscode/browser.ts';
import { installVSCode } from '../../tools/vscode/install.ts';
import { startVSCodeServer, type VSCodeServer } from '../../tools/vscode/server.ts';
import { Workbench } from '../../tools/vscode/workbench.ts';
import { copyFixtures, projectFolder } from '../editor/run-suite.ts';
import { findProgram, whyMissing } from '../setup/programs.ts';

const vscode = await installVSCode();
const reason = vscode.ok ? whyMissing('chromium') : vscode.reason;
if (reason !== undefined) console.log(`skipped: ${reason}`);

/** The pictures of each step, to be looked at. */
const pictures = path.join(projectFolder, 'out', 'workbench');
const extensionFolder = process.env['CORS_LINT_EXTENSION'] ?? projectFolder;

(reason === undefined ? describe : describe.skip)('the workbench in Chromium', function () {
  this.timeout(90_000);
  let dataFolder: string;
  let workspaceFolder: string;
  let server: VSCodeServer | undefined;
  let browser: Browser | undefined;
  let workbench: Workbench;
  const foreignRequests: string[] = [];

  before(async () => {
    mkdirSync(pictures, { recursive: true });
    dataFolder = mkdtempSync(path.join(tmpdir(), 'cors-lint-workbench-'));
    workspaceFolder = copyFixtures();
    if (!vscode.ok) throw new Error(vscode.reason);
    server = await startVSCodeServer({ vscodeFolder: vscode.folder, dataFolder, development: true });
    browser = await openBrowser({ executable: findProgram('chromium') ?? '' });
    const { base } = server;
    browser.page.on('request', (request) => {
      const url = request.url();
      // VS Code's service worker answers for this host: it stands for files of the server inside web views.
      const own = url.startsWith(base) || new URL(url).hostname.endsWith('.vscode-resource.vscode-cdn.net');
      if (/^(?:https?|wss?):/.test(url) && !own) foreignRequests.push(url);
    });
    workbench = new Workbench(browser.page);
    await workbench.open(
      server.workbenchUrl(workspaceFolder, [
        ['extensionDevelopmentPath', server.remoteUri(extensionFolder)],
        ['openFile', server.remoteUri(path.join(workspaceFolder, 'nginx', 'nginx.conf'))],
      ]),
    );
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(dataFolder, { recursive: true, force: true });
    rmSync(workspaceFolder, { recursive: true, force: true });
  });

  it('colours the file as nginx and draws squiggles under the mistakes', async () => {
    await workbench.squiggle('warning');
    await workbench.squiggle('error');
    await workbench.screenshot(path.join(pictures, '1-squiggles.png'));
    const colours = await workbench.page.evaluate<number>(
      "new Set([...document.querySelectorAll('.monaco-editor .view-line span span')].map((token) => token.className)).size",
    );
    assert.ok(colours > 3, 'the grammar gives the tokens their colours');
  });

  it('explains the mistake in a hover that links to the rule', async () => {
    const hover = await workbench.hover(await workbench.squiggle('warning'));
    await workbench.screenshot(path.join(pictures, '2-hover.png'));
    assert.match((await hover.textContent()) ?? '', /cors-lint\(?missing-always/);
    await hover.locator('a', { hasText: 'missing-always' }).waitFor();
  });

  it('lists the problems', async () => {
    const panel = await workbench.problems();
    await workbench.screenshot(path.join(pictures, '3-problems.png'));
    assert.match((await panel.textContent()) ?? '', /missing-always/);
    await workbench.page.keyboard.press('Control+Shift+M');
    await panel.waitFor({ state: 'hidden' });
  });

  it('offers the fix before the comments that disable the rule, and applies it', async () => {
    const before = await workbench.squiggles('warning').count();
    const menu = await workbench.quickFixMenu(await workbench.squiggle('warning'));
    await workbench.screenshot(path.join(pictures, '4-quick-fix.png'));
    const titles = await menu.locator('.monaco-list-row.action').allTextContents();
    assert.match(titles[0] ?? '', /always/i);
    assert.equal(titles.filter((title) => title.startsWith('Disable missing-always')).length, 2);
    await workbench.page.keyboard.press('Enter');
    const { page } = workbench;
    await page.waitForFunction(`document.querySelectorAll('.monaco-editor .squiggly-warning').length < ${before}`);
    await workbench.screenshot(path.join(pictures, '5-fixed.png'));
    assert.match((await page.locator('.view-lines').textContent()) ?? '', /always/);
  });

  it("opens the rule's page from the hover", async () => {
    const hover = await workbench.hover(await workbench.squiggle('error'));
    await hover.locator('a', { hasText: 'reflected-origin-with-credentials' }).click();
    const { page } = workbench;
    await page.locator('.tab', { hasText: 'reflected-origin-with-credentials' }).waitFor();
    const shown = page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
    await shown.getByText('every site can read the response as the user').first().waitFor();
    await workbench.screenshot(path.join(pictures, '6-rule.png'));
  });

  it('asks nobody but its own server', () => {
    assert.deepEqual(foreignRequests, []);
  });
});

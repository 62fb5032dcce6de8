import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

const consoleMessage =
  "Access to fetch at 'https://api.example.com/account/' from origin 'https://app.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.";

(reason === undefined ? describe : describe.skip)('the commands in Chromium', function () {
  this.timeout(120_000);
  let dataFolder: string;
  let workspaceFolder: string;
  let server: VSCodeServer | undefined;
  let browser: Browser | undefined;
  let workbench: Workbench;
  const picture = (name: string): Promise<void> => workbench.screenshot(path.join(pictures, name));

  before(async () => {
    mkdirSync(pictures, { recursive: true });
    dataFolder = mkdtempSync(path.join(tmpdir(), 'cors-lint-workbench-'));
    workspaceFolder = copyFixtures();
    if (!vscode.ok) throw new Error(vscode.reason);
    server = await startVSCodeServer({
      vscodeFolder: vscode.folder,
      dataFolder,
      // The smoke-test driver of development hides notifications, and progress is one.
      installedExtensions: [{ id: 'cors-lint.cors-lint-0.0.0', folder: extensionFolder }],
    });
    browser = await openBrowser({ executable: findProgram('chromium') ?? '' });
    workbench = new Workbench(browser.page);
    const plain = server.remoteUri(path.join(workspaceFolder, 'nginx', 'plain.conf'));
    await workbench.open(server.workbenchUrl(workspaceFolder, [['openFile', plain]]));
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(dataFolder, { recursive: true, force: true });
    rmSync(workspaceFolder, { recursive: true, force: true });
  });

  it('asks for a policy, refuses what is no origin, and writes it at the cursor', async () => {
    const { page } = workbench;
    await workbench.languageMode('nginx');
    await workbench.goToLine(6);
    await workbench.run('CORS Lint: Insert a correct configuration');
    const input = workbench.quickInput('CORS configuration for nginx');
    await input.waitFor();
    await page.keyboard.type('https://app.example.com/');
    await page.locator('.quick-input-message', { hasText: 'Write https://app.example.com.' }).waitFor();
    await picture('7-insert-refused.png');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Backspace');
    await page.keyboard.type(', https://admin.example.com:8443');
    await page.keyboard.press('Enter');
    await workbench.quickPick('With credentials').waitFor();
    await picture('8-insert-credentials.png');
    await page.keyboard.press('Enter');
    await workbench.quickPick('DELETE').waitFor();
    await picture('9-insert-methods.png');
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-message', { hasText: 'Request headers' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.view-lines', { hasText: 'Access-Control-Allow-Origin' }).waitFor();
    await picture('10-inserted.png');
    await page.keyboard.press('Control+S');
    await page.locator('.tab.dirty').waitFor({ state: 'detached' });
    const text = readFileSync(path.join(workspaceFolder, 'nginx', 'plain.conf'), 'utf8');
    assert.match(text, /^map \$http_origin \$cors_origin \{\n {4}default "";\n {4}"https:\/\/app\.example\.com" \$http_origin;\n/);
    assert.match(text, /add_header Access-Control-Allow-Methods "GET, POST, PUT, PATCH, DELETE" always;/);
    assert.match(text, /if \(\$request_method = OPTIONS\) \{\n {12}return 204;/);
    assert.equal(await workbench.squiggles('error').count(), 0);
  });

  it('completes a header and its value while they are typed', async () => {
    const { page } = workbench;
    await workbench.openFile('api.conf');
    await workbench.goToLine(10);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await workbench.suggestion('add_header Access-Control-Allow-O', 'Access-Control-Allow-Origin');
    await page.keyboard.press('Enter');
    // The variable that a map makes of the Origin comes before the Origin as it was sent.
    await workbench.suggestion(' $', '$cors_origin');
    await picture('10a-completion.png');
    await page.keyboard.press('Enter');
    await page.keyboard.type(' always;');
    await page.locator('.view-line', { hasText: /^\s*add_header\sAccess-Control-Allow-Origin\s\$cors_origin\salways;$/ }).waitFor();
    await workbench.run('File: Revert File');
    await page.locator('.tab.dirty').waitFor({ state: 'detached' });
  });

  it('scans the workspace and lists the problems of files that are not open', async () => {
    const { page } = workbench;
    await workbench.run('CORS Lint: Scan workspace');
    const toast = page.locator('.notifications-toasts', { hasText: /\d+ CORS problems in \d+ of \d+ files/ });
    await toast.waitFor();
    await picture('11-scanned.png');
    await toast.getByText('Show Problems').click();
    const panel = page.locator('.markers-panel');
    await panel.locator('.monaco-list-row', { hasText: 'reflected-origin-with-credentials' }).first().waitFor();
    for (const file of ['nginx.conf', 'server.ts', '.htaccess'])
      await panel.locator('.monaco-list-row', { hasText: file }).first().waitFor();
    await picture('12-problems.png');
    await page.keyboard.press('Control+Shift+M');
  });

  it('explains what the browser says, with the places that cause it', async () => {
    const { page } = workbench;
    await workbench.run('CORS Lint: Explain a browser error');
    await workbench.quickInput('Explain a browser error').waitFor();
    await page.keyboard.insertText(consoleMessage);
    await page.keyboard.press('Enter');
    const answer = page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
    await answer.getByRole('heading', { name: 'Places in this workspace that can cause it' }).waitFor();
    assert.match(await answer.locator('main').innerText(), /executed it, side effects included/);
    await picture('13-explained.png');
    await answer
      .getByRole('link', { name: /nginx\.conf:\d+/ })
      .first()
      .click();
    await page.locator('.tab.active', { hasText: 'nginx.conf' }).waitFor();
    await picture('14-explained-place.png');
  });

  it('applies a fix from the explanation, and says what is left', async () => {
    const { page } = workbench;
    const answer = page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
    const places = answer.getByRole('link', { name: /nginx\.conf:\d+/ });
    const before = await places.count();
    await answer
      .getByRole('link', { name: /always/ })
      .first()
      .click();
    for (const end = Date.now() + 30_000; (await places.count()) >= before;) {
      assert.ok(Date.now() < end, 'the place is gone');
      await page.waitForTimeout(100);
    }
    await picture('15-explained-fixed.png');
  });

  it('has a walkthrough in three steps, of which the done ones are marked', async () => {
    const { page } = workbench;
    await workbench.run('Welcome: Open Walkthrough');
    await page.keyboard.type('Start with CORS Lint');
    await workbench.quickPick('Start with CORS Lint').waitFor();
    await page.keyboard.press('Enter');
    const steps = page.locator('.getting-started-step');
    await steps.first().waitFor();
    await picture('16-walkthrough.png');
    assert.equal(await steps.count(), 3);
    await steps.first().getByText('Scan workspace').click();
    await page.locator('.getting-started-step .codicon.complete').first().waitFor();
    await picture('17-walkthrough-step-done.png');
  });
});

(reason === undefined ? describe : describe.skip)('the commands in German', function () {
  this.timeout(120_000);

  it('are called and answer so', async () => {
    if (!vscode.ok) throw new Error(vscode.reason);
    const dataFolder = mkdtempSync(path.join(tmpdir(), 'cors-lint-german-'));
    const workspaceFolder = copyFixtures();
    const server = await startVSCodeServer({
      vscodeFolder: vscode.folder,
      dataFolder,
      installedExtensions: [{ id: 'cors-lint.cors-lint-0.0.0', folder: extensionFolder }],
    });
    const browser = await openBrowser({ executable: findProgram('chromium') ?? '' });
    try {
      // What a language pack does: the workbench's own texts stay English without one.
      await browser.page.addInitScript("globalThis._VSCODE_NLS_LANGUAGE = 'de';");
      const workbench = new Workbench(browser.page);
      const plain = server.remoteUri(path.join(workspaceFolder, 'nginx', 'plain.conf'));
      await workbench.open(server.workbenchUrl(workspaceFolder, [['openFile', plain]]));
      await workbench.languageMode('nginx');
      await workbench.run('CORS Lint: Eine Browsermeldung erklären');
      await workbench.quickInput('Eine Browsermeldung erklären').waitFor();
      await workbench.screenshot(path.join(pictures, '18-german.png'));
    } finally {
      await browser.close();
      await server.stop();
      rmSync(dataFolder, { recursive: true, force: true });
      rmSync(workspaceFolder, { recursive: true, force: true });
    }
  });
});

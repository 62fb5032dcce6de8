/**
 * `npm run screenshots`: takes the README's pictures from the running editor, on `examples/`. To be looked at before they
 * are committed. Needs what `npm run setup` installs.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { findProgram, whyMissing } from '../test/setup/programs.ts';
import { openBrowser } from '../tools/vscode/browser.ts';
import { installVSCode } from '../tools/vscode/install.ts';
import { startVSCodeServer } from '../tools/vscode/server.ts';
import { Workbench } from '../tools/vscode/workbench.ts';

const projectFolder = path.resolve(import.meta.dirname, '..');
const examples = path.join(projectFolder, 'examples');
const pictures = path.join(projectFolder, 'docs', 'images');
const nginxFile = path.join(examples, 'nginx-site', 'sites-enabled', 'api.example.com');

const vscode = await installVSCode();
const chromium = findProgram('chromium');
if (!vscode.ok || chromium === undefined) {
  console.error(vscode.ok ? whyMissing('chromium') : vscode.reason);
  process.exit(2);
}
mkdirSync(pictures, { recursive: true });
const dataFolder = mkdtempSync(path.join(tmpdir(), 'cors-lint-screenshots-'));
const server = await startVSCodeServer({
  vscodeFolder: vscode.folder,
  dataFolder,
  installedExtensions: [{ id: 'cors-lint.cors-lint-0.0.0', folder: projectFolder }],
  settings: {
    'editor.minimap.enabled': false,
    'editor.links': false,
    'workbench.editor.enablePreview': false,
    'typescript.tsdk': path.join(projectFolder, 'node_modules', 'typescript', 'lib'),
    'typescript.validate.enable': false,
    // The TypeScript server tells in the status bar what it is busy with.
    'typescript.tsserver.useSyntaxServer': 'always',
    'problems.showCurrentInStatus': false,
    'outline.collapseItems': 'alwaysCollapse',
  },
});
const browser = await openBrowser({ executable: chromium, viewport: { width: 1200, height: 860 }, deviceScaleFactor: 2 });
const workbench = new Workbench(browser.page);
const { page } = browser;
try {
  await workbench.open(server.workbenchUrl(examples, [['openFile', server.remoteUri(nginxFile)]]));
  await workbench.squiggle('error');
  await workbench.themeLoaded();

  // Three mistakes are in sight, and the hover of the last one does not hide the others.
  await workbench.goToLine(25);
  const reflected = workbench.squiggles('error').last();
  await workbench.hover(reflected);
  await workbench.screenshot(path.join(pictures, 'hover.png'));

  await page.keyboard.press('Escape');
  await workbench.goToLine(28);
  await workbench.quickFixMenu(workbench.squiggles('warning').last());
  await workbench.screenshot(path.join(pictures, 'quick-fix.png'));

  await page.keyboard.press('Escape');
  await workbench.goToLine(39);
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await workbench.suggestion('add_header Access-Control-E', 'Access-Control-Expose-Headers');
  // What the header is for, beside the list.
  await page.keyboard.press('Control+Space');
  await page.locator('.suggest-details-container').waitFor();
  await workbench.screenshot(path.join(pictures, 'completion.png'));
  await page.keyboard.press('Escape');
  await workbench.run('File: Revert File');

  // The editor asks for a file's code lenses a moment after it was opened; where the window changes before, it does not.
  const lens = page.locator('.codelens-decoration a', { hasText: 'preflight' }).first();
  for (const name of ['app.ts', 'intranet.conf', 'cors.ts']) {
    await workbench.openFile(name);
    await workbench.squiggle('error');
    await lens.waitFor();
  }
  await workbench.problems();
  await workbench.problemCountSettled();
  await workbench.screenshot(path.join(pictures, 'problems.png'));

  await page.keyboard.press('Control+J');
  await workbench.openFile('app.ts');
  await lens.waitFor();
  await page.setViewportSize({ width: 1500, height: 1100 });
  await workbench.run('CORS Lint: Simulate a request');
  // A pattern without anchors lets a lookalike in, cookies and all.
  const simulator = workbench.webview();
  await simulator.locator('#address').fill('/orders');
  await simulator.locator('#origin').fill('https://www.shop.example.attacker.test');
  await simulator.locator('#credentials').selectOption('include');
  await simulator.locator('#verdict.allowed').waitFor();
  await workbench.screenshot(path.join(pictures, 'simulator.png'));
  await workbench.run('View: Close All Editors');
  await workbench.run('CORS Lint: Scan workspace');
  await page.locator('.notifications-toasts', { hasText: 'CORS problems in' }).getByText('Show Problems').click();
  await workbench.problemCountSettled();
  // Over a problem the pointer would open its whole text.
  await page.mouse.move(1000, 300);
  await workbench.screenshot(path.join(pictures, 'scan.png'));

  await page.keyboard.press('Control+Shift+M');
  await workbench.run('CORS Lint: Explain a browser error');
  await workbench.quickInput('Explain a browser error').waitFor();
  await page.keyboard.insertText(
    "Access to fetch at 'https://api.example.com/account' from origin 'https://app.example.com' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: It does not have HTTP ok status.",
  );
  await page.keyboard.press('Enter');
  await page.frameLocator('iframe.webview').frameLocator('iframe#active-frame').locator('main').waitFor();
  await workbench.screenshot(path.join(pictures, 'explain.png'));

  const plain = path.join(dataFolder, 'site');
  cpSync(path.join(projectFolder, 'test', 'editor', 'fixtures', 'nginx', 'plain.conf'), path.join(plain, 'nginx', 'plain.conf'));
  await workbench.open(server.workbenchUrl(plain, [['openFile', server.remoteUri(path.join(plain, 'nginx', 'plain.conf'))]]));
  await workbench.languageMode('nginx');
  await workbench.goToLine(6);
  await workbench.run('CORS Lint: Insert a correct configuration');
  await workbench.quickInput('CORS configuration for nginx').waitFor();
  await page.keyboard.type('https://app.example.com, https://admin.example.com');
  await page.keyboard.press('Enter');
  for (const label of ['With credentials', 'DELETE']) {
    await workbench.quickPick(label).waitFor();
    await page.keyboard.press('Enter');
  }
  await page.locator('.quick-input-message', { hasText: 'Request headers' }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.view-lines', { hasText: 'Access-Control-Allow-Origin' }).waitFor();
  await workbench.screenshot(path.join(pictures, 'insert.png'));
} finally {
  await browser.close();
  await server.stop();
  rmSync(dataFolder, { recursive: true, force: true });
}

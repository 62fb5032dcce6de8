/**
 * `npm run screenshots`: takes the README's pictures from the running editor, on `examples/`. To be looked at before they
 * are committed. Needs what `npm run setup` installs.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
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
  for (const name of ['app.ts', 'intranet.conf', 'cors.ts']) await workbench.openFile(name);
  await workbench.problems();
  await workbench.problemCountSettled();
  await workbench.screenshot(path.join(pictures, 'problems.png'));
} finally {
  await browser.close();
  await server.stop();
  rmSync(dataFolder, { recursive: true, force: true });
}

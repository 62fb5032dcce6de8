/**
 * What a keystroke costs in the real editor, with everything on its way included: the editor's debounce, the extension host,
 * the server, and the drawing. Measured by the page itself, from the key's event to the change that it causes on the screen.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findProgram, whyMissing } from '../test/setup/programs.ts';
import { openBrowser } from '../tools/vscode/browser.ts';
import { installVSCode } from '../tools/vscode/install.ts';
import { startVSCodeServer } from '../tools/vscode/server.ts';
import { Workbench } from '../tools/vscode/workbench.ts';
import { nginxFile } from './generate.ts';
import { percentile, type Measure } from './statistics.ts';

const projectFolder = path.resolve(import.meta.dirname, '..');
/** Milliseconds after which a key has changed nothing. */
const patience = 10_000;
const typedLine = '            add_header Access-Control-Allow-Origin https://app.example.com always;';

/** A file of some 1,000 lines whose first location is the one that is typed in. */
function typedFile(seed: number): string {
  const location = `server {\n        location /typed/ {\n${typedLine}\n            return 200;\n        }\n    }`;
  return nginxFile(990, seed).replace(/http \{\n/, `http {\n    ${location}\n`);
}

/** Scripts of the pages: when the last key went down, and when something was changed on the screen after it. */
const watchKeys = `addEventListener('keydown', () => { window.lastKey = performance.timeOrigin + performance.now(); }, true)`;
const watchChanges = (selector: string, said: string): string => `(() => {
  const read = () => ${said};
  let before = read();
  new MutationObserver(() => {
    const now = read();
    if (now !== before) window.lastChange = performance.timeOrigin + performance.now();
    before = now;
  }).observe(document.querySelector('${selector}'), { subtree: true, childList: true, characterData: true, attributes: true });
})()`;

/** `count` keys, each of which makes or mends a mistake; empty with a note where a program is missing. */
export async function measureEditor(count: number, seed: number): Promise<readonly Measure[]> {
  const vscode = await installVSCode();
  const missing = vscode.ok ? whyMissing('chromium') : vscode.reason;
  if (!vscode.ok || missing !== undefined) {
    console.error(`editor: skipped, ${missing ?? ''}`);
    return [];
  }
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'cors-lint-bench-editor-'));
  const workspaceFolder = mkdtempSync(path.join(tmpdir(), 'cors-lint-bench-workspace-'));
  const file = path.join(workspaceFolder, 'nginx.conf');
  const text = typedFile(seed);
  writeFileSync(file, text);
  const server = await startVSCodeServer({ vscodeFolder: vscode.folder, dataFolder, development: true });
  const browser = await openBrowser({ executable: findProgram('chromium') ?? '', viewport: { width: 1500, height: 900 } });
  try {
    const workbench = new Workbench(browser.page);
    const { page } = browser;
    await workbench.open(
      server.workbenchUrl(workspaceFolder, [
        ['extensionDevelopmentPath', server.remoteUri(projectFolder)],
        ['openFile', server.remoteUri(file)],
      ]),
    );
    await workbench.goToLine(text.slice(0, text.indexOf(typedLine)).split('\n').length);
    await workbench.run('CORS Lint: Simulate a request');
    const simulator = workbench.webview();
    await simulator.locator('#address').fill('/typed/');
    await simulator.locator('tr', { hasText: 'https://app.example.com' }).waitFor();
    await page.locator('.monaco-editor .view-lines').first().click();
    await workbench.goToLine(text.slice(0, text.indexOf(typedLine)).split('\n').length);
    await page.keyboard.press('End');
    for (let step = 0; step < ' always;'.length; step++) await page.keyboard.press('ArrowLeft');
    await page.evaluate(watchKeys);
    await page.evaluate(watchChanges('.monaco-editor', `document.querySelectorAll('.monaco-editor .squiggly-error').length`));
    const frame = await (await simulator.locator('body').elementHandle()).ownerFrame();
    if (!frame) throw new Error('the simulator has no page');
    await frame.evaluate(watchChanges('#exchanges', `document.querySelector('#exchanges').textContent`));
    const squiggles: number[] = [];
    const updates: number[] = [];
    for (let key = 0; key < count; key++) {
      // A trailing slash makes an origin that no browser sends, and Backspace mends it.
      await page.keyboard.press(key % 2 === 0 ? '/' : 'Backspace');
      const pressed = Number(await page.evaluate('window.lastKey'));
      const changes = async (): Promise<readonly [squiggle: number, simulator: number]> => [
        Number(await page.evaluate('window.lastChange ?? 0')),
        Number(await frame.evaluate('window.lastChange ?? 0')),
      ];
      let [drawn, updated] = await changes();
      for (const deadline = Date.now() + patience; (drawn < pressed || updated < pressed) && Date.now() < deadline;) {
        await page.waitForTimeout(50);
        [drawn, updated] = await changes();
      }
      // As a person would, the next key waits until all has been looked at.
      await page.waitForTimeout(500);
      // The first keys meet a server that has not run yet.
      if (key < 4) continue;
      if (drawn < pressed || updated < pressed) {
        throw new Error(
          `key ${key} changed nothing on the screen: ${[drawn < pressed && 'squiggle', updated < pressed && 'simulator'].filter(Boolean).join(', ')}`,
        );
      }
      squiggles.push(drawn - pressed);
      updates.push(updated - pressed);
    }
    const remark = 'in the real editor, its debounce included';
    return [
      { name: 'a key to its squiggle, 1000 lines of nginx.conf, p50', value: percentile(squiggles, 0.5), unit: 'ms', aim: 300, remark },
      { name: 'a key to its squiggle, p95', value: percentile(squiggles, 0.95), unit: 'ms' },
      { name: 'a key to the simulator, p50', value: percentile(updates, 0.5), unit: 'ms', aim: 100, remark },
      { name: 'a key to the simulator, p95', value: percentile(updates, 0.95), unit: 'ms' },
    ];
  } finally {
    await browser.close();
    await server.stop();
    rmSync(dataFolder, { recursive: true, force: true });
    rmSync(workspaceFolder, { recursive: true, force: true });
  }
}

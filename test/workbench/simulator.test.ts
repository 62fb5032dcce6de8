import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
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

/** Themes by the name in the list of colour themes, and the class that the editor then gives its pages. */
const themes = [
  ['Light+', 'vscode-light'],
  ['Dark High Contrast', 'vscode-high-contrast'],
  ['Light High Contrast', 'vscode-high-contrast-light'],
  ['Dark Modern', 'vscode-dark'],
] as const;

(reason === undefined ? describe : describe.skip)('the simulator in the workbench', function () {
  this.timeout(90_000);
  let dataFolder: string;
  let workspaceFolder: string;
  let server: VSCodeServer | undefined;
  let browser: Browser | undefined;
  let workbench: Workbench;
  let page: FrameLocator;
  const complaints: string[] = [];

  const verdict = (text: RegExp): Promise<void> => page.locator('#verdict', { hasText: text }).waitFor();
  /** The value of an expression in the simulator's page. */
  const inPage = (expression: string): Promise<unknown> => page.locator('body').evaluate(expression);

  before(async () => {
    mkdirSync(pictures, { recursive: true });
    dataFolder = mkdtempSync(path.join(tmpdir(), 'cors-lint-simulator-'));
    workspaceFolder = copyFixtures();
    if (!vscode.ok) throw new Error(vscode.reason);
    server = await startVSCodeServer({ vscodeFolder: vscode.folder, dataFolder, development: true });
    browser = await openBrowser({ executable: findProgram('chromium') ?? '', viewport: { width: 1500, height: 1000 } });
    browser.page.on('console', (message) => {
      if (/content security policy/i.test(message.text()) && /simulator/.test(message.text())) complaints.push(message.text());
    });
    workbench = new Workbench(browser.page);
    await workbench.open(
      server.workbenchUrl(workspaceFolder, [
        ['extensionDevelopmentPath', server.remoteUri(extensionFolder)],
        ['openFile', server.remoteUri(path.join(workspaceFolder, 'nginx', 'nginx.conf'))],
      ]),
    );
    page = workbench.webview();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(dataFolder, { recursive: true, force: true });
    rmSync(workspaceFolder, { recursive: true, force: true });
  });

  it("is opened by the code lens above a location, with that location's path", async () => {
    const lens = workbench.page.locator('.codelens-decoration a', { hasText: '⚠ any site' });
    await lens.waitFor();
    await workbench.screenshot(path.join(pictures, 'simulator-1-lens.png'));
    await lens.click();
    await verdict(/Cannot be decided/);
    assert.equal(await page.locator('#address').inputValue(), '/account/');
    assert.match(await page.locator('#place option:checked').innerText(), /^location \/account\/ — CORS: ⚠ any site/);
    await workbench.screenshot(path.join(pictures, 'simulator-2-opened.png'));
  });

  it('is filled in by the keyboard alone', async () => {
    const { keyboard } = workbench.page;
    // The editor takes Ctrl+A out of the page and hands it back later than the keys that follow.
    const retype = async (text: string): Promise<void> => {
      await keyboard.press('Home');
      await keyboard.press('Shift+End');
      await keyboard.type(text);
    };
    await page.locator('#place').focus();
    const order: unknown[] = [];
    for (let step = 0; step < 11; step++) {
      order.push(await inPage('document.activeElement.id'));
      await keyboard.press('Tab');
    }
    assert.deepEqual(order, [
      'place',
      'origin',
      ...['honest', 'lookalike', 'null', 'none'].map((name) => `preset-${name}`),
      ...['method', 'address', 'credentials', 'status', 'headers'],
    ]);
    await page.locator('#preset-lookalike').focus();
    await keyboard.press('Enter');
    assert.equal(await page.locator('#preset-lookalike').getAttribute('aria-pressed'), 'true');
    await page.locator('#method').focus();
    await retype('PUT');
    await page.locator('h2', { hasText: 'Preflight' }).waitFor();
    await page.locator('#status').focus();
    await keyboard.type('99');
    const problem = page.locator('#status-problem');
    await problem.filter({ hasText: '"99" is not a status from 100 to 599' }).waitFor();
    assert.equal(await page.locator('#status').getAttribute('aria-invalid'), 'true');
    await workbench.screenshot(path.join(pictures, 'simulator-3-problem.png'));
    await retype('204');
    await problem.waitFor({ state: 'hidden' });
  });

  it('names every control and every table, and says each verdict in words', async () => {
    const nameless = await inPage(`[...document.querySelectorAll('input, select, textarea, button, [role=group], table')]
      .filter((each) => {
        if (each.matches('table')) return !each.caption?.textContent.trim();
        if (each.matches('[role=group]')) return !each.getAttribute('aria-label');
        if (each.matches('button')) return !(each.getAttribute('aria-label') ?? each.textContent).trim();
        return ![...each.labels].some((label) => label.textContent.trim());
      })
      .map((each) => each.outerHTML)`);
    assert.deepEqual(nameless, []);
    const dangling = await inPage(`['aria-describedby', 'aria-labelledby']
      .flatMap((name) => [...document.querySelectorAll('[' + name + ']')].flatMap((each) => each.getAttribute(name).trim().split(/\\s+/)))
      .filter((id) => document.getElementById(id) === null)`);
    assert.deepEqual(dangling, []);
    assert.equal(await page.locator('#verdict').getAttribute('aria-live'), 'polite');
    assert.match((await page.locator('html').getAttribute('lang')) ?? '', /^[a-z]/);
    assert.notEqual(await page.locator('.mark').count(), 0);
    assert.notEqual(await page.locator('.steps li').count(), 0);
    for (const mark of await page.locator('.mark').all()) assert.equal(await mark.getAttribute('aria-hidden'), 'true');
    for (const step of await page.locator('.steps li').allInnerTexts()) assert.match(step, /(?:passed|failed|not known): /);
  });

  it('shows the line that wrote a header, and opens it', async () => {
    await page.locator('#method').fill('GET');
    await page.locator('#origin').fill('https://evil.example');
    const row = page.locator('tr', { hasText: 'Access-Control-Allow-Origin' });
    await row.locator('td', { hasText: 'https://evil.example' }).waitFor();
    const link = row.locator('button.link');
    const line = Number(/\d+/.exec(await link.innerText())?.[0]);
    await link.focus();
    await workbench.page.keyboard.press('Enter');
    await workbench.page.locator('.statusbar-item', { hasText: `Ln ${line}, Col` }).waitFor();
  });

  it('shows the place that answers whatever path is typed, with the origins to try there', async () => {
    const chosen = (title: string): Promise<void> =>
      page.locator('#place option:checked', { hasText: title }).waitFor({ state: 'attached' });
    const pressed = (preset: string): Promise<void> => page.locator(`#preset-${preset}[aria-pressed="true"]`).waitFor();
    for (const [address, title] of [
      ['/public/logo.svg?v=2', 'location /public/'],
      ['/account/orders', 'location /account/'],
      ['/elsewhere', 'server'],
    ] as const) {
      await page.locator('#address').fill(address);
      await chosen(title);
    }
    await page.locator('#address').fill('/public/deeper/file');
    await chosen('location /public/');
    await page.locator('#preset-honest').click();
    assert.equal(await page.locator('#origin').inputValue(), 'https://app.example.com');
    await page.locator('#preset-lookalike').click();
    await pressed('lookalike');
    const lookalike = await page.locator('#origin').inputValue();
    await page.locator('#place').selectOption({ index: 3 });
    await pressed('lookalike');
    assert.notEqual(await page.locator('#origin').inputValue(), lookalike);
    for (const preset of ['null', 'none']) {
      await page.locator(`#preset-${preset}`).click();
      await pressed(preset);
      assert.equal(await page.locator('#origin').inputValue(), preset);
    }
    await page.locator('#origin').fill('https://evil.example');
  });

  it('follows the file while it is edited, without a save', async () => {
    await page.locator('#address').fill('/public/');
    await verdict(/Blocked/);
    await page.locator('h3', { hasText: 'console' }).waitFor();
    assert.match(
      await page.locator('#exchanges pre', { hasText: 'Access to fetch' }).innerText(),
      /^Access to fetch at 'https:\/\/server\.example\/public\/' from origin 'https:\/\/evil\.example' has been blocked by CORS policy: /,
    );
    await workbench.screenshot(path.join(pictures, 'simulator-4-blocked.png'));
    await workbench.replace('https://app.example.com', 'https://evil.example');
    await page
      .locator('tr', { hasText: 'Access-Control-Allow-Origin' })
      .locator('td', { hasText: 'https://evil.example' })
      .first()
      .waitFor();
    await page.locator('#verdict', { hasText: 'Blocked' }).waitFor({ state: 'detached' });
  });

  it('keeps the form while it is hidden', async () => {
    await page.locator('#headers').fill('X-Kept: 1');
    await workbench.page.locator('.tab', { hasText: 'Request to nginx.conf' }).click();
    await workbench.openFile('server.ts');
    await page.locator('#headers').waitFor({ state: 'hidden' });
    await workbench.page.locator('.tab', { hasText: 'Request to nginx.conf' }).click();
    await page.locator('#headers').waitFor();
    assert.equal(await page.locator('#headers').inputValue(), 'X-Kept: 1');
    assert.equal(await page.locator('#address').inputValue(), '/public/');
    await page.locator('h2', { hasText: 'Preflight' }).waitFor();
  });

  for (const [index, [theme, className]] of themes.entries()) {
    it(`is readable in ${theme}`, async () => {
      await workbench.colourTheme(theme);
      await page.locator(`body[data-vscode-theme-kind="${className}"]`).waitFor();
      await page.locator('h1').scrollIntoViewIfNeeded();
      await workbench.screenshot(path.join(pictures, `simulator-${5 + index}-${className}.png`));
      await page.locator('.outcome').last().scrollIntoViewIfNeeded();
      await workbench.screenshot(path.join(pictures, `simulator-${5 + index}-${className}-answer.png`));
      const faint = await inPage(contrastCheck);
      assert.deepEqual(faint, []);
    });
  }

  it('runs nothing that its content security policy refuses', () => {
    assert.deepEqual(complaints, []);
  });
});

/** Texts whose contrast with what is behind them is below 4.5:1 (WCAG 2.2, 1.4.3), as a script of the page. */
const contrastCheck = `(() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const channel = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const over = ([r, g, b, a = 1], [r2, g2, b2]) => [r * a + r2 * (1 - a), g * a + g2 * (1 - a), b * a + b2 * (1 - a)];
  const behind = (element) => {
    if (element === null) return [255, 255, 255];
    const colour = parse(getComputedStyle(element).backgroundColor);
    return (colour[3] ?? 1) === 1 ? colour : over(colour, behind(element.parentElement));
  };
  return [...document.querySelectorAll('label, p, th, td, code, pre, button, li, h1, h2, h3, input, select, textarea, strong')]
    .filter((element) => element.offsetParent !== null && (element.textContent.trim() !== '' || element.value))
    .flatMap((element) => {
      const back = behind(element);
      const [high, low] = [luminance(over(parse(getComputedStyle(element).color), back)), luminance(back)].sort((a, b) => b - a);
      const ratio = (high + 0.05) / (low + 0.05);
      return ratio < 4.5 ? [element.tagName + ' "' + element.textContent.trim().slice(0, 40) + '" ' + ratio.toFixed(2)] : [];
    });
})()`;

import type { FrameLocator, Locator, Page } from 'playwright-core';

/** How long an element may take to appear, in milliseconds: the first editor of a cold server is slow. */
const patience = 60_000;

/** How often a gesture of the mouse or a key is repeated within that time. */
const attempts = 6;

/** The kinds of squiggles, by the class that the editor gives them. */
export type Squiggle = 'error' | 'warning' | 'info';

/** VS Code's workbench in a page, by what a user does with it. */
export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the workbench and waits until an editor shows text. */
  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.page.locator('.monaco-workbench').waitFor({ timeout: patience });
    await this.page.locator('.monaco-editor .view-line').first().waitFor({ timeout: patience });
  }

  squiggles(kind: Squiggle): Locator {
    return this.page.locator(`.monaco-editor .squiggly-${kind}`);
  }

  /** Waits until a squiggle is drawn. */
  async squiggle(kind: Squiggle): Promise<Locator> {
    const first = this.squiggles(kind).first();
    await first.waitFor({ state: 'attached', timeout: patience });
    return first;
  }

  /** Opens a file by "Go to File". */
  async openFile(name: string): Promise<void> {
    // Before the search answers, the list holds the files opened last.
    const focused = this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name.slice(name.lastIndexOf('/') + 1) });
    await this.fillQuickInput('Control+P', name, focused);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: patience });
  }

  /** Puts the cursor at the start of a line, counted from 1, and the line into the middle of the editor. */
  async goToLine(line: number): Promise<void> {
    await this.fillQuickInput('Control+G', `:${line}`, this.quickPick(String(line)));
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: patience });
  }

  /** Waits for the theme, which comes from an extension and replaces a built-in one a moment after the start. */
  async themeLoaded(): Promise<void> {
    await this.page.locator('.monaco-workbench[class*="vscode-theme-defaults-themes-"]').waitFor({ timeout: patience });
  }

  /** Runs a command by its title in the command palette. */
  async run(title: string): Promise<void> {
    await this.fillQuickInput('F1', `>${title}`, this.quickPick(title));
    await this.page.keyboard.press('Enter');
  }

  /** Waits until the editor takes the file for a language: before, the extensions' commands are not in the palette either. */
  async languageMode(name: string): Promise<void> {
    await this.page.locator('#status\\.editor\\.mode', { hasText: name }).waitFor({ timeout: patience });
  }

  /** The input box or list that is open under a title. */
  quickInput(title: string): Locator {
    return this.page.locator('.quick-input-widget:not([style*="display: none"])', { hasText: title });
  }

  /** An entry of the list that is open. */
  quickPick(label: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first();
  }

  /**
   * Rests the mouse on a squiggle and answers with the hover that appears. Lines move while the editor settles (a code
   * lens comes, a banner goes), so that the mouse may come to rest beside it: then it is moved again.
   */
  async hover(squiggle: Locator): Promise<Locator> {
    const shown = this.page.locator('.monaco-hover:not(.hidden)').first();
    await this.until(shown.locator('.hover-contents').first(), async () => {
      await this.page.mouse.move(0, 0);
      const box = await boxOf(squiggle);
      await this.page.mouse.move(box.x + box.width / 2, box.y + 3, { steps: 2 });
    });
    return shown;
  }

  /** Puts the cursor into a squiggle and opens the quick fix menu. */
  async quickFixMenu(squiggle: Locator): Promise<Locator> {
    const menu = this.page.locator('.action-widget');
    await this.until(menu.locator('.monaco-list-row.action').first(), async () => {
      const box = await boxOf(squiggle);
      await this.page.mouse.click(box.x + Math.min(4, box.width / 2), box.y + 3);
      await this.page.keyboard.press('Control+.');
    });
    return menu;
  }

  /**
   * Presses a key that opens the box above the editors, writes into the box and waits for what that lists. While the focus
   * moves, as out of a web view, a key gets lost or the box closes at once: then it is opened again.
   */
  private async fillQuickInput(key: string, text: string, listed: Locator): Promise<void> {
    await this.until(listed, async () => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press(key);
      await this.page.locator('.quick-input-widget input[type="text"]').fill(text, { timeout: patience / attempts });
    });
  }

  /** Repeats what a user would do again until the element shows. */
  private async until(element: Locator, attempt: () => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await attempt();
        await element.waitFor({ timeout: patience / attempts });
        return;
      } catch (error) {
        if (tries === attempts) throw error;
      }
    }
  }

  /** Types text at the cursor and waits until the list of suggestions that opens by itself has this one on top. */
  async suggestion(text: string, label: string): Promise<Locator> {
    await this.page.keyboard.type(text, { delay: 30 });
    const top = this.page.locator('.suggest-widget.visible .monaco-list-row.focused', { hasText: label });
    await top.waitFor({ timeout: patience });
    return top;
  }

  /** Opens the Problems panel and waits for its first entry. */
  async problems(): Promise<Locator> {
    await this.page.keyboard.press('Control+Shift+M');
    const panel = this.page.locator('.markers-panel');
    await panel.locator('.monaco-list-row').first().waitFor({ timeout: patience });
    return panel;
  }

  /** Waits until the number of problems in the status bar has not changed for a while. */
  async problemCountSettled(): Promise<void> {
    const count = this.page.locator('#status\\.problems');
    for (let before = ''; ;) {
      await this.page.waitForTimeout(4000);
      const now = (await count.textContent()) ?? '';
      if (now === before) return;
      before = now;
    }
  }

  /** The page inside the web view that is open: VS Code wraps it into a frame of its own. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  /** Chooses a colour theme by its name. Run from the command palette, the list of themes closes at once. */
  async colourTheme(name: string): Promise<void> {
    await this.page.keyboard.press('Control+K');
    await this.page.keyboard.press('Control+T');
    const input = this.page.locator('.quick-input-widget input[placeholder*="heme"]');
    await input.waitFor({ timeout: patience });
    await input.fill(name);
    await this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name }).first().waitFor({ timeout: patience });
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: patience });
  }

  /** Replaces a text wherever it is in the editor that was focused last, by the editor's own widget. */
  async replace(text: string, by: string): Promise<void> {
    await this.page.locator('.monaco-editor .view-lines').first().click();
    await this.page.keyboard.press('Control+H');
    const widget = this.page.locator('.find-widget.visible');
    await widget.locator('.find-part textarea').fill(text);
    await widget.locator('.replace-part textarea').fill(by);
    await this.page.keyboard.press('Control+Alt+Enter');
    await this.page.keyboard.press('Escape');
  }

  /** A picture of the window once it has stopped moving. */
  async screenshot(file: string): Promise<void> {
    await this.page.waitForTimeout(400);
    await this.page.screenshot({ path: file });
  }
}

async function boxOf(element: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await element.boundingBox();
  if (box === null) throw new Error('the element is not on the screen');
  return box;
}

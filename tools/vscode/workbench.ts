import type { Locator, Page } from 'playwright-core';

/** How long an element may take to appear, in milliseconds: the first editor of a cold server is slow. */
const patience = 60_000;

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
    await this.page.keyboard.press('Control+P');
    await this.page.locator('.quick-input-widget input').waitFor({ timeout: patience });
    await this.page.keyboard.type(name);
    // Before the search answers, the list holds the files opened last.
    const match = this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name.slice(name.lastIndexOf('/') + 1) });
    await match.waitFor({ timeout: patience });
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: patience });
  }

  /** Puts the cursor at the start of a line, counted from 1, and the line into the middle of the editor. */
  async goToLine(line: number): Promise<void> {
    await this.page.keyboard.press('Control+G');
    await this.page.locator('.quick-input-widget input').waitFor({ timeout: patience });
    await this.page.keyboard.type(String(line));
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: patience });
  }

  /** Waits for the theme, which comes from an extension and replaces a built-in one a moment after the start. */
  async themeLoaded(): Promise<void> {
    await this.page.locator('.monaco-workbench[class*="vscode-theme-defaults-themes-"]').waitFor({ timeout: patience });
  }

  /** Runs a command by its title in the command palette. */
  async run(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.page.locator('.quick-input-widget input').waitFor({ timeout: patience });
    await this.page.keyboard.type(title);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor({ timeout: patience });
    await this.page.keyboard.press('Enter');
  }

  /** Rests the mouse on a squiggle and answers with the hover that appears. */
  async hover(squiggle: Locator): Promise<Locator> {
    const box = await boxOf(squiggle);
    await this.page.mouse.move(box.x + box.width / 2, box.y + 3);
    const hover = this.page.locator('.monaco-hover:not(.hidden) .hover-contents').first();
    await hover.waitFor({ timeout: patience });
    return this.page.locator('.monaco-hover:not(.hidden)').first();
  }

  /** Puts the cursor into a squiggle and opens the quick fix menu. */
  async quickFixMenu(squiggle: Locator): Promise<Locator> {
    const box = await boxOf(squiggle);
    await this.page.mouse.click(box.x + Math.min(4, box.width / 2), box.y + 3);
    await this.page.keyboard.press('Control+.');
    const menu = this.page.locator('.action-widget');
    await menu.locator('.monaco-list-row.action').first().waitFor({ timeout: patience });
    return menu;
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

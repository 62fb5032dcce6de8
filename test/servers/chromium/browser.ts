/**
 * Headless Chromium with one page that carries out many fetches at once, each from the page's own origin or from a
 * sandboxed frame, whose origin is `null`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { BrowserContext, Frame, Page } from 'playwright-core';

/** One fetch for the page to make. The page cannot see more of a blocked response than that it is blocked. */
export interface PageFetch {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly credentials: 'omit' | 'same-origin' | 'include';
  /** `cors` where it is left out. */
  readonly mode?: 'cors' | 'no-cors';
}

export type PageResult =
  | {
      readonly allowed: true;
      readonly status: number;
      /** Lower-case names that the page could read. */ readonly readable: readonly string[];
    }
  | { readonly allowed: false };

export const sandboxedFrame = '<!doctype html><title>CORS</title><iframe sandbox="allow-scripts" srcdoc="<p>opaque"></iframe>';

/** Runs inside the page, so it must not use anything from outside. */
async function fetchAll(fetches: readonly PageFetch[]): Promise<PageResult[]> {
  return Promise.all(
    fetches.map(async ({ url, method, headers, credentials, mode }): Promise<PageResult> => {
      try {
        const response = await fetch(url, {
          method,
          headers: headers.map(([name, value]): [string, string] => [name, value]),
          credentials,
          mode: mode ?? 'cors',
        });
        return { allowed: true, status: response.status, readable: [...response.headers.keys()] };
      } catch {
        return { allowed: false };
      }
    }),
  );
}

export class CorsBrowser {
  readonly #profile: string;
  readonly #context: BrowserContext;
  readonly #page: Page;
  readonly #messages: string[] = [];
  readonly version: string;

  private constructor(profile: string, context: BrowserContext, page: Page) {
    this.#profile = profile;
    this.#context = context;
    this.#page = page;
    this.version = context.browser()?.version() ?? 'unknown version';
    page.on('console', (message) => this.#messages.push(message.text()));
  }

  /** Starts Chromium and opens `url`, whose document must hold `sandboxedFrame`. */
  static async open(executablePath: string, url: string): Promise<CorsBrowser> {
    const profile = mkdtempSync(path.join(os.tmpdir(), 'cors-lint-chromium-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // Every name leads to this machine, so that a test may use any and nothing leaves it.
        '--host-resolver-rules=MAP * 127.0.0.1',
      ],
    });
    const page = context.pages()[0] ?? (await context.newPage());
    const browser = new CorsBrowser(profile, context, page);
    await page.goto(url);
    return browser;
  }

  /** Makes all the fetches at once and waits for all of them. */
  async fetch(from: 'page' | 'sandboxed frame', fetches: readonly PageFetch[]): Promise<PageResult[]> {
    const frame: Frame | undefined =
      from === 'page' ? this.#page.mainFrame() : this.#page.frames().find((candidate) => candidate !== this.#page.mainFrame());
    if (frame === undefined) throw new Error('the page has no sandboxed frame');
    return frame.evaluate(fetchAll, fetches);
  }

  /** Opens another document in the page. */
  async visit(url: string): Promise<void> {
    await this.#page.goto(url);
  }

  /** Answers the question whether pages may reach the local network, for every site, as a user would; without it the answer is no. */
  async allowLocalNetwork(): Promise<void> {
    await this.#context.grantPermissions(['local-network-access']);
  }

  /** Takes back what was allowed. */
  async forgetPermissions(): Promise<void> {
    await this.#context.clearPermissions();
  }

  /** Every console message so far. */
  get messages(): readonly string[] {
    return this.#messages;
  }

  /** The console messages that name an address. */
  messagesAbout(url: string): string[] {
    return this.#messages.filter((message) => message.includes(`'${url}'`));
  }

  async close(): Promise<void> {
    await this.#context.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

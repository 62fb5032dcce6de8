import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';

export interface Browser {
  readonly page: Page;
  close(): Promise<void>;
}

export interface BrowserOptions {
  /** Chromium's executable (Debian's `/usr/bin/chromium`). */
  readonly executable: string;
  /** The size of the window in CSS pixels. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Device pixels for each CSS pixel: 2 for screenshots that stay sharp. */
  readonly deviceScaleFactor?: number;
}

/** Opens a headless Chromium with an empty profile that can reach this machine and nothing else. */
export async function openBrowser(options: BrowserOptions): Promise<Browser> {
  const profile = mkdtempSync(path.join(tmpdir(), 'cors-lint-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: options.executable,
    headless: true,
    viewport: options.viewport ?? { width: 1280, height: 800 },
    deviceScaleFactor: options.deviceScaleFactor ?? 1,
    args: [
      '--headless',
      // Chromium's sandbox refuses to run as root, as tests in containers do; only our own pages are opened.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost',
    ],
  });
  return {
    page: context.pages()[0] ?? (await context.newPage()),
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

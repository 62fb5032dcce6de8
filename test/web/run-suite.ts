import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { freePort } from '../../tools/free-port.ts';
import { openBrowser } from '../../tools/vscode/browser.ts';
import { projectFolder } from '../editor/run-suite.ts';
import { resultMark, type WebTest } from './result.ts';

/** How long the suite may take in milliseconds. */
const suiteTimeout = 120_000;

/** The part of `@vscode/test-web` that is used: it is installed in a folder of its own and has no types for this. */
interface WebTestServer {
  runServer: (host: string, port: number, configuration: object) => Promise<Server>;
}

async function bundleSuite(extensionFolder: string): Promise<string> {
  // VS Code fetches the tests by the web, below the extension that it serves.
  const outfile = path.join(extensionFolder, 'out', 'web-suite', 'index.cjs.js');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'suite.ts')],
    outfile,
    bundle: true,
    platform: 'browser',
    format: 'cjs',
    target: 'es2022',
    external: ['vscode'],
    logLevel: 'warning',
  });
  return outfile;
}

export interface WebSuiteOptions {
  /** The static build of VS Code for the web. */
  readonly vscodeWebFolder: string;
  readonly chromium: string;
  readonly extensionFolder: string;
}

/** Runs the short suite in the extension host of VS Code for the web. */
export async function runWebSuite({ vscodeWebFolder, chromium, extensionFolder }: WebSuiteOptions): Promise<readonly WebTest[]> {
  const suite = await bundleSuite(extensionFolder);
  const port = await freePort();
  const require = createRequire(path.join(projectFolder, 'tools', 'vscode-web', 'package.json'));
  const { runServer } = require('@vscode/test-web/out/server/main.js') as WebTestServer;
  const server = await runServer('localhost', port, {
    extensionDevelopmentPath: extensionFolder,
    // The loader appends `.js` to every name.
    extensionTestsPath: suite.replace(/\.js$/, ''),
    build: { type: 'static', location: vscodeWebFolder, quality: 'stable', version: '1.91.1' },
    folderMountPath: path.join(projectFolder, 'test', 'editor', 'fixtures'),
    extensionPaths: [],
    extensionIds: [],
    coi: false,
    esm: false,
  });
  if (!server.listening) await once(server, 'listening');
  const browser = await openBrowser({ executable: chromium });
  const { page } = browser;
  const seen: { results?: readonly WebTest[]; ended: boolean } = { ended: false };
  const messages: string[] = [];
  const read = (text: string): void => {
    messages.push(text);
    const at = text.indexOf(resultMark);
    if (at >= 0) seen.results = JSON.parse(text.slice(at + resultMark.length)) as readonly WebTest[];
  };
  try {
    // The page of the test server reports through these two.
    await page.exposeFunction('codeAutomationLog', (_kind: string, values: unknown[]) => {
      for (const value of values) read(String(value));
    });
    await page.exposeFunction('codeAutomationExit', () => {
      seen.ended = true;
    });
    page.on('console', (message) => {
      read(message.text());
    });
    await page.goto(`http://localhost:${port}/`);
    const end = Date.now() + suiteTimeout;
    while (seen.results === undefined && !seen.ended && Date.now() < end) await sleep(50);
    // The exit may overtake the console's last line.
    if (seen.results === undefined) await sleep(500);
    if (seen.results === undefined) {
      const picture = path.join(projectFolder, 'out', 'web-suite', 'no-result.png');
      mkdirSync(path.dirname(picture), { recursive: true });
      await page.screenshot({ path: picture });
      throw new Error(`VS Code for the web gave no result, see ${picture}\n${messages.slice(-15).join('\n')}`);
    }
    return seen.results;
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

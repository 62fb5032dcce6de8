import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { openBrowser } from '../../tools/vscode/browser.ts';
import { startVSCodeServer } from '../../tools/vscode/server.ts';
import type { HostResult, HostTest } from './result.ts';
import type { Opened } from './suite/load.ts';

export const projectFolder = path.resolve(import.meta.dirname, '../..');

/** How long the whole suite may take inside the editor, in milliseconds. */
const suiteTimeout = 300_000;

/**
 * Mocha marks its CommonJS as a compiled module, whose default export a bundle of ES modules does not unwrap; here its
 * default export is the class, as it is in Node.
 */
const mochaClass: Plugin = {
  name: 'mocha-class',
  setup(bundle) {
    const namespace = 'mocha-class';
    bundle.onResolve({ filter: /^mocha$/ }, (found) => (found.namespace === namespace ? { external: true } : { path: 'mocha', namespace }));
    bundle.onLoad({ filter: /./, namespace }, () => ({ contents: "module.exports = require('mocha').default;" }));
  },
};

/** The editor's interface where there is no editor; the suites use it only inside their tests. */
const emptyVSCode: Plugin = {
  name: 'empty-vscode',
  setup(bundle) {
    bundle.onResolve({ filter: /^vscode$/ }, () => ({ path: 'vscode', namespace: 'empty-vscode' }));
    bundle.onLoad({ filter: /./, namespace: 'empty-vscode' }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

/** Bundles an entry of the suite as the extension host loads it: one CommonJS file. Answers with its path. */
async function bundle(entry: 'index' | 'list', plugins: readonly Plugin[]): Promise<string> {
  const outfile = path.join(projectFolder, 'out', 'editor-suite', `${entry}.cjs`);
  await build({
    entryPoints: [path.join(import.meta.dirname, 'suite', `${entry}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    plugins: [mochaClass, ...plugins],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}

/** The suite's file for `extensionTestsPath`. */
export function bundleSuite(): Promise<string> {
  return bundle('index', []);
}

/** The tests of the suite for such a window, none of them run. */
export async function listSuite(opened: Opened): Promise<readonly HostTest[]> {
  const { list } = (await import(await bundle('list', [emptyVSCode]))) as { list: (opened: Opened) => Promise<readonly HostTest[]> };
  return list(opened);
}

/** Both ends of this file are ours, so its shape is not checked. */
function readResult(file: string): HostResult {
  return JSON.parse(readFileSync(file, 'utf8')) as HostResult;
}

/** A copy of the fixtures, or of the workspace of several folders, that tests may change. The caller removes it. */
export function copyFixtures(name: 'fixtures' | 'workspace' = 'fixtures'): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'cors-lint-workspace-'));
  cpSync(path.join(import.meta.dirname, name), folder, { recursive: true });
  return folder;
}

export interface SuiteOptions {
  readonly vscodeFolder: string;
  readonly chromium: string;
  /** The extension's folder, built. */
  readonly extensionFolder?: string;
  /** What the window shows; one folder unless said otherwise. */
  readonly opened?: Opened;
  /** Whether the folder opens in Restricted Mode. */
  readonly restricted?: boolean;
}

/** Runs the suite in the extension host of the real VS Code server, with a real workbench in Chromium on it. */
export async function runSuite(options: SuiteOptions): Promise<HostResult> {
  const extensionFolder = options.extensionFolder ?? projectFolder;
  const suite = await bundleSuite();
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'cors-lint-vscode-'));
  const opened = options.opened ?? 'folder';
  const workspaceFolder = copyFixtures(opened === 'workspace' ? 'workspace' : 'fixtures');
  const resultFile = path.join(dataFolder, 'result.json');
  const server = await startVSCodeServer({
    vscodeFolder: options.vscodeFolder,
    dataFolder,
    development: true,
    workspaceTrust: options.restricted ?? false,
    settings: { 'security.workspace.trust.startupPrompt': 'never' },
    environment: {
      CORS_LINT_TEST_RESULT: resultFile,
      CORS_LINT_TEST_TRUST: String(options.restricted !== true),
      CORS_LINT_TEST_OPENED: opened,
    },
  });
  const browser = await openBrowser({ executable: options.chromium });
  const messages: string[] = [];
  browser.page.on('console', (message) => messages.push(message.text()));
  try {
    await browser.page.goto(
      server.workbenchUrl(opened === 'workspace' ? path.join(workspaceFolder, 'folders.code-workspace') : workspaceFolder, [
        ['extensionDevelopmentPath', server.remoteUri(extensionFolder)],
        ['extensionTestsPath', server.remoteUri(suite)],
      ]),
    );
    const end = Date.now() + suiteTimeout;
    while (!existsSync(resultFile) && Date.now() < end) await sleep(50);
    if (!existsSync(resultFile)) {
      const picture = path.join(projectFolder, 'out', 'editor-suite', 'no-result.png');
      mkdirSync(path.dirname(picture), { recursive: true });
      await browser.page.screenshot({ path: picture });
      const partial = `${resultFile}.partial`;
      const { tests } = existsSync(partial) ? readResult(partial) : { tests: [] };
      return { tests, error: `the editor gave no result in time, see ${picture}\n${messages.slice(-5).join('\n')}` };
    }
    return readResult(resultFile);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(dataFolder, { recursive: true, force: true });
    rmSync(workspaceFolder, { recursive: true, force: true });
  }
}

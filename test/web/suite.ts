/**
 * Loaded by the extension host of VS Code for the web, a worker without Node: a short suite, without a test framework.
 * Its results leave the worker as one line of the console.
 */
import * as vscode from 'vscode';
import { resultMark, type WebTest } from './result.ts';

/** How long to wait for the editor before a test fails, in milliseconds. */
const patience = 30_000;

async function until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function open(path: string): Promise<vscode.TextDocument> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error('no folder is open');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, path));
  await vscode.window.showTextDocument(document);
  return document;
}

function rulesOf(document: vscode.TextDocument): string[] {
  return vscode.languages
    .getDiagnostics(document.uri)
    .filter(({ source }) => source === 'cors-lint')
    .sort((a, b) => a.range.start.compareTo(b.range.start))
    .map(({ code }) => String(typeof code === 'object' ? code.value : code));
}

const untilRules = (document: vscode.TextDocument, expected: string): Promise<true> =>
  until(`${expected || 'no problem'} in ${document.uri.path}`, () => (rulesOf(document).join(' ') === expected ? true : undefined));

async function reports(path: string, rules: string): Promise<void> {
  await untilRules(await open(path), rules);
}

const tests: readonly (readonly [title: string, run: () => Promise<void>])[] = [
  [
    'runs in a worker, on a virtual file system',
    async () => {
      if (vscode.env.uiKind !== vscode.UIKind.Web) throw new Error('this is not the web');
      const scheme = vscode.workspace.workspaceFolders?.[0]?.uri.scheme;
      if (scheme === undefined || scheme === 'file') throw new Error(`the folder's scheme is ${String(scheme)}`);
    },
  ],
  [
    'reports in nginx and applies the fix',
    async () => {
      const document = await open('nginx/nginx.conf');
      await untilRules(document, 'missing-always reflected-origin-with-credentials');
      const action = await until('the fix', async () => {
        const range = vscode.languages.getDiagnostics(document.uri)[0]?.range;
        const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
          'vscode.executeCodeActionProvider',
          document.uri,
          range,
          'quickfix',
          10,
        );
        return found.find(({ isPreferred }) => isPreferred === true);
      });
      if (action.edit === undefined || !(await vscode.workspace.applyEdit(action.edit))) throw new Error('the fix is not applied');
      await untilRules(document, 'reflected-origin-with-credentials');
    },
  ],
  [
    'scans the workspace: problems of files that are not open',
    async () => {
      const result = await vscode.commands.executeCommand<{ problems: number } | undefined>('corsLint.scanWorkspace');
      if (result === undefined || result.problems < 3) throw new Error(`the scan answered ${JSON.stringify(result)}`);
      await until('the problems of a closed file', () =>
        vscode.languages.getDiagnostics().some(([uri, found]) => uri.path.endsWith('/.htaccess') && found.length > 0) ? true : undefined,
      );
    },
  ],
  [
    'explains what a browser says',
    async () => {
      const message = "blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.";
      await vscode.commands.executeCommand('corsLint.explainError', message);
      await until('the page', () =>
        vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label === 'What the browser means')) ? true : undefined,
      );
    },
  ],
  ['reports in TypeScript', () => reports('api/server.ts', 'reflected-origin-with-credentials')],
  ['reports in Apache', () => reports('apache/.htaccess', 'reflected-origin-with-credentials')],
];

export async function run(): Promise<void> {
  const results: WebTest[] = [];
  for (const [title, test] of tests) {
    try {
      await test();
      results.push({ title });
    } catch (error) {
      results.push({ title, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  console.log(resultMark + JSON.stringify(results));
  if (results.some(({ failure }) => failure !== undefined)) throw new Error('a test has failed');
}

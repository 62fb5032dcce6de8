/**
 * `npm start`: a real VS Code for the browser with the extension installed, on `examples/`. Prints its address, which
 * holds a random token; only this machine can reach it. `PORT` chooses the port. A rebuild shows after "Developer:
 * Reload Window".
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { installVSCode } from '../tools/vscode/install.ts';
import { startVSCodeServer } from '../tools/vscode/server.ts';

const projectFolder = path.resolve(import.meta.dirname, '..');
const examples = path.join(projectFolder, 'examples');
const firstFile = path.join(examples, 'nginx-site', 'sites-enabled', 'api.example.com');

if (!existsSync(path.join(projectFolder, 'dist', 'client.cjs'))) {
  console.error('The extension is not built: run "npm ci" or "npm run build" first.');
  process.exit(2);
}
const vscode = await installVSCode();
if (!vscode.ok) {
  console.error(`VS Code could not be installed: ${vscode.reason}`);
  process.exit(2);
}

const manifest = JSON.parse(readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as Record<
  'name' | 'publisher' | 'version',
  string
>;
const dataFolder = mkdtempSync(path.join(tmpdir(), 'cors-lint-start-'));
const port = Number(process.env['PORT'] ?? '');
const server = await startVSCodeServer({
  vscodeFolder: vscode.folder,
  dataFolder,
  ...(port > 0 ? { port } : {}),
  installedExtensions: [{ id: `${manifest.publisher}.${manifest.name}-${manifest.version}`, folder: projectFolder }],
  settings: {
    // npm's package of VS Code leaves the TypeScript server out; ours stands in. The packages that the examples import
    // are not installed, and that is not what anybody came to see.
    'typescript.tsdk': path.join(projectFolder, 'node_modules', 'typescript', 'lib'),
    'typescript.validate.enable': false,
  },
});
console.log(
  `VS Code with CORS Lint on examples/ (Ctrl+C ends it):\n\n  ${server.workbenchUrl(examples, [['openFile', server.remoteUri(firstFile)]])}\n`,
);

let ending = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (ending) return;
    ending = true;
    void server.stop().finally(() => {
      rmSync(dataFolder, { recursive: true, force: true });
      process.exit(0);
    });
  });
}

import path from 'node:path';
import { installTool } from '../install.ts';
import type { Installation } from '../install.ts';

const toolFolder = import.meta.dirname;

/** VS Code's server and workbench, as npm's code-server carries them. */
const vscodeFolder = path.join(toolFolder, 'node_modules', 'code-server', 'lib', 'vscode');

/** Installs VS Code (about 290 MB, 10 to 20 s) unless it is there; `folder` is where its `out/server-main.js` lies. */
export function installVSCode(): Promise<Installation> {
  return installTool('VS Code', vscodeFolder, [
    { folder: toolFolder },
    // Its shrinkwrap lacks a peer dependency, so a strict `npm ci` refuses.
    { folder: vscodeFolder, options: ['--omit=dev', '--legacy-peer-deps'] },
  ]);
}

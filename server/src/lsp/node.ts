import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { diskWorkspace } from '../cli/workspace.ts';
import { remember } from '../core/remember.ts';
import type { Workspace } from '../core/workspace.ts';
import { collectWhenIdle } from '../start/idle-collection.ts';
import { startServer } from './server.ts';

// An editor that says nothing about the transport means standard input and output.
if (!process.argv.some((argument) => /^--(?:stdio|node-ipc|socket=|pipe=)/.test(argument))) process.argv.push('--stdio');

/** The disk below the workspace's folders; files are listed anew each time, because a server runs for days. */
function openDisk(folderUris: ReadonlySet<string>): Workspace {
  const folders = (): string[] => [...folderUris].filter((uri) => uri.startsWith('file:')).map((uri) => fileURLToPath(uri));
  return { ...diskWorkspace([]), files: () => diskWorkspace(folders()).files() };
}

startServer(createConnection(ProposedFeatures.all), {
  openDisk,
  answered: collectWhenIdle(),
  documentation: remember((ruleId) => {
    // The build puts the pages beside the server.
    const page = new URL(`./rules/${ruleId}.md`, import.meta.url);
    return existsSync(fileURLToPath(page)) ? page.href : undefined;
  }),
});

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { diskWorkspace } from './disk.ts';
import { startServer } from './server.ts';

// An editor that says nothing about the transport means standard input and output.
if (!process.argv.some((argument) => /^--(?:stdio|node-ipc|socket=|pipe=)/.test(argument))) process.argv.push('--stdio');

startServer(createConnection(ProposedFeatures.all), {
  openDisk: diskWorkspace,
  documentation(ruleId) {
    const page = new URL(`./rules/${ruleId}.md`, import.meta.url);
    return existsSync(fileURLToPath(page)) ? page.href : undefined;
  },
});

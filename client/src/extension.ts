import * as vscode from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import { ErrorExplanations } from './explain-error.ts';
import { insertConfiguration } from './insert-configuration.ts';
import { RuleDocumentation } from './rule-documentation.ts';
import { scanWorkspace } from './scan-workspace.ts';
import { ServerControl } from './server-control.ts';
import { Simulator } from './simulator/panel.ts';
import { StatusItem } from './status.ts';
import { watchForCors } from './start-when-needed.ts';

/** What differs between the extension on a desktop or remote machine and in a browser. */
export interface Platform {
  /** Makes the client without starting it; loading what it needs may take a moment. */
  createClient(options: LanguageClientOptions): Promise<BaseLanguageClient>;
}

/** Wires the extension. Nothing of the engine runs, and no server process exists, until a document asks for it. */
export function activateExtension(context: vscode.ExtensionContext, platform: Platform): void {
  const log = vscode.window.createOutputChannel('CORS Lint', { log: true });
  const status = new StatusItem();
  const server = new ServerControl(platform, log, status);
  context.subscriptions.push(
    log,
    status,
    server,
    new RuleDocumentation(context.extensionUri),
    new Simulator(context.extensionUri, server),
    watchForCors(() => {
      server.start();
    }),
    new ErrorExplanations(server),
    vscode.commands.registerCommand('corsLint.insertConfiguration', () => insertConfiguration(server)),
    vscode.commands.registerCommand('corsLint.scanWorkspace', () => scanWorkspace(server)),
    vscode.commands.registerCommand('corsLint.restartServer', () => server.restart()),
    vscode.commands.registerCommand('corsLint.showLog', () => {
      log.show(true);
    }),
  );
}

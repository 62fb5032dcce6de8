import type * as vscode from 'vscode';
import type { NodeModule } from 'vscode-languageclient/node';
import { activateExtension } from './extension.ts';

/** Entry of the extension on a desktop or remote machine: the server is a process of its own. */
export function activate(context: vscode.ExtensionContext): void {
  activateExtension(context, {
    async createClient(options) {
      const { LanguageClient, TransportKind } = await import('vscode-languageclient/node');
      const run: NodeModule = { module: context.asAbsolutePath('dist/server.cjs'), transport: TransportKind.ipc };
      const debug: NodeModule = { ...run, options: { execArgv: ['--nolazy', '--inspect=6009'] } };
      return new LanguageClient('corsLint', 'CORS Lint', { run, debug }, options);
    },
  });
}

import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/browser';
import { activateExtension } from './extension.ts';

/** A worker, as far as it matters here; the browser's types are not those of Node, which the other entry needs. */
declare const Worker: new (url: string) => { terminate(): void };

/** Entry of the extension in a browser: the server is a worker. */
export function activate(context: vscode.ExtensionContext): void {
  activateExtension(context, {
    createClient(options) {
      const server = new Worker(vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.browser.js').toString(true));
      return Promise.resolve(new LanguageClient('corsLint', 'CORS Lint', server, options));
    },
  });
}

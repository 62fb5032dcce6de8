import * as vscode from 'vscode';
import { explainedFixRequest, explainErrorRequest } from '../../server/src/lsp/protocol.ts';
import type { ExplainedFixParams, ExplainedFixResult, ExplainErrorResult } from '../../server/src/lsp/protocol.ts';
import { applyFixCommand, explanationPage, openPlaceCommand, pageCommands } from './explanation-page.ts';
import type { ServerControl } from './server-control.ts';

/** How browsers speak of CORS: enough to take the clipboard for a message, and nothing else. */
const looksLikeMessage = /CORS|Access-Control-|cross[- ]origin|same[- ]origin policy/i;

/** Longer texts are no console message. */
const longestMessage = 2000;

type PlaceRange = ExplainedFixParams['range'];

/** Answers a browser's console message with a page beside the editor: what it means, and where it comes from. */
export class ErrorExplanations implements vscode.Disposable {
  readonly #server: ServerControl;
  readonly #commands: readonly vscode.Disposable[];
  #panel: vscode.WebviewPanel | undefined;
  /** What the page was made of, to make it again after a fix. */
  #message = '';

  constructor(server: ServerControl) {
    this.#server = server;
    this.#commands = [
      vscode.commands.registerCommand('corsLint.explainError', (text?: unknown) => this.#ask(text)),
      vscode.commands.registerCommand(openPlaceCommand, (uri: string, range: PlaceRange) => openPlace(uri, range)),
      vscode.commands.registerCommand(applyFixCommand, (fix: ExplainedFixParams) => this.#fix(fix)),
    ];
  }

  dispose(): void {
    for (const command of this.#commands) command.dispose();
    this.#panel?.dispose();
  }

  /** Takes the text that a caller gives, or asks for it. */
  async #ask(given: unknown): Promise<void> {
    const text = typeof given === 'string' ? given : await askForMessage();
    if (text === undefined || text.trim() === '') return;
    await this.#explain(text.trim());
  }

  async #explain(message: string): Promise<void> {
    const result = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Looking for what causes the message'), cancellable: true },
      async (_, token) => {
        const client = await this.#server.client();
        try {
          return await client?.sendRequest<ExplainErrorResult>(explainErrorRequest, { text: message }, token);
        } catch (error) {
          if (token.isCancellationRequested) return undefined;
          throw error;
        }
      },
    );
    if (result === undefined) return;
    this.#message = message;
    const panel = this.#openPanel();
    panel.webview.html = explanationPage(message, result, randomNonce());
  }

  #openPanel(): vscode.WebviewPanel {
    if (this.#panel !== undefined) {
      this.#panel.reveal();
      return this.#panel;
    }
    const title = vscode.l10n.t('What the browser means');
    const panel = vscode.window.createWebviewPanel('corsLint.explanation', title, vscode.ViewColumn.Active, {
      enableCommandUris: pageCommands,
      enableFindWidget: true,
      localResourceRoots: [],
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
    });
    return (this.#panel = panel);
  }

  async #fix(fix: ExplainedFixParams): Promise<void> {
    const client = await this.#server.client();
    if (client === undefined) return;
    await openPlace(fix.uri, fix.range);
    const found = await client.sendRequest<ExplainedFixResult>(explainedFixRequest, fix);
    const edit = await client.protocol2CodeConverter.asWorkspaceEdit(found);
    if (found === null || edit === undefined || !(await vscode.workspace.applyEdit(edit))) {
      void vscode.window.showWarningMessage(vscode.l10n.t('The file has changed since the message was explained. It is explained again.'));
    }
    if (this.#panel !== undefined) await this.#refresh();
  }

  /** The places as they are now, in the page that stays where it is. */
  async #refresh(): Promise<void> {
    const client = await this.#server.client();
    const result = await client?.sendRequest<ExplainErrorResult>(explainErrorRequest, { text: this.#message });
    if (result !== undefined && this.#panel !== undefined) this.#panel.webview.html = explanationPage(this.#message, result, randomNonce());
  }
}

async function askForMessage(): Promise<string | undefined> {
  const clipboard = await readClipboard();
  const value = clipboard.length <= longestMessage && looksLikeMessage.test(clipboard) ? clipboard : '';
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Explain a browser error'),
    prompt: vscode.l10n.t('Paste the message from the console of Chrome, Edge, Firefox or Safari.'),
    placeHolder: "Access to fetch at 'https://api.example.com/' from origin 'https://app.example.com' has been blocked by CORS policy: …",
    value,
    ignoreFocusOut: true,
  });
}

/** The clipboard's text; in a browser nobody's, as reading it would ask the user for permission. */
async function readClipboard(): Promise<string> {
  return vscode.env.uiKind === vscode.UIKind.Web ? '' : (await vscode.env.clipboard.readText()).trim();
}

async function openPlace(uri: string, { start, end }: PlaceRange): Promise<void> {
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection, viewColumn: vscode.ViewColumn.Beside });
}

function randomNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

import * as vscode from 'vscode';
import { policiesRequest, simulateRequest } from '../../../server/src/lsp/protocol.ts';
import type { PoliciesResult, SimulatedForm, SimulateResult } from '../../../server/src/lsp/protocol.ts';
import { documentSelector } from '../languages.ts';
import { configurationSchemes } from '../schemes.ts';
import type { ServerControl } from '../server-control.ts';
import type { PageState, ToPage, ToPanel } from './messages.ts';
import { pageOf } from './page.ts';

const viewType = 'corsLint.simulator';

/** How long after a keystroke in a file the answer is asked for again, in milliseconds. */
const answerDelay = 25;
/** The same for the list of places, which takes longer to compute and is looked at less. */
const policiesDelay = 400;

/** The simulator beside the file: one panel, for the document that it was opened from last. */
export class Simulator implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #server: ServerControl;
  readonly #subscriptions: vscode.Disposable[];
  #panel: SimulatorPanel | undefined;

  constructor(extensionUri: vscode.Uri, server: ServerControl) {
    this.#extensionUri = extensionUri;
    this.#server = server;
    this.#subscriptions = [
      vscode.commands.registerCommand('corsLint.simulate', (target: unknown, policy: unknown) => this.#open(target, policy)),
      vscode.window.registerWebviewPanelSerializer(viewType, {
        deserializeWebviewPanel: async (panel, state: unknown) => {
          const uri = uriOf(state);
          if (uri === undefined) panel.dispose();
          else this.#show(panel, uri, undefined);
        },
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#panel?.dispose();
  }

  /** By a code lens with a document's URI and a policy, by a menu with a URI, from the palette with nothing. */
  #open(target: unknown, policy: unknown): void {
    const uri =
      typeof target === 'string'
        ? vscode.Uri.parse(target)
        : target instanceof vscode.Uri
          ? target
          : vscode.window.activeTextEditor?.document.uri;
    if (uri === undefined) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Open a server configuration or an Express program to simulate a request to it.'),
      );
      return;
    }
    const chosen = typeof policy === 'string' ? policy : undefined;
    if (this.#panel) {
      this.#panel.turnTo(uri, chosen);
      return;
    }
    const options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.#extensionUri, 'dist')] };
    this.#show(vscode.window.createWebviewPanel(viewType, '', vscode.ViewColumn.Beside, options), uri, chosen);
  }

  #show(webviewPanel: vscode.WebviewPanel, uri: vscode.Uri, policy: string | undefined): void {
    this.#panel?.dispose();
    const panel = new SimulatorPanel(webviewPanel, this.#extensionUri, this.#server, uri, policy);
    this.#panel = panel;
    webviewPanel.onDidDispose(() => {
      panel.dispose();
      if (this.#panel === panel) this.#panel = undefined;
    });
  }
}

class SimulatorPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #server: ServerControl;
  readonly #subscriptions: vscode.Disposable[];
  #uri: vscode.Uri;
  /** The policy that the page is still to be told of. */
  #policy: string | undefined;
  /** Undefined until the page is there. */
  #form: SimulatedForm | undefined;
  #asked = new vscode.CancellationTokenSource();
  #timers: { answer?: ReturnType<typeof setTimeout>; policies?: ReturnType<typeof setTimeout> } = {};

  constructor(panel: vscode.WebviewPanel, extensionUri: vscode.Uri, server: ServerControl, uri: vscode.Uri, policy: string | undefined) {
    this.#panel = panel;
    this.#server = server;
    this.#uri = uri;
    this.#policy = policy;
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((message: ToPanel) => this.#receive(message)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        // What the file includes or imports may be another document.
        if (contentChanges.length > 0 && vscode.languages.match(documentSelector(configurationSchemes()), document) > 0) this.#edited();
      }),
    ];
    this.#titled();
    panel.webview.html = pageOf(panel.webview, extensionUri);
  }

  dispose(): void {
    clearTimeout(this.#timers.answer);
    clearTimeout(this.#timers.policies);
    this.#asked.cancel();
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
    this.#panel.dispose();
  }

  /** Shows the panel for another document or policy. */
  turnTo(uri: vscode.Uri, policy: string | undefined): void {
    const moved = uri.toString() !== this.#uri.toString();
    this.#uri = uri;
    this.#policy = policy;
    this.#titled();
    this.#panel.reveal();
    // A page that is loading asks by itself.
    if (this.#form && (moved || policy !== undefined)) void this.#tellPolicies();
  }

  #titled(): void {
    this.#panel.title = vscode.l10n.t('Request to {0}', this.#uri.path.slice(this.#uri.path.lastIndexOf('/') + 1));
  }

  async #receive(message: ToPanel): Promise<void> {
    switch (message.kind) {
      case 'ready':
        this.#form = message.form;
        await this.#tellPolicies();
        break;
      case 'simulate':
        this.#form = message.form;
        await this.#answer();
        break;
      case 'open': {
        const uri = vscode.Uri.parse(message.uri);
        const { start, end } = message.range;
        const selection = new vscode.Range(start.line, start.character, end.line, end.character);
        const shown = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
        await vscode.window.showTextDocument(uri, { selection, viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One });
        break;
      }
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        await this.#tell({ kind: 'copied' });
        break;
    }
  }

  #edited(): void {
    if (!this.#form) return;
    clearTimeout(this.#timers.answer);
    clearTimeout(this.#timers.policies);
    this.#timers.answer = setTimeout(() => void this.#answer(), answerDelay);
    this.#timers.policies = setTimeout(() => void this.#tellPolicies(), policiesDelay);
  }

  /** Tells the page which places there are; the page then asks for the answer that it wants. */
  async #tellPolicies(): Promise<void> {
    const textDocument = await this.#document();
    const uri = textDocument.uri;
    const policies = (await this.#server.ask<PoliciesResult>(policiesRequest, { textDocument })) ?? [];
    if (uri !== this.#uri.toString()) return;
    const choose = this.#policy;
    this.#policy = undefined;
    await this.#tell({ kind: 'policies', uri, policies, ...(choose !== undefined && { choose }) });
  }

  async #answer(): Promise<void> {
    const form = this.#form;
    if (!form) return;
    this.#asked.cancel();
    this.#asked = new vscode.CancellationTokenSource();
    const { token } = this.#asked;
    const textDocument = await this.#document();
    const result = await this.#server.ask<SimulateResult>(simulateRequest, { textDocument, form }, token);
    if (!token.isCancellationRequested) await this.#tell({ kind: 'result', result, form });
  }

  /** The document, opened where nobody has it open, since the server simulates against what is open. */
  async #document(): Promise<{ readonly uri: string }> {
    const uri = this.#uri;
    try {
      await vscode.workspace.openTextDocument(uri);
    } catch {
      // A file that is gone is none that the server has; it answers so.
    }
    return { uri: uri.toString() };
  }

  async #tell(message: ToPage): Promise<void> {
    await this.#panel.webview.postMessage(message);
  }
}

/** The document of a kept page. */
function uriOf(state: unknown): vscode.Uri | undefined {
  const uri = (state as Partial<PageState> | null | undefined)?.uri;
  return typeof uri === 'string' && uri !== '' ? vscode.Uri.parse(uri) : undefined;
}

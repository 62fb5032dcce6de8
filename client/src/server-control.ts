import * as vscode from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions, StateChangeEvent } from 'vscode-languageclient';
import { answerFileRequests } from './file-requests.ts';
import { documentSelector } from './languages.ts';
import { linkEachToBundledDocumentation, linkToBundledDocumentation } from './rule-documentation.ts';
import { configurationSchemes } from './schemes.ts';
import type { Platform } from './extension.ts';
import type { ServerState, StatusItem } from './status.ts';

/** The values of vscode-languageclient's `State`, which is loaded only when the server is needed. */
const states: Readonly<Record<StateChangeEvent['newState'], ServerState>> = { 1: 'failed', 2: 'running', 3: 'starting', 4: 'failed' };

/** Starts, restarts and ends the server; one operation after the other, whatever is asked meanwhile. */
export class ServerControl implements vscode.Disposable {
  readonly #platform: Platform;
  readonly #log: vscode.LogOutputChannel;
  readonly #status: StatusItem;
  #client: BaseLanguageClient | undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(platform: Platform, log: vscode.LogOutputChannel, status: StatusItem) {
    this.#platform = platform;
    this.#log = log;
    this.#status = status;
  }

  start(): void {
    void this.#enqueue(() => this.#start());
  }

  /** The client of the running server, which is started if it does not run; undefined where it cannot be. */
  async client(): Promise<BaseLanguageClient | undefined> {
    await this.#enqueue(() => this.#start());
    return this.#client;
  }

  /** Ends the server if it runs and starts it, also where no document has asked for it yet. */
  restart(): Promise<void> {
    return this.#enqueue(async () => {
      await this.#stop();
      await this.#start();
    });
  }

  /**
   * Asks the server, which is started where it is not running. null where it cannot be started, cannot answer, or the
   * request was cancelled.
   */
  async ask<T>(method: string, params: unknown, token?: vscode.CancellationToken): Promise<T | null> {
    await this.#enqueue(() => this.#start());
    try {
      // An argument that is undefined would be sent as a second parameter.
      const answer = token ? this.#client?.sendRequest<T>(method, params, token) : this.#client?.sendRequest<T>(method, params);
      return (await answer) ?? null;
    } catch (error) {
      if (token?.isCancellationRequested !== true) this.#log.error(error instanceof Error ? error : String(error));
      return null;
    }
  }

  dispose(): void {
    void this.#enqueue(() => this.#stop());
  }

  #enqueue(operation: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(operation).catch((error: unknown) => {
      this.#log.error(error instanceof Error ? error : String(error));
      this.#status.show('failed');
    });
    return this.#queue;
  }

  async #start(): Promise<void> {
    if (this.#client !== undefined) return;
    this.#status.show('starting');
    const client = await this.#platform.createClient(this.#clientOptions());
    this.#client = client;
    client.onDidChangeState(({ newState }) => {
      // A client that was replaced ends on purpose.
      if (this.#client === client) this.#status.show(states[newState]);
    });
    answerFileRequests(client);
    await client.start();
    this.#log.info(`cors-lint ${client.initializeResult?.serverInfo?.version ?? ''} is running.`);
    this.#status.show('running');
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.dispose();
  }

  #clientOptions(): LanguageClientOptions {
    return {
      documentSelector: documentSelector(configurationSchemes()),
      outputChannel: this.#log,
      initializationOptions: { readsFiles: true, simulates: true },
      diagnosticPullOptions: {
        onChange: true,
        onSave: true,
        // Asked at each change, so that the setting counts at once; `true` leaves the document out.
        filter: (document, mode) => {
          const run = vscode.workspace.getConfiguration('corsLint', document).get<string>('run', 'onType');
          return (mode as string) === 'onType' && run === 'onSave';
        },
      },
      middleware: {
        handleDiagnostics: (uri, diagnostics, next) => {
          linkEachToBundledDocumentation(diagnostics);
          next(uri, diagnostics);
        },
        provideDiagnostics: async (document, previousResultId, token, next) =>
          linkToBundledDocumentation(await next(document, previousResultId, token)),
      },
    };
  }
}

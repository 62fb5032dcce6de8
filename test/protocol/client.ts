import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CodeActionRequest,
  CodeActionResolveRequest,
  ConfigurationRequest,
  createProtocolConnection,
  CodeLensRefreshRequest,
  DiagnosticRefreshRequest,
  DidChangeConfigurationNotification,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  DocumentDiagnosticRequest,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  LogMessageNotification,
  ShowMessageNotification,
  PublishDiagnosticsNotification,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type {
  CancellationToken,
  ClientCapabilities,
  CodeAction,
  Diagnostic,
  DocumentDiagnosticReport,
  InitializeResult,
  ProtocolConnection,
  PublishDiagnosticsParams,
  Range,
} from 'vscode-languageserver/node';

const projectFolder = path.resolve(import.meta.dirname, '../..');

/** The server as it is shipped. */
export const serverFile = process.env['CORS_LINT_SERVER'] ?? path.join(projectFolder, 'dist', 'server.cjs');

/** What VS Code announces, as far as the server asks for it. */
export const vscodeCapabilities: ClientCapabilities = {
  general: { positionEncodings: ['utf-16'] },
  workspace: {
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
    diagnostics: { refreshSupport: true },
    codeLens: { refreshSupport: true },
    workspaceEdit: { documentChanges: true, snippetEditSupport: true },
  },
  textDocument: {
    completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown', 'plaintext'] } },
    definition: { linkSupport: true },
    diagnostic: { dynamicRegistration: true, relatedInformation: true, codeDescriptionSupport: true, tagSupport: { valueSet: [1, 2] } },
    publishDiagnostics: { relatedInformation: true },
    codeAction: {
      codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix', 'source', 'source.fixAll'] } },
      isPreferredSupport: true,
      dataSupport: true,
      resolveSupport: { properties: ['edit'] },
    },
  },
};

/** An editor of ten years ago: diagnostics are pushed to it, edits are plain. */
export const plainCapabilities: ClientCapabilities = {
  textDocument: { codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } } },
};

export interface TestClientOptions {
  readonly capabilities?: ClientCapabilities;
  /** The settings, or what they are for a document. */
  readonly settings?: unknown;
  readonly folderUri?: string;
  readonly folderUris?: readonly string[];
}

/** A language client over standard input and output, without an editor. */
export class TestClient {
  readonly #process: ChildProcess;
  readonly connection: ProtocolConnection;
  readonly published: PublishDiagnosticsParams[] = [];
  readonly log: string[] = [];
  readonly shown: string[] = [];
  refreshes = 0;
  lensRefreshes = 0;
  /** What `workspace/configuration` is answered with. */
  settings: unknown;
  initialized: InitializeResult = { capabilities: {} };
  #listeners: (() => void)[] = [];

  private constructor(settings: unknown) {
    this.settings = settings;
    this.#process = spawn(process.execPath, [serverFile, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdin, stdout } = this.#process;
    if (stdin === null || stdout === null) throw new Error('the server has no standard input and output');
    this.connection = createProtocolConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    this.connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
      this.published.push(params);
      this.#changed();
    });
    this.connection.onNotification(LogMessageNotification.type, ({ message }) => void this.log.push(message));
    this.connection.onNotification(ShowMessageNotification.type, ({ message }) => void this.shown.push(message));
    this.connection.onRequest(ConfigurationRequest.type, ({ items }) =>
      items.map(({ scopeUri }) =>
        typeof this.settings === 'function' ? (this.settings as (uri?: string) => unknown)(scopeUri) : this.settings,
      ),
    );
    this.connection.onRequest(RegistrationRequest.type, () => undefined);
    this.connection.onRequest(DiagnosticRefreshRequest.type, () => {
      this.refreshes++;
      this.#changed();
    });
    this.connection.onRequest(CodeLensRefreshRequest.type, () => {
      this.lensRefreshes++;
      this.#changed();
    });
    this.connection.listen();
  }

  static async start({
    capabilities = vscodeCapabilities,
    settings = null,
    folderUri,
    folderUris = folderUri === undefined ? undefined : [folderUri],
  }: TestClientOptions = {}): Promise<TestClient> {
    const client = new TestClient(settings);
    client.initialized = await client.#orExit(
      'initialize',
      client.connection.sendRequest(InitializeRequest.type, {
        processId: process.pid,
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- the protocol's type still demands it
        rootUri: null,
        capabilities,
        workspaceFolders: folderUris?.map((uri) => ({ uri, name: 'test' })) ?? null,
        initializationOptions: { settings: typeof settings === 'function' ? null : settings },
      }),
    );
    await client.connection.sendNotification(InitializedNotification.type, {});
    return client;
  }

  /** Ends the server as the protocol wants it; answers with its exit status. */
  async stop(): Promise<number | null> {
    const exited = once(this.#process, 'exit');
    await this.#orExit('shutdown', this.connection.sendRequest(ShutdownRequest.type));
    await this.connection.sendNotification(ExitNotification.type);
    await exited;
    this.connection.dispose();
    return this.#process.exitCode;
  }

  /** A server that ends or hangs fails the test at once and is not left behind. */
  async #orExit<T>(what: string, answer: Promise<T>): Promise<T> {
    const gone = new AbortController();
    const failure = (reason: string) => (): never => {
      this.#process.kill('SIGKILL');
      throw new Error(`${what}: the server ${reason}`);
    };
    try {
      return await Promise.race([
        answer,
        once(this.#process, 'exit', { signal: gone.signal }).then(failure('has ended')),
        sleep(8000, undefined, { signal: gone.signal }).then(failure('does not answer')),
      ]);
    } finally {
      gone.abort();
    }
  }

  async open(uri: string, text: string, languageId = 'nginx', version = 1): Promise<void> {
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId, version, text } });
  }

  /** Replaces the whole text. */
  async change(uri: string, version: number, text: string): Promise<void> {
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version },
      contentChanges: [{ text }],
    });
  }

  /** Replaces a range, as typing does. */
  async edit(uri: string, version: number, range: Range, text: string): Promise<void> {
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version },
      contentChanges: [{ range, text }],
    });
  }

  async save(uri: string): Promise<void> {
    await this.connection.sendNotification(DidSaveTextDocumentNotification.type, { textDocument: { uri } });
  }

  async close(uri: string): Promise<void> {
    await this.connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } });
  }

  async changeSettings(settings: unknown): Promise<void> {
    this.settings = settings;
    await this.connection.sendNotification(DidChangeConfigurationNotification.type, { settings: { corsLint: settings } });
  }

  pull(uri: string, previousResultId?: string, token?: CancellationToken): Promise<DocumentDiagnosticReport> {
    const params = { textDocument: { uri }, ...(previousResultId === undefined ? {} : { previousResultId }) };
    return this.connection.sendRequest(DocumentDiagnosticRequest.type, params, token);
  }

  /** The diagnostics of a full report. */
  async diagnostics(uri: string): Promise<readonly Diagnostic[]> {
    const report = await this.pull(uri);
    if (report.kind !== 'full') throw new Error('the report is not a full one');
    return report.items;
  }

  async codeActions(uri: string, range: Range, only?: string[], diagnostics: Diagnostic[] = []): Promise<readonly CodeAction[]> {
    const context = only === undefined ? { diagnostics } : { diagnostics, only };
    const found = await this.connection.sendRequest(CodeActionRequest.type, { textDocument: { uri }, range, context });
    return (found ?? []).map((action) => action as CodeAction);
  }

  resolve(action: CodeAction): Promise<CodeAction> {
    return this.connection.sendRequest(CodeActionResolveRequest.type, action);
  }

  /** Waits until something that the server sent by itself makes `seen` answer. */
  async until<T>(what: string, seen: () => T | undefined): Promise<T> {
    const end = Date.now() + 10_000;
    for (;;) {
      const found = seen();
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error(`timed out waiting for ${what}`);
      await new Promise<void>((resolve) => {
        this.#listeners.push(resolve);
        setTimeout(resolve, 500).unref();
      });
    }
  }

  #changed(): void {
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

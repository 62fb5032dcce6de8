import { spawn } from 'node:child_process';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import type { DocumentDiagnosticReport, ProtocolConnection, PublishDiagnosticsParams } from 'vscode-languageserver/node';

export interface LanguageClient {
  readonly connection: ProtocolConnection;
  /** Initialises with pull diagnostics. */
  initialize(initializationOptions?: object): Promise<void>;
  open(uri: string, languageId: string, text: string): Promise<void>;
  diagnose(uri: string): Promise<DocumentDiagnosticReport>;
  stop(): Promise<void>;
}

/** Starts a language server on standard input and output, as an editor does. `environment`: beside that of this process. */
export function startLanguageServer(module: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): LanguageClient {
  const child = spawn(process.execPath, [module, ...args], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  // Servers ask for settings and watchers; an editor without any answers like this.
  connection.onRequest('workspace/configuration', ({ items }: { items: readonly unknown[] }) => items.map(() => null));
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('workspace/diagnostic/refresh', () => null);
  connection.onNotification('textDocument/publishDiagnostics', (_: PublishDiagnosticsParams) => undefined);
  connection.listen();
  return {
    connection,
    async initialize(initializationOptions) {
      await connection.sendRequest('initialize', {
        processId: process.pid,
        rootUri: null,
        workspaceFolders: null,
        initializationOptions,
        capabilities: {
          textDocument: { diagnostic: { dynamicRegistration: false, relatedDocumentSupport: false }, synchronization: {} },
          workspace: { configuration: true, workspaceFolders: true },
        },
      });
      await connection.sendNotification('initialized', {});
    },
    open: (uri, languageId, text) =>
      connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } }),
    diagnose: (uri) => connection.sendRequest<DocumentDiagnosticReport>('textDocument/diagnostic', { textDocument: { uri } }),
    async stop() {
      // A server that does not answer is ended all the same.
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await connection.sendRequest('shutdown').catch(() => undefined);
      await connection.sendNotification('exit').catch(() => undefined);
      child.stdin.end();
      await exited;
      clearTimeout(timer);
      connection.dispose();
    },
  };
}

import {
  CodeLensRefreshRequest,
  MessageType,
  PositionEncodingKind,
  ShowMessageNotification,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import type { Connection, InitializeParams, InitializeResult, ServerCapabilities } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { version } from '../../../package.json';
import { LONGEST_TEXT } from '../languages/index.ts';
import { createService } from '../service.ts';
import { readCapabilities } from './client-capabilities.ts';
import type { Client } from './client-capabilities.ts';
import { codeActionKinds, provideCodeActions } from './code-actions.ts';
import { ClientSettings } from './client-settings.ts';
import { provideCodeLenses } from './code-lens.ts';
import { providePulledDiagnostics, PushedDiagnostics, watchFiles } from './diagnostics.ts';
import { completionTriggers, provideCompletion } from './completion.ts';
import { DocumentConfigurations, isConfigurationFile } from './document-configuration.ts';
import { OpenDocuments } from './documents.ts';
import type { ServerEnvironment } from './environment.ts';
import { provideHover } from './hover.ts';
import { Linter } from './linter.ts';
import { provideLinks } from './links.ts';
import { createLog } from './log.ts';
import { provideNavigation } from './navigation.ts';
import { provideExplanations } from './explain-error.ts';
import { provideInsertion } from './insert-configuration.ts';
import { scanWorkspaceCommand } from './protocol.ts';
import type { InitializationOptions } from './protocol.ts';
import { provideSimulation } from './simulate.ts';
import { provideSymbols } from './symbols.ts';
import { clientWorkspace, serverWorkspace } from './workspace.ts';
import { WorkspaceScan } from './workspace-scan.ts';

/** The server's capabilities for a client; nothing is offered that it would not use. */
function capabilitiesFor(client: Client): ServerCapabilities {
  const capabilities: ServerCapabilities = {
    // Offsets of the engine are UTF-16 as well, the encoding that every client has.
    positionEncoding: PositionEncodingKind.UTF16,
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
    codeActionProvider: { codeActionKinds, resolveProvider: client.resolvesCodeActionEdits },
    hoverProvider: true,
    codeLensProvider: { resolveProvider: false },
    documentSymbolProvider: true,
    completionProvider: { triggerCharacters: [...completionTriggers], resolveProvider: false },
    definitionProvider: true,
    referencesProvider: true,
    documentLinkProvider: { resolveProvider: false },
    executeCommandProvider: { commands: [scanWorkspaceCommand], workDoneProgress: true },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  };
  if (client.pullsDiagnostics) {
    // The client polls workspace diagnostics every two seconds, so they stay off.
    capabilities.diagnosticProvider = {
      identifier: 'cors-lint',
      interFileDependencies: true,
      workspaceDiagnostics: false,
    };
  }
  return capabilities;
}

function readInitializationOptions(value: unknown): InitializationOptions {
  return typeof value === 'object' && value !== null ? value : {};
}

/** Milliseconds after the last change of a document before the others are shown anew. */
const restOfOthers = 500;

/** Serves one client over a connection: the same for a process and for a browser's worker. */
export function startServer(connection: Connection, environment: ServerEnvironment): void {
  const log = createLog(connection.console);
  const documents = new OpenDocuments();
  const settings = new ClientSettings(connection);

  connection.onInitialize((params: InitializeParams): InitializeResult => {
    const options = readInitializationOptions(params.initializationOptions);
    const client = readCapabilities(params.capabilities, options);
    settings.initialize(client, options.settings);
    serve(client, params.workspaceFolders?.map((folder) => folder.uri) ?? []);
    return { capabilities: capabilitiesFor(client), serverInfo: { name: 'cors-lint', version } };
  });

  function serve(client: Client, initialFolders: readonly string[]): void {
    const folders = new Set(initialFolders);
    const workspace = serverWorkspace(documents, {
      disk: environment.openDisk?.(folders),
      client: client.readsFiles ? clientWorkspace(connection) : undefined,
      hasVirtualFolders: () => [...folders].some((uri) => !uri.startsWith('file:')),
    });
    const service = createService({ workspace });
    const configurations = new DocumentConfigurations(settings, workspace, log, (uri, message) => {
      // Where the file is open, the editor underlines by the schema what is wrong in it, also while it is only half written.
      if (documents.get(uri) !== undefined) return;
      connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message }).catch((error: unknown) => {
        log.error('Could not warn of a configuration file', error);
      });
    });
    const linter = new Linter(service, documents, configurations, log, environment);
    const context = {
      client,
      documents,
      environment,
      service,
      workspace,
      linter,
      settings,
      configurations,
      readText: (uri: string) => workspace.read(uri),
      log,
    };
    provideCodeActions(connection, context);
    provideHover(connection, context);
    provideCodeLenses(connection, context);
    provideSymbols(connection, context);
    provideCompletion(connection, context);
    provideNavigation(connection, context);
    provideLinks(connection, context);
    provideSimulation(connection, context);
    provideInsertion(connection, context);
    provideExplanations(connection, context);
    const scan = new WorkspaceScan(connection, context);
    const pushed = client.pullsDiagnostics ? undefined : new PushedDiagnostics(connection, linter, context);
    if (pushed === undefined) providePulledDiagnostics(connection, linter, context);

    /** Sends what is found in some documents, and has a client that asks for it by itself ask again. */
    const showAgain = (which: readonly TextDocument[]): void => {
      const work: Promise<void>[] = pushed ? which.map((document) => pushed.send(document)) : [];
      if (client.pullsDiagnostics && client.refreshesDiagnostics) work.push(connection.languages.diagnostics.refresh());
      if (client.refreshesCodeLenses) work.push(connection.sendRequest(CodeLensRefreshRequest.type));
      Promise.all(work).catch((error: unknown) => {
        log.error('Could not show again what has changed', error);
      });
    };
    /** Shows what changed settings or files change elsewhere. */
    const refresh = (): void => {
      linter.invalidate();
      showAgain(documents.all());
    };
    let others: ReturnType<typeof setTimeout> | undefined;
    /** Shows what a document that was edited or closed changes in the others, once nothing more happens for a while. */
    const showOthers = (changed: string): void => {
      clearTimeout(others);
      others = setTimeout(() => {
        showAgain(documents.all().filter(({ uri }) => uri !== changed));
      }, restOfOthers);
    };
    /** Shows what is found in a document after an event, where the settings do not wait for another one. */
    const show = (document: TextDocument, event: 'onType' | 'onSave'): void => {
      const send = async (): Promise<void> => {
        const { run } = await settings.of(document.uri);
        if (run !== event && document.version > 1) return;
        await pushed?.send(document);
        if (documents.all().length > 1) showOthers(document.uri);
      };
      send().catch((error: unknown) => {
        log.error('Could not send diagnostics', error);
      });
    };

    documents.manager.onDidOpen(({ document }) => {
      // Its text may differ from what was read from the disk before.
      service.changed(document.uri);
      if (document.getText().length > LONGEST_TEXT) log.warn(`${document.uri} is larger than 4 MB, so it is not looked at.`);
      scan.opened(document.uri).catch((error: unknown) => {
        log.error('Could not clear diagnostics', error);
      });
    });
    documents.manager.onDidChangeContent(({ document }) => {
      service.edited(documents.source(document));
      linter.invalidate();
      if (isConfigurationFile(document.uri)) {
        configurations.forget();
        refresh();
      } else show(document, 'onType');
    });
    documents.manager.onDidSave(({ document }) => {
      show(document, 'onSave');
    });
    documents.manager.onDidClose(({ document: { uri } }) => {
      // What was not saved is gone, for other files too.
      service.changed(uri);
      linter.invalidate();
      linter.forget(uri);
      settings.forget(uri);
      pushed?.clear(uri).catch((error: unknown) => {
        log.error('Could not clear diagnostics', error);
      });
      scan.closed(uri);
      showOthers(uri);
    });
    connection.onDidChangeConfiguration((changed) => {
      settings.changed(changed.settings);
      refresh();
      scan.changed([]);
    });
    connection.onDidChangeWatchedFiles(({ changes }) => {
      // A document that is open is known better than the file below it.
      const outside = changes.filter(({ uri }) => documents.get(uri) === undefined);
      for (const { uri } of outside) service.changed(uri);
      if (outside.some(({ uri }) => isConfigurationFile(uri))) configurations.forget();
      if (outside.length > 0) refresh();
      scan.changed(changes.map(({ uri }) => uri));
    });
    connection.onShutdown(() => {
      clearTimeout(others);
      scan.dispose();
    });
    connection.onInitialized(() => {
      if (client.reportsFolderChanges) {
        connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
          for (const { uri } of removed) folders.delete(uri);
          for (const { uri } of added) folders.add(uri);
          service.changed();
          refresh();
          scan.changed([]);
        });
      }
      Promise.all([settings.registerForChanges(client), watchFiles(connection, client)]).catch((error: unknown) => {
        log.error('Could not register with the client', error);
      });
    });
  }

  documents.manager.listen(connection);
  connection.listen();
}

import { MarkupKind } from 'vscode-languageserver';
import type { ClientCapabilities } from 'vscode-languageserver';
import type { InitializationOptions } from './protocol.ts';

/** What the client announced, as the questions that the features ask. */
export interface Client {
  readonly pullsDiagnostics: boolean;
  readonly refreshesDiagnostics: boolean;
  readonly refreshesCodeLenses: boolean;
  readonly answersConfiguration: boolean;
  readonly registersConfigurationChanges: boolean;
  readonly registersFileWatchers: boolean;
  readonly reportsFolderChanges: boolean;
  /** Versioned `documentChanges` in a workspace edit; otherwise only `changes`. */
  readonly takesDocumentChanges: boolean;
  readonly takesSnippetEdits: boolean;
  readonly resolvesCodeActionEdits: boolean;
  readonly takesCodeActionLiterals: boolean;
  readonly showsPreferredActions: boolean;
  readonly showsRelatedInformation: boolean;
  readonly showsCodeDescription: boolean;
  readonly showsTags: boolean;
  /** Tab stops in completions. */
  readonly takesCompletionSnippets: boolean;
  readonly showsCompletionMarkdown: boolean;
  /** Definitions with the range that was asked about. */
  readonly takesDefinitionLinks: boolean;
  /** It shows the progress of work that the server starts. */
  readonly showsProgress: boolean;
  readonly readsFiles: boolean;
  /** It has a command that opens the simulator. */
  readonly simulates: boolean;
}

/** Reads what a client announces; the options are those of our own client. */
export function readCapabilities(capabilities: ClientCapabilities, options: InitializationOptions): Client {
  const { workspace = {}, textDocument = {} } = capabilities;
  // A client that pulls describes what it shows under `diagnostic`, one that is pushed to under `publishDiagnostics`.
  const shows = textDocument.diagnostic ?? textDocument.publishDiagnostics ?? {};
  const codeAction = textDocument.codeAction ?? {};
  const completionItem = textDocument.completion?.completionItem ?? {};
  const documentChanges = workspace.workspaceEdit?.documentChanges === true;
  return {
    pullsDiagnostics: textDocument.diagnostic !== undefined,
    refreshesDiagnostics: workspace.diagnostics?.refreshSupport === true,
    refreshesCodeLenses: workspace.codeLens?.refreshSupport === true,
    answersConfiguration: workspace.configuration === true,
    registersConfigurationChanges: workspace.didChangeConfiguration?.dynamicRegistration === true,
    registersFileWatchers: workspace.didChangeWatchedFiles?.dynamicRegistration === true,
    reportsFolderChanges: workspace.workspaceFolders === true,
    takesDocumentChanges: documentChanges,
    takesSnippetEdits: documentChanges && workspace.workspaceEdit?.snippetEditSupport === true,
    resolvesCodeActionEdits: codeAction.dataSupport === true && codeAction.resolveSupport?.properties.includes('edit') === true,
    takesCodeActionLiterals: codeAction.codeActionLiteralSupport !== undefined,
    showsPreferredActions: codeAction.isPreferredSupport === true,
    showsRelatedInformation: shows.relatedInformation === true || textDocument.publishDiagnostics?.relatedInformation === true,
    showsCodeDescription: shows.codeDescriptionSupport === true || textDocument.publishDiagnostics?.codeDescriptionSupport === true,
    showsTags: shows.tagSupport !== undefined || textDocument.publishDiagnostics?.tagSupport !== undefined,
    takesCompletionSnippets: completionItem.snippetSupport === true,
    showsCompletionMarkdown: completionItem.documentationFormat?.includes(MarkupKind.Markdown) === true,
    takesDefinitionLinks: textDocument.definition?.linkSupport === true,
    showsProgress: capabilities.window?.workDoneProgress === true,
    readsFiles: options.readsFiles === true,
    simulates: options.simulates === true,
  };
}

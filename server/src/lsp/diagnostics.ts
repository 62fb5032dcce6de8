import {
  DiagnosticSeverity,
  DiagnosticTag,
  DidChangeWatchedFilesNotification,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  ResponseError,
} from 'vscode-languageserver';
import type { Connection, Diagnostic, DiagnosticRelatedInformation, DocumentDiagnosticReport } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Finding, Level } from '../core/finding.ts';
import { unusedMessage, type Suppression } from '../core/suppressions.ts';
import { rules } from '../rules/index.ts';
import type { Client } from './client-capabilities.ts';
import { toLocation, toRange } from './documents.ts';
import type { OpenDocuments, ReadText } from './documents.ts';
import type { ServerEnvironment } from './environment.ts';
import type { Linted, Linter } from './linter.ts';
import { filesOfInterest } from './protocol.ts';

/** What our diagnostics are filed under in the editor. */
export const diagnosticSource = 'cors-lint';

const severities: Readonly<Record<Level, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

const tags = { unnecessary: DiagnosticTag.Unnecessary, deprecated: DiagnosticTag.Deprecated } as const;

export interface DiagnosticContext {
  readonly client: Client;
  readonly documents: OpenDocuments;
  readonly environment: ServerEnvironment;
  readonly readText: ReadText;
}

/** A finding as a diagnostic, without the places that lie in other files. */
export function toDiagnostic(finding: Finding, document: TextDocument, { client, environment }: DiagnosticContext): Diagnostic {
  const diagnostic: Diagnostic = {
    source: diagnosticSource,
    code: finding.ruleId,
    severity: severities[finding.level],
    range: toRange(document, finding.place.range),
    message: finding.message,
  };
  const documentation = environment.documentation(finding.ruleId);
  if (client.showsCodeDescription && documentation !== undefined) diagnostic.codeDescription = { href: documentation };
  if (client.showsTags && finding.tags !== undefined) diagnostic.tags = finding.tags.map((tag) => tags[tag]);
  return diagnostic;
}

const ids = rules.map((rule) => rule.id);

/** A comment that switches nothing off, greyed out as editors show what can go. */
function unusedDiagnostic(suppression: Suppression, document: TextDocument, client: Client): Diagnostic {
  return {
    source: diagnosticSource,
    code: 'unused-suppression',
    severity: DiagnosticSeverity.Hint,
    range: toRange(document, suppression.range),
    message: unusedMessage(suppression, ids),
    ...(client.showsTags && { tags: [DiagnosticTag.Unnecessary] }),
  };
}

/** The diagnostics of a linted version; undefined where the document has changed in the meantime. */
async function toDiagnostics(linted: Linted, context: DiagnosticContext): Promise<Diagnostic[] | undefined> {
  const { document, version, findings, unused } = linted;
  if (document.version !== version) return undefined;
  // The document's own positions are taken now, before anything is awaited: a later version has other lines.
  const diagnostics = [
    ...findings.map((finding) => toDiagnostic(finding, document, context)),
    ...unused.map((suppression) => unusedDiagnostic(suppression, document, context.client)),
  ];
  await withRelated(findings, diagnostics, context);
  return document.version === version ? diagnostics : undefined;
}

/** Adds the places in other files to the diagnostics of findings, which come in the same order, and answers with them. */
export async function withRelated(
  findings: readonly Finding[],
  diagnostics: Diagnostic[],
  context: DiagnosticContext,
): Promise<Diagnostic[]> {
  if (!context.client.showsRelatedInformation) return diagnostics;
  await Promise.all(
    findings.map(async ({ related }, index) => {
      const diagnostic = diagnostics[index];
      if (diagnostic === undefined || related.length === 0) return;
      const information = await Promise.all(
        related.map(async ({ place, message }): Promise<DiagnosticRelatedInformation[]> => {
          const location = await toLocation(context.documents, context.readText, place);
          return location === undefined ? [] : [{ location, message }];
        }),
      );
      diagnostic.relatedInformation = information.flat();
    }),
  );
  return diagnostics;
}

function superseded(): ResponseError<{ retriggerRequest: boolean }> {
  return new ResponseError(LSPErrorCodes.ServerCancelled, 'the document has changed', { retriggerRequest: true });
}

/** Answers `textDocument/diagnostic`. */
export function providePulledDiagnostics(connection: Connection, linter: Linter, context: DiagnosticContext): void {
  connection.languages.diagnostics.on(async ({ textDocument, previousResultId }, token): Promise<DocumentDiagnosticReport> => {
    const document = context.documents.get(textDocument.uri);
    if (document === undefined) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
    const linted = await linter.lint(document);
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
    if (linted === undefined) throw superseded();
    if (linted.resultId === previousResultId) {
      return { kind: DocumentDiagnosticReportKind.Unchanged, resultId: linted.resultId };
    }
    const items = await toDiagnostics(linted, context);
    if (items === undefined) throw superseded();
    return { kind: DocumentDiagnosticReportKind.Full, resultId: linted.resultId, items };
  });
}

/** Sends diagnostics to a client that does not pull them. */
export class PushedDiagnostics {
  readonly #connection: Connection;
  readonly #linter: Linter;
  readonly #context: DiagnosticContext;

  constructor(connection: Connection, linter: Linter, context: DiagnosticContext) {
    this.#connection = connection;
    this.#linter = linter;
    this.#context = context;
  }

  async send(document: TextDocument): Promise<void> {
    const linted = await this.#linter.lint(document);
    if (linted === undefined) return;
    const diagnostics = await toDiagnostics(linted, this.#context);
    if (diagnostics === undefined || this.#context.documents.get(document.uri) !== document) return;
    await this.#connection.sendDiagnostics({ uri: document.uri, version: linted.version, diagnostics });
  }

  /** Problems of a document end with it. */
  async clear(uri: string): Promise<void> {
    await this.#connection.sendDiagnostics({ uri, diagnostics: [] });
  }
}

/** Has the client tell about changes of files outside of its own documents: findings elsewhere may rest on them. */
export async function watchFiles(connection: Connection, client: Client): Promise<void> {
  if (!client.registersFileWatchers) return;
  await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: filesOfInterest }] });
}

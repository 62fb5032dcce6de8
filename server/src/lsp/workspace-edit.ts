import type { SnippetTextEdit, TextDocumentEdit, TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { FileEdit } from '../core/finding.ts';
import type { DiagnosticContext } from './diagnostics.ts';
import { closedDocument, toRange } from './documents.ts';

function plainEdit(document: TextDocument, { range, text }: FileEdit): TextEdit {
  return { range: toRange(document, range), newText: text };
}

/** With tab stops where something has to be filled in, for clients that can show them. */
function snippetEdit(document: TextDocument, edit: FileEdit): TextEdit | SnippetTextEdit {
  if (edit.snippet === undefined) return plainEdit(document, edit);
  return { range: toRange(document, edit.range), snippet: { kind: 'snippet', value: edit.snippet } };
}

/**
 * Edits as the client takes them: versioned `documentChanges` where it announced them, so that an edit for an older
 * version is refused and not applied elsewhere. Edits of a file that cannot be read any more make no edit at all: half
 * a fix is none.
 */
export async function toWorkspaceEdit(edits: readonly FileEdit[], context: DiagnosticContext): Promise<WorkspaceEdit> {
  const { client, documents, readText } = context;
  const byUri = new Map<string, FileEdit[]>();
  for (const edit of edits) byUri.set(edit.uri, [...(byUri.get(edit.uri) ?? []), edit]);
  const documentChanges: TextDocumentEdit[] = [];
  const changes: Record<string, TextEdit[]> = {};
  for (const [uri, fileEdits] of byUri) {
    const open = documents.get(uri);
    const document = open ?? (await closedDocument(readText, uri));
    if (document === undefined) return {};
    changes[uri] = fileEdits.map((edit) => plainEdit(document, edit));
    documentChanges.push({
      textDocument: { uri, version: open?.version ?? null },
      edits: fileEdits.map((edit) => (client.takesSnippetEdits ? snippetEdit(document, edit) : plainEdit(document, edit))),
    });
  }
  return client.takesDocumentChanges ? { documentChanges } : { changes };
}

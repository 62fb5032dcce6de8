import { SymbolKind } from 'vscode-languageserver';
import type { Connection, DocumentSymbol } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { OutlineItem } from '../core/language.ts';
import { signalOf } from './cancellation.ts';
import { toRange } from './documents.ts';
import { openConfiguration, type FeatureContext } from './feature-context.ts';

const KINDS: Readonly<Record<OutlineItem['kind'], SymbolKind>> = {
  block: SymbolKind.Namespace,
  directive: SymbolKind.Property,
  route: SymbolKind.Method,
  variable: SymbolKind.Variable,
};

/** The structure of a server's configuration: its blocks and sections, and the directives that shape responses. */
export function provideSymbols(connection: Connection, context: FeatureContext): void {
  connection.onDocumentSymbol(async ({ textDocument }, token): Promise<DocumentSymbol[] | null> => {
    const document = openConfiguration(textDocument.uri, context);
    if (!document) return null;
    const source = context.documents.source(document);
    const outline = await context.service.consult(source, (engine, file, files) => engine.extract(file, files).outline, signalOf(token));
    return symbolsOf(document, outline ?? []);
  });
}

function symbolsOf(document: TextDocument, items: readonly OutlineItem[]): DocumentSymbol[] {
  return items
    .filter((item) => item.place.uri === document.uri)
    .map((item) => ({
      name: item.name,
      ...(item.detail !== undefined && { detail: item.detail }),
      kind: KINDS[item.kind],
      range: toRange(document, item.place.range),
      selectionRange: toRange(document, item.namePlace.range),
      children: symbolsOf(document, item.children),
    }));
}

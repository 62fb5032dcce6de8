import { SymbolKind } from 'vscode-languageserver';
import type { Connection, DocumentSymbol } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { OutlineItem } from '../core/language.ts';
import type { FeatureContext } from './feature-context.ts';
import { toRange } from './documents.ts';

const KINDS: Readonly<Record<OutlineItem['kind'], SymbolKind>> = {
  block: SymbolKind.Namespace,
  directive: SymbolKind.Property,
  route: SymbolKind.Method,
  variable: SymbolKind.Variable,
};

/** The structure of a file: blocks and sections of nginx and Apache, routes of an application. */
export function provideSymbols(connection: Connection, { documents, service }: FeatureContext): void {
  connection.onDocumentSymbol(async ({ textDocument }): Promise<DocumentSymbol[] | null> => {
    const document = documents.get(textDocument.uri);
    // Editors have better outlines of programs than we do.
    const analysis = document && (await service.analyse(documents.source(document)));
    if (!analysis || (analysis.language.id !== 'nginx' && analysis.language.id !== 'apache')) return null;
    return symbolsOf(document, analysis.extraction.outline);
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

import { CompletionItemKind, InsertTextFormat, MarkupKind } from 'vscode-languageserver';
import type { CompletionItem, Connection, MarkupContent } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { languageOf } from '../languages/index.ts';
import { suggestionsFor, type Suggestion } from '../suggestions.ts';
import type { Client } from './client-capabilities.ts';
import { toRange } from './documents.ts';
import type { FeatureContext } from './feature-context.ts';

/**
 * Characters inside which an editor does not ask by itself: `-` ends a word of most languages. Where nothing about CORS is
 * expected the answer is empty, so that nobody is bothered by them.
 */
export const completionTriggers: readonly string[] = ['-', '$', '"', "'", ' ', '{', '%', '=', ':', ','];

const KINDS: Readonly<Record<Suggestion['kind'], CompletionItemKind>> = {
  header: CompletionItemKind.Field,
  value: CompletionItemKind.Value,
  option: CompletionItemKind.Property,
  variable: CompletionItemKind.Variable,
  keyword: CompletionItemKind.Keyword,
};

/** Names, values and options where a header or the options of a CORS package are being written. */
export function provideCompletion(connection: Connection, { documents, service, client }: FeatureContext): void {
  connection.onCompletion(async ({ textDocument, position }, token): Promise<CompletionItem[] | null> => {
    const document = documents.get(textDocument.uri);
    if (!document) return null;
    const source = documents.source(document);
    // Loading a parser for a text that has nothing to do with CORS would be paid for with every key.
    if (languageOf(source.uri, source.text, source.languageId)?.mayMatter(source.text) !== true) return null;
    const offset = document.offsetAt(position);
    const expectation = await service.consult(source, (engine, file, files) => engine.expectedAt?.(file, files, offset));
    if (!expectation || token.isCancellationRequested) return null;
    return suggestionsFor(expectation, source.text, offset).map((each, index) => toItem(each, index, document, client));
  });
}

function toItem(suggestion: Suggestion, index: number, document: TextDocument, client: Client): CompletionItem {
  const { label, kind, range, text, detail, documentation } = suggestion;
  const snippet = client.takesCompletionSnippets ? suggestion.snippet : undefined;
  return {
    label,
    kind: KINDS[kind],
    // The editor compares with what is typed, which has no quotes yet.
    filterText: label,
    sortText: String(index).padStart(3, '0'),
    textEdit: { range: toRange(document, range), newText: snippet ?? text },
    ...(snippet !== undefined && { insertTextFormat: InsertTextFormat.Snippet }),
    ...(detail !== undefined && { detail }),
    ...(documentation !== undefined && { documentation: toMarkup(documentation, client) }),
  };
}

/** Our own Markdown; without its marks for a client that shows plain text only. */
function toMarkup(markdown: string, client: Client): MarkupContent {
  if (client.showsCompletionMarkdown) return { kind: MarkupKind.Markdown, value: markdown };
  return { kind: MarkupKind.PlainText, value: markdown.replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1: $2').replaceAll('`', '') };
}

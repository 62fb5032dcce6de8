import { TextDocuments } from 'vscode-languageserver';
import type { Location, Range } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { SourceFile } from '../core/files.ts';
import type { Place, TextRange } from '../core/text.ts';

/** Offsets of the engine as LSP positions: both count UTF-16 code units, so only lines have to be found. */
export function toRange(document: TextDocument, { start, end }: TextRange): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

/** An LSP range as offsets. */
export function toTextRange(document: TextDocument, { start, end }: Range): TextRange {
  return { start: document.offsetAt(start), end: document.offsetAt(end) };
}

/** The documents that are open in the client, and positions in files that are not. */
export class OpenDocuments {
  readonly manager = new TextDocuments(TextDocument);
  readonly #sources = new WeakMap<TextDocument, { readonly version: number; readonly source: SourceFile }>();

  get(uri: string): TextDocument | undefined {
    return this.manager.get(uri);
  }

  all(): readonly TextDocument[] {
    return this.manager.all();
  }

  /** One object for each version of a document, so that parses cached by identity last as long as the text. */
  source(document: TextDocument): SourceFile {
    const known = this.#sources.get(document);
    if (known?.version === document.version) return known.source;
    const source = { uri: document.uri, text: document.getText(), languageId: document.languageId };
    this.#sources.set(document, { version: document.version, source });
    return source;
  }
}

/** Reads a file that may not be open; used for places outside of the document in question. */
export type ReadText = (uri: string) => Promise<string | undefined>;

/** A place in any file as an LSP location; undefined where the file cannot be read any more. */
export async function toLocation(documents: OpenDocuments, readText: ReadText, place: Place): Promise<Location | undefined> {
  const document = documents.get(place.uri) ?? (await closedDocument(readText, place.uri));
  return document === undefined ? undefined : { uri: place.uri, range: toRange(document, place.range) };
}

/** A file that is not open, as a document without a version. */
export async function closedDocument(readText: ReadText, uri: string): Promise<TextDocument | undefined> {
  const text = await readText(uri);
  return text === undefined ? undefined : TextDocument.create(uri, '', 0, text);
}

import type { CancellationToken, Connection, Location, LocationLink } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Place } from '../core/text.ts';
import { languageOf } from '../languages/index.ts';
import { definitionAt, referencesAt } from '../navigation.ts';
import { toLocation, toRange } from './documents.ts';
import type { FeatureContext } from './feature-context.ts';

/** Definitions and references of names in server configurations; editors have better ones for programs. */
export function provideNavigation(connection: Connection, context: FeatureContext): void {
  const { client } = context;
  connection.onDefinition(async ({ textDocument, position }, token): Promise<Location[] | LocationLink[] | null> => {
    const document = openConfiguration(textDocument.uri, context);
    if (!document) return null;
    const found = await definitionAt(context.documents.source(document), document.offsetAt(position), context, signalOf(token));
    if (!found) return null;
    const locations = await locationsOf(found.places, context);
    if (!client.takesDefinitionLinks) return locations;
    const originSelectionRange = toRange(document, found.range);
    return locations.map(({ uri, range }) => ({ originSelectionRange, targetUri: uri, targetRange: range, targetSelectionRange: range }));
  });
  connection.onReferences(async ({ textDocument, position, context: { includeDeclaration } }, token): Promise<Location[] | null> => {
    const document = openConfiguration(textDocument.uri, context);
    if (!document) return null;
    const source = context.documents.source(document);
    return locationsOf(await referencesAt(source, document.offsetAt(position), includeDeclaration, context, signalOf(token)), context);
  });
}

/** An open document that is a server's configuration. */
export function openConfiguration(uri: string, { documents }: FeatureContext): TextDocument | undefined {
  const document = documents.get(uri);
  return document && languageOf(uri, document.getText(), document.languageId)?.configuration === true ? document : undefined;
}

export function signalOf(token: CancellationToken): AbortSignal {
  const abort = new AbortController();
  token.onCancellationRequested(() => {
    abort.abort();
  });
  return abort.signal;
}

async function locationsOf(places: readonly Place[], { documents, readText }: FeatureContext): Promise<Location[]> {
  const locations = await Promise.all(places.map((place) => toLocation(documents, readText, place)));
  return locations.filter((location) => location !== undefined);
}

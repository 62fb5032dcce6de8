import type { Connection, Location, LocationLink } from 'vscode-languageserver';
import type { Place } from '../core/text.ts';
import { definitionAt, referencesAt } from '../navigation.ts';
import { signalOf } from './cancellation.ts';
import { toLocation, toRange } from './documents.ts';
import { openConfiguration, type FeatureContext } from './feature-context.ts';

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

async function locationsOf(places: readonly Place[], { documents, readText }: FeatureContext): Promise<Location[]> {
  const locations = await Promise.all(places.map((place) => toLocation(documents, readText, place)));
  return locations.filter((location) => location !== undefined);
}

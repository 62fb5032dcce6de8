import type { Connection, DocumentLink } from 'vscode-languageserver';
import { signalOf } from './cancellation.ts';
import { toRange } from './documents.ts';
import { openConfiguration, type FeatureContext } from './feature-context.ts';

/** Links on includes: one for each file that the path or pattern means, inside the workspace only. */
export function provideLinks(connection: Connection, context: FeatureContext): void {
  connection.onDocumentLinks(async ({ textDocument }, token): Promise<DocumentLink[] | null> => {
    const document = openConfiguration(textDocument.uri, context);
    if (!document) return null;
    const source = context.documents.source(document);
    const links = await context.service.consult(source, (engine, file, files) => engine.links?.(file, files), signalOf(token));
    return (links ?? []).flatMap(({ place, targets }) => targets.map((target) => ({ range: toRange(document, place.range), target })));
  });
}

import type { CodeLens, Connection } from 'vscode-languageserver';
import { lensText, summarise } from '../policy/summary.ts';
import type { FeatureContext } from './feature-context.ts';
import { toRange } from './documents.ts';

/** The client's command that a lens runs: the simulator, on the policy that it stands above. */
export const simulateCommand = 'corsLint.simulate';

/** One line above every policy that lets somebody read: who, whether with cookies, and whether preflights pass. */
export function provideCodeLenses(connection: Connection, { documents, service, settings, client }: FeatureContext): void {
  connection.onCodeLens(async ({ textDocument }, token): Promise<CodeLens[] | null> => {
    const document = documents.get(textDocument.uri);
    if (!document || !(await settings.of(document.uri)).codeLens) return null;
    const analysis = await service.analyse(documents.source(document));
    if (!analysis || token.isCancellationRequested) return null;
    const lenses: CodeLens[] = [];
    const lines = new Set<number>();
    for (const view of analysis.views) {
      if (view.policy.place.uri !== document.uri) continue;
      const summary = summarise(view, analysis.origins);
      const range = toRange(document, view.policy.place.range);
      if (!summary || lines.has(range.start.line)) continue;
      lines.add(range.start.line);
      const command = {
        title: lensText(summary),
        command: client.simulates ? simulateCommand : '',
        arguments: [document.uri, view.policy.id],
      };
      lenses.push({ range: { start: range.start, end: range.start }, command });
    }
    return lenses;
  });
}

import type { CodeLens, Connection } from 'vscode-languageserver';
import type { Place } from '../core/text.ts';
import { lensText, summarise } from '../policy/summary.ts';
import type { PolicyView } from '../policy/view.ts';
import type { Analysis } from '../service.ts';
import type { FeatureContext } from './feature-context.ts';
import { toRange } from './documents.ts';

/** The client's command that a lens runs: the simulator, on the policy that it stands above. */
const simulateCommand = 'corsLint.simulate';

/** One line above every policy that lets somebody read: who, whether with cookies, and whether preflights pass. */
export function provideCodeLenses(connection: Connection, { documents, service, settings, client }: FeatureContext): void {
  connection.onCodeLens(async ({ textDocument }, token): Promise<CodeLens[] | null> => {
    const document = documents.get(textDocument.uri);
    const { enable, codeLens } = await settings.of(textDocument.uri);
    if (!document || !enable || !codeLens) return null;
    const analysis = await service.analyse(documents.source(document));
    if (!analysis || token.isCancellationRequested) return null;
    return lensesOf(analysis).map(({ place, policy, text }) => {
      const { start } = toRange(document, place.range);
      const command = { title: text, command: client.simulates ? simulateCommand : '', arguments: [document.uri, policy] };
      return { range: { start, end: start }, command };
    });
  });
}

export interface PolicyLens {
  readonly place: Place;
  /** The id of the policy that it speaks of. */
  readonly policy: string;
  readonly text: string;
}

/**
 * The lenses of a file, one a line at most: above blocks and routes, and for a whole application above the CORS layer that
 * shapes it.
 */
export function lensesOf({ file, extraction, views, origins }: Analysis): readonly PolicyLens[] {
  const lenses = new Map<number, PolicyLens>();
  const shown = new Set<string>();
  const add = (view: PolicyView, place: Place): void => {
    if (place.uri !== file.uri || shown.has(view.policy.id)) return;
    const line = lineOf(file.text, place.range.start);
    const summary = lenses.has(line) ? undefined : summarise(view, origins);
    if (!summary) return;
    shown.add(view.policy.id);
    lenses.set(line, { place, policy: view.policy.id, text: lensText(summary) });
  };
  const [applications, others] = [[] as PolicyView[], [] as PolicyView[]];
  for (const view of views) (view.policy.kind === 'application' ? applications : others).push(view);
  for (const view of others) add(view, view.policy.place);
  for (const layer of extraction.observations) {
    if (layer.kind !== 'corsLayer') continue;
    const application = applications.find(({ policy }) => layer.policies.includes(policy.id));
    if (application) add(application, layer.place);
  }
  for (const view of applications) add(view, view.policy.place);
  return [...lenses.values()].sort((a, b) => a.place.range.start - b.place.range.start);
}

/** The number of a line, from 0. */
function lineOf(text: string, offset: number): number {
  let line = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

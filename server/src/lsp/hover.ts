import { MarkupKind } from 'vscode-languageserver';
import type { Connection, Hover } from 'vscode-languageserver';
import type { TextRange } from '../core/text.ts';
import { headerFact } from '../cors/header-facts.ts';
import { readOrigin } from '../cors/serialized-origin.ts';
import type { HeaderWrite } from '../policy/model.ts';
import { sentenceOf, summarise } from '../policy/summary.ts';
import type { PolicyView } from '../policy/view.ts';
import type { Analysis } from '../service.ts';
import { toRange } from './documents.ts';
import type { FeatureContext } from './feature-context.ts';

/** What a header does, what its value means here, and what the policy around it allows. Never trusted, always escaped. */
export function provideHover(connection: Connection, { documents, service }: FeatureContext): void {
  connection.onHover(async ({ textDocument, position }, token): Promise<Hover | null> => {
    const document = documents.get(textDocument.uri);
    const analysis = document && (await service.analyse(documents.source(document)));
    if (!analysis || token.isCancellationRequested) return null;
    const offset = document.offsetAt(position);
    const found = hoverAt(analysis, offset);
    return found === undefined
      ? null
      : { contents: { kind: MarkupKind.Markdown, value: found.lines.join('\n\n') }, range: toRange(document, found.range) };
  });
}

/** The hover at an offset, as paragraphs of Markdown. */
export function hoverAt(
  { file, extraction, views, origins }: Analysis,
  offset: number,
): { readonly range: TextRange; readonly lines: readonly string[] } | undefined {
  const inside = ({ start, end }: TextRange): boolean => start <= offset && offset <= end;
  const writes = extraction.observations.flatMap((each) =>
    each.kind === 'headerWritten' && each.write.place.uri === file.uri ? [each.write] : [],
  );
  const write = writes.filter((each) => inside(each.place.range)).sort((a, b) => length(a.place.range) - length(b.place.range))[0];
  const around = views
    .filter((view) => view.policy.extent.uri === file.uri && inside(view.policy.extent.range))
    .sort((a, b) => length(a.policy.extent.range) - length(b.policy.extent.range));
  const view = around.find((each) => summarise(each, origins) !== undefined) ?? around[0];
  const summary = view && summarise(view, origins);
  const effective = summary ? `${escaped(view.policy.title)} ${escaped(sentenceOf(summary))}.` : undefined;
  if (write) {
    const fact = headerFact(write.name);
    if (!fact) return undefined;
    const value = meaningOf(write, around);
    return {
      range: write.place.range,
      lines: [
        `**${escaped(fact.name)}** — [Fetch standard](${fact.link})`,
        fact.text,
        ...(value === undefined ? [] : [value]),
        ...(effective === undefined ? [] : [effective]),
      ],
    };
  }
  if (view && effective !== undefined && inside(view.policy.place.range)) return { range: view.policy.place.range, lines: [effective] };
  return undefined;
}

/** What a constant value says, where that is not plain. */
function meaningOf(write: HeaderWrite, views: readonly PolicyView[]): string | undefined {
  if (write.name.toLowerCase() !== 'access-control-allow-origin' || write.value.kind !== 'literal') return undefined;
  const { text } = write.value;
  if (text === '*') return 'Here: every site may read, without cookies.';
  if (text === '') return views.length > 0 ? 'Here: nothing is sent.' : undefined;
  const reading = readOrigin(text);
  if (reading.valid) return `Here: pages of \`${text.replaceAll('`', '')}\` may read.`;
  return `Here: no browser ever sends this origin${reading.suggestion === undefined ? '' : `; it would be \`${reading.suggestion.replaceAll('`', '')}\``}.`;
}

const length = ({ start, end }: TextRange): number => end - start;

/** Text of the file inside Markdown: no character of it may start markup. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>&~]/g, '\\$&');
}

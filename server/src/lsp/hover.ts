import { MarkupKind } from 'vscode-languageserver';
import type { Connection, Hover } from 'vscode-languageserver';
import type { Place, TextRange } from '../core/text.ts';
import { headerFact } from '../cors/header-facts.ts';
import { headerOfOption, optionFact } from '../cors/option-facts.ts';
import type { HeaderWrite, OriginCheck } from '../policy/model.ts';
import type { Observation } from '../policy/observation.ts';
import { sentenceOf, summarise } from '../policy/summary.ts';
import { meaningOfOrigin, meaningOfValue } from '../policy/value-meaning.ts';
import { checksIn, type FoundCheck } from '../rules/origin-readers.ts';
import type { Analysis } from '../service.ts';
import { toRange } from './documents.ts';
import type { FeatureContext } from './feature-context.ts';

type CorsOption = Extract<Observation, { readonly kind: 'corsOption' }>;

/** Where the standard says how an origin is compared. */
const corsCheck = 'https://fetch.spec.whatwg.org/#cors-check';

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

export interface HoverText {
  readonly range: TextRange;
  /** Paragraphs of Markdown. */
  readonly lines: readonly string[];
}

/** The hover at an offset: of the smallest thing there that has to do with CORS. */
export function hoverAt(analysis: Analysis, offset: number): HoverText | undefined {
  const { file, extraction, views, origins } = analysis;
  const inside = ({ start, end }: TextRange): boolean => start <= offset && offset <= end;
  const here = (place: Place): boolean => place.uri === file.uri && inside(place.range);
  const around = views.filter((view) => here(view.policy.extent)).sort((a, b) => length(a.policy.extent) - length(b.policy.extent));
  const view = around.find((each) => summarise(each, origins) !== undefined) ?? around[0];
  const summary = view && summarise(view, origins);
  const effective = summary ? [`${escaped(view.policy.title)} ${escaped(sentenceOf(summary))}.`] : [];

  const found: HoverText[] = [];
  const add = (place: Place, lines: readonly string[] | undefined): void => {
    if (lines) found.push({ range: place.range, lines: [...lines, ...effective] });
  };
  for (const { place, text } of originsIn(checksIn(analysis), extraction.observations)) if (here(place)) add(place, aboutOrigin(text));
  for (const { check } of checksIn(analysis)) if (check.pattern && here(check.place)) add(check.place, aboutPattern(check, analysis));
  for (const each of extraction.observations) {
    if (each.kind === 'headerWritten' && here(each.write.place)) add(each.write.place, aboutWrite(each.write));
    if (each.kind === 'corsOption') {
      for (const place of [each.namePlace, each.valuePlace]) if (here(place)) add(place, aboutOption(each));
    }
  }
  if (view && effective.length > 0 && here(view.policy.place)) found.push({ range: view.policy.place.range, lines: effective });
  return found.sort((a, b) => a.range.end - a.range.start - (b.range.end - b.range.start))[0];
}

const length = ({ range }: Place): number => range.end - range.start;

/** Every origin that is written out: in lists, sets and maps that are compared, and in the options of a CORS package. */
function originsIn(
  checks: readonly FoundCheck[],
  observations: readonly Observation[],
): readonly { readonly place: Place; readonly text: string }[] {
  const options = observations.filter((each): each is CorsOption => each.kind === 'corsOption' && each.name === 'origin');
  return [
    ...checks.flatMap(({ check }) => check.entries ?? []),
    ...options.flatMap(({ elements = [] }) => elements.flatMap(({ place, text }) => (text === undefined ? [] : [{ place, text }]))),
  ];
}

function aboutOrigin(text: string): readonly string[] {
  return [`**Origin** — [Fetch standard](${corsCheck})`, escaped(meaningOfOrigin(text))];
}

function aboutPattern({ pattern }: OriginCheck, { origins }: Analysis): readonly string[] {
  const example = pattern && origins.witness({ kind: 'pattern', pattern });
  return [
    `**Pattern of origins** — [Fetch standard](${corsCheck})`,
    example === undefined ? 'Here: no origin was found that it lets in.' : `Here: lets in origins such as ${escaped(example)}.`,
  ];
}

function aboutHeader(name: string, title: string): readonly string[] | undefined {
  const fact = headerFact(name);
  return fact && [`**${escaped(title)}** — [Fetch standard](${fact.link})`, fact.text];
}

function aboutWrite({ name, value }: HeaderWrite): readonly string[] | undefined {
  const about = aboutHeader(name, headerFact(name)?.name ?? name);
  const meaning = about && value.kind === 'literal' ? meaningOfValue(name, value.text) : undefined;
  return about && (meaning === undefined ? about : [...about, escaped(meaning)]);
}

function aboutOption(option: CorsOption): readonly string[] | undefined {
  const header = headerOfOption(option.name);
  if (header === undefined) {
    const fact = optionFact(option.name);
    return fact === undefined ? undefined : [`**${escaped(option.name)}**`, fact];
  }
  const about = aboutHeader(header, `${option.name}: ${header}`);
  const meaning = meaningOfOption(option, header);
  return about && (meaning === undefined ? about : [...about, escaped(meaning)]);
}

/** An option's constant value as the package writes it into the header. */
function meaningOfOption({ value, elements, valueType }: CorsOption, header: string): string | undefined {
  if (elements && header !== 'Access-Control-Allow-Origin') {
    const texts = elements.flatMap(({ text }) => text ?? []);
    return texts.length === elements.length ? meaningOfValue(header, texts.join(',')) : undefined;
  }
  if (value?.kind !== 'literal') return undefined;
  if (header === 'Access-Control-Allow-Credentials') {
    // Only the boolean counts (behaviour 3.3).
    return meaningOfValue(header, valueType === 'boolean' && value.text === 'true' ? 'true' : 'false');
  }
  return valueType === 'string' || valueType === 'number' ? meaningOfValue(header, value.text) : undefined;
}

/** Text of the file inside Markdown: no character of it may start markup, nor make an attacker's origin a link to click on. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>&~@]|:(?=\/\/)/g, '\\$&');
}

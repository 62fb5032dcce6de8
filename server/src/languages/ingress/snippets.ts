/** nginx text in annotations, read by nginx's own engine where it stands (behaviour 12.6). */
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import type { Extraction, LanguageEngine } from '../../core/language.ts';
import type { Place } from '../../core/text.ts';
import type { Annotation, IngressResource } from './manifest.ts';

export interface Snippet {
  /** Whether it stands in the locations of the Ingress, or in their server. */
  readonly into: 'location' | 'server';
  /** Where the text stands, without the key. */
  readonly place: Place;
  readonly extraction: Extraction;
}

/** Text that may write headers, or be about the Origin in any other way. */
const meddling = /access-control|vary|origin|cors|header|return|rewrite|include|lua/i;

/** The snippets of an Ingress that may say something about CORS; undefined where there is one that is not read. */
export function snippetsOf(resource: IngressResource, file: SourceFile, nginx: LanguageEngine | undefined): readonly Snippet[] | undefined {
  const snippets: Snippet[] = [];
  for (const [name, into] of [
    ['configuration-snippet', 'location'],
    ['server-snippet', 'server'],
  ] as const) {
    const annotation = resource.annotations.get(name);
    if (!annotation || !meddling.test(annotation.text)) continue;
    if (!annotation.lines || !nginx) return undefined;
    const { lines } = annotation;
    const text = aloneIn(file, annotation, lines);
    const extraction = nginx.extract(text, nowhere);
    const title = `Ingress ${resource.name}: ${name}`;
    const policies = extraction.policies.map((policy) =>
      policy.extent.range.end === text.text.length ? { ...policy, title, place: annotation.keyPlace, extent: lines } : policy,
    );
    snippets.push({ into, place: lines, extraction: { ...extraction, policies } });
  }
  return snippets;
}

/** What a snippet includes are files of the controller's image. */
const nowhere: SourceFiles = { read: () => undefined, list: () => [], candidates: () => [] };

const texts = new WeakMap<Annotation, SourceFile>();

function aloneIn(file: SourceFile, annotation: Annotation, lines: Place): SourceFile {
  let alone = texts.get(annotation);
  if (!alone) texts.set(annotation, (alone = blankBut(file, lines)));
  return alone;
}

/** The file with nothing but blanks before a text and nothing behind it, so that an offset in it is one in the file. */
function blankBut({ uri, text }: SourceFile, { range }: Place): SourceFile {
  return { uri, text: text.slice(0, range.start).replace(/[^\r\n]/g, ' ') + text.slice(range.start, range.end) };
}

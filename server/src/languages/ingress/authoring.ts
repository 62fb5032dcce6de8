/** How fixes are written into the annotations of an Ingress. */
import type { Authoring } from '../../core/authoring.ts';
import type { SourceFile } from '../../core/files.ts';
import type { FileEdit } from '../../core/finding.ts';
import { snippetOf } from '../../core/snippet.ts';
import { indentationAt, lineBreakOf, lineStartAt, type Place } from '../../core/text.ts';
import { unwritable } from '../../core/unwritable.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import { annotationPrefix } from './manifest.ts';

/** Stands where the author has to name an origin. */
const placeholder = 'https://app.example.com';
const keys: Readonly<Record<string, string>> = {
  'access-control-allow-origin': 'cors-allow-origin',
  'access-control-allow-credentials': 'cors-allow-credentials',
};

type Edits = readonly FileEdit[] | undefined;

/** The rest ingress-nginx sends itself, or has no annotation for. */
export function createAuthoring(file: SourceFile): Authoring {
  const annotations = new AnnotationAuthoring(file);
  return {
    ...unwritable,
    rewrite: (place, text) => annotations.replaceText(place, text),
    replaceText: (place, text) => annotations.replaceText(place, text),
    replaceValue: (write, text) => annotations.replaceValue(write, text),
    remove: (write) => annotations.remove(write),
    allowOnly: (write, part, origins) => annotations.allowOnly(write, part, origins),
    disableComment: (offset, scope, ruleId) => annotations.disableComment(offset, scope, ruleId),
  };
}

class AnnotationAuthoring {
  readonly #file: SourceFile;

  constructor(file: SourceFile) {
    this.#file = file;
  }

  /** Only what a plain scalar may hold in the middle of any line: origins, also with a wildcard, numbers, lists of names. */
  replaceText(place: Place, text: string): Edits {
    return /^[\w.:/*, -]*$/.test(text) && !/: |^[-,:* ]|[: ]$/.test(text) ? [this.#replace(place, text)] : undefined;
  }

  replaceValue(write: HeaderWrite, text: string): Edits {
    return write.implied === true ? this.#annotate(write, text) : this.replaceText(write.valuePlace, text);
  }

  /** Without the annotation credentials are allowed (behaviour 12.2): to remove them is to say so. */
  remove(write: HeaderWrite): Edits {
    return write.name === 'Access-Control-Allow-Credentials' ? this.replaceValue(write, 'false') : undefined;
  }

  allowOnly(write: HeaderWrite, _part: Place, origins: readonly string[]): Edits {
    const edits = this.replaceValue(write, origins.length > 0 ? origins.join(', ') : placeholder);
    if (origins.length > 0) return edits;
    return edits?.map((edit) => ({ ...edit, snippet: snippetOf(edit.text, [placeholder]) }));
  }

  disableComment(offset: number, scope: 'next-line' | 'line' | 'file', ruleId: string): FileEdit | undefined {
    const { text, uri } = this.#file;
    const lineBreak = lineBreakOf(text);
    const insert = (at: number, comment: string): FileEdit => ({ uri, range: { start: at, end: at }, text: comment });
    if (scope === 'file') return insert(text.charCodeAt(0) === 0xfeff ? 1 : 0, `# cors-lint-disable-file ${ruleId}${lineBreak}`);
    // A line of several, folded or verbatim, takes no comment behind it; one before an annotation is always one.
    if (scope === 'line') return undefined;
    const lineStart = lineStartAt(text, offset);
    const newline = text.indexOf('\n', offset);
    const line = text.slice(lineStart, newline < 0 ? text.length : newline);
    if (!/^[ \t]*["']?[\w./-]+["']?[ \t]*:/.test(line)) return undefined;
    return insert(lineStart, `${indentationAt(text, offset)}# cors-lint-disable-next-line ${ruleId}${lineBreak}`);
  }

  /** Writes an annotation that is not there below the one that switches CORS on. */
  #annotate(write: HeaderWrite, value: string): Edits {
    const key = keys[write.name.toLowerCase()];
    const { text } = this.#file;
    const { start, end } = write.place.range;
    const lineStart = lineStartAt(text, start);
    if (key === undefined || text.slice(lineStart, start).trim() !== '') return undefined;
    const at = text.indexOf('\n', end);
    const line = `${indentationAt(text, start)}${annotationPrefix}${key}: "${value}"`;
    const edit = (offset: number, inserted: string): FileEdit => ({
      uri: this.#file.uri,
      range: { start: offset, end: offset },
      text: inserted,
    });
    return at < 0 ? [edit(text.length, `${lineBreakOf(text)}${line}`)] : [edit(at + 1, `${line}${lineBreakOf(text)}`)];
  }

  #replace(place: Place, text: string): FileEdit {
    return { uri: place.uri, range: place.range, text };
  }
}

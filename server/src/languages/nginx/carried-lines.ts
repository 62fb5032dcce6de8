/** Carries lines that send headers to another place, where what holds around them may not hold. */
import type { FileEdit } from '../../core/finding.ts';
import type { Place } from '../../core/text.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import { EditableFile } from './edits.ts';
import type { Found } from './edits.ts';
import { addedHeaders } from './headers.ts';
import { serverOf } from './levels.ts';
import type { Source } from './lines.ts';
import { choose, readLocations } from './locations.ts';
import type { Compiled } from './policies.ts';
import { directivesIn } from './syntax.ts';
import type { NginxDirective } from './syntax.ts';

type Edits = readonly FileEdit[] | undefined;

/** What the carrier asks of the files that are edited. */
interface Edited {
  /** The file of a place; undefined where it cannot be read. */
  fileOf(place: Place): EditableFile | undefined;
  /** A name for a variable that nothing has yet. */
  freeName(wanted: string): string;
}

/** Carries lines within the files of one extraction. */
export class LineCarrier {
  readonly #source: Source;
  readonly #compiled: Compiled;
  readonly #edited: Edited;

  constructor(source: Source, compiled: Compiled, edited: Edited) {
    this.#source = source;
    this.#compiled = compiled;
    this.#edited = edited;
  }

  /** Lines into the location around an `if`, where that drops nothing that the location inherits. */
  intoLocation(file: EditableFile, found: Found, lines: readonly string[]): FileEdit | undefined {
    const location = found.around.findLast((each) => each.name.value === 'location');
    if (!location) return undefined;
    const last = directivesIn(location.block?.items ?? []).findLast((each) => each.name.value === 'add_header');
    if (last) return file.insertAfter(last, lines);
    const level = [...this.#compiled.levels.values()].find((each) => each.line?.directive === location);
    const { lines: inheritedLines, open } = level ? addedHeaders(level) : { lines: [], open: 'outside' };
    return inheritedLines.length === 0 && open === undefined ? file.insertInto(location, lines) : undefined;
  }

  /** Lines that a block does not inherit, in front of those for which it does not. */
  repeat(block: Place, writes: readonly HeaderWrite[]): Edits {
    const file = this.#edited.fileOf(block);
    const found = file?.find(block.range);
    if (!file || !found?.directive.block) return undefined;
    const copied = this.#copies(writes);
    const [first] = writes;
    if (!copied || !first) return undefined;
    const { lines } = copied;
    const names = first.table === 'upstream' ? /_hide_header$/ : /^add_header$/;
    const own = directivesIn(found.directive.block.items).find((each) => names.test(each.name.value));
    const edit = own ? file.insertBefore(own, lines) : file.insertInto(found.directive, lines);
    return edit && [...copied.edits, edit];
  }

  /** Lines into the block that answers, or into the location of an error page; undefined where they may not stand there. */
  intoAnswer(answer: Place, writes: readonly HeaderWrite[]): Edits {
    const file = this.#edited.fileOf(answer);
    const found = file?.find(answer.range);
    if (!file || !found) return undefined;
    const isErrorPage = found.directive.name.value === 'error_page';
    const copied = this.#copies(
      writes.filter((write) => write.table === 'nginx'),
      isErrorPage,
    );
    if (!copied || copied.lines.length === 0) return undefined;
    const { lines, edits } = copied;
    if (isErrorPage) {
      const into = this.#intoErrorPage(found.directive, lines);
      return into && [...edits, ...into];
    }
    const block = found.around.at(-1);
    // nginx refuses add_header in an `if` of a server (behaviour 1.5).
    if (!block || (block.name.value === 'if' && found.around.at(-2)?.name.value === 'server')) return undefined;
    return [...edits, file.insertBefore(found.directive, lines)];
  }

  /** What only an `if` sends, into its location as well. */
  beyondIf(writes: readonly HeaderWrite[]): Edits {
    const [first] = writes;
    const file = first && this.#edited.fileOf(first.place);
    const found = file?.find(first?.place.range ?? { start: 0, end: 0 });
    if (!file || !found || found.around.at(-1)?.name.value !== 'if' || writes.some((write) => write.table !== 'nginx')) return undefined;
    const lines = writes.map((write) => file.textAt(write.place).replace(/\s*;$/, '') + (write.statuses === undefined ? ';' : ' always;'));
    const edit = this.intoLocation(file, found, lines);
    return edit && [edit];
  }

  #intoErrorPage(page: NginxDirective, lines: readonly string[]): Edits {
    const target = page.args.at(-1)?.value ?? '';
    for (const level of this.#compiled.levels.values()) {
      const server = serverOf(level);
      const locations = server ? readLocations(server) : [];
      const location = target.startsWith('@') ? locations.find((each) => each.name === target) : choose(locations, target)?.location;
      if (!location || location.line.source.file !== this.#source.file) continue;
      // The page goes out with the status of the error.
      const onErrors = lines.map((line) => (/\salways\s*;$/.test(line) ? line : line.replace(/\s*;$/, ' always;')));
      const edit = new EditableFile(location.line.source.file).insertInto(location.line.directive, onErrors);
      return edit && [edit];
    }
    return undefined;
  }

  /**
   * The directives of writes, each once, as they may stand elsewhere; undefined where one cannot be read. An origin that an `if`
   * lets through would be anybody's outside of it, so a variable that only the `if` sets stands in its place (`edits`).
   */
  #copies(
    writes: readonly HeaderWrite[],
    always = false,
  ): { readonly lines: readonly string[]; readonly edits: readonly FileEdit[] } | undefined {
    const lines = new Set<string>();
    const edits: FileEdit[] = [];
    for (const write of writes) {
      const file = this.#edited.fileOf(write.place);
      if (!file) return undefined;
      const found = file.find(write.place.range);
      const condition = found?.around.at(-1);
      const text =
        always && write.statuses !== undefined ? file.textAt(write.place).replace(/\s*;$/, ' always;') : file.textAt(write.place);
      const value = file.textAt(write.valuePlace);
      if (!found || condition?.name.value !== 'if' || write.name.toLowerCase() !== 'access-control-allow-origin' || !value.includes('$')) {
        lines.add(text);
        continue;
      }
      const variable = this.#edited.freeName('cors_origin');
      const at = write.valuePlace.range.start - write.place.range.start;
      lines.add(`${text.slice(0, at)}$${variable}${text.slice(at + value.length)}`);
      // What an earlier `if` has set stays, where a later one does not set it anew.
      if (edits.length === 0) edits.push(file.insertBefore(condition, [`set $${variable} "";`]));
      edits.push(file.insertBefore(found.directive, [`set $${variable} ${value};`]));
    }
    return { lines: [...lines], edits };
  }
}

/** How fixes are written in nginx configuration. */
import type { Authoring, WantedHeader } from '../../core/authoring.ts';
import type { SourceFiles } from '../../core/files.ts';
import type { FileEdit } from '../../core/finding.ts';
import { indentationAt } from '../../core/text.ts';
import type { Place } from '../../core/text.ts';
import type { Authentication, CheckEntry, HeaderWrite, OriginCheck, Policy } from '../../policy/model.ts';
import { handlerOf } from './content.ts';
import { EditableFile, quoteOf, wordFor } from './edits.ts';
import type { Found } from './edits.ts';
import { addedHeaders } from './headers.ts';
import { inherited } from './levels.ts';
import type { Level } from './levels.ts';
import type { Source } from './lines.ts';
import { choose, readLocations } from './locations.ts';
import type { Compiled } from './policies.ts';
import { directivesIn } from './syntax.ts';
import type { NginxDirective } from './syntax.ts';
import type { Variables } from './variables.ts';

type Edits = readonly FileEdit[] | undefined;

const placeholder = 'https://app.example.com';

/** Writes fixes for the files of one extraction. */
export function createAuthoring(source: Source, compiled: Compiled, variables: Variables, files: SourceFiles): Authoring {
  return new NginxAuthoring(source, compiled, variables, files);
}

class NginxAuthoring implements Authoring {
  readonly #source: Source;
  readonly #compiled: Compiled;
  readonly #variables: Variables;
  readonly #files: SourceFiles;

  constructor(source: Source, compiled: Compiled, variables: Variables, files: SourceFiles) {
    this.#source = source;
    this.#compiled = compiled;
    this.#variables = variables;
    this.#files = files;
  }

  sendAlways(write: HeaderWrite): Edits {
    const file = this.#file(write.place);
    const found = file?.find(write.place.range);
    const [, value, third] = found?.directive.args ?? [];
    if (!file || !value || third || write.table !== 'nginx') return undefined;
    return [file.edit(value.range.end, value.range.end, ' always')];
  }

  addHeaderBeside(write: HeaderWrite, header: WantedHeader): Edits {
    const file = this.#file(write.place);
    const found = file?.find(write.place.range);
    if (!file || !found) return undefined;
    return [file.insertAfter(found.directive, [this.#lineLike(file, write, header)])];
  }

  varyByOrigin(write: HeaderWrite): Edits {
    const file = this.#file(write.place);
    const found = file?.find(write.place.range);
    if (!file || !found) return undefined;
    const vary = this.#lineLike(file, write, { name: 'Vary', value: 'Origin' });
    const edits = [file.insertAfter(found.directive, [vary])];
    if (found.around.at(-1)?.name.value !== 'if' || write.table !== 'nginx') return edits;
    // An `if` replaces what its location sends: responses to other origins need the line as well.
    const outside = this.#intoLocation(file, found, vary);
    return outside && [...edits, outside];
  }

  varyAlways(write: HeaderWrite): Edits {
    const file = this.#file(write.place);
    const found = file?.find(write.place.range);
    if (!file || !found) return undefined;
    if (write.value.kind !== 'literal') return this.replaceValue(write, 'Origin');
    if (found.around.at(-1)?.name.value !== 'if') return undefined;
    const outside = this.#intoLocation(file, found, file.textAt(write.place));
    return outside && [outside];
  }

  /** A line into the location around an `if`, where that drops nothing that the location inherits. */
  #intoLocation(file: EditableFile, found: Found, line: string): FileEdit | undefined {
    const location = found.around.findLast((each) => each.name.value === 'location');
    if (!location) return undefined;
    const last = directivesIn(location.block?.items ?? []).findLast((each) => each.name.value === 'add_header');
    if (last) return file.insertAfter(last, [line]);
    const level = [...this.#compiled.levels.values()].find((each) => each.line?.directive === location);
    const { lines, open } = level ? addedHeaders(level) : { lines: [], open: 'outside' };
    return lines.length === 0 && open === undefined ? file.insertInto(location, [line]) : undefined;
  }

  /** add_header never replaces a Vary of the application's. */
  mergeVary(): Edits {
    return undefined;
  }

  rewrite(place: Place, code: string): Edits {
    const file = this.#file(place);
    if (!file) return undefined;
    return [code === '' ? file.removal(place.range) : file.edit(place.range.start, place.range.end, code)];
  }

  /** nginx sends no line for an empty value, so nothing has to be guarded (behaviour 1.8). */
  guardOrigin(): Edits {
    return undefined;
  }

  hideUpstream(policy: Policy, names: readonly string[]): Edits {
    const level = this.#compiled.levels.get(policy.id);
    const handler = level && handlerOf(level);
    if (!level || !handler || handler.line.directive.range.start < 0) return undefined;
    const file = this.#file({ uri: handler.line.source.file.uri, range: handler.line.directive.range });
    if (!file) return undefined;
    const directive = `${handler.line.name.replace(/_pass$/, '')}_hide_header`;
    const { lines, level: holder } = inherited(level, directive);
    // A list of its own replaces the inherited one (behaviour 1.10): what that hid is hidden here too.
    const repeated = holder === level ? [] : lines.flatMap((line) => line.args[0]?.value ?? []);
    const wanted = [...repeated, ...names.filter((name) => !repeated.some((each) => each.toLowerCase() === name.toLowerCase()))];
    return [
      file.insertBefore(
        handler.line.directive,
        wanted.map((name) => `${directive} ${name};`),
      ),
    ];
  }

  spreadIntoArray(): Edits {
    return undefined;
  }

  remove(write: HeaderWrite): Edits {
    const file = this.#file(write.place);
    return file && [file.removal(write.place.range)];
  }

  replaceValue(write: HeaderWrite, text: string): Edits {
    return this.replaceText(write.valuePlace, text);
  }

  replaceText(place: Place, text: string): Edits {
    const file = this.#file(place);
    if (!file) return undefined;
    const old = file.textAt(place);
    const word = file
      .find(place.range)
      ?.directive.args.find((each) => each.range.start < place.range.start && each.range.end >= place.range.end);
    // A value inside a longer word (`more_set_headers "Name: value"`) stands in the quotes of that word.
    if (word && word.quoting !== 'none')
      return [file.edit(place.range.start, place.range.end, wordFor(text, word.quoting === 'single' ? "'" : '"').slice(1, -1))];
    return [file.edit(place.range.start, place.range.end, wordFor(text, quoteOf(old)))];
  }

  replacePattern(check: OriginCheck, source: string, flags: string): Edits {
    const file = this.#file(check.place);
    const word = file?.find(check.place.range);
    if (!file || !word || !check.pattern) return undefined;
    const isKey = word.directive.name.range.start === check.place.range.start;
    const insensitive = flags.includes('i');
    if (!isKey && insensitive !== check.pattern.flags.includes('i')) return undefined;
    const prefix = isKey ? (insensitive ? '~*' : '~') : '';
    const quote = quoteOf(file.textAt(check.place));
    return [file.edit(check.place.range.start, check.place.range.end, wordFor(prefix + source, quote))];
  }

  removeEntry(_check: OriginCheck, entry: CheckEntry): Edits {
    const file = this.#file(entry.place);
    const found = file?.find(entry.place.range);
    if (!file || found?.around.at(-1)?.name.value !== 'map') return undefined;
    return [file.removal(found.directive.range)];
  }

  allowOnly(write: HeaderWrite, origins: readonly string[]): Edits {
    const file = this.#file(write.place);
    const found = file?.find(write.place.range);
    if (!file || !found) return undefined;
    const server = found.around.find((each) => each.name.value === 'server');
    if (!server) return undefined;
    const variable = this.#freeName('cors_origin');
    const indent = indentationAt(file.text, server.range.start);
    const inner = `${indent}${file.indentUnit()}`;
    const entry = (origin: string): string => `${inner}"${origin}" $http_origin;`;
    const map = (entries: readonly string[]): string =>
      [`map $http_origin $${variable} {`, `${inner}default "";`, ...entries, `${indent}}`, indent].join(file.lineBreak);
    const listed = map((origins.length > 0 ? origins : [placeholder]).map(entry));
    const start = server.range.start;
    const inserted: FileEdit =
      origins.length > 0 ? file.edit(start, start, listed) : { ...file.edit(start, start, listed), snippet: snippet(listed) };
    return [inserted, ...(this.replaceValueBare(file, write, `$${variable}`) ?? [])];
  }

  /** A variable as a value, in the quotes that were there. */
  private replaceValueBare(file: EditableFile, write: HeaderWrite, text: string): Edits {
    const old = file.textAt(write.valuePlace);
    const quote = quoteOf(old);
    return [file.edit(write.valuePlace.range.start, write.valuePlace.range.end, `${quote}${text}${quote}`)];
  }

  #freeName(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.#variables.tableOf(name) || this.#source.file.text.includes(`$${name}`); number++)
      name = `${wanted}_${number}`;
    return name;
  }

  answerPreflight(policy: Policy): Edits {
    const level = this.#compiled.levels.get(policy.id);
    const block = level?.line?.directive;
    if (!level?.line || level.kind !== 'location' || !block?.block) return undefined;
    // Under limit_except no `if` of the location runs (behaviour 1.7).
    if (directivesIn(block.block.items).some((each) => each.name.value === 'limit_except')) return undefined;
    const file = this.#file({ uri: level.line.source.file.uri, range: block.range });
    if (!file) return undefined;
    const unit = file.indentUnit();
    const lines = ['if ($request_method = OPTIONS) {', `${unit}return 204;`, '}'];
    const last = directivesIn(block.block.items).findLast((each) => each.name.value === 'add_header');
    const edit = last ? file.insertAfter(last, lines) : file.insertInto(block, lines);
    return edit && [edit];
  }

  exemptPreflight(_authentication: Authentication, policy: Policy): Edits {
    return this.answerPreflight(policy);
  }

  repeatWrites(block: Place, writes: readonly HeaderWrite[]): Edits {
    const file = this.#file(block);
    const found = file?.find(block.range);
    if (!file || !found?.directive.block) return undefined;
    const lines = this.#textsOf(writes);
    const [first] = writes;
    if (!lines || !first) return undefined;
    const names = first.table === 'upstream' ? /_hide_header$/ : /^add_header$/;
    const own = directivesIn(found.directive.block.items).find((each) => names.test(each.name.value));
    const edit = own ? file.insertBefore(own, lines) : file.insertInto(found.directive, lines);
    return edit && [edit];
  }

  carryInto(answer: Place, writes: readonly HeaderWrite[]): Edits {
    const file = this.#file(answer);
    const found = file?.find(answer.range);
    if (!file || !found) return undefined;
    const lines = this.#textsOf(writes.filter((write) => write.table === 'nginx'));
    if (!lines || lines.length === 0) return undefined;
    if (found.directive.name.value === 'error_page') return this.#intoErrorPage(found.directive, lines);
    const block = found.around.at(-1);
    // nginx refuses add_header in an `if` of a server (behaviour 1.5).
    if (!block || (block.name.value === 'if' && found.around.at(-2)?.name.value === 'server')) return undefined;
    return [file.insertBefore(found.directive, lines)];
  }

  #intoErrorPage(page: NginxDirective, lines: readonly string[]): Edits {
    const target = page.args.at(-1)?.value ?? '';
    for (const level of this.#compiled.levels.values()) {
      const server = serverOf(level);
      const locations = server ? readLocations(server) : [];
      const location = target.startsWith('@') ? locations.find((each) => each.name === target) : choose(locations, target)?.location;
      if (!location || location.line.source.file !== this.#source.file) continue;
      const edit = new EditableFile(location.line.source.file).insertInto(location.line.directive, lines);
      return edit && [edit];
    }
    return undefined;
  }

  disableComment(offset: number, scope: 'next-line' | 'line' | 'file', ruleId: string): FileEdit | undefined {
    const file = new EditableFile(this.#source.file);
    const { text, lineBreak } = file;
    if (scope === 'file') {
      const at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
      return file.edit(at, at, `# cors-lint-disable-file ${ruleId}${lineBreak}`);
    }
    const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
    if (scope === 'next-line') {
      if (this.#insideWord(lineStart)) return undefined;
      return file.edit(lineStart, lineStart, `${indentationAt(text, offset)}# cors-lint-disable-next-line ${ruleId}${lineBreak}`);
    }
    const newline = text.indexOf('\n', offset);
    const lineEnd = newline < 0 ? text.length : text[newline - 1] === '\r' ? newline - 1 : newline;
    const commented = this.#source.syntax.tokens.some(
      (token) => token.kind === 'comment' && token.start >= lineStart && token.start < lineEnd,
    );
    if (commented || this.#insideWord(lineEnd)) return undefined;
    return file.edit(lineEnd, lineEnd, ` # cors-lint-disable-line ${ruleId}`);
  }

  /** Whether an offset lies within a quoted word, a placeholder or a Lua block, where `#` starts no comment. */
  #insideWord(offset: number): boolean {
    return this.#source.syntax.tokens.some((token) => token.start < offset && token.end > offset && token.kind !== 'whitespace');
  }

  /** The directives of writes as they stand, each once; undefined where one cannot be read. */
  #textsOf(writes: readonly HeaderWrite[]): readonly string[] | undefined {
    const texts = new Set<string>();
    for (const write of writes) {
      const file = this.#file(write.place);
      if (!file) return undefined;
      texts.add(file.textAt(write.place));
    }
    return [...texts];
  }

  #lineLike(file: EditableFile, write: HeaderWrite, header: WantedHeader): string {
    const value =
      typeof header.value === 'string'
        ? header.value
        : write.name.toLowerCase() === 'access-control-allow-origin'
          ? file.textAt(write.valuePlace)
          : '$http_origin';
    if (write.table === 'headersMore') return `more_set_headers "${header.name}: ${value.replaceAll('"', '\\"')}";`;
    const nameQuote = quoteOf(file.textAt(write.namePlace));
    const valueQuote = quoteOf(file.textAt(write.valuePlace));
    const isText = typeof header.value === 'string';
    const bare = isText && nameQuote === '' && valueQuote !== '' && /^[\w*:/.-]+$/.test(value) ? '' : valueQuote;
    const written = isText ? wordFor(value, bare) : value;
    return `add_header ${wordFor(header.name, nameQuote)} ${written}${write.statuses === undefined ? ' always' : ''};`;
  }

  #file(place: Place): EditableFile | undefined {
    if (place.uri === this.#source.file.uri) return new EditableFile(this.#source.file);
    const file = this.#files.read(place.uri);
    return file && new EditableFile(file);
  }
}

function serverOf(level: Level): Level | undefined {
  let at: Level | undefined = level;
  while (at && at.kind !== 'server') at = at.parent;
  return at;
}

/** The text in LSP snippet syntax, its placeholder a tab stop. */
function snippet(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&').replace(placeholder, `\${1:${placeholder}}`);
}

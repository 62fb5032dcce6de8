/** How fixes are written in nginx configuration. */
import type { Authoring, Insertion, InsertionRequest, WantedHeader } from '../../core/authoring.ts';
import type { SourceFiles } from '../../core/files.ts';
import type { FileEdit } from '../../core/finding.ts';
import { snippetOf } from '../../core/snippet.ts';
import { indentationAt } from '../../core/text.ts';
import type { Place } from '../../core/text.ts';
import { hasNamedGroup } from '../../cors/origins/whole-group.ts';
import type { Authentication, CheckEntry, HeaderWrite, OriginCheck, Policy } from '../../policy/model.ts';
import { ServerAuthoring } from '../../core/server-authoring.ts';
import { LineCarrier } from './carried-lines.ts';
import { disableComment } from './comment-edits.ts';
import { handlerOf } from './content.ts';
import { EditableFile, quoteOf, wordFor } from './edits.ts';
import type { Found } from './edits.ts';
import { addedHeaders, optionsAmong } from './headers.ts';
import { insertConfiguration } from './insertion.ts';
import { inherited, own } from './levels.ts';
import type { Source } from './lines.ts';
import type { Compiled } from './policies.ts';
import { originMap, originVariable, preflightAnswer } from './production.ts';
import { directivesIn } from './syntax.ts';
import type { NginxDirective } from './syntax.ts';
import type { Variables } from './variables.ts';

type Edits = readonly FileEdit[] | undefined;

const placeholder = 'https://app.example.com';

/** Writes fixes for the files of one extraction. */
export function createAuthoring(source: Source, compiled: Compiled, variables: Variables, files: SourceFiles): Authoring {
  return new NginxAuthoring(source, compiled, variables, files);
}

class NginxAuthoring extends ServerAuthoring implements Authoring {
  readonly #source: Source;
  readonly #compiled: Compiled;
  readonly #variables: Variables;
  readonly #files: SourceFiles;
  readonly #carrier: LineCarrier;

  constructor(source: Source, compiled: Compiled, variables: Variables, files: SourceFiles) {
    super();
    this.#source = source;
    this.#compiled = compiled;
    this.#variables = variables;
    this.#files = files;
    this.#carrier = new LineCarrier(source, compiled, {
      fileOf: (place) => this.#file(place),
      freeName: (wanted) => this.#freeName(wanted),
    });
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
    const vary =
      write.table === 'headersMore' ? this.#varyBesideMore(found) : this.#lineLike(file, write, { name: 'Vary', value: 'Origin' });
    if (vary === undefined) return undefined;
    const edits = [file.insertAfter(found.directive, [vary])];
    if (found.around.at(-1)?.name.value !== 'if' || write.table !== 'nginx') return edits;
    const location = found.around.findLast((each) => each.name.value === 'location');
    if (variesByOrigin(location?.block?.items ?? [])) return edits;
    // An `if` replaces what its location sends: responses to other origins need the line as well.
    const outside = this.#carrier.intoLocation(file, found, [vary]);
    return outside && [...edits, outside];
  }

  /**
   * `more_set_headers` would take the place of an application's own Vary (behaviour 1.21). `add_header` leaves it, where it drops
   * nothing that the block inherits.
   */
  #varyBesideMore({ around }: Found): string | undefined {
    const level = [...this.#compiled.levels.values()].find((each) => each.line?.directive === around.at(-1));
    if (!level) return 'more_set_headers "Vary: Origin";';
    const { lines, open } = addedHeaders(level);
    if (own(level, 'add_header').length > 0 || (lines.length === 0 && open === undefined)) return 'add_header Vary Origin always;';
    return level.outside || handlerOf(level) ? undefined : 'more_set_headers "Vary: Origin";';
  }

  varyAlways(write: HeaderWrite): Edits {
    const file = this.#file(write.place);
    const found = file?.find(write.place.range);
    if (!file || !found) return undefined;
    if (write.value.kind !== 'literal') return this.replaceValue(write, 'Origin');
    if (found.around.at(-1)?.name.value !== 'if') return undefined;
    const outside = this.#carrier.intoLocation(file, found, [file.textAt(write.place)]);
    return outside && [outside];
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

  remove(write: HeaderWrite): Edits {
    const file = this.#file(write.place);
    const found = file?.find(write.namePlace.range);
    if (!file || !found || write.table !== 'headersMore') return file && [file.removal(write.place.range)];
    // `more_set_headers` takes several headers, and the others stay.
    const { args } = found.directive;
    const at = args.findIndex(({ range }) => range.start <= write.namePlace.range.start && range.end >= write.namePlace.range.end);
    const [word, before] = [args[at], args[at - 1] ?? found.directive.name];
    const isOnly = optionsAmong(args).length === args.length - 1;
    return [isOnly || !word ? file.removal(write.place.range) : file.edit(before.range.end, word.range.end, '')];
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

  respellPattern(check: OriginCheck, source: string, flags: string): Edits {
    // `$1` is a group of the pattern that matched last, and a named group is a variable.
    const readsGroups = /\$(?:[1-9]|\{[1-9]\})/.test(this.#file(check.place)?.text ?? '') || hasNamedGroup(check.pattern?.source ?? '');
    return readsGroups ? undefined : this.replacePattern(check, source, flags);
  }

  listOrigins(check: OriginCheck, origins: readonly string[]): Edits {
    const file = this.#file(check.place);
    const found = file?.find(check.place.range);
    const map = found?.around.at(-1);
    const value = found?.directive.args[0];
    if (!file || !found || map?.name.value !== 'map' || !value || found.directive.name.range.start !== check.place.range.start)
      return undefined;
    // Strings are tried before patterns, and a key may stand once only (behaviour 1.11).
    for (const other of directivesIn(map.block?.items ?? [])) {
      if (other === found.directive) continue;
      const key = other.name.value;
      if (key === 'include' || origins.includes(key.toLowerCase())) return undefined;
      if (key.startsWith('~') && other.range.start < found.directive.range.start) return undefined;
    }
    const written = file.text.slice(value.range.start, found.directive.range.end);
    const quote = quoteOf(file.textAt(check.place));
    const indent = indentationAt(file.text, found.directive.range.start);
    const lines = origins.map((origin) => `${wordFor(origin, quote)} ${written}`);
    return [file.edit(found.directive.range.start, found.directive.range.end, lines.join(file.lineBreak + indent))];
  }

  removeEntry(_check: OriginCheck, entry: CheckEntry): Edits {
    const file = this.#file(entry.place);
    const found = file?.find(entry.place.range);
    if (!file || found?.around.at(-1)?.name.value !== 'map') return undefined;
    return [file.removal(found.directive.range)];
  }

  allowOnly(write: HeaderWrite, _part: Place, origins: readonly string[]): Edits {
    const file = this.#file(write.place);
    const found = file?.find(write.place.range);
    if (!file || !found) return undefined;
    const server = found.around.find((each) => each.name.value === 'server') ?? this.#inHttp(found);
    if (!server) return undefined;
    const variable = this.#freeName(originVariable);
    const indent = indentationAt(file.text, server.range.start);
    const map = originMap(variable, origins.length > 0 ? origins : [placeholder], file.indentUnit());
    const listed = [...map, ''].join(`${file.lineBreak}${indent}`);
    const start = server.range.start;
    const inserted: FileEdit =
      origins.length > 0
        ? file.edit(start, start, listed)
        : { ...file.edit(start, start, listed), snippet: snippetOf(listed, [placeholder]) };
    const varies = variesByOrigin(found.around.at(-1)?.block?.items ?? file.source.syntax.items);
    const vary = varies ? [] : (this.varyByOrigin(write) ?? []);
    return [inserted, this.#replaceByVariable(file, write, `$${variable}`), ...vary];
  }

  /** A directive that certainly stands in http itself: a map may stand before it. */
  #inHttp({ directive }: Found): NginxDirective | undefined {
    const levels = [...this.#compiled.levels.values()];
    return levels.some(
      ({ kind, body }) => kind === 'http' && body.lines.some((line) => line.directive.range.start === directive.range.start),
    )
      ? directive
      : undefined;
  }

  /** A variable as a value, in the quotes that were there. */
  #replaceByVariable(file: EditableFile, write: HeaderWrite, text: string): FileEdit {
    const old = file.textAt(write.valuePlace);
    const quote = quoteOf(old);
    return file.edit(write.valuePlace.range.start, write.valuePlace.range.end, `${quote}${text}${quote}`);
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
    const lines = preflightAnswer(file.indentUnit());
    const inside = directivesIn(block.block.items);
    // What only an `if` sends, another `if` goes without.
    if (
      !addedHeaders(level).lines.some(allowsOrigin) &&
      inside.some(({ block: branch }) => directivesIn(branch?.items ?? []).some(allowsOrigin))
    )
      return undefined;
    const last = inside.findLast((each) => each.name.value === 'add_header');
    const answered = inside.find(answers);
    // `if` and `return` run in their order: what answers before would answer preflights too.
    if (answered && last && answered.range.start < last.range.start) return [file.insertBefore(answered, lines)];
    const edit = last ? file.insertAfter(last, lines) : file.insertInto(block, lines);
    return edit && [edit];
  }

  exemptPreflight(_authentication: Authentication, policy: Policy): Edits {
    return this.answerPreflight(policy);
  }

  insertConfiguration(request: InsertionRequest): Insertion {
    return insertConfiguration(this.#source, this.#compiled, (wanted) => this.#freeName(wanted), request);
  }

  repeatWrites(block: Place, writes: readonly HeaderWrite[]): Edits {
    return this.#carrier.repeat(block, writes);
  }

  carryInto(answer: Place, writes: readonly HeaderWrite[]): Edits {
    return this.#carrier.intoAnswer(answer, writes);
  }

  sendBeyondPreflight(writes: readonly HeaderWrite[]): Edits {
    return this.#carrier.beyondIf(writes);
  }

  disableComment(offset: number, scope: 'next-line' | 'line' | 'file', ruleId: string): FileEdit | undefined {
    return disableComment(this.#source, offset, scope, ruleId);
  }

  #lineLike(file: EditableFile, write: HeaderWrite, header: WantedHeader): string {
    const value =
      typeof header.value === 'string'
        ? header.value
        : write.name.toLowerCase() === 'access-control-allow-origin'
          ? file.textAt(write.valuePlace)
          : '$http_origin';
    if (write.table === 'headersMore') {
      const options = optionsAmong(file.find(write.place.range)?.directive.args ?? []).map(
        ({ range }) => `${file.text.slice(range.start, range.end)} `,
      );
      return `more_set_headers ${options.join('')}"${header.name}: ${value.replaceAll('"', '\\"')}";`;
    }
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

/** Whether a line adds Access-Control-Allow-Origin. */
function allowsOrigin({ args: [name] }: Pick<NginxDirective, 'args'>): boolean {
  return name?.value.toLowerCase() === 'access-control-allow-origin';
}

/** Whether a directive may end the request on its own, before those that follow it. */
function answers({ name, block }: NginxDirective): boolean {
  if (name.value === 'if') return directivesIn(block?.items ?? []).some(answers);
  return name.value === 'return' || name.value === 'rewrite';
}

/** Whether a block itself adds Origin to Vary. */
function variesByOrigin(items: Parameters<typeof directivesIn>[0]): boolean {
  return directivesIn(items).some(
    ({ name, args: [header, value] }) =>
      name.value === 'add_header' && header?.value.toLowerCase() === 'vary' && /\borigin\b/i.test(value?.value ?? ''),
  );
}

/** How fixes are written in Apache configuration. */
import type { Authoring, WantedHeader } from '../../core/authoring.ts';
import type { FileEdit } from '../../core/finding.ts';
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import { contains, indentationAt, lineBreakOf, type Place } from '../../core/text.ts';
import type { Authentication, CheckEntry, HeaderWrite, OriginCheck, Policy } from '../../policy/model.ts';
import { EditableFile, escaped, quoteOf, wordFor } from './edits.ts';
import type { HeaderLineParts } from './header.ts';
import { parse } from './parse.ts';
import { lineOfWrite } from './responses.ts';
import { escapePattern } from './rewriting.ts';
import type { Argument, Directive, Node, Section } from './syntax.ts';

type Edits = readonly FileEdit[] | undefined;

const placeholder = 'https://app.example.com';

/** Writes fixes for the files of one extraction. */
export function createAuthoring(file: SourceFile, files: SourceFiles): Authoring {
  return new ApacheAuthoring(file, files);
}

class ApacheAuthoring implements Authoring {
  readonly #source: SourceFile;
  readonly #files: SourceFiles;

  constructor(source: SourceFile, files: SourceFiles) {
    this.#source = source;
    this.#files = files;
  }

  sendAlways(write: HeaderWrite): Edits {
    const line = lineOfWrite(write);
    const [first] = line?.item.directive.args ?? [];
    if (line?.table !== 'onsuccess' || first === undefined) return undefined;
    const file = new EditableFile(line.item.file);
    return [first.value.toLowerCase() === 'onsuccess' ? file.replace(first.range, 'always') : file.insert(first.range.start, 'always ')];
  }

  addHeaderBeside(write: HeaderWrite, header: WantedHeader): Edits {
    const line = lineOfWrite(write);
    if (line === undefined) return undefined;
    const file = new EditableFile(line.item.file);
    const quote = line.value === undefined ? '' : line.value.quote;
    const origin = line.nameText.toLowerCase() === 'access-control-allow-origin' && line.value !== undefined ? file.textAt(line.value.range) : '"expr=%{req:Origin}"';
    const value = typeof header.value === 'string' ? wordFor(header.value.replaceAll('%', '%%'), /^[\w*:/.-]+$/.test(header.value) ? '' : quote === '' ? '"' : quote) : origin;
    const action = header.name.toLowerCase() === 'vary' ? 'merge' : 'set';
    return [file.after(line.item.directive.range, [`Header ${tableWord(line)}${action} ${header.name} ${value}${conditionOf(file, line)}`])];
  }

  varyByOrigin(write: HeaderWrite): Edits {
    const line = lineOfWrite(write);
    if (line === undefined) return undefined;
    // `merge` in the table of `always` keeps an application's own Vary wherever it comes from (behaviour 2.5).
    return [new EditableFile(line.item.file).after(line.item.directive.range, ['Header always merge Vary Origin'])];
  }

  varyAlways(write: HeaderWrite): Edits {
    const line = lineOfWrite(write);
    if (line?.condition === undefined || line.early) return undefined;
    const file = new EditableFile(line.item.file);
    let { start } = line.condition.range;
    while (/\s/.test(file.text[start - 1] ?? '')) start--;
    return [file.replace({ start, end: line.condition.range.end }, '')];
  }

  mergeVary(write: HeaderWrite): Edits {
    const line = lineOfWrite(write);
    const action = line?.item.directive.args.find((argument) => argument.value.toLowerCase() === line.action);
    if (line?.action !== 'set' || action === undefined) return undefined;
    return [new EditableFile(line.item.file).replace(action.range, 'merge')];
  }

  rewrite(place: Place, code: string): Edits {
    const file = this.#file(place);
    return file && [code === '' ? file.removal(place.range) : file.replace(place.range, code)];
  }

  guardOrigin(write: HeaderWrite): Edits {
    const line = lineOfWrite(write);
    if (line === undefined || line.condition !== undefined || line.value === undefined) return undefined;
    const variable = /^%\{([^}]+)\}e$/.exec(line.value.value)?.[1];
    const end = line.item.directive.range.end;
    return [new EditableFile(line.item.file).insert(end, variable === undefined ? ' "expr=-n %{req:Origin}"' : ` env=${variable}`)];
  }

  /** `Header unset` takes out what a proxied application sent; what is set behind it stays (behaviour 2.4). */
  hideUpstream(policy: Policy, names: readonly string[]): Edits {
    const file = this.#file(policy.extent);
    if (!file) return undefined;
    const proxied = directivesIn(parse(file.text).nodes).find((each) => each.key === 'proxypass' && contains(policy.extent.range, each.range));
    return proxied && [file.after(proxied.range, names.map((name) => `Header unset ${name}`))];
  }

  spreadIntoArray(): Edits {
    return undefined;
  }

  remove(write: HeaderWrite): Edits {
    const file = lineOfWrite(write) && this.#file(write.place);
    return file && [file.removal(write.place.range)];
  }

  replaceValue(write: HeaderWrite, text: string): Edits {
    return lineOfWrite(write) && this.replaceText(write.valuePlace, text.replaceAll('%', '%%'));
  }

  replaceText(place: Place, text: string): Edits {
    const file = this.#file(place);
    if (!file) return undefined;
    const old = file.textAt(place.range);
    const around = argumentAround(file.text, place);
    // A text inside a longer word, such as a literal in an expression, stands in the quotes of that word.
    if (around !== undefined && (around.range.start !== place.range.start || around.range.end !== place.range.end)) {
      const inner = quoteOf(old);
      const written = inner === '' ? text : `${inner}${text}${inner}`;
      return [file.replace(place.range, around.quote === '' ? written : escaped(written, around.quote))];
    }
    return [file.replace(place.range, wordFor(text, quoteOf(old)))];
  }

  replacePattern(check: OriginCheck, source: string, flags: string): Edits {
    const file = this.#file(check.place);
    if (!file || check.pattern === undefined) return undefined;
    const old = file.textAt(check.place.range);
    const around = argumentAround(file.text, check.place);
    const quote = around?.quote ?? '';
    const delimited = /^m?([^\w\s])(?=.*\1i?$)/s.test(old) && around !== undefined && around.inner.start !== check.place.range.start;
    if (delimited) {
      const delimiter = ['#', '|', '!', ','].find((each) => !source.includes(each));
      if (delimiter === undefined) return undefined;
      const written = `m${delimiter}${source}${delimiter}${flags.includes('i') ? 'i' : ''}`;
      return [file.replace(check.place.range, quote === '' ? written : escaped(written, quote))];
    }
    // Whether letters' case counts is said by the directive's name or a flag, not by the pattern.
    if (flags.includes('i') !== check.pattern.flags.includes('i')) return undefined;
    if (quote === '' && /[\s"']/.test(source)) return undefined;
    return [file.replace(check.place.range, quote === '' ? source : escaped(source, quote))];
  }

  removeEntry(_check: OriginCheck, entry: CheckEntry): Edits {
    const file = this.#file(entry.place);
    if (!file) return undefined;
    // An entry of `{'a', 'b'}` goes with one of the commas beside it.
    let { start, end } = entry.place.range;
    const before = /,\s*$/.exec(file.text.slice(0, start));
    const after = /^\s*,\s*/.exec(file.text.slice(end));
    if (after) end += after[0].length;
    else if (before) start -= before[0].length;
    else return undefined;
    return [file.replace({ start, end }, '')];
  }

  allowOnly(write: HeaderWrite, origins: readonly string[]): Edits {
    const line = lineOfWrite(write);
    if (line?.value === undefined || line.action === 'edit' || line.action === 'edit*') return undefined;
    const file = new EditableFile(line.item.file);
    const variable = freeName(file.text, 'CORS_ORIGIN');
    const list = origins.length > 0 ? origins : [placeholder];
    const setEnvIf = (snippet: boolean): string => {
      const patterns = list.map((origin) => (snippet ? `\${1:${escapePattern(origin).replaceAll('\\', '\\\\')}}` : escapePattern(origin)));
      const dollar = snippet ? '\\$' : '$';
      return `SetEnvIf Origin "^(${patterns.join('|')})${dollar}" ${variable}=${dollar}0`;
    };
    const indent = indentationAt(file.text, line.item.directive.range.start);
    const prefix = (snippet: boolean): string => `${setEnvIf(snippet)}${lineBreakOf(file.text)}${indent}`;
    const start = line.item.directive.range.start;
    const inserted = file.insert(start, prefix(false));
    const end = line.condition?.range.end ?? line.value.range.end;
    const value = file.replace({ start: line.value.range.start, end }, `"%{${variable}}e" env=${variable}`);
    return [origins.length > 0 ? inserted : { ...inserted, snippet: prefix(true) }, value];
  }

  answerPreflight(policy: Policy): Edits {
    const file = this.#file(policy.extent);
    if (!file) return undefined;
    const inside = directivesIn(parse(file.text).nodes).filter((each) => contains(policy.extent.range, each.range));
    const last = inside.findLast((each) => each.key === 'header');
    if (last === undefined) return undefined;
    const engine = inside.some((each) => each.key === 'rewriteengine' && /^on$/i.test(each.args[0]?.value ?? '')) ? [] : ['RewriteEngine On'];
    return [file.after(last.range, [...engine, 'RewriteCond %{REQUEST_METHOD} =OPTIONS', 'RewriteRule ^ - [R=204,L]'])];
  }

  /** Rewriting comes too late for a preflight: the requirement itself has to let it through (behaviour 2.18). */
  exemptPreflight(authentication: Authentication): Edits {
    const file = this.#file(authentication.place);
    if (!file) return undefined;
    const found = findDirective(parse(file.text).nodes, authentication.place.range.start, []);
    if (found?.directive.key !== 'require') return undefined;
    const around = found.around.at(-1);
    const { range } = found.directive;
    if (around?.key === 'requireany') return [file.before(range, ['Require method OPTIONS'])];
    if (around?.key === 'limit' || around?.key === 'limitexcept' || around?.key === 'requireall' || around?.key === 'requirenone') return undefined;
    const indent = indentationAt(file.text, range.start);
    const unit = indent.includes('\t') ? '\t' : '    ';
    const lineBreak = lineBreakOf(file.text);
    const text = ['<RequireAny>', `${indent}${unit}Require method OPTIONS`, `${indent}${unit}${file.textAt(range)}`, `${indent}</RequireAny>`].join(lineBreak);
    return [file.replace(range, text)];
  }

  /** Lines of an outer place always stay in force here (behaviour 2.9). */
  repeatWrites(): Edits {
    return undefined;
  }

  /** An answer of the server's own carries the lines of `always`: moving them there is enough. */
  carryInto(_answer: Place, writes: readonly HeaderWrite[]): Edits {
    const edits = writes.flatMap((write) => this.sendAlways(write) ?? []);
    return edits.length === writes.length && edits.length > 0 ? edits : undefined;
  }

  disableComment(offset: number, scope: 'next-line' | 'line' | 'file', ruleId: string): FileEdit | undefined {
    const file = new EditableFile(this.#source);
    const lineBreak = lineBreakOf(file.text);
    if (scope === 'file') {
      const at = file.text.charCodeAt(0) === 0xfeff ? 1 : 0;
      return file.insert(at, `# cors-lint-disable-file ${ruleId}${lineBreak}`);
    }
    // No comment stands behind a directive (behaviour 2.8).
    if (scope === 'line') return undefined;
    const directive = findDirective(parse(file.text).nodes, offset, [])?.directive;
    const lineStart = file.text.lastIndexOf('\n', (directive?.range.start ?? offset) - 1) + 1;
    return file.insert(lineStart, `${indentationAt(file.text, lineStart)}# cors-lint-disable-next-line ${ruleId}${lineBreak}`);
  }

  #file(place: Place): EditableFile | undefined {
    const file = place.uri === this.#source.uri ? this.#source : this.#files.read(place.uri);
    return file && new EditableFile(file);
  }
}

function tableWord(line: HeaderLineParts): string {
  return line.table === 'always' ? 'always ' : '';
}

function conditionOf(file: EditableFile, line: HeaderLineParts): string {
  return line.condition === undefined ? '' : ` ${file.textAt(line.condition.range)}`;
}

function freeName(text: string, wanted: string): string {
  let name = wanted;
  for (let number = 2; text.includes(name); number++) name = `${wanted}_${number}`;
  return name;
}

function directivesIn(nodes: readonly Node[]): readonly Directive[] {
  return nodes.flatMap((node) => (node.kind === 'directive' ? [node] : node.kind === 'section' ? directivesIn(node.children) : []));
}

interface Found {
  readonly directive: Directive;
  readonly around: readonly Section[];
}

function findDirective(nodes: readonly Node[], offset: number, around: readonly Section[]): Found | undefined {
  for (const node of nodes) {
    if (node.range.start > offset || node.range.end < offset) continue;
    if (node.kind === 'directive') return { directive: node, around };
    if (node.kind === 'section') return findDirective(node.children, offset, [...around, node]);
  }
  return undefined;
}

/** The argument that holds a place. */
function argumentAround(text: string, place: Place): Argument | undefined {
  const visit = (nodes: readonly Node[]): Argument | undefined => {
    for (const node of nodes) {
      if (node.kind === 'comment' || node.kind === 'template' || !contains(node.range, place.range)) continue;
      const own = node.args.find((argument) => contains(argument.range, place.range));
      return own ?? (node.kind === 'section' ? visit(node.children) : undefined);
    }
    return undefined;
  };
  return visit(parse(text).nodes);
}

/** How fixes are written in Apache configuration. */
import type { Authoring, Insertion, InsertionRequest, WantedHeader } from '../../core/authoring.ts';
import type { FileEdit } from '../../core/finding.ts';
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import { allowOnly, freeName } from './allow-only.ts';
import { contains, indentationAt, lineBreakOf, lineStartAt, type Place, type TextRange } from '../../core/text.ts';
import { hasNamedGroup } from '../../cors/origins/whole-group.ts';
import type { Authentication, CheckEntry, HeaderWrite, OriginCheck, Policy } from '../../policy/model.ts';
import { ServerAuthoring } from '../../core/server-authoring.ts';
import { EditableFile, escaped, quoteOf, wordFor } from './edits.ts';
import type { HeaderLineParts } from './header.ts';
import { insertConfiguration } from './insertion.ts';
import { exemptOptions } from './preflight-exemption.ts';
import { atErrorPage } from './error-page.ts';
import { exactPattern, preflightAnswer, varyLine } from './production.ts';
import { lineOfWrite } from './responses.ts';
import { escapePattern } from './path-patterns.ts';
import { directivesIn, findDirective, outermostIf } from './search.ts';
import type { Argument, Node } from './syntax.ts';

type Edits = readonly FileEdit[] | undefined;

/** Writes fixes for the files of one extraction. */
export function createAuthoring(file: SourceFile, files: SourceFiles): Authoring {
  return new ApacheAuthoring(file, files);
}

class ApacheAuthoring extends ServerAuthoring implements Authoring {
  readonly #source: SourceFile;
  readonly #files: SourceFiles;

  constructor(source: SourceFile, files: SourceFiles) {
    super();
    this.#source = source;
    this.#files = files;
  }

  sendAlways(write: HeaderWrite, overApplication = false): Edits {
    const line = lineOfWrite(write);
    const [first] = line?.item.directive.args ?? [];
    // `echo` writes plain lines whatever stands before it, and the others work on what their table holds.
    if (line?.table !== 'onsuccess' || first === undefined || !/^(?:set|add|append|merge|setifempty)$/.test(line.action)) return undefined;
    const file = new EditableFile(line.item.file);
    const always =
      first.value.toLowerCase() === 'onsuccess' ? file.replace(first.range, 'always') : file.insert(first.range.start, 'always ');
    return overApplication
      ? [file.before(line.item.directive.range, [`Header unset ${line.nameText}${conditionOf(file, line)}`]), always]
      : [always];
  }

  addHeaderBeside(write: HeaderWrite, header: WantedHeader): Edits {
    const line = lineOfWrite(write);
    if (line === undefined) return undefined;
    const file = new EditableFile(line.item.file);
    const quote = line.value === undefined ? '' : line.value.quote;
    const origin =
      line.nameText.toLowerCase() === 'access-control-allow-origin' && line.value !== undefined
        ? file.textAt(line.value.range)
        : '"expr=%{req:Origin}"';
    const value =
      typeof header.value === 'string'
        ? wordFor(header.value.replaceAll('%', '%%'), /^[\w*:/.-]+$/.test(header.value) ? '' : quote === '' ? '"' : quote)
        : origin;
    const action = header.name.toLowerCase() === 'vary' ? 'merge' : 'set';
    return [
      file.after(line.item.directive.range, [`Header ${tableWord(line)}${action} ${header.name} ${value}${conditionOf(file, line)}`]),
    ];
  }

  varyByOrigin(write: HeaderWrite): Edits {
    const line = lineOfWrite(write);
    if (line === undefined) return undefined;
    const file = new EditableFile(line.item.file);
    const { range } = line.item.directive;
    const branch = outermostIf(file.nodes, range.start);
    // `merge` in the table of `always` keeps an application's own Vary wherever it comes from (behaviour 2.5).
    return [branch ? file.before(branch.range, [varyLine]) : file.after(replacedVary(file.nodes, range.start) ?? range, [varyLine])];
  }

  varyAlways(write: HeaderWrite): Edits {
    const line = lineOfWrite(write);
    if (line === undefined || line.early) return undefined;
    const file = new EditableFile(line.item.file);
    const branch = outermostIf(file.nodes, line.item.directive.range.start);
    if (branch) return [file.before(branch.range, [varyLine])];
    const before = line.value ?? line.name;
    if (line.condition === undefined) return undefined;
    // What was `set` for some would now erase every other Vary.
    return [...(this.mergeVary(write) ?? []), file.replace({ start: before.range.end, end: line.condition.range.end }, '')];
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
    if (line?.value === undefined || line.early) return undefined;
    const variable = /^%\{([^}]+)\}e$/.exec(line.value.value)?.[1];
    const file = new EditableFile(line.item.file);
    const { condition } = line;
    if (condition === undefined)
      return [file.insert(line.value.range.end, variable === undefined ? ' "expr=-n %{req:Origin}"' : ` env=${variable}`)];
    const other = /^env=(!?)([\w-]+)$/i.exec(condition.value);
    if (other === null || variable === undefined || !/^[\w-]+$/.test(variable)) return undefined;
    // A line has one condition: both variables are asked for in an expression (behaviour 2.13).
    return [
      file.replace(condition.range, `"expr=${other[1] === '!' ? '-z' : '-n'} reqenv('${other[2] ?? ''}') && -n reqenv('${variable}')"`),
    ];
  }

  /** `Header unset` takes out what a proxied application sent; what is set behind it stays (behaviour 2.4). */
  hideUpstream(policy: Policy, names: readonly string[]): Edits {
    const file = this.#file(policy.extent);
    if (!file) return undefined;
    const proxied = directivesIn(file.nodes).find((each) => each.key === 'proxypass' && contains(policy.extent.range, each.range));
    return (
      proxied && [
        file.after(
          proxied.range,
          names.map((name) => `Header unset ${name}`),
        ),
      ]
    );
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
    const around = argumentAround(file.nodes, place);
    // A text inside a longer word, such as a literal in an expression, stands in the quotes of that word.
    if (around !== undefined && (around.range.start !== place.range.start || around.range.end !== place.range.end)) {
      const inner = quoteOf(old);
      const written = inner === '' ? text : `${inner}${text}${inner}`;
      return [file.replace(place.range, around.quote === '' ? written : escaped(written, around.quote))];
    }
    const key = around === undefined ? '' : this.#keyAt(file, place);
    // `NAME=value` is one word: the name stays.
    const assigned = /^(?:setenvif(?:nocase|expr)?|browsermatch(?:nocase)?)$/.test(key)
      ? /^([^=]*)(?:=|$)/.exec(around?.value ?? '')
      : null;
    return [file.replace(place.range, wordFor(assigned ? `${assigned[1] ?? ''}=${text}` : text, quoteOf(old)))];
  }

  #keyAt(file: EditableFile, place: Place): string {
    return findDirective(file.nodes, place.range.start)?.directive.key ?? '';
  }

  replacePattern(check: OriginCheck, source: string, flags: string): Edits {
    const file = this.#file(check.place);
    if (!file || check.pattern === undefined) return undefined;
    const old = file.textAt(check.place.range);
    const around = argumentAround(file.nodes, check.place);
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
    const rewriting = this.#keyAt(file, check.place).startsWith('rewrite');
    // A RewriteCond's `!` stands before its pattern and inside its quotes.
    const written = rewriting && old.startsWith('!') ? `!${source}` : source;
    if (rewriting) {
      // mod_rewrite knows no escape for a quote inside quotes (behaviour 2.8).
      if (/["']/.test(written)) return undefined;
      return [file.replace(check.place.range, quote === '' && /\s/.test(written) ? `"${written}"` : written)];
    }
    return [file.replace(check.place.range, quote === '' ? wordFor(written, '') : escaped(written, quote))];
  }

  /** An expression compares with texts; SetEnvIf and RewriteCond know patterns only, of which one names the origins. */
  listOrigins(check: OriginCheck, origins: readonly string[]): Edits {
    const file = this.#file(check.place);
    if (!file || !check.pattern || origins.some((origin) => /['"\\]/.test(origin))) return undefined;
    const directive = findDirective(file.nodes, check.place.range.start)?.directive;
    const key = directive?.key ?? '';
    const [only] = origins;
    if (directive && /^(?:setenvif(?:nocase)?|rewritecond)$/.test(key)) {
      const { range } = directive;
      const used = file.text.slice(range.start, key === 'rewritecond' ? undefined : range.end);
      if (file.textAt(check.place.range).startsWith('!') || groupsBehind(used, key).some((group) => group > 1)) return undefined;
      // The group that a single origin does not need is there for those who ask for it.
      const source = groupsBehind(used, key).includes(1) ? `^(${origins.map(escapePattern).join('|')})$` : exactPattern(origins);
      return this.replacePattern(check, source, check.pattern.flags);
    }
    const around = argumentAround(file.nodes, check.place);
    const operator = /=~\s*$/.exec(file.text.slice(0, check.place.range.start));
    // What a match has found may be asked for in the block; a list finds nothing.
    if (only === undefined || !operator || around?.quote === "'" || /\$\d/.test(file.text.slice(check.place.range.end))) return undefined;
    const list = origins.length === 1 ? `== '${only}'` : `-in {${origins.map((origin) => `'${origin}'`).join(', ')}}`;
    return [file.replace({ start: operator.index, end: check.place.range.end }, list)];
  }

  /** Every check on a part of the Origin is a pattern here. */
  respellPattern(check: OriginCheck, source: string, flags: string): Edits {
    // `$1` and `%1` are groups, and a named group is a variable of the environment.
    const readsGroups = /[$%][1-9]/.test(this.#file(check.place)?.text ?? '') || hasNamedGroup(check.pattern?.source ?? '');
    return readsGroups ? undefined : this.replacePattern(check, source, flags);
  }

  removeEntry(check: OriginCheck, entry: CheckEntry): Edits {
    const file = this.#file(entry.place);
    if (!file || check.form !== 'list') return undefined;
    // An entry of `{'a', 'b'}` goes with one of the commas beside it.
    let { start, end } = entry.place.range;
    const before = /,\s*$/.exec(file.text.slice(0, start));
    const after = /^\s*,\s*/.exec(file.text.slice(end));
    if (after) end += after[0].length;
    else if (before) start -= before[0].length;
    else return undefined;
    return [file.replace({ start, end }, '')];
  }

  allowOnly(write: HeaderWrite, _part: Place, origins: readonly string[]): Edits {
    const line = lineOfWrite(write);
    const allowed = line && allowOnly(line, origins);
    if (!allowed) return undefined;
    return allowed.varies ? allowed.edits : [...allowed.edits, ...(this.varyByOrigin(write) ?? [])];
  }

  answerPreflight(policy: Policy): Edits {
    const file = this.#file(policy.extent);
    if (!file) return undefined;
    const inside = directivesIn(file.nodes).filter((each) => contains(policy.extent.range, each.range));
    const allows = inside.filter((each) => each.key === 'header' && /\baccess-control-allow-origin\b/i.test(each.rest));
    // Only the lines of `always` go with an answer of mod_rewrite's (behaviour 2.17).
    const last = allows.findLast((each) => each.args[0]?.value.toLowerCase() === 'always');
    if (last === undefined || outermostIf(file.nodes, last.range.start)) return undefined;
    const engine = inside.some((each) => each.key === 'rewriteengine' && /^on$/i.test(each.args[0]?.value ?? ''))
      ? []
      : ['RewriteEngine On'];
    const lines = [...engine, ...preflightAnswer];
    // The first rule that matches answers.
    const rule = inside.find((each) => each.key === 'rewritecond' || each.key === 'rewriterule');
    return [rule ? file.before(rule.range, lines) : file.after(last.range, lines)];
  }

  /** Rewriting comes too late for a preflight: the requirement itself has to let it through (behaviour 2.18). */
  exemptPreflight(authentication: Authentication): Edits {
    const file = this.#file(authentication.place);
    if (!file) return undefined;
    const edit = exemptOptions(file, authentication.place.range.start);
    return edit && [edit];
  }

  insertConfiguration(request: InsertionRequest): Insertion {
    const file = new EditableFile(this.#source);
    return insertConfiguration(file, (wanted) => freeName(file.text, wanted), request);
  }

  /** Lines of an outer place always stay in force here (behaviour 2.9). */
  repeatWrites(): Edits {
    return undefined;
  }

  /** An answer of the server's own carries the lines of `always`: moving them there is enough. An error page has a place of its own. */
  carryInto(answer: Place, writes: readonly HeaderWrite[]): Edits {
    const file = this.#file(answer);
    const found = file && findDirective(file.nodes, answer.range.start);
    if (file && found?.directive.key === 'errordocument') return atErrorPage(file, found, writes);
    const edits = writes.flatMap((write) => this.sendAlways(write) ?? []);
    return edits.length === writes.length && edits.length > 0 ? edits : undefined;
  }

  sendBeyondPreflight(writes: readonly HeaderWrite[]): Edits {
    const edits: FileEdit[] = [];
    for (const write of writes) {
      const line = lineOfWrite(write);
      if (!line?.value) return undefined;
      const file = new EditableFile(line.item.file);
      const outside = outermostIf(file.nodes, line.item.directive.range.start);
      if (line.condition) edits.push(file.replace({ start: line.value.range.end, end: line.condition.range.end }, ''));
      else if (outside) edits.push(file.before(outside.range, [file.textAt(line.item.directive.range)]));
      else return undefined;
    }
    return edits;
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
    const lineStart = lineStartAt(file.text, offset);
    // A joined line holds no comment, and a comment above the first line covers only that.
    if (file.continues(lineStart)) return undefined;
    if (lineStart === 0 && file.text.charCodeAt(0) === 0xfeff) return undefined;
    return file.insert(lineStart, `${indentationAt(file.text, lineStart)}# cors-lint-disable-next-line ${ruleId}${lineBreak}`);
  }

  #file(place: Place): EditableFile | undefined {
    const file = place.uri === this.#source.uri ? this.#source : this.#files.read(place.uri);
    return file && new EditableFile(file);
  }
}

/** The last line beside a directive and behind it that would erase what is merged into Vary before it. */
function replacedVary(nodes: readonly Node[], offset: number): TextRange | undefined {
  const siblings = findDirective(nodes, offset)?.around.at(-1)?.children ?? nodes;
  return siblings.findLast((each) => {
    if (each.kind !== 'directive' || each.key !== 'header' || each.range.start < offset) return false;
    const [table, action, name, value] = each.args.map((argument) => argument.value.toLowerCase());
    return table === 'always' && action === 'set' && name === 'vary' && !/\*|\borigin\b/.test(value ?? '');
  })?.range;
}

function tableWord(line: HeaderLineParts): string {
  return line.table === 'always' ? 'always ' : '';
}

function conditionOf(file: EditableFile, line: HeaderLineParts): string {
  return line.condition === undefined ? '' : ` ${file.textAt(line.condition.range)}`;
}

/** The argument that holds a place. */
function argumentAround(nodes: readonly Node[], place: Place): Argument | undefined {
  for (const node of nodes) {
    if (node.kind === 'comment' || node.kind === 'template' || !contains(node.range, place.range)) continue;
    const own = node.args.find((argument) => contains(argument.range, place.range));
    return own ?? (node.kind === 'section' ? argumentAround(node.children, place) : undefined);
  }
  return undefined;
}

/** The numbers of the groups of a pattern that are asked for: `$1` in the line of a SetEnvIf, `%1` behind a RewriteCond. */
function groupsBehind(text: string, key: string): readonly number[] {
  return [...text.matchAll(key === 'rewritecond' ? /%(\d)/g : /\$(\d)/g)].map((match) => Number(match[1]));
}

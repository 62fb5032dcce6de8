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
    // `echo` writes plain lines whatever stands before it, and the others work on what their table holds.
    if (line?.table !== 'onsuccess' || first === undefined || !/^(?:set|add|append|merge|setifempty)$/.test(line.action)) return undefined;
    const file = new EditableFile(line.item.file);
    return [first.value.toLowerCase() === 'onsuccess' ? file.replace(first.range, 'always') : file.insert(first.range.start, 'always ')];
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
    const branch = outermostIf(file.text, range.start);
    // `merge` in the table of `always` keeps an application's own Vary wherever it comes from (behaviour 2.5).
    return [branch ? file.before(branch.range, [varyLine]) : file.after(range, [varyLine])];
  }

  varyAlways(write: HeaderWrite): Edits {
    const line = lineOfWrite(write);
    if (line === undefined || line.early) return undefined;
    const file = new EditableFile(line.item.file);
    const branch = outermostIf(file.text, line.item.directive.range.start);
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
    const proxied = directivesIn(parse(file.text).nodes).find(
      (each) => each.key === 'proxypass' && contains(policy.extent.range, each.range),
    );
    return (
      proxied && [
        file.after(
          proxied.range,
          names.map((name) => `Header unset ${name}`),
        ),
      ]
    );
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
    const key = around === undefined ? '' : this.#keyAt(file, place);
    // `NAME=value` is one word: the name stays.
    const assigned = /^(?:setenvif(?:nocase|expr)?|browsermatch(?:nocase)?)$/.test(key)
      ? /^([^=]*)(?:=|$)/.exec(around?.value ?? '')
      : null;
    return [file.replace(place.range, wordFor(assigned ? `${assigned[1] ?? ''}=${text}` : text, quoteOf(old)))];
  }

  #keyAt(file: EditableFile, place: Place): string {
    return findDirective(parse(file.text).nodes, place.range.start, [])?.directive.key ?? '';
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

  allowOnly(write: HeaderWrite, origins: readonly string[]): Edits {
    const line = lineOfWrite(write);
    if (line?.value === undefined || line.action === 'edit' || line.action === 'edit*') return undefined;
    const file = new EditableFile(line.item.file);
    const { directive } = line.item;
    const nodes = parse(file.text).nodes;
    const old = /^%\{([\w-]+)\}e$/.exec(line.value.value)?.[1];
    const reflecting = old === undefined ? undefined : onlyAllowlist(directivesIn(nodes), old);
    const variable = reflecting && old !== undefined ? old : freeName(file.text, 'CORS_ORIGIN');
    const allow = (text: string): FileEdit => {
      const [pattern, feature] = reflecting?.args.slice(1) ?? [];
      if (pattern && feature) return file.replace({ start: pattern.range.start, end: feature.range.end }, text);
      // What an `<If>` asks is asked before SetEnvIf of its place is read (behaviour 2.13): the line stands outside.
      const at = outermostIf(file.text, directive.range.start) ?? directive;
      return file.before(at.range, [`SetEnvIf Origin ${text}`]);
    };
    const escapedOrigins = (origins.length > 0 ? origins : [placeholder]).map(escapePattern);
    const words = escapedOrigins.length === 1 ? escapedOrigins.join('') : `(${escapedOrigins.join('|')})`;
    const inserted = allow(`"^${words}$" ${variable}=$0`);
    const edits: FileEdit[] = [origins.length > 0 ? inserted : { ...inserted, snippet: snippetOf(inserted.text, words) }];
    const [first] = directive.args;
    const toAlways = first && this.#movesToAlways(file, directivesIn(nodes), line);
    if (toAlways)
      edits.push(
        first.value.toLowerCase() === 'onsuccess' ? file.replace(first.range, 'always') : file.insert(first.range.start, 'always '),
      );
    const end = line.condition?.range.end ?? line.value.range.end;
    edits.push(file.replace({ start: line.value.range.start, end }, `"%{${variable}}e" env=${variable}`));
    const varies = directivesIn(nodes).some(
      (each) => each.key === 'header' && /\bvary\b.*\borigin\b/i.test(each.rest) && !/\b(?:env|expr)=/i.test(each.rest),
    );
    return varies ? edits : [...edits, ...(this.varyByOrigin(write) ?? [])];
  }

  /** Not where another line of the name, or a proxied application's, would stay beside it in the other table. */
  #movesToAlways(file: EditableFile, all: readonly Directive[], line: HeaderLineParts): boolean {
    if (line.table !== 'onsuccess') return false;
    const named = all.filter(
      (each) => each.key === 'header' && each.args.some((argument) => argument.value.toLowerCase() === line.nameText.toLowerCase()),
    );
    return named.length === 1 && !/^\s*(?:Proxy\w+|RewriteRule\s.*\[[^\]]*\bP\b)/im.test(file.text);
  }

  answerPreflight(policy: Policy): Edits {
    const file = this.#file(policy.extent);
    if (!file) return undefined;
    const inside = directivesIn(parse(file.text).nodes).filter((each) => contains(policy.extent.range, each.range));
    const allows = inside.filter((each) => each.key === 'header' && /\baccess-control-allow-origin\b/i.test(each.rest));
    // Only the lines of `always` go with an answer of mod_rewrite's (behaviour 2.17).
    const last = allows.findLast((each) => each.args[0]?.value.toLowerCase() === 'always');
    if (last === undefined || outermostIf(file.text, last.range.start)) return undefined;
    const engine = inside.some((each) => each.key === 'rewriteengine' && /^on$/i.test(each.args[0]?.value ?? ''))
      ? []
      : ['RewriteEngine On'];
    const lines = [...engine, 'RewriteCond %{REQUEST_METHOD} =OPTIONS', 'RewriteRule ^ - [R=204,L]'];
    // The first rule that matches answers.
    const rule = inside.find((each) => each.key === 'rewritecond' || each.key === 'rewriterule');
    return [rule ? file.before(rule.range, lines) : file.after(last.range, lines)];
  }

  /** Rewriting comes too late for a preflight: the requirement itself has to let it through (behaviour 2.18). */
  exemptPreflight(authentication: Authentication): Edits {
    const file = this.#file(authentication.place);
    if (!file) return undefined;
    const found = findDirective(parse(file.text).nodes, authentication.place.range.start, []);
    if (found?.directive.key !== 'require') return undefined;
    const around = found.around.at(-1);
    const { range } = found.directive;
    const option = 'Require method OPTIONS';
    if (around?.key === 'requireany') return [file.before(range, [option])];
    if (around?.key === 'limit' || around?.key === 'limitexcept' || around?.key === 'requirenone') return undefined;
    const siblings = around?.children ?? parse(file.text).nodes;
    // Lines in one place are alternatives already; in a RequireAll each has to be met, so only this one is wrapped.
    const run = around?.key === 'requireall' ? [] : runOfRequires(siblings, range.start);
    const start = run[0]?.range.start ?? range.start;
    const end = run.at(-1)?.range.end ?? range.end;
    const indent = indentationAt(file.text, start);
    const unit = file.indentUnit();
    const lineBreak = lineBreakOf(file.text);
    const wrapped = file.text.slice(start, end).replace(/\n(?=[^\r\n])/g, `\n${unit}`);
    return [
      file.replace(
        { start, end },
        ['<RequireAny>', `${indent}${unit}${option}`, `${indent}${unit}${wrapped}`, `${indent}</RequireAny>`].join(lineBreak),
      ),
    ];
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
    const lineStart = file.text.lastIndexOf('\n', offset - 1) + 1;
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

/** Vary is owed whatever the condition of the write, and `merge` is right in every table (behaviour 2.5). */
const varyLine = 'Header always merge Vary Origin';

/** The first section of the outermost `<If>` chain around an offset. */
function outermostIf(text: string, offset: number): Section | undefined {
  const visit = (nodes: readonly Node[]): Section | undefined => {
    const at = nodes.findIndex((node) => node.range.start <= offset && node.range.end >= offset);
    const node = nodes[at];
    if (node?.kind !== 'section') return undefined;
    if (!/^(?:if|elseif|else)$/.test(node.key)) return visit(node.children);
    return nodes.slice(0, at + 1).findLast((each): each is Section => each.kind === 'section' && each.key === 'if');
  };
  return visit(parse(text).nodes);
}

/** The one SetEnvIf on the Origin that sets a variable and nothing else; undefined where another line sets it too. */
function onlyAllowlist(all: readonly Directive[], variable: string): Directive | undefined {
  const sets = new RegExp(`(?<![\\w-])${variable}(?![\\w-])`, 'i');
  const setters = all.filter((each) => /^(?:setenv|unsetenv|passenv|browsermatch|rewriterule)/.test(each.key) && sets.test(each.rest));
  const [only] = setters;
  if (setters.length !== 1 || only === undefined || !/^setenvif(?:nocase)?$/.test(only.key) || only.args.length !== 3) return undefined;
  const [attribute, , feature] = only.args;
  return attribute?.value.toLowerCase() === 'origin' && feature?.value.toLowerCase().startsWith(`${variable.toLowerCase()}=`)
    ? only
    : undefined;
}

/** The Require lines and sections that stand side by side around an offset. */
function runOfRequires(siblings: readonly Node[], offset: number): readonly Node[] {
  const at = siblings.findIndex((node) => node.range.start <= offset && node.range.end >= offset);
  const belongs = (node: Node | undefined): boolean =>
    node !== undefined && (node.kind === 'comment' || (node.kind !== 'template' && node.key.startsWith('require')));
  let first = at;
  let last = at;
  while (belongs(siblings[first - 1])) first--;
  while (belongs(siblings[last + 1])) last++;
  const run = siblings.slice(first, last + 1);
  const from = run.findIndex((node) => node.kind !== 'comment');
  return run.slice(from, run.findLastIndex((node) => node.kind !== 'comment') + 1);
}

/** The text in LSP snippet syntax, its placeholder a tab stop. */
function snippetOf(text: string, stop: string): string {
  const escape = (plain: string): string => plain.replace(/[\\$}]/g, '\\$&');
  return escape(text).replace(escape(stop), () => `\${1:${escape(stop)}}`);
}

function tableWord(line: HeaderLineParts): string {
  return line.table === 'always' ? 'always ' : '';
}

function conditionOf(file: EditableFile, line: HeaderLineParts): string {
  return line.condition === undefined ? '' : ` ${file.textAt(line.condition.range)}`;
}

function freeName(text: string, wanted: string): string {
  let name = wanted;
  for (let number = 2; text.toLowerCase().includes(name.toLowerCase()); number++) name = `${wanted}_${number}`;
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

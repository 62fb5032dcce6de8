/** Configuration as nginx sees it: the directives of a file with every `include` replaced by what it includes. */
import type { SourceFile } from '../../core/files.ts';
import type { Place, TextRange } from '../../core/text.ts';
import { all, always, not, unknown } from '../../policy/condition.ts';
import type { Condition, UnknownReason } from '../../policy/model.ts';
import type { Includes } from './includes.ts';
import { parse } from './parse.ts';
import type { NginxDirective, NginxFile, NginxItem, NginxWord } from './syntax.ts';

/** A file together with its tree. */
export interface Source {
  readonly file: SourceFile;
  readonly syntax: NginxFile;
}

/** A directive in its place, whichever file it comes from. */
export interface Line {
  readonly name: string;
  readonly args: readonly NginxWord[];
  readonly directive: NginxDirective;
  readonly source: Source;
  /** Whether a template engine leaves the line in; `always` outside of template conditions. */
  readonly when: Condition;
  readonly body: Body | undefined;
}

/** The lines of a block, includes resolved. */
export interface Body {
  readonly lines: readonly Line[];
  /** Set where lines may stand that are not in sight: an include that cannot be read, a template's snippet. */
  readonly open: UnknownReason | undefined;
  /** True where any include could not be followed, also one that cannot hold header lines. */
  readonly unresolved: boolean;
}

const trees = new WeakMap<SourceFile, NginxFile>();

/** The tree of a file, parsed once for each version of its text. */
export function sourceOf(file: SourceFile): Source {
  let syntax = trees.get(file);
  if (!syntax) trees.set(file, (syntax = parse(file.text)));
  return { file, syntax };
}

export function placeOf(source: Source, range: TextRange): Place {
  return { uri: source.file.uri, range };
}

/** The head of a directive, without its block and its `;`. */
export function headOf(line: Line): Place {
  const { directive, source } = line;
  const last = directive.args.at(-1) ?? directive.name;
  return placeOf(source, { start: directive.range.start, end: last.range.end });
}

/** A directive as a whole, with its `;` or its block. */
export function wholeOf(line: Line): Place {
  return placeOf(line.source, line.directive.range);
}

/** Reads the items of a block or file into lines. Stops following includes at a depth no real configuration has. */
export function readBody(source: Source, items: readonly NginxItem[], includes: Includes): Body {
  const lines: Line[] = [];
  let open: UnknownReason | undefined;
  let unresolved = false;
  const conditions: Condition[] = [];
  for (const item of items) {
    if (item.kind === 'template') {
      if (!item.control) open ??= 'placeholder';
      else steer(source, item.range, conditions);
      continue;
    }
    const when = all(...conditions);
    if (item.name.value !== 'include') {
      const body = item.block && !item.block.opaque ? readBody(source, item.block.items, includes) : undefined;
      if (body?.unresolved === true) unresolved = true;
      lines.push({ name: item.name.template ? '' : item.name.value, args: item.args, directive: item, source, when, body });
      continue;
    }
    const included = includes.follow(source, item);
    if (included.missing) unresolved = true;
    if (included.open) open ??= included.open;
    for (const each of included.sources) {
      const inner = readBody(each, each.syntax.items, includes.from(each));
      lines.push(...(when === always ? inner.lines : inner.lines.map((line) => ({ ...line, when: all(when, line.when) }))));
      open ??= inner.open;
      unresolved ||= inner.unresolved;
    }
  }
  return { lines, open, unresolved };
}

const comment = /^(?:<%-?#|\{#|\{\{[-~]?\s*(?:!|\/\*))/;
const tagStart = /^(?:\{%[-+~]?|\{\{[-~]?|<%-?|%\{~?)\s*/;
const conditional = /^(?:[#^]|(?:if|unless|for|range|with|each|while|until|case|define|macro|call)\b|set\s+[\w.]+\s*[-+~]?%\})/;
/** A block of ERB: `<% list.each do |item| %>`. */
const rubyBlock = /\bdo(?:\s*\|[^|]*\|)?\s*[-~]?%>$/;

/** Follows a template's control tag: `if`, `else`, `end`. Loops count as conditions, as they may run no time at all. */
function steer(source: Source, range: TextRange, conditions: Condition[]): void {
  const whole = source.file.text.slice(range.start, range.end);
  if (comment.test(whole)) return;
  const tag = whole.replace(tagStart, '');
  const fresh = unknown(`template@${source.file.uri}#${range.start}`, 'placeholder');
  if (/^(?:end\w*|\/)/.test(tag)) conditions.pop();
  else if (/^(?:else\s*(?:%|\}|-|~)|else$)/.test(tag)) {
    const last = conditions.pop();
    conditions.push(last ? not(last) : fresh);
  } else if (/^(?:else|elif|elsif|when\b)/.test(tag)) {
    conditions.pop();
    conditions.push(fresh);
  } else if (conditional.test(tag) || rubyBlock.test(tag)) conditions.push(fresh);
  // These end as well, but what is in them is written.
  else if (/^(?:block|raw|filter|autoescape)\b/.test(tag)) conditions.push(always);
}

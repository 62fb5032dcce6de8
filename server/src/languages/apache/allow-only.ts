/** Puts an allowlist behind a line that lets anybody read. */
import type { FileEdit } from '../../core/finding.ts';
import { snippetOf } from '../../core/snippet.ts';
import { EditableFile } from './edits.ts';
import { headerLine, isRefusal, type HeaderLineParts } from './header.ts';
import { allowlist, originVariable } from './production.ts';
import { escapePattern } from './path-patterns.ts';
import { directivesIn, findDirective, outermostIf } from './search.ts';
import type { Directive } from './syntax.ts';

const placeholder = 'https://app.example.com';

/** The edits that leave only some origins to a line of Access-Control-Allow-Origin, and whether Vary: Origin is sent already. */
export function allowOnly(
  line: HeaderLineParts,
  origins: readonly string[],
): { readonly edits: readonly FileEdit[]; readonly varies: boolean } | undefined {
  if (line.value === undefined || line.action === 'edit' || line.action === 'edit*') return undefined;
  const file = new EditableFile(line.item.file);
  const { directive } = line.item;
  const { nodes } = file;
  const all = directivesIn(nodes);
  const old = /^%\{([\w-]+)\}e$/.exec(line.value.value)?.[1];
  const reflecting = old === undefined ? undefined : onlyAllowlist(all, old);
  const variable = reflecting && old !== undefined ? old : freeName(file.text, originVariable);
  const allow = (text: string): FileEdit => {
    const [pattern, feature] = reflecting?.args.slice(1) ?? [];
    if (pattern && feature) return file.replace({ start: pattern.range.start, end: feature.range.end }, text);
    // What an `<If>` asks is asked before SetEnvIf of its place is read (behaviour 2.13): the line stands outside.
    const at = outermostIf(nodes, directive.range.start) ?? directive;
    return file.before(at.range, [`SetEnvIf Origin ${text}`]);
  };
  const inserted = allow(allowlist(variable, origins.length > 0 ? origins : [placeholder]));
  const edits: FileEdit[] = [
    origins.length > 0 ? inserted : { ...inserted, snippet: snippetOf(inserted.text, [escapePattern(placeholder)]) },
  ];
  const moved = toAlways(file, all, line);
  const end = line.condition?.range.end ?? line.value.range.end;
  edits.push(...moved, file.replace({ start: line.value.range.start, end }, `"%{${variable}}e" env=${variable}`));
  const beside = findDirective(nodes, directive.range.start)?.around.at(-1)?.children ?? nodes;
  for (const each of beside) {
    if (each.kind !== 'directive' || each.range.start === directive.range.start) continue;
    const companion = companionOf(line, each);
    if (!companion) continue;
    if (moved.length > 0 || line.table === 'always') edits.push(...toAlways(file, all, companion));
    const { value, condition } = companion;
    if (value && condition?.value !== `env=${variable}`)
      edits.push(file.replace({ start: value.range.end, end: condition?.range.end ?? value.range.end }, ` env=${variable}`));
  }
  const varying = all.filter(
    (each) => each.key === 'header' && /\bvary\b.*\borigin\b/i.test(each.rest) && !/\b(?:env|expr)=/i.test(each.rest),
  );
  // On errors too, the answer to one origin is none to another.
  const isSent = moved.length === 0 && line.table !== 'always' ? varying.length > 0 : varying.some(isAlways);
  const vary = varying.find((each) => beside.includes(each) && each.range.start !== directive.range.start);
  const promoted = isSent || !vary ? undefined : toMergedAlways(file, { ...line.item, directive: vary });
  return { edits: [...edits, ...(promoted ?? [])], varies: isSent || promoted !== undefined };
}

/**
 * A line that goes where the allowed origin goes: it is sent under the same condition, or it says that cookies are allowed. Under
 * the old condition it would be missing for an origin that is allowed now.
 */
function companionOf(line: HeaderLineParts, directive: Directive): HeaderLineParts | undefined {
  if (directive.key !== 'header') return undefined;
  const other = headerLine({ ...line.item, directive });
  if (isRefusal(other) || other.early || !/^(?:set|add|append|merge|setifempty)$/.test(other.action)) return undefined;
  const name = other.nameText.toLowerCase();
  if (!name.startsWith('access-control-') || name === line.nameText.toLowerCase()) return undefined;
  const alike = other.condition?.value.toLowerCase() === line.condition?.value.toLowerCase();
  if (name === 'access-control-allow-credentials') return alike || other.condition === undefined ? other : undefined;
  return alike && line.condition !== undefined ? other : undefined;
}

/** Not where another line of the name, or a proxied application's, would stay beside it in the other table. */
function toAlways(file: EditableFile, all: readonly Directive[], { item, table, nameText }: HeaderLineParts): readonly FileEdit[] {
  const [first] = item.directive.args;
  if (table !== 'onsuccess' || first === undefined) return [];
  const named = all.filter(
    (each) => each.key === 'header' && each.args.some((argument) => argument.value.toLowerCase() === nameText.toLowerCase()),
  );
  if (named.length !== 1 || /^\s*(?:Proxy\w+|RewriteRule\s.*\[[^\]]*\bP\b)/im.test(file.text)) return [];
  return [first.value.toLowerCase() === 'onsuccess' ? file.replace(first.range, 'always') : file.insert(first.range.start, 'always ')];
}

function isAlways({ args: [first] }: Directive): boolean {
  return first?.value.toLowerCase() === 'always';
}

/** A plain line of Vary into the table of `always`, where it is merged into what an application has put there (behaviour 2.5). */
function toMergedAlways(file: EditableFile, item: HeaderLineParts['item']): readonly FileEdit[] | undefined {
  const line = headerLine(item);
  if (isRefusal(line) || line.early || !/^(?:set|append|merge)$/.test(line.action)) return undefined;
  const { args } = item.directive;
  const [first] = args;
  const action = args.find((argument) => argument.value.toLowerCase() === line.action);
  if (!first || !action) return undefined;
  return [file.replace({ start: first.range.start, end: action.range.end }, 'always merge')];
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

/** A name for a variable that the text does not hold yet. */
export function freeName(text: string, wanted: string): string {
  const lower = text.toLowerCase();
  let name = wanted;
  for (let number = 2; lower.includes(name.toLowerCase()); number++) name = `${wanted}_${number}`;
  return name;
}

/** Writes a whole policy into the section, or the .htaccess, in which the author stands. */
import type { Insertion, InsertionRequest } from '../../core/authoring.ts';
import type { FileEdit } from '../../core/finding.ts';
import { contains, indentationAt, lineBreakOf, type TextRange } from '../../core/text.ts';
import type { EditableFile } from './edits.ts';
import { isHtaccess } from './files.ts';
import { exemptOptions } from './preflight-exemption.ts';
import { headerLines, originVariable, preflightAnswer } from './production.ts';
import { directivesIn } from './search.ts';
import type { Directive, Node, Section } from './syntax.ts';

/** Sections whose lines hold for what they name; all others say when their lines count. */
const places = /^(?:virtualhost|directory(?:match)?|location(?:match)?|files(?:match)?|proxy(?:match)?)$/;

/** What an application behind the proxy may send as well, and what would then go out twice (behaviour 2.4). */
const sentOnce = ['Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials'];

/** Requirements that nobody has to log in for. */
const withoutLogin = /^\s*(?:not\s+)?(?:all|method|ip|host|forward-dns|local|env|expr)\b/i;

/** Lines that hand requests to another server, which may send headers of its own. */
const proxying = /^[ \t]*(?:ProxyPass\w*[ \t]|RewriteRule[ \t].*\[[^\]]*\bP\b|SetHandler[ \t]+"?proxy:)/im;

export function insertConfiguration(
  file: EditableFile,
  freeName: (wanted: string) => string,
  { offset, wanted }: InsertionRequest,
): Insertion {
  const { nodes } = file;
  const section = innermostPlace(nodes, offset);
  const children = section?.children ?? nodes;
  if (section && section.closing === undefined) return { refused: `<${section.name}> has no closing tag.`, about: section.name };
  const inside = directivesIn(children);
  const known = inside.find((each) => each.key === 'header' && /access-control-allow-origin/i.test(each.rest));
  if (known) {
    const line = `${known.name} ${known.rest.trim()}`;
    return { refused: `Access-Control-Allow-Origin is already sent here: ${line}. Its quick fixes can change it.`, about: line };
  }
  const exemptions = exemptionsIn(file, inside);
  const htaccess = isHtaccess(file.file.uri, nodes);
  const rewriting = preflightEdit(file, inside, !htaccess && (section === undefined || section.key === 'virtualhost'));
  const lines = [
    ...(proxying.test(file.text) ? sentOnce.map((name) => `Header unset ${name}`) : []),
    ...headerLines(freeName(originVariable), wanted),
    ...(rewriting.lines ?? []),
  ];
  // A server without mod_headers answers every request with 500 where a .htaccess has a bare Header (behaviour 2.11).
  const written = htaccess ? ['<IfModule mod_headers.c>', ...lines.map((line) => `${file.indentUnit()}${line}`), '</IfModule>'] : lines;
  return { edits: [insertAt(file, section, children, offset, exemptions, written), ...exemptions, ...(rewriting.edits ?? [])] };
}

function innermostPlace(nodes: readonly Node[], offset: number): Section | undefined {
  for (const node of nodes) {
    if (node.kind !== 'section' || node.range.start > offset || node.range.end < offset) continue;
    return innermostPlace(node.children, offset) ?? (places.test(node.key) ? node : undefined);
  }
  return undefined;
}

function exemptionsIn(file: EditableFile, inside: readonly Directive[]): readonly FileEdit[] {
  const edits: FileEdit[] = [];
  for (const each of inside) {
    if (each.key !== 'require' || withoutLogin.test(each.rest)) continue;
    if (edits.some(({ range }) => contains(range, each.range))) continue;
    const edit = exemptOptions(file, each.range.start);
    if (edit && !edits.some(({ range }) => range.start === edit.range.start)) edits.push(edit);
  }
  return edits;
}

/**
 * Preflights are answered by rewriting where that is on already, as its first rule. It is switched on for a whole server
 * only: in a folder it would end the rules of the folders above (behaviour 2.21), and httpd answers OPTIONS by itself for
 * files (behaviour 2.16).
 */
function preflightEdit(
  file: EditableFile,
  inside: readonly Directive[],
  wholeServer: boolean,
): { readonly lines?: readonly string[]; readonly edits?: readonly FileEdit[] } {
  const first = inside.find((each) => each.key === 'rewritecond' || each.key === 'rewriterule');
  const on = inside.find((each) => each.key === 'rewriteengine' && /^on$/i.test(each.args[0]?.value ?? ''));
  if (on && first) return { edits: [file.before(first.range, preflightAnswer)] };
  if (on) return { edits: [file.after(on.range, preflightAnswer)] };
  return wholeServer ? { lines: ['RewriteEngine On', ...preflightAnswer] } : {};
}

/** Before the node of the section that the cursor stands in or before; behind the last one, or into the empty section. */
function insertAt(
  file: EditableFile,
  section: Section | undefined,
  children: readonly Node[],
  offset: number,
  others: readonly FileEdit[],
  lines: readonly string[],
): FileEdit {
  const following = children.find((node) => node.range.end >= offset);
  if (following) {
    const start = others.find(({ range }) => strictlyInside(range, following.range.start))?.range.start ?? following.range.start;
    return file.before({ start, end: start }, lines);
  }
  const last = children.at(-1);
  if (last) return file.after(last.range, lines);
  const lineBreak = lineBreakOf(file.text);
  if (!section) {
    const end = file.text.length;
    const lead = end > 0 && !file.text.endsWith('\n') ? lineBreak : '';
    return file.insert(end, lead + lines.map((line) => line + lineBreak).join(''));
  }
  const indent = indentationAt(file.text, section.range.start) + file.indentUnit();
  return file.insert(section.opening.end, lines.map((line) => `${lineBreak}${indent}${line}`).join(''));
}

function strictlyInside({ start, end }: TextRange, offset: number): boolean {
  return start < offset && offset < end;
}

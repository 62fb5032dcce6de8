/** Writes a whole policy into the location or server in which the author stands. */
import type { Insertion, InsertionRequest } from '../../core/authoring.ts';
import type { FileEdit } from '../../core/finding.ts';
import { indentationAt } from '../../core/text.ts';
import { handlerOf } from './content.ts';
import { EditableFile } from './edits.ts';
import { addedHeaders } from './headers.ts';
import { inherited, own, serverOf } from './levels.ts';
import type { Level } from './levels.ts';
import type { Line, Source } from './lines.ts';
import type { Compiled } from './policies.ts';
import { headerLines, originMap, originVariable, preflightAnswer } from './production.ts';
import { directivesIn } from './syntax.ts';
import type { NginxDirective } from './syntax.ts';

/** What an application behind the proxy may send as well, and what must go out once only (behaviour 1.9). */
const sentOnce = ['Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials'];

/** `freeName` makes a variable's name that nothing else has. */
export function insertConfiguration(
  source: Source,
  compiled: Compiled,
  freeName: (wanted: string) => string,
  { offset, wanted }: InsertionRequest,
): Insertion {
  const level = levelAt(source, compiled, offset);
  const block = level?.line?.directive;
  if (!level || !block?.block) return { refused: 'Put the cursor into a location or server block: that is where the headers belong.' };
  const server = serverOf(level)?.line;
  if (!server) return { refused: 'The server of this location is not in sight, and the map of the origins has to stand outside of it.' };
  const known = allowOriginLine(level);
  if (known) return { refused: `Access-Control-Allow-Origin is already sent here: ${known}. Its quick fixes can change it.`, about: known };
  if (directivesIn(block.block.items).some((each) => each.name.value === 'limit_except'))
    return { refused: 'This location has a limit_except, which answers preflights before any header is looked at. Take it out first.' };

  const file = new EditableFile(source.file);
  const variable = freeName(originVariable);
  const lines = [
    ...hiddenLines(level),
    ...inheritedLines(level),
    ...headerLines(variable, wanted, quoteIn(source.file.text)),
    ...preflightAnswer(file.indentUnit()),
  ];
  // At the start: a `return` or `rewrite` of the block must not come first.
  const inner = file.insertInto(block, lines);
  if (!inner) return { refused: 'This block cannot be read.' };
  return { edits: [mapBefore(server, variable, wanted.origins), inner] };
}

/** The innermost location or server of this file around an offset. */
function levelAt({ file }: Source, { levels }: Compiled, offset: number): Level | undefined {
  let found: Level | undefined;
  for (const level of levels.values()) {
    const { line } = level;
    if (line?.source.file.uri !== file.uri || (level.kind !== 'location' && level.kind !== 'server')) continue;
    const { start, end } = line.directive.range;
    if (start > offset || end < offset) continue;
    if (!found?.line || found.line.directive.range.start < start) found = level;
  }
  return found;
}

function mapBefore(server: Line, variable: string, origins: readonly string[]): FileEdit {
  const file = new EditableFile(server.source.file);
  const { start } = server.directive.range;
  const indent = indentationAt(file.text, start);
  const lines = [...originMap(variable, origins, file.indentUnit()), ''];
  return file.edit(
    start,
    start,
    lines.map((line, at) => `${at > 0 && line !== '' ? indent : ''}${line}${file.lineBreak}`).join('') + indent,
  );
}

/** The quote that the file uses most. */
function quoteIn(text: string): '"' | "'" {
  return text.split("'").length > text.split('"').length ? "'" : '"';
}

const aboutAllowOrigin = /access-control-allow-origin/i;

/** What sends Access-Control-Allow-Origin at a level already, its `if`s included; undefined where nothing does. */
function allowOriginLine(level: Level): string | undefined {
  const spelled = (directive: NginxDirective): string => [directive.name, ...directive.args].map((word) => word.value).join(' ');
  const inBlock = directivesIn(level.line?.directive.block?.items ?? []).flatMap((each) =>
    each.name.value === 'if' ? [each, ...directivesIn(each.block?.items ?? [])] : [each],
  );
  const sending = [...inBlock, ...addedHeaders(level).lines.map((line) => line.directive)];
  const found = sending.find((each) => /^(?:add_header|more_set_headers)$/.test(each.name.value) && aboutAllowOrigin.test(spelled(each)));
  return found && spelled(found);
}

/** The lines that the block inherits: with lines of its own it would drop them (behaviour 1.2). */
function inheritedLines(level: Level): readonly string[] {
  if (own(level, 'add_header').length > 0) return [];
  return addedHeaders(level).lines.map(({ source, directive }) => source.file.text.slice(directive.range.start, directive.range.end));
}

/** Keeps the application's own lines from going out beside ours, and what is hidden already hidden (behaviour 1.10). */
function hiddenLines(level: Level): readonly string[] {
  const handler = level.kind === 'location' ? handlerOf(level) : undefined;
  const protocol = handler && /^(proxy|fastcgi|uwsgi|scgi|grpc)_pass$/.exec(handler.line.name)?.[1];
  if (protocol === undefined) return [];
  const directive = `${protocol}_hide_header`;
  const { lines, level: holder } = inherited(level, directive);
  const hidden = lines.flatMap((line) => line.args[0]?.value ?? []);
  const missing = sentOnce.filter((name) => !hidden.some((each) => each.toLowerCase() === name.toLowerCase()));
  if (missing.length === 0) return [];
  return [...(holder === level ? [] : hidden), ...missing].map((name) => `${directive} ${name};`);
}

/** Comments that switch rules off, where nginx takes a comment. */
import type { FileEdit } from '../../core/finding.ts';
import { indentationAt, lineStartAt } from '../../core/text.ts';
import { EditableFile } from './edits.ts';
import type { Source } from './lines.ts';
import { tokenIndexAt } from './syntax.ts';

/** The edit that writes one for the line at `offset` or for the file; undefined where none can stand. */
export function disableComment(source: Source, offset: number, scope: 'next-line' | 'line' | 'file', ruleId: string): FileEdit | undefined {
  const file = new EditableFile(source.file);
  const { text, lineBreak } = file;
  if (scope === 'file') {
    const at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    return file.edit(at, at, `# cors-lint-disable-file ${ruleId}${lineBreak}`);
  }
  const lineStart = lineStartAt(text, offset);
  if (scope === 'next-line') {
    if (isInsideWord(source, lineStart)) return undefined;
    return file.edit(lineStart, lineStart, `${indentationAt(text, offset)}# cors-lint-disable-next-line ${ruleId}${lineBreak}`);
  }
  const newline = text.indexOf('\n', offset);
  const lineEnd = newline < 0 ? text.length : text[newline - 1] === '\r' ? newline - 1 : newline;
  const { tokens } = source.syntax;
  const onLine = tokens.slice(tokenIndexAt(tokens, lineStart), tokenIndexAt(tokens, lineEnd) + 1);
  const commented = onLine.some((token) => token.kind === 'comment' && token.start >= lineStart && token.start < lineEnd);
  if (commented || isInsideWord(source, lineEnd)) return undefined;
  return file.edit(lineEnd, lineEnd, ` # cors-lint-disable-line ${ruleId}`);
}

/** Whether an offset lies within a quoted word, a placeholder or a Lua block, where `#` starts no comment. */
function isInsideWord({ syntax }: Source, offset: number): boolean {
  const token = syntax.tokens[tokenIndexAt(syntax.tokens, offset)];
  return token !== undefined && token.start < offset && token.kind !== 'whitespace';
}

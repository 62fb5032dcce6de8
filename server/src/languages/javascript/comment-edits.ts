/** Writes comments that switch rules off. */
import type { FileEdit } from '../../core/finding.ts';
import { indentationAt, lineStartAt } from '../../core/text.ts';
import type { EditableFile } from './edits.ts';
import * as ts from './syntax.ts';

/** A comment that switches a rule off; undefined where none can stand. */
export function disableComment(
  file: EditableFile,
  offset: number,
  scope: 'next-line' | 'line' | 'file',
  ruleId: string,
): FileEdit | undefined {
  const { text, lineBreak } = file;
  if (scope === 'file') {
    const at = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0;
    return file.edit(at, at, `// cors-lint-disable-file ${ruleId}${lineBreak}`);
  }
  if (scope === 'next-line') {
    const lineStart = lineStartAt(text, offset);
    if (isInsideText(file, lineStart)) return undefined;
    return file.edit(lineStart, lineStart, `${indentationAt(text, offset)}// cors-lint-disable-next-line ${ruleId}${lineBreak}`);
  }
  const newline = text.indexOf('\n', offset);
  const lineEnd = newline < 0 ? text.length : text[newline - 1] === '\r' ? newline - 1 : newline;
  const lineStart = lineStartAt(text, offset);
  if (isInsideText(file, lineEnd) || ts.commentsOf(file.tree).some((comment) => comment.end > lineStart && comment.start < lineEnd))
    return undefined;
  return file.edit(lineEnd, lineEnd, ` // cors-lint-disable-line ${ruleId}`);
}

/** Whether an offset lies within a template, a comment or text of JSX, where no comment can begin. */
function isInsideText(file: EditableFile, offset: number): boolean {
  const inside = (node: ts.Node): boolean =>
    ts.forEachChild(node, (child) => {
      if (child.pos > offset || child.end < offset) return undefined;
      const within = file.startOf(child) < offset && child.end > offset;
      const opaque =
        within &&
        (ts.isNoSubstitutionTemplateLiteral(child) ||
          ts.isStringLiteral(child) ||
          child.kind === ts.SyntaxKind.JsxText ||
          child.kind === ts.SyntaxKind.TemplateHead ||
          child.kind === ts.SyntaxKind.TemplateMiddle ||
          child.kind === ts.SyntaxKind.TemplateTail);
      return opaque || inside(child) || undefined;
    }) === true;
  return inside(file.tree) || ts.commentsOf(file.tree).some((comment) => comment.block && comment.start < offset && offset < comment.end);
}

/** Lets preflights pass a `Require`: rewriting comes too late for them (behaviour 2.18). */
import type { FileEdit } from '../../core/finding.ts';
import { indentationAt, lineBreakOf } from '../../core/text.ts';
import type { EditableFile } from './edits.ts';
import { findDirective } from './search.ts';
import type { Node } from './syntax.ts';

const option = 'Require method OPTIONS';

/** The edit that exempts OPTIONS from the Require at an offset; undefined where it stands under conditions of its own. */
export function exemptOptions(file: EditableFile, offset: number): FileEdit | undefined {
  const { nodes } = file;
  const found = findDirective(nodes, offset);
  if (found?.directive.key !== 'require') return undefined;
  const around = found.around.at(-1);
  const { range } = found.directive;
  if (around?.key === 'requireany') return file.before(range, [option]);
  if (around?.key === 'limit' || around?.key === 'limitexcept' || around?.key === 'requirenone') return undefined;
  const siblings = around?.children ?? nodes;
  // Lines in one place are alternatives already; in a RequireAll each has to be met, so only this one is wrapped.
  const run = around?.key === 'requireall' ? [] : runOfRequires(siblings, range.start);
  const start = run[0]?.range.start ?? range.start;
  const end = run.at(-1)?.range.end ?? range.end;
  const indent = indentationAt(file.text, start);
  const unit = file.indentUnit();
  const wrapped = file.text.slice(start, end).replace(/\n(?=[^\r\n])/g, `\n${unit}`);
  return file.replace(
    { start, end },
    ['<RequireAny>', `${indent}${unit}${option}`, `${indent}${unit}${wrapped}`, `${indent}</RequireAny>`].join(lineBreakOf(file.text)),
  );
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

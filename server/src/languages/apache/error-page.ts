/** Repeats header lines at the place of an error page, which answers with the lines of its own place (behaviour 2.2). */
import type { FileEdit } from '../../core/finding.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import type { EditableFile } from './edits.ts';
import { isHtaccess } from './files.ts';
import { lineOfWrite } from './responses.ts';
import type { Found } from './search.ts';

/**
 * A `<Location>` of the page's path with the lines, at the end of the host that names the page, or `<Files>` of its name in a .htaccess,
 * which has no `<Location>`; undefined where a line depends on what only its own place knows.
 */
export function atErrorPage(
  file: EditableFile,
  { directive, around }: Found,
  writes: readonly HeaderWrite[],
): readonly FileEdit[] | undefined {
  const [, target] = directive.args;
  const path = /^\/[\w./-]+$/.exec(target?.value ?? '')?.[0];
  const { nodes } = file;
  const name = path?.split('/').at(-1);
  if (path === undefined || name === undefined || name === '') return undefined;
  const section = isHtaccess(file.file.uri, nodes) ? { name: 'Files', argument: name } : { name: 'Location', argument: path };
  const lines = writes.map((write) => {
    const line = lineOfWrite(write);
    const isPlain = line?.condition === undefined && line?.value !== undefined && !line.early && !line.value.value.includes('%');
    return isPlain && line.item.file.uri === file.file.uri ? file.textAt(line.item.directive.range) : undefined;
  });
  const known = lines.filter((line) => line !== undefined);
  if (known.length === 0 || known.length < lines.length) return undefined;
  const host = around.findLast(({ key }) => key === 'virtualhost');
  const last = (host?.children ?? nodes).findLast((node) => node.kind === 'directive' || node.kind === 'section');
  if (!last) return undefined;
  const indented = [...new Set(known)].map((line) => file.indentUnit() + line);
  return [file.after(last.range, [`<${section.name} "${section.argument}">`, ...indented, `</${section.name}>`])];
}

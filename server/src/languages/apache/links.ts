import type { SourceFile, SourceFiles } from '../../core/files.ts';
import type { FileLink } from '../../core/navigation.ts';
import { includedFiles } from './files.ts';
import type { Node } from './syntax.ts';
import { parseFile } from './tree.ts';

/** The `Include` and `IncludeOptional` lines of a file with the files that they mean. */
export function linksOf(file: SourceFile, files: SourceFiles): readonly FileLink[] {
  const within = (nodes: readonly Node[]): readonly FileLink[] =>
    nodes.flatMap((node) => {
      if (node.kind === 'section') return within(node.children);
      if (node.kind !== 'directive' || (node.key !== 'include' && node.key !== 'includeoptional')) return [];
      const [path] = node.args;
      // What a variable stands for is only known once the server reads the line.
      if (path === undefined || path.value.includes('${')) return [];
      const targets = includedFiles(path.value, file, files).filter((uri) => uri !== file.uri && files.read(uri) !== undefined);
      return targets.length === 0 ? [] : [{ place: { uri: file.uri, range: path.inner }, targets }];
    });
  return within(parseFile(file).nodes);
}

/** The whole configuration that a file belongs to, as far as the workspace shows it. */
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import { Includes, hasBlock, rootOf } from './includes.ts';
import { readBody, sourceOf } from './lines.ts';
import type { Body, Source } from './lines.ts';

/** The file that a configuration is read from: the one that includes this one, directly or through others, or itself. */
export function rootAround(source: Source, files: SourceFiles): Source {
  return hasBlock(source, 'http') ? source : rootOf(source, files);
}

/** Everything that the server reads together with a file, includes resolved. */
export function configurationOf(file: SourceFile, files: SourceFiles): Body {
  const root = rootAround(sourceOf(file), files);
  return readBody(root, root.syntax.items, new Includes(files, root.file.uri));
}

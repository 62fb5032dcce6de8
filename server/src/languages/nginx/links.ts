import type { SourceFile, SourceFiles } from '../../core/files.ts';
import type { FileLink } from '../../core/navigation.ts';
import { rootAround } from './configuration.ts';
import { Includes, includesIn } from './includes.ts';
import { placeOf, sourceOf } from './lines.ts';

/** The `include` directives of a file with the files that they mean. */
export function linksOf(file: SourceFile, files: SourceFiles): readonly FileLink[] {
  const source = sourceOf(file);
  const directives = includesIn(source);
  if (directives.length === 0) return [];
  // Relative paths are seen from the folder of the main file.
  const includes = new Includes(files, rootAround(source, files).file.uri);
  return directives.flatMap((directive) => {
    const [word] = directive.args;
    const targets = includes.follow(source, directive).sources.map((each) => each.file.uri);
    return word === undefined || targets.length === 0 ? [] : [{ place: placeOf(source, word.content), targets }];
  });
}

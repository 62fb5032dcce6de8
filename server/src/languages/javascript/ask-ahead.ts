/**
 * Asks for the files that a program is likely to need before it is followed. A file that is missing while the program is
 * followed costs the whole run, which has to be repeated with it; the imports that are written at hand cost a glance.
 */
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import { isLocalSpecifier, resolveModule } from './resolve.ts';

/** Further files are asked for when something of them is used. */
const mostFiles = 100;
const deepest = 6;
const specifier = /\b(?:from|import|require)\s*\(?\s*(['"])([^'"\n]+)\1/g;
/** What a file has to mention for its own imports to be of interest: others are loaded when a value of theirs is used. */
const ofInterest = /cors|header|origin|express|router|middleware|createServer|\bapp\b|\bexport\s*(?:\*|\{[^}]*\}\s*from)|\bconfig/i;

interface Imports {
  readonly files: SourceFiles;
  readonly uris: readonly string[];
}

const known = new WeakMap<SourceFile, Imports>();

/** Asks for what a file imports and for what those files import in turn. */
export function askAhead(main: SourceFile, files: SourceFiles): void {
  const seen = new Set([main.uri]);
  let level = [main];
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    const next: SourceFile[] = [];
    for (const file of level) {
      for (const uri of importsOf(file, files)) {
        if (seen.has(uri) || seen.size > mostFiles) continue;
        seen.add(uri);
        const imported = files.read(uri);
        if (imported && ofInterest.test(imported.text)) next.push(imported);
      }
    }
    level = next;
  }
}

function importsOf(file: SourceFile, files: SourceFiles): readonly string[] {
  const before = known.get(file);
  if (before?.files === files) return before.uris;
  const uris = new Set<string>();
  for (const [, , name = ''] of file.text.matchAll(specifier)) {
    const uri = isLocalSpecifier(name) ? resolveModule(file.uri, name, files) : undefined;
    if (uri !== undefined) uris.add(uri);
  }
  const found = { files, uris: [...uris] };
  // Something that is not there yet may turn out to be a file.
  if (files.isWaiting !== true) known.set(file, found);
  return found.uris;
}

/** Whether a program can hold anything about CORS: a cheap look at its text and at those that it imports, before any is parsed. */
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import { aboutCors } from './words.ts';
import { resolveModule } from './resolve.ts';

/** Vary, and what people write for CORS headers (`cors/near-miss.ts`). */
const nearCors = /\bvary\b|acc?ess?[\w-]{14}|allow(?:ed|s)?[-_]?(?:origin|credential|method|header)|expose[ds]?[-_]?header/i;
/** A path with more than names and parameters in it: a version of a framework may refuse it. */
const peculiarPath = /["'`](?:\*|\/[^"'`\n]*[*?+()[\]!])/;
const imported = /\b(?:from|import|require)\b\s*\(?\s*(["'`])([^"'`\n]+)\1/g;

/** Programs of more files than this are looked at in any case. */
const mostFiles = 60;

interface Glance {
  readonly matters: boolean;
  readonly imports: readonly string[];
}

const glances = new WeakMap<SourceFile, Glance>();

function glanceAt(file: SourceFile): Glance {
  let glance = glances.get(file);
  if (!glance) {
    const matters = aboutCors.test(file.text) || nearCors.test(file.text) || peculiarPath.test(file.text);
    const imports = matters ? [] : [...new Set([...file.text.matchAll(imported)].map((match) => match[2] ?? ''))];
    glances.set(file, (glance = { matters, imports }));
  }
  return glance;
}

/** False where neither the file nor anything that it imports, however far, speaks of CORS. */
export function reachesCors(file: SourceFile, files: SourceFiles): boolean {
  const seen = new Set([file.uri]);
  const pending = [file];
  for (let at = pending.pop(); at; at = pending.pop()) {
    const { matters, imports } = glanceAt(at);
    if (matters || seen.size > mostFiles) return true;
    for (const specifier of imports) {
      const uri = resolveModule(at.uri, specifier, files);
      if (uri === undefined || seen.has(uri)) continue;
      seen.add(uri);
      const next = files.read(uri);
      if (next) pending.push(next);
    }
  }
  return false;
}

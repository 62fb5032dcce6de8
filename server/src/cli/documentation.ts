import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where a rule's page lies: beside the bundles, one folder up from a chunk of them, or in the sources. */
const places = (id: string): readonly string[] => [`./rules/${id}.md`, `../rules/${id}.md`, `../rules/${id}/rule.md`];

/** The documentation of a rule as Markdown, or undefined where there is none. */
export function documentationOf(ruleId: string): string | undefined {
  for (const place of places(ruleId)) {
    try {
      return readFileSync(fileURLToPath(new URL(place, import.meta.url)), 'utf8');
    } catch {
      // Not there: the next place.
    }
  }
  return undefined;
}

import type { Outset } from '../core/language.ts';
import { Recent } from '../core/recent.ts';
import type { Examined } from './kept-parts.ts';
import { moveBetween, movedFindings } from './same-but-moved.ts';

interface Latest {
  readonly settings: string;
  /** Of the extraction that the rules read. */
  readonly basis: unknown;
  readonly examined: Examined;
}

/** Files whose findings are kept. */
const MOST_FILES = 16;

/**
 * What the rules said most lately of a file, or of the part of it that was examined last, and from what. `settings` names
 * whatever else the findings depend on.
 */
export class LatestFindings {
  readonly #files = new Recent<Latest>(MOST_FILES);

  keep(uri: string, settings: string, basis: unknown, examined: Examined): void {
    this.#files.set(uri, { settings, basis, examined });
  }

  /** The findings where an extraction says what the latest one of its file said, without fixes; undefined for any other. */
  for(uri: string, settings: string, { basis, comments }: Outset): Examined | undefined {
    const known = this.#files.get(uri);
    if (known?.settings !== settings) return undefined;
    const move = moveBetween(known.basis, basis);
    const findings = move && movedFindings(known.examined.findings, move);
    // A value of another file is shown where this one takes it in, which takes the views to tell.
    if (!findings?.every(({ place }) => place.uri === uri)) return undefined;
    const examined: Examined = { findings, comments, withoutFixes: true };
    this.keep(uri, settings, basis, examined);
    return examined;
  }
}

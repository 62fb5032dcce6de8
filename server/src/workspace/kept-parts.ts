import type { Finding, Level } from '../core/finding.ts';
import type { SourceFile, SourceFiles } from '../core/files.ts';
import type { Part } from '../core/language.ts';
import { Recent } from '../core/recent.ts';
import { contains, placeKey, type Place, type TextRange } from '../core/text.ts';

/** What the rules said of a part, or of a whole file, before suppression comments count. */
export interface Examined {
  readonly findings: readonly Finding[];
  readonly comments: readonly TextRange[];
  /** The findings have no fixes, as nobody has asked for them. */
  readonly withoutFixes?: true;
}

/** Where the parts of one version of a file stand. */
interface Layout {
  readonly uri: string;
  readonly ranges: readonly TextRange[];
}

/** What is kept of one part, its places as the layout has them. */
interface Kept extends Examined {
  readonly surroundings: string;
  /** What was asked of other files, with the answers. */
  readonly asked: AskedFiles;
  readonly layout: Layout;
  readonly index: number;
}

/** Files whose parts are kept. */
const MOST_FILES = 16;

/**
 * What was found in the parts of files, for as long as neither their text nor their surroundings change. A part that other
 * text has moved is answered with its places moved along.
 */
export class KeptParts {
  readonly #files = new Recent<ReadonlyMap<string, Kept>>(MOST_FILES);

  /**
   * Examines the parts of a file that are not known as they stand. `settings` names whatever else the findings depend on. Undefined
   * where `examine` is, because it was cancelled.
   */
  async examine(
    file: SourceFile,
    parts: readonly Part[],
    { settings, fixes }: { readonly settings: string; readonly fixes: 'with' | 'without' },
    files: SourceFiles,
    examine: (part: Part, asked: AskedFiles) => Promise<Examined | undefined>,
  ): Promise<Examined | undefined> {
    const layout: Layout = { uri: file.uri, ranges: parts.map((part) => part.range) };
    const before = this.#files.get(file.uri);
    const now = new Map<string, Kept>();
    const found: Kept[] = [];
    for (const [index, part] of parts.entries()) {
      const text = file.text.slice(part.range.start, part.range.end);
      const surroundings = `${settings}\n${part.surroundings}`;
      const known = now.get(text) ?? before?.get(text);
      const serves = known?.surroundings === surroundings && known.asked.stillHold(files) && !(fixes === 'with' && known.withoutFixes);
      let kept = serves ? moved(known, layout, index) : undefined;
      if (!kept) {
        const asked = new AskedFiles(files);
        const examined = await examine(part, asked);
        if (!examined) {
          // Whoever types on gets the good of what was done so far.
          this.#files.set(file.uri, new Map([...(before ?? []), ...now]));
          return undefined;
        }
        kept = { ...examined, surroundings, asked, layout, index };
      }
      now.set(text, kept);
      found.push(kept);
    }
    this.#files.set(file.uri, now);
    return joined(found);
  }
}

/** Answers of files, and whether they would be the same now. Files are the same where they are the same object. */
export class AskedFiles implements SourceFiles {
  readonly #files: SourceFiles;
  readonly #read = new Map<string, SourceFile | undefined>();
  readonly #folders = new Map<string, readonly string[]>();
  #candidates: readonly string[] | undefined;

  constructor(files: SourceFiles) {
    this.#files = files;
  }

  read(uri: string): SourceFile | undefined {
    const file = this.#files.read(uri);
    this.#read.set(uri, file);
    return file;
  }

  list(folderUri: string): readonly string[] {
    const entries = this.#files.list(folderUri);
    this.#folders.set(folderUri, entries);
    return entries;
  }

  candidates(): readonly string[] {
    this.#candidates = this.#files.candidates();
    return this.#candidates;
  }

  stillHold(files: SourceFiles): boolean {
    return (
      [...this.#read].every(([uri, file]) => files.read(uri) === file) &&
      [...this.#folders].every(([uri, entries]) => files.list(uri) === entries) &&
      (this.#candidates === undefined || files.candidates() === this.#candidates)
    );
  }
}

/** The same where the part stands now. */
function moved(kept: Kept, layout: Layout, index: number): Kept {
  const move = mover(kept, layout, index);
  return {
    ...kept,
    layout,
    index,
    findings: kept.findings.map((finding) => movedFinding(finding, layout.uri, move)),
    comments: kept.comments.map(move),
  };
}

/** From a part's places to those of another version: what lies in the part goes with it, what lies around with the gap between parts. */
function mover(kept: Kept, layout: Layout, index: number): (range: TextRange) => TextRange {
  const [own, target] = [kept.layout.ranges[kept.index], layout.ranges[index]];
  const offset = (at: number): number => {
    const before = kept.layout.ranges.findLastIndex(({ end }) => end <= at);
    return at + (layout.ranges[before]?.end ?? 0) - (kept.layout.ranges[before]?.end ?? 0);
  };
  return ({ start, end }) => {
    if (own && target && contains(own, { start, end }))
      return { start: start - own.start + target.start, end: end - own.start + target.start };
    return { start: offset(start), end: offset(end) };
  };
}

function movedFinding(finding: Finding, uri: string, move: (range: TextRange) => TextRange): Finding {
  const at = <Placed extends Place>(place: Placed): Placed => (place.uri === uri ? { ...place, range: move(place.range) } : place);
  return {
    ...finding,
    place: at(finding.place),
    ...(finding.cause && { cause: at(finding.cause) }),
    related: finding.related.map((each) => ({ ...each, place: at(each.place) })),
    fixes: finding.fixes.map((fix) => ({ ...fix, edits: fix.edits.map(at) })),
  };
}

const severity: Readonly<Record<Level, number>> = { error: 0, warning: 1, info: 2 };

/**
 * The findings and comments of all parts. What several parts say of one place around them is one finding: that of the highest
 * level, with the related places of all.
 */
function joined(parts: readonly Examined[]): Examined {
  const findings = new Map<string, Finding>();
  const comments = new Map<number, TextRange>();
  for (const part of parts) {
    for (const finding of part.findings) {
      const key = `${finding.ruleId} ${placeKey(finding.place)}`;
      const other = findings.get(key);
      findings.set(key, other ? both(other, finding) : finding);
    }
    for (const comment of part.comments) comments.set(comment.start, comment);
  }
  return {
    findings: [...findings.values()],
    comments: [...comments.values()].sort((a, b) => a.start - b.start),
    ...(parts.some(({ withoutFixes }) => withoutFixes) && { withoutFixes: true }),
  };
}

function both(first: Finding, second: Finding): Finding {
  const stronger = severity[second.level] < severity[first.level] ? second : first;
  const related = new Map(
    [...stronger.related, ...first.related, ...second.related].map((each) => [`${placeKey(each.place)} ${each.message}`, each]),
  );
  return { ...stronger, related: [...related.values()] };
}

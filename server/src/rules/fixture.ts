import { lineStartAt, type TextRange } from '../core/text.ts';

/**
 * A fixture's source with its expectations. Expectations are comment lines under the line that they speak of:
 *
 *     add_header Access-Control-Allow-Origin $http_origin;
 *     #                                      ^^^^^^^^^^^^ error: Every site
 *
 * The carets underline the finding; where they cannot stand (the first columns) `@3-9` names the columns instead, 1-based
 * and half-open. `^^^…` begins a range that goes on beyond its line. After them come the level and, optionally, a colon and a part of the message.
 */
export interface Fixture {
  /** The source without its marker lines. */
  readonly text: string;
  readonly expected: readonly ExpectedFinding[];
}

export interface ExpectedFinding {
  readonly range: TextRange;
  /** The range goes on beyond its line; its end is not compared. */
  readonly open: boolean;
  readonly level: string;
  readonly message: string;
}

const MARKER = /^[ \t]*(?:#|\/\/)[ \t]*(?:(\^+)(…)?|@(\d+)-(\d+))[ \t]+(error|warning|info)\b(?::[ \t]*(.*?))?[ \t]*\r?\n?$/;

/** Reads a fixture. Throws an Error for a marker without a line above it. */
export function readFixture(source: string): Fixture {
  let text = '';
  let lineStart: number | undefined;
  const expected: ExpectedFinding[] = [];
  for (const line of source.split(/(?<=\n)/)) {
    const match = MARKER.exec(line);
    if (!match) {
      lineStart = text.length;
      text += line;
      continue;
    }
    if (lineStart === undefined) throw new Error('A marker stands before the first line.');
    const [, carets, open, from, to, level = '', message = ''] = match;
    const start = carets === undefined ? Number(from) - 1 : line.indexOf('^');
    const end = carets === undefined ? Number(to) - 1 : start + carets.length;
    expected.push({ range: { start: lineStart + start, end: lineStart + end }, open: open !== undefined, level, message });
  }
  return { text, expected };
}

/** Draws findings under their lines, as a fixture spells them; for readable differences. */
export function drawFindings(
  text: string,
  findings: readonly { readonly range: TextRange; readonly level: string; readonly message: string }[],
): string {
  return findings
    .map(({ range, level, message }) => {
      const lineStart = lineStartAt(text, range.start);
      const lineEnd = text.indexOf('\n', range.start);
      const line = text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
      const width = Math.max(1, Math.min(range.end - lineStart, line.length) - (range.start - lineStart));
      return `${line}\n${' '.repeat(range.start - lineStart)}${'^'.repeat(width)} ${level}: ${message}`;
    })
    .join('\n');
}

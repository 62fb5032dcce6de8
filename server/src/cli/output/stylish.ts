import { levelOf, type LintedFile, type Message, type Suggestion } from '../result.ts';
import { Lines } from '../positions.ts';
import { counted, harmless, type Paint, type Style } from '../terminal.ts';
import type { Formatter } from './format.ts';
import { relativePath } from './paths.ts';

const colours: Readonly<Record<'error' | 'warning' | 'info', Style>> = { error: 'red', warning: 'yellow', info: 'blue' };
/** Width of a source line where the output is no terminal. */
const DEFAULT_COLUMNS = 140;
const TAB = '    ';

/**
 * For people: each message with its source line, the place underlined, what proves it, and what would mend it. Where there is
 * none, a terminal is told that it was looked for.
 */
export const formatStylish: Formatter = (results, { cwd, paint, columns: ofTerminal }) => {
  const columns = ofTerminal ?? DEFAULT_COLUMNS;
  const shown = results.filter((file) => file.messages.length > 0);
  const blocks = shown.map((file) => {
    const lines = new Lines(file.output ?? file.source);
    const path = relativePath(cwd, file.filePath);
    return file.messages.map((message) => block(message, path, lines, cwd, paint, Math.max(60, columns))).join('\n');
  });
  if (shown.length > 0) return `${blocks.join('\n')}\n${summary(results, paint)}`;
  return ofTerminal === undefined || results.length === 0 ? '' : `Nothing found in ${counted(results.length, 'file')}.\n`;
};

function block(message: Message, path: string, lines: Lines, cwd: string, paint: Paint, columns: number): string {
  const level = levelOf(message.severity);
  const colour = colours[level];
  const gutter = ' '.repeat(String(message.line).length + 1);
  const note = (label: string, text: string): string => `${gutter}${paint('cyan', '=')} ${paint('bold', `${label}:`)} ${harmless(text)}\n`;
  const likely = message.confidence === 'likely' ? paint('dim', ' (likely)') : '';
  return (
    `${paint('bold', harmless(path))}:${message.line}:${message.column}: ${paint(colour, level)}${likely} ${paint('dim', message.ruleId)}\n` +
    `${gutter}${harmless(message.message)}\n` +
    excerpt(message, lines, paint, colour, columns - gutter.length - 3) +
    (message.witness === undefined ? '' : note('origin', message.witness)) +
    (message.relatedLocations ?? [])
      .map((related) => note('see', `${relativePath(cwd, related.filePath)}:${related.line}:${related.column} ${related.message}`))
      .join('') +
    remedies(message)
      .map((remedy) => note('fix', remedy))
      .join('')
  );
}

/** The fixes by name. A message's own safe fix has no title in ESLint's shape, so it is named by what applies it. */
function remedies({ fix, suggestions = [] }: Message): readonly string[] {
  const named = suggestions.slice(0, 3).map(({ desc, placeholder }: Suggestion) => `${desc}${placeholder ? ' (to be filled in)' : ''}`);
  return [...(fix ? ['safe, applied by --fix'] : []), ...named];
}

/** The first line of the place with carets under it. A long line is cut around the place. */
function excerpt(message: Message, lines: Lines, paint: Paint, colour: Style, columns: number): string {
  const source = lines.line(message.line);
  const end = message.endLine === message.line ? message.endColumn - 1 : source.length;
  const start = message.column - 1;
  const from = start + 20 > columns ? Math.max(0, start - Math.floor(columns / 3)) : 0;
  const shownEnd = Math.min(source.length, from + columns);
  const before = harmless(source.slice(from, start), TAB);
  const marked = harmless(source.slice(start, Math.min(end, shownEnd)), TAB);
  const after = harmless(source.slice(Math.min(end, shownEnd), shownEnd), TAB);
  const lead = from > 0 ? '…' : '';
  const tail = shownEnd < source.length ? '…' : '';
  const number = String(message.line);
  const bar = paint('dim', '|');
  const blank = ' '.repeat(number.length);
  return (
    `${blank} ${bar}\n` +
    `${paint('dim', number)} ${bar} ${lead}${before}${marked}${after}${tail}\n` +
    `${blank} ${bar} ${' '.repeat(width(lead + before))}${paint(colour, '^'.repeat(Math.max(1, width(marked))))}\n`
  );
}

/** Columns that a text takes on a terminal, near enough to underline it: wide characters count two, marks none. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    columns +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return columns;
}

function summary(results: readonly LintedFile[], paint: Paint): string {
  const count = (severity: number): number =>
    results.reduce((sum, file) => sum + file.messages.filter((message) => message.severity === severity).length, 0);
  const [infos, warnings, errors] = [count(0), count(1), count(2)];
  const fixable = results.reduce((sum, file) => sum + file.messages.filter((message) => message.fix !== undefined).length, 0);
  const files = results.filter((file) => file.messages.length > 0).length;
  const parts = [counted(errors, 'error'), counted(warnings, 'warning'), ...(infos > 0 ? [`${infos} info`] : [])];
  const line = `${parts.join(', ')} in ${counted(files, 'file')} of ${results.length}.`;
  return `${paint('bold', paint(errors > 0 ? 'red' : 'yellow', line))}${fixable > 0 ? ` ${fixable} can be fixed with --fix.` : ''}\n`;
}

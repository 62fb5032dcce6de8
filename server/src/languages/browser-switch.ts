/** The switch that starts a browser without the same-origin policy, in the command line that starts one. */
import type { TextRange } from '../core/text.ts';

export const switchedOff = '--disable-web-security';

/** Where the switch stands in a command line, without and with the blanks before it, as offsets into the text; undefined where it is no word of it. */
export function switchIn(command: string): { readonly word: TextRange; readonly withBlanks: TextRange } | undefined {
  const match = /(?<![^\s"'`])--disable-web-security(?![^\s"'`])/.exec(command);
  if (!match) return undefined;
  const word = { start: match.index, end: match.index + switchedOff.length };
  return { word, withBlanks: { start: command.slice(0, word.start).trimEnd().length, end: word.end } };
}

const testTools: ReadonlySet<string> = new Set(
  'test tests __tests__ spec specs e2e cypress cy playwright puppeteer karma wdio jest vitest'.split(' '),
);

/** Whether one of these names, such as those of a path, says that something is of tests: there a browser may be started as it likes. */
export function isOfTests(names: readonly string[]): boolean {
  return names.some((name) => testTools.has(name.toLowerCase()));
}

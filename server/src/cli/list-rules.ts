import { dialects } from '../languages/index.ts';
import { rules } from '../rules/index.ts';
import { choiceOf, type Arguments } from './arguments.ts';
import { paintFor, usesColour, type ExitStatus, type Style, type Terminal } from './terminal.ts';

const colours: Readonly<Record<'error' | 'warning' | 'info', Style>> = { error: 'red', warning: 'yellow', info: 'blue' };

/** `--list-rules`: a table, or JSON with `--format json`. */
export function runListRules(given: Arguments, terminal: Terminal): ExitStatus {
  const format = choiceOf('format for a list of rules', given.text('format') ?? 'stylish', ['stylish', 'json']);
  if (format === 'json') {
    const list = rules.map(({ id, category, level, languages, summary, fix }) => ({ id, category, level, languages, fix, summary }));
    terminal.out(`${JSON.stringify(list, null, 2)}\n`);
    return 0;
  }
  const paint = paintFor(usesColour(terminal, given.has('no-color')));
  const width = Math.max(0, ...rules.map((rule) => rule.id.length));
  for (const { id, level, languages, summary } of rules) {
    terminal.out(
      `${paint('bold', id.padEnd(width))}  ${paint(colours[level], level.padEnd(7))}  ${paint('dim', namesOf(languages))}\n    ${summary}\n`,
    );
  }
  return 0;
}

/** The names of languages as the documentation writes them, in its order. */
function namesOf(languages: readonly string[]): string {
  return dialects
    .filter(({ id }) => languages.includes(id))
    .map(({ displayName }) => displayName)
    .join(', ');
}

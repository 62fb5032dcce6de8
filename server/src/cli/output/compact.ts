import { levelOf } from '../result.ts';
import { harmless } from '../terminal.ts';
import type { Formatter } from './format.ts';
import { relativePath } from './paths.ts';

const words = { error: 'error', warning: 'warning', info: 'note' } as const;

/**
 * `file:line:column: error: message [rule]`, one line each: the form of GCC, which problem matchers (`$gcc` of VS Code),
 * Vim's error list and Emacs' compilation mode know.
 */
export const formatCompact: Formatter = (results, { cwd }) =>
  results
    .flatMap((file) =>
      file.messages.map(
        ({ line, column, severity, message, ruleId }) =>
          `${harmless(relativePath(cwd, file.filePath))}:${line}:${column}: ${words[levelOf(severity)]}: ${harmless(message)} [${ruleId}]\n`,
      ),
    )
    .join('');

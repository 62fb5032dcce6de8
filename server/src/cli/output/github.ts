import { levelOf } from '../result.ts';
import type { Formatter } from './format.ts';
import { relativePath } from './paths.ts';

const commands = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** Annotations of a GitHub workflow: `::error file=…,line=…::message`. Paths are relative to the repository's checkout. */
export const formatGithub: Formatter = (results, { cwd, env }) =>
  results
    .flatMap((file) =>
      file.messages.map((message) => {
        const { line, column, endLine, endColumn, severity, ruleId } = message;
        const properties = {
          file: relativePath(env['GITHUB_WORKSPACE'] ?? cwd, file.filePath),
          line,
          endLine,
          // Columns are refused where an annotation spans lines.
          ...(line === endLine && { col: column, endColumn }),
          title: ruleId,
        };
        const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
        return `::${commands[levelOf(severity)]} ${list.join(',')}::${escapeData(message.message)}\n`;
      }),
    )
    .join('');

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

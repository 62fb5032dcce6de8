import { levelOf, type LintedFile, type Message } from '../result.ts';
import type { Formatter } from './format.ts';
import { relativePath } from './paths.ts';

/** A suite for each file and a failed case for each message; a file without messages is one passed case. */
export const formatJunit: Formatter = (results, { cwd }) => {
  const failures = results.reduce((sum, file) => sum + file.messages.length, 0);
  const tests = results.reduce((sum, file) => sum + Math.max(1, file.messages.length), 0);
  const suites = results.map((file) => suite(file, relativePath(cwd, file.filePath))).join('');
  return `<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="cors-lint" tests="${tests}" failures="${failures}" errors="0">\n${suites}</testsuites>\n`;
};

function suite(file: LintedFile, path: string): string {
  const { messages } = file;
  const cases =
    messages.length === 0
      ? `    <testcase name="no findings" classname="${escapeXml(path)}" />\n`
      : messages.map((message) => failedCase(message, path)).join('');
  const head = `name="${escapeXml(path)}" tests="${Math.max(1, messages.length)}" failures="${messages.length}" errors="0"`;
  return `  <testsuite ${head}>\n${cases}  </testsuite>\n`;
}

function failedCase({ ruleId, message, severity, line, column }: Message, path: string): string {
  const level = levelOf(severity);
  return (
    `    <testcase name="${escapeXml(`${ruleId} (${line}:${column})`)}" classname="${escapeXml(path)}">\n` +
    `      <failure type="${level}" message="${escapeXml(message)}">${escapeXml(`${path}:${line}:${column}: ${level}: ${message} [${ruleId}]`)}</failure>\n` +
    '    </testcase>\n'
  );
}

/** Text for XML 1.0, which cannot hold most control characters or half of a surrogate pair, not even escaped. */
function escapeXml(text: string): string {
  return (
    text
      .replace(/\p{Surrogate}/gu, '\uFFFD')
      // eslint-disable-next-line no-control-regex -- control characters are what is replaced
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
      .replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}

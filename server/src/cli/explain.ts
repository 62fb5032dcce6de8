import { lint, type LintReport, type Message } from '../api.ts';
import { causingRules, explainMessage, type Explanation, type NotRecognised } from '../cors/explain/explain.ts';
import type { Arguments } from './arguments.ts';
import { relativePath } from './output/paths.ts';
import { UsageError } from './spelling.ts';
import { counted, harmless, paintFor, usesColour, type ExitStatus, type Paint, type Terminal } from './terminal.ts';

/** A finding in the workspace that causes what the message tells. */
interface CausingPlace {
  readonly filePath: string;
  readonly message: Message;
}

/** `cors-lint explain "…" [paths…]`: the meaning of a console message and the findings that cause it. */
export async function runExplain(given: Arguments, terminal: Terminal): Promise<ExitStatus> {
  const [written, ...paths] = given.positionals;
  if (written === undefined) throw new UsageError('"cors-lint explain" needs the browser\'s message: cors-lint explain "MESSAGE".');
  const text = written === '-' ? await terminal.input() : written;
  const explanation = explainMessage(text);
  const { places, status } = explanation.recognised ? await causesIn(explanation, paths, terminal) : { places: [], status: 0 as const };
  if (given.has('json')) {
    const found = places.map(({ filePath, message }) => ({ filePath, ...message }));
    terminal.out(`${JSON.stringify({ ...explanation, ...(explanation.recognised && { places: found }) }, null, 2)}\n`);
    return status;
  }
  terminal.out(describe(explanation, places, terminal.cwd, paintFor(usesColour(terminal, given.has('no-color')))));
  return status;
}

/** What the rules that know this cause report, information included. Unreadable paths are told and do not end the rest. */
async function causesIn(
  explanation: Explanation,
  paths: readonly string[],
  terminal: Terminal,
): Promise<{ readonly places: readonly CausingPlace[]; readonly status: ExitStatus }> {
  const report: LintReport = await lint({ cwd: terminal.cwd, ...(paths.length > 0 && { paths }), profile: 'strict' });
  for (const { path, message } of report.problems) terminal.err(`cors-lint: ${harmless(path)}: ${message}\n`);
  const wanted = causingRules(explanation);
  const places = report.results.flatMap(({ filePath, messages }) =>
    messages.filter(({ ruleId }) => wanted.has(ruleId)).map((message) => ({ filePath, message })),
  );
  return { places, status: report.problems.length > 0 ? 2 : 0 };
}

function describe(explanation: Explanation | NotRecognised, places: readonly CausingPlace[], cwd: string, paint: Paint): string {
  const list = (items: readonly string[]): string => items.map((item) => `  - ${item}\n`).join('');
  const checks = `${paint('bold', 'What to check in any case')}\n${list(explanation.generalChecks)}`;
  if (!explanation.recognised) return `This message is not recognised, so nothing is said about its cause.\n\n${checks}`;
  const { meaning, executed, causes, commands } = explanation;
  const found = places.map(
    ({ filePath, message }) =>
      `${harmless(relativePath(cwd, filePath))}:${message.line}:${message.column} ${message.ruleId}: ${harmless(message.message)}`,
  );
  return [
    `${meaning} ${executed}\n`,
    ...(causes.length > 0
      ? [
          `${paint('bold', 'What usually causes it')}\n${list(causes.map((cause) => `${cause.text}${cause.rules.length > 0 ? paint('dim', ` [${cause.rules.join(', ')}]`) : ''}`))}`,
        ]
      : []),
    places.length > 0
      ? `${paint('bold', `${counted(places.length, 'place')} here that can cause it`)}\n${list(found)}`
      : 'No file here is known to cause it.\n',
    ...(commands.length > 0
      ? [
          `${paint('bold', 'The same exchange without a browser')}\n${commands.map((command) => `${harmless(command).replaceAll('\\u000A', '\n')}\n`).join('')}`,
        ]
      : []),
    checks,
  ].join('\n');
}

import { simulate, type ExchangeReport, type SimulationReport } from '../api.ts';
import type { CredentialsMode } from '../cors/fetch.ts';
import { choiceOf, type Arguments } from './arguments.ts';
import { relativePath } from './output/paths.ts';
import { UsageError } from './spelling.ts';
import { harmless, paintFor, usesColour, type ExitStatus, type Paint, type Terminal } from './terminal.ts';

const modes: readonly CredentialsMode[] = ['omit', 'same-origin', 'include'];

/** `cors-lint simulate FILE`. Status 0 wherever there is a verdict. Throws errors of wrong use. */
export async function runSimulate(given: Arguments, terminal: Terminal): Promise<ExitStatus> {
  const [file, surplus] = given.positionals;
  if (file === undefined) throw new UsageError('"cors-lint simulate" needs a file: cors-lint simulate FILE.');
  if (surplus !== undefined) throw new UsageError(`"cors-lint simulate" takes one file: "${surplus}" is too much.`);
  const origin = given.text('origin');
  const method = given.text('method');
  const path = given.text('path');
  const url = given.text('url');
  const credentials = given.text('credentials');
  const status = given.text('status');
  if (status !== undefined && !/^\d{3}$/.test(status)) throw new UsageError(`"--status ${status}" is not a status from 100 to 599.`);
  const report = await simulate({
    file,
    cwd: terminal.cwd,
    ...(file === '-' && { text: await terminal.input() }),
    ...(origin !== undefined && { origin }),
    ...(method !== undefined && { method }),
    ...(path !== undefined && { path }),
    ...(url !== undefined && { url }),
    headers: given.texts('header').map(headerOf),
    ...(credentials !== undefined && { credentials: choiceOf('credentials mode', credentials, modes) }),
    ...(status !== undefined && { status: Number(status) }),
    all: given.has('all'),
  });
  terminal.out(
    given.has('json')
      ? `${JSON.stringify(report, null, 2)}\n`
      : describe(report, terminal.cwd, paintFor(usesColour(terminal, given.has('no-color')))),
  );
  return 0;
}

function headerOf(text: string): readonly [string, string] {
  const colon = text.indexOf(':');
  if (colon <= 0)
    throw new UsageError(`"--header ${text}" is not a header. Did you mean "--header '${text.split(/[\s=]/, 1)[0] ?? ''}: …'"?`);
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

const verdictStyle = { allowed: 'green', blocked: 'red', unknown: 'yellow' } as const;

function describe(report: SimulationReport, cwd: string, paint: Paint): string {
  // The verdict on the only exchange is the verdict.
  const each = report.exchanges.length > 1;
  const exchanges = report.exchanges.map((exchange) => describeExchange(exchange, cwd, paint, each)).join('\n');
  const exposed =
    report.verdict === 'blocked'
      ? ''
      : `The page may read: ${report.exposed.map((name) => (name === '*' ? 'every other header' : harmless(name))).join(', ')}\n`;
  return `${exchanges}\n${paint('bold', paint(verdictStyle[report.verdict], report.verdict))}: ${harmless(report.reason)}\n${exposed}`;
}

function describeExchange(exchange: ExchangeReport, cwd: string, paint: Paint, withVerdict: boolean): string {
  const { kind, request, response, writtenBy, verdict, reason } = exchange;
  const lines = [
    paint('bold', kind === 'preflight' ? 'Preflight' : 'Actual request'),
    `> ${request.method} ${harmless(request.path)}`,
    ...request.headers.map(([name, value]) => `> ${harmless(name)}: ${harmless(value)}`),
    `< ${response.status === null ? 'status not known' : response.status}`,
    ...response.headers.map(([name, value], index) => {
      const writer = writtenBy[index];
      const where = writer ? paint('dim', `  ${relativePath(cwd, writer.file)}:${writer.line}:${writer.column}`) : '';
      return `< ${harmless(name)}: ${value === null ? paint('yellow', '(not known)') : harmless(value)}${where}`;
    }),
    ...response.maybe.map((name) => `< ${paint('yellow', `${harmless(name)} may be sent as well`)}`),
    ...(response.complete ? [] : [`< ${paint('yellow', 'the application behind may add lines')}`]),
    ...(withVerdict ? [`${paint(verdictStyle[verdict], verdict)}: ${harmless(reason)}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

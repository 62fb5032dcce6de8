/** Picks the command and loads only that. */
import { version } from '../../../package.json';
import type { Arguments } from './arguments.ts';
import type { CommandName } from './commands.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

/** Runs the command line with these arguments (without the program's name). Never rejects. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    terminal.err(`cors-lint: ${told(error)}\n`);
    return 2;
  }
}

/** Errors that are ours are told in their own words; any other is a defect, whose place is worth knowing. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (['UsageError', 'ConfigurationError', 'SimulationError'].includes(error.name)) return error.message;
  return `this is a defect of cors-lint, please report it: ${error.stack ?? error.message}`;
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const [first] = argv;
  if (argv.length === 1 && (first === '--version' || first === '-v')) {
    terminal.out(`${version}\n`);
    return 0;
  }
  const commands = await import('./commands.ts');
  const { readArguments } = await import('./arguments.ts');
  const command = commands.commandNames.find((name) => name === first);
  const groups = {
    simulate: commands.simulateOptions,
    explain: commands.explainOptions,
    init: commands.initOptions,
    lsp: commands.lspOptions,
  };
  const given = command === undefined ? readArguments(argv, commands.lintOptions) : readArguments(argv.slice(1), groups[command]);
  if (given.has('help')) terminal.out(commands.helpOf(command));
  else if (given.has('version')) terminal.out(`${version}\n`);
  else return runCommand(command, given, terminal);
  return 0;
}

async function runCommand(command: CommandName | undefined, given: Arguments, terminal: Terminal): Promise<ExitStatus> {
  switch (command) {
    case 'simulate':
      return (await import('./simulate.ts')).runSimulate(given, terminal);
    case 'explain':
      return (await import('./explain.ts')).runExplain(given, terminal);
    case 'init':
      return (await import('./init.ts')).runInit(given, terminal);
    case 'lsp':
      await import('../lsp/node.ts');
      return 0;
    case undefined:
      if (given.has('list-rules')) return (await import('./list-rules.ts')).runListRules(given, terminal);
      if (given.has('explain')) return (await import('./explain-rule.ts')).runExplainRule(given, terminal);
      return (await import('./lint.ts')).runLint(given, terminal);
  }
}

/** The command line's entry. The exit status is set and not forced, so that everything written gets out. `run` never rejects. */
import { run } from './run.ts';
import { processTerminal } from './terminal.ts';

void run(process.argv.slice(2), processTerminal()).then((status) => {
  process.exitCode = status;
});

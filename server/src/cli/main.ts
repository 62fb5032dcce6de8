#!/usr/bin/env node
/** The command line's entry. The exit status is set and not forced, so that everything written gets out. */
import { run } from './run.ts';
import { processTerminal } from './terminal.ts';

process.exitCode = await run(process.argv.slice(2), processTerminal());

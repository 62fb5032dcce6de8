import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIGURATION_FILE, profiles } from '../config/shape.ts';
import type { Profile } from '../core/configuration.ts';
import { choiceOf, type Arguments } from './arguments.ts';
import { UsageError } from './spelling.ts';
import type { ExitStatus, Terminal } from './terminal.ts';
import { reasonOf } from './walk.ts';

/** `cors-lint init`: writes a configuration, never over one that is there. */
export function runInit(given: Arguments, terminal: Terminal): ExitStatus {
  const profile = choiceOf<Profile>('profile', given.text('profile') ?? 'recommended', profiles);
  const [surplus] = given.positionals;
  if (surplus !== undefined)
    throw new UsageError(`"cors-lint init" writes into the current folder and takes no path: "${surplus}" is too much.`);
  const path = join(terminal.cwd, CONFIGURATION_FILE);
  try {
    writeFileSync(path, configuration(profile), { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new UsageError(`There is a ${CONFIGURATION_FILE} here already.`);
    throw new UsageError(`${CONFIGURATION_FILE} cannot be written: ${reasonOf(error)}.`);
  }
  terminal.out(`Wrote ${CONFIGURATION_FILE}.\n`);
  return 0;
}

function configuration(profile: Profile): string {
  return `{
  // "recommended" reports errors and warnings, "strict" information as well.
  "profile": "${profile}",
  // Registrable domains and hosts that are your own, such as "acme.io". Origins outside of them count as foreign.
  "trustedDomains": [],
  // Levels by rule: "off", "info", "warning", "error". cors-lint --list-rules lists them.
  "rules": {},
  // Files that are left out, in .gitignore syntax.
  "ignore": [],
  // Settings for some files only.
  "overrides": []
}
`;
}

import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

/** A real program that a suite needs, and the Debian package that brings it. */
export interface RealProgram {
  /** What the suites ask for, and the file name looked for on the PATH unless `file` says otherwise. */
  readonly name: string;
  readonly debianPackage: string;
  /** An exact place, for what is not an executable on the PATH. */
  readonly file?: string;
  /** An environment variable that may name another build of the program, which then takes its place. */
  readonly variable?: string;
}

/** Everything that `test/setup` installs. Each brings a program but no service on the network that has to run. */
export const realPrograms = [
  { name: 'nginx', debianPackage: 'nginx', variable: 'CORS_LINT_NGINX' },
  {
    name: 'headers-more',
    debianPackage: 'libnginx-mod-http-headers-more-filter',
    file: '/usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so',
  },
  // apache2-bin is the server alone; the package apache2 would start it on port 80.
  { name: 'apache2', debianPackage: 'apache2-bin' },
  { name: 'chromium', debianPackage: 'chromium' },
  { name: 'pcre2test', debianPackage: 'pcre2-utils' },
  { name: 'nvim', debianPackage: 'neovim' },
] as const satisfies readonly RealProgram[];

export type ProgramName = (typeof realPrograms)[number]['name'];

/** Servers live in sbin, which is not on the PATH of every user. */
const searchFolders = [
  ...(process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== ''),
  '/usr/sbin',
  '/usr/local/sbin',
];

/** The absolute path of a program, or undefined where it is not installed. */
export function findProgram(name: ProgramName): string | undefined {
  const program: RealProgram | undefined = realPrograms.find((candidate) => candidate.name === name);
  const named = program?.variable === undefined ? undefined : process.env[program.variable];
  if (named !== undefined && named !== '') return executable(named) ? named : undefined;
  if (program?.file !== undefined) return existsSync(program.file) ? program.file : undefined;
  return searchFolders.map((folder) => path.join(folder, name)).find(executable);
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Why a suite that needs these programs cannot run here, or undefined when it can. A suite prints the reason and
 * counts its tests as skipped.
 */
export function whyMissing(...names: readonly ProgramName[]): string | undefined {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length === 0) return undefined;
  const packages = missing.map((name) => realPrograms.find((program) => program.name === name)?.debianPackage ?? name);
  return `${missing.join(', ')} not installed (npm run setup as root, or: apt-get install --no-install-recommends ${packages.join(' ')})`;
}

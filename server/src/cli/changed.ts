import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from './spelling.ts';

/**
 * The files of the repository around `cwd` that differ from the last commit, or from the point where HEAD left `since`;
 * files that are new and not ignored count. Absolute paths, spelled below `cwd` as `cwd` is. Throws a UsageError outside of a
 * repository and for a reference that there is not.
 */
export function changedFiles(cwd: string, since: string | undefined): ReadonlySet<string> {
  const root = git(cwd, ['rev-parse', '--show-toplevel'])?.trim();
  if (root === undefined) throw new UsageError('There is no git repository here, so nothing can be said of what changed.');
  const base = since === undefined ? baseOf(cwd, 'HEAD') : mergeBase(cwd, since);
  const tracked =
    base === undefined
      ? git(cwd, ['ls-files', '-z', '--full-name', '--', ':/'])
      : git(cwd, ['diff', '--name-only', '--diff-filter=d', '--no-renames', '-z', base, '--', ':/']);
  const added = git(cwd, ['ls-files', '--others', '--exclude-standard', '--full-name', '-z', '--', ':/']);
  const names = `${tracked ?? ''}${added ?? ''}`.split('\0').filter((name) => name !== '');
  const paths = new Set<string>();
  const realCwd = realpathSync(cwd);
  for (const name of names) {
    const path = resolve(root, name);
    paths.add(path);
    // git answers with real paths; a working folder that was reached over a link spells them otherwise.
    if (realCwd !== cwd && path.startsWith(join(realCwd, '/'))) paths.add(join(cwd, path.slice(realCwd.length)));
  }
  return paths;
}

function mergeBase(cwd: string, since: string): string {
  const commit = baseOf(cwd, since);
  if (commit === undefined) throw new UsageError(`git knows no branch or commit "${since}".`);
  const base = git(cwd, ['merge-base', commit, 'HEAD'])?.trim();
  return base ?? commit;
}

/** The commit of a name; undefined where there is none, as in a repository without commits. */
function baseOf(cwd: string, name: string): string | undefined {
  return git(cwd, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`])?.trim();
}

/** Runs git without anything that a repository's configuration could make it run. Undefined where it fails. */
function git(cwd: string, args: readonly string[]): string | undefined {
  const run = spawnSync('git', ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (run.error && 'code' in run.error && run.error.code === 'ENOENT')
    throw new UsageError('git is not installed, so nothing can be said of what changed.');
  return run.status === 0 ? run.stdout : undefined;
}

import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConfigurationProblem } from '../config/problem.ts';

/** A configuration that cannot be used; nothing is linted with half of one. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly ConfigurationProblem[], cwd: string) {
    super(problems.map((problem) => wordProblem(problem, cwd)).join('\n'));
    this.problems = problems;
  }
}

function wordProblem({ uri, line, column, key, message }: ConfigurationProblem, cwd: string): string {
  const path = uri.startsWith('file:') ? relative(cwd, fileURLToPath(uri)) : uri;
  return `${path}:${line}:${column}: ${key === '' ? '' : `${key}: `}${message}`;
}

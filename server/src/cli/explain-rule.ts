import { rules } from '../rules/index.ts';
import type { Arguments } from './arguments.ts';
import { documentationOf } from './documentation.ts';
import { didYouMean, UsageError } from './spelling.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

/** `--explain RULE`: the rule's page. */
export function runExplainRule(given: Arguments, terminal: Terminal): ExitStatus {
  const id = given.text('explain') ?? '';
  const ids = rules.map((rule) => rule.id);
  const rule = rules.find((each) => each.id === id);
  if (!rule) throw new UsageError(`There is no rule "${id}".${didYouMean(id, ids) || ' They are listed by --list-rules.'}`);
  const page = documentationOf(id) ?? `# ${id}\n\n${rule.summary}\n`;
  terminal.out(page.endsWith('\n') ? page : `${page}\n`);
  return 0;
}

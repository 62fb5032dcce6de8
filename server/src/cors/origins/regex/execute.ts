import type { Pattern } from '../origin-set.ts';
import { estimateWork } from './estimate.ts';
import { parse } from './parse.ts';
import { keepsOrder, printedName, printJavaScript } from './print.ts';
import { compile, type Program } from './program.ts';

/** A search that succeeded: the text of the whole match, and what the groups hold. */
export interface Execution {
  readonly text: string;
  /** Whether the text and the groups are what the pattern's own engine finds first. */
  readonly exact: boolean;
  group(group: number | string): string | undefined;
}

/** The steps a backtracking engine may take at most: a few milliseconds. */
const MAX_WORK = 300_000;

interface Executable {
  readonly regexp: RegExp;
  readonly program: Program;
  readonly exact: boolean;
  readonly nameOf: (group: number) => string | number;
}

const executables = new Map<string, Executable | undefined>();
/** The same for a pattern that is there, however many there are. */
const executableOf = new WeakMap<Pattern, { readonly executable: Executable | undefined }>();

/**
 * Searches `text` with JavaScript's own engine; a PCRE pattern is translated first.
 * @returns null without a match; undefined where the pattern cannot be run: invalid, not translatable, or able to
 * backtrack for longer than `MAX_WORK` steps on this text.
 */
export function execute(pattern: Pattern, text: string): Execution | null | undefined {
  const executable = prepared(pattern);
  if (!executable || estimateWork(executable.program, text, MAX_WORK) === undefined) return undefined;
  const { regexp, exact, nameOf } = executable;
  regexp.lastIndex = 0;
  const match = regexp.exec(text);
  if (!match) return null;
  return {
    text: match[0],
    exact,
    group(group) {
      const name = typeof group === 'number' ? nameOf(group) : group;
      return typeof name === 'number' ? match[name] : match.groups?.[name];
    },
  };
}

function prepared(pattern: Pattern): Executable | undefined {
  const known = executableOf.get(pattern);
  if (known) return known.executable;
  const key = `${pattern.dialect}/${pattern.flags}/${pattern.source}`;
  if (!executables.has(key)) {
    if (executables.size >= 500) executables.clear();
    executables.set(key, prepare(pattern));
  }
  const executable = executables.get(key);
  executableOf.set(pattern, { executable });
  return executable;
}

function prepare(pattern: Pattern): Executable | undefined {
  const regex = parse(pattern);
  if (!regex) return undefined;
  try {
    const program = compile(regex, { estimate: true });
    if (pattern.dialect === 'javascript') {
      return { regexp: new RegExp(pattern.source, pattern.flags.replace('g', '')), program, exact: true, nameOf: (group) => group };
    }
    const nameOf = (group: number): string | number => (group === 0 ? 0 : printedName(regex, group));
    return { regexp: new RegExp(printJavaScript(regex)), program, exact: keepsOrder(regex.node), nameOf };
  } catch {
    return undefined;
  }
}

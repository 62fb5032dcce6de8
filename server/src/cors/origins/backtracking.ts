import type { analyse, Report } from 'scslre';
import type { Pattern } from './origin-set.ts';
import { SYMBOLS } from './regex/alphabet.ts';
import { estimateWork } from './regex/estimate.ts';
import { parseJavaScript } from './regex/javascript.ts';
import { parse } from './regex/parse.ts';
import { printJavaScript } from './regex/print.ts';
import { compile, type Program } from './regex/program.ts';
import { walk, type Regex, type RegexNode } from './regex/syntax.ts';

/** A header that makes a pattern backtrack for seconds. */
export interface Backtracking {
  readonly kind: 'exponential' | 'polynomial';
  /** The attack: an Origin header of at most `MAX_HEADER` characters. */
  readonly attack: string;
  /** Paths a backtracking engine may have to walk on the attack; about 10⁸ of them take a second. */
  readonly steps: number;
}

/** Servers refuse header lines beyond this length, in characters (nginx and Apache: 8 KB a line). */
const MAX_HEADER = 8000;
/** Fewer steps are done before anybody notices. */
const NOTICEABLE = 1e9;
/** Repetitions of an exponential attack are enough when doubling work this often. */
const EXPONENTIAL_LENGTH = 48;
const MAX_REPORTS = 8;
const MAX_ATTACKS = 60;

let analyser: typeof analyse | undefined;

/** Loads scslre, which is large, where one of some patterns has quantifiers that may trade characters. */
export async function prepareRedos(patterns: readonly Pattern[]): Promise<void> {
  if (analyser === undefined && patterns.some(mayTrade)) analyser = (await import('./trading-quantifiers.ts')).analyse;
}

/** Whether scslre can name anything in a pattern, in which it compares endless quantifiers with each other, and with those around them. */
export function mayTrade(pattern: Pattern): boolean {
  try {
    return hasTraders(readable(pattern)?.regex.node);
  } catch {
    return false;
  }
}

function hasTraders(root: RegexNode | undefined): boolean {
  const repeats = root ? [...walk(root)].filter((node) => node.type === 'repeat') : [];
  const endless = repeats.filter((node) => node.max === Infinity);
  return (
    endless.length > 1 ||
    repeats.some((node) => node.max > 1 && [...walk(node.of)].some((inner) => inner.type === 'repeat' && inner.max === Infinity))
  );
}

/** The pattern as scslre and the program read it. Throws where it is invalid. */
function readable(pattern: Pattern): { readonly source: string; readonly flags: string; readonly regex: Regex } | undefined {
  const source = pattern.dialect === 'javascript' ? pattern.source : printPcre(pattern);
  const flags = pattern.dialect === 'javascript' ? pattern.flags : '';
  return source === undefined ? undefined : { source, flags, regex: parseJavaScript(source, flags) };
}

/**
 * Whether a pattern backtracks catastrophically on an Origin header the attacker chooses. scslre finds the quantifiers
 * that trade characters, the number of paths on a concrete header shows that the trade costs seconds; nothing is run.
 * @returns false where no such header was found, undefined where the pattern is invalid, not supported, or not prepared for.
 */
export function redos(pattern: Pattern): Backtracking | false | undefined {
  try {
    const read = readable(pattern);
    if (!read) return undefined;
    const { source, flags, regex } = read;
    const trades = hasTraders(regex.node);
    if (trades && !analyser) return undefined;
    const program = compile(regex, { estimate: true });
    const reports =
      trades && analyser ? analyser({ source, flags }, { maxReports: MAX_REPORTS, reportTypes: { Move: false } }).reports : [];
    const regexp = new RegExp(source, flags.replace('g', ''));
    let worst: Backtracking | false = false;
    const attacks = [...reports.flatMap((report) => reportedAttacks(report, regex.node)), ...choiceAttacks(regex.node)];
    for (const attack of attacks) {
      const found = weigh(program, regexp, attack);
      if (found?.kind === 'exponential') return found;
      if (found && (worst === false || found.steps > worst.steps)) worst = found;
    }
    return worst;
  } catch {
    // An invalid pattern, or one that scslre or the program cannot hold.
    return undefined;
  }
}

interface Attack {
  readonly before: string;
  readonly repeated: string;
  readonly after: string;
}

/** What may keep a pattern from matching at the end of an attack. */
const ENDINGS = ['!', '_', '', '.', '\u0001'];

/** Headers that reach the quantifier scslre names and feed it. */
function reportedAttacks(report: Report, node: RegexNode): readonly Attack[] {
  const { start } = report.type === 'Trade' ? report.startQuant : report.quant;
  const before = shortestBefore(node, start) ?? '';
  const inner = shortestInside(node, start);
  const fed = [report.character.pick, ...(inner === undefined || inner === '' ? [] : [inner])];
  return fed.flatMap((repeated) => ENDINGS.map((after) => ({ before, repeated, after })));
}

/** Headers for repeated alternatives that overlap, such as `(?:a|\w)+`, which scslre does not report. */
function choiceAttacks(root: RegexNode): readonly Attack[] {
  const attacks: Attack[] = [];
  for (const node of walk(root)) {
    if (node.type !== 'repeat' || node.max !== Infinity) continue;
    const choices = [...walk(node.of)].filter((inner) => inner.type === 'alternation').flatMap((inner) => inner.of);
    const before = shortestBefore(root, node.span.start) ?? '';
    for (const text of new Set(choices.map(shortest))) {
      if (text !== '') attacks.push(...ENDINGS.map((after) => ({ before, repeated: text, after })));
    }
  }
  return attacks.slice(0, MAX_ATTACKS);
}

/** Weighs an attack by counting paths, the engine having failed to match a short form of it. */
function weigh(program: Program, regexp: RegExp, { before, repeated, after }: Attack): Backtracking | undefined {
  const header = (length: number): string => before + repeated.repeat(Math.max(1, Math.floor(length / repeated.length))) + after;
  const short = header(6);
  if (estimateWork(program, short, 100_000) === undefined || regexp.test(short)) return undefined;
  const count = (length: number): number => estimateWork(program, header(length), Number.MAX_VALUE, 2_000_000) ?? 0;
  const quarter = count(EXPONENTIAL_LENGTH / 2);
  const half = count(EXPONENTIAL_LENGTH);
  // Twice the length of an exponential attack squares its work, which no polynomial of a small degree does.
  if (half > quarter ** 1.6 && half > NOTICEABLE) return { kind: 'exponential', attack: header(EXPONENTIAL_LENGTH), steps: half };
  const attack = header(MAX_HEADER - before.length - 1);
  const steps = count(MAX_HEADER - before.length - 1);
  return steps > NOTICEABLE ? { kind: 'polynomial', attack, steps } : undefined;
}

function printPcre(pattern: Pattern): string | undefined {
  const regex = parse(pattern);
  if (!regex) return undefined;
  const refers = [...walk(regex.node)].some((node) => node.type === 'reference');
  return printJavaScript(refers ? regex : { ...regex, node: withoutGroups(regex.node) });
}

/** What groups capture costs nothing here, and JavaScript captures differently where they are repeated. */
function withoutGroups(node: RegexNode): RegexNode {
  switch (node.type) {
    case 'concat':
    case 'alternation':
      return { ...node, of: node.of.map(withoutGroups) };
    case 'repeat':
    case 'look':
    case 'atomic':
      return { ...node, of: withoutGroups(node.of) };
    case 'group':
      return withoutGroups(node.of);
    default:
      return node;
  }
}

/** The shortest text matched before the node that begins at `offset`. */
function shortestBefore(node: RegexNode, offset: number): string | undefined {
  if (node.type === 'repeat' && node.span.start === offset) return '';
  switch (node.type) {
    case 'concat': {
      let text = '';
      for (const child of node.of) {
        if (child.span.start <= offset && offset < child.span.end) {
          const inner = shortestBefore(child, offset);
          return inner === undefined ? undefined : text + inner;
        }
        text += shortest(child);
      }
      return undefined;
    }
    case 'alternation':
      return node.of.map((branch) => shortestBefore(branch, offset)).find((text) => text !== undefined);
    case 'repeat':
    case 'group':
    case 'atomic':
    case 'look':
      return shortestBefore(node.of, offset);
    default:
      return undefined;
  }
}

/** The shortest text one turn of the repetition around `offset` takes. */
function shortestInside(node: RegexNode, offset: number): string | undefined {
  if (offset < node.span.start || offset >= node.span.end) return undefined;
  if (node.type === 'repeat') return shortest(node.of);
  if (node.type === 'concat' || node.type === 'alternation')
    return node.of.map((child) => shortestInside(child, offset)).find((text) => text !== undefined);
  return 'of' in node ? shortestInside(node.of, offset) : undefined;
}

function shortest(node: RegexNode): string {
  switch (node.type) {
    case 'set':
      return [...SYMBOLS].find((symbol) => node.test.ascii[symbol.charCodeAt(0)] === 1) ?? '';
    case 'concat':
      return node.of.map(shortest).join('');
    case 'alternation':
      return node.of.map(shortest).reduce((least, text) => (text.length < least.length ? text : least));
    case 'repeat':
      return shortest(node.of).repeat(node.min);
    case 'group':
    case 'atomic':
      return shortest(node.of);
    default:
      return '';
  }
}

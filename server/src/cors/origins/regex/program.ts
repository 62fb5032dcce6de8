import { cutDeadEnds, cutImpossibleStarts } from './cut.ts';
import { refine, SYMBOL_CODES, SYMBOLS } from './alphabet.ts';
import {
  childrenOf,
  foldCase,
  isNullable,
  isWordCode,
  Undecided,
  walk,
  type Assertion,
  type CharacterTest,
  type Regex,
  type RegexNode,
} from './syntax.ts';

/**
 * A pattern as a graph of steps, as a backtracking matcher would walk it: `split` tries its targets in order. Characters
 * are grouped into classes the pattern does not tell apart.
 */
export interface Program {
  readonly steps: readonly Step[];
  /** Where a match begins, without the search before it. */
  readonly entry: number;
  /** Where a search begins: the entry, or a loop over any characters before it. */
  readonly start: number;
  readonly classOf: Uint8Array;
  /** One symbol of each class. */
  readonly symbols: readonly number[];
  /** Like `classOf`, but symbols that only a reference to a group tells apart are of one kind. */
  readonly kindOf: Uint8Array;
  /** For each class, whether `\w` takes it. */
  readonly wordClasses: Uint8Array;
  readonly usesWord: boolean;
  /**
   * For steps inside the optional turns of a counted repetition: the same place in a turn with more turns left (a higher
   * level of the same family) accepts at least as much.
   */
  readonly optional: ReadonlyMap<number, readonly OptionalTurn[]>;
  /** How many families there are, numbered from 0. */
  readonly families: number;
  /** How deeply unbounded repetitions nest, at least 1. */
  readonly loopDepth: number;
  /** The entries of look-behind bodies, inner ones first. */
  readonly behinds: readonly number[];
  /** An unset group fails a reference (PCRE) or matches nothing (JavaScript). */
  readonly unsetFails: boolean;
}

export interface OptionalTurn {
  readonly family: number;
  readonly level: number;
}

export type Step =
  | { readonly op: 'take'; readonly classes: Uint8Array; readonly next: number }
  | { readonly op: 'split'; readonly next: readonly number[] }
  | { readonly op: 'assert'; readonly kind: Assertion; readonly next: number }
  | { readonly op: 'look'; readonly entry: number; readonly behind: number; readonly negate: boolean; readonly next: number }
  | { readonly op: 'atomic'; readonly entry: number; readonly next: number }
  | { readonly op: 'open' | 'close'; readonly group: number; readonly next: number }
  | { readonly op: 'forget'; readonly groups: readonly number[]; readonly next: number }
  | { readonly op: 'reference'; readonly group: number; readonly ignoreCase: boolean; readonly next: number }
  | { readonly op: 'match' };

/** More steps than this (counted repetitions are unrolled) are undecided. */
const MAX_STEPS = 6000;

/** How a program is read. */
export interface CompileOptions {
  /**
   * For estimating the work of a backtracking engine: atomic groups are plain, a reference may take anything, and
   * look-behinds are laid out from their end to their beginning, as JavaScript matches them.
   */
  readonly estimate?: boolean;
}

const programs = new WeakMap<Regex, Program>();

/**
 * Compiles a parsed pattern; the same one once.
 * @throws Undecided for references whose value the automaton cannot follow, and past `MAX_STEPS`.
 */
export function compile(regex: Regex, { estimate = false }: CompileOptions = {}): Program {
  // Most patterns hold nothing that an estimate reads in another way.
  if (estimate && readsDifferently(regex.node)) return lay(regex, true);
  let program = programs.get(regex);
  if (!program) programs.set(regex, (program = lay(regex, false)));
  return program;
}

function readsDifferently(root: RegexNode): boolean {
  for (const node of walk(root)) if (node.type === 'atomic' || node.type === 'reference' || node.type === 'look') return true;
  return false;
}

function lay(regex: Regex, estimate: boolean): Program {
  const referenced = new Set<number>();
  const tests = new Map<CharacterTest, string>();
  let usesWord = false;
  for (const node of walk(regex.node)) {
    if (node.type === 'reference' && !estimate) referenced.add(node.group);
    if (node.type === 'set') tests.set(node.test, '');
    if (node.type === 'assertion' && (node.kind === 'word' || node.kind === 'notWord')) usesWord = true;
  }
  if (referenced.size > 0) refuseHiddenReferences(regex);
  const distinct = [...tests.keys()];
  const kinds = refine([...(usesWord ? [Array.from(SYMBOL_CODES, (code) => (isWordCode(code) ? 1 : 0))] : []), ...columnsOf(distinct)]);
  const { classOf, symbols } = referenced.size === 0 ? kinds : refine([recordedSymbols(regex, referenced), kinds.classOf]);
  // As many kinds as classes are the same.
  const kindOf = kinds.symbols.length === symbols.length ? classOf : kinds.classOf;
  const classesOf = new Map(
    distinct.map((test) => [test, Uint8Array.from(symbols, (symbol) => test.ascii[SYMBOL_CODES[symbol] ?? 0] ?? 0)]),
  );

  const steps: Step[] = [];
  const behinds: number[] = [];
  const bodies = new Map<RegexNode, { entry: number; behind: number }>();
  const add = (step: Step): number => {
    if (steps.length >= MAX_STEPS) throw new Undecided('pattern too large');
    return steps.push(step) - 1;
  };
  const match = add({ op: 'match' });
  const optional = new Map<number, readonly OptionalTurn[]>();
  let backwards = 0;
  let families = 0;

  const body = (node: RegexNode & { type: 'look' | 'atomic' }): { entry: number; behind: number } => {
    const known = bodies.get(node);
    if (known) return known;
    if (estimate && node.type === 'look' && node.behind) backwards++;
    const entry = emit(node.of, match);
    if (estimate && node.type === 'look' && node.behind) backwards--;
    const made = { entry, behind: node.type === 'look' && node.behind ? behinds.push(entry) - 1 : -1 };
    bodies.set(node, made);
    return made;
  };

  /** Adds the steps of `node` before `next` and returns where they begin. */
  const emit = (node: RegexNode, next: number): number => {
    switch (node.type) {
      case 'set':
        return add({ op: 'take', classes: classesOf.get(node.test) ?? new Uint8Array(symbols.length), next });
      case 'concat':
        if (backwards > 0) return node.of.reduce((after, child) => emit(child, after), next);
        return node.of.reduceRight((after, child) => emit(child, after), next);
      case 'alternation':
        return add({ op: 'split', next: node.of.map((branch) => emit(branch, next)) });
      case 'repeat':
        return emitRepeat(node, next);
      case 'group': {
        if (node.index === undefined || !referenced.has(node.index)) return emit(node.of, next);
        const close = add({ op: 'close', group: node.index, next });
        return add({ op: 'open', group: node.index, next: emit(node.of, close) });
      }
      case 'assertion':
        return add({ op: 'assert', kind: node.kind, next });
      case 'look':
        if (backwards > 0) throw new Undecided('look-around inside a look-behind');
        return add({ op: 'look', ...body(node), negate: node.negate, next });
      case 'atomic':
        if (estimate) return emit(node.of, next);
        if (hasEmptyTurns(node.of, regex.dialect)) throw new Undecided('empty turns in an atomic group');
        return add({ op: 'atomic', entry: body(node).entry, next });
      case 'reference':
        if (estimate) return emitLoop(next);
        return add({ op: 'reference', group: node.group, ignoreCase: node.ignoreCase, next });
    }
  };

  const emitRepeat = (node: RegexNode & { type: 'repeat' }, next: number): number => {
    const inside = [...walk(node.of)].flatMap((inner) =>
      inner.type === 'group' && inner.index !== undefined && referenced.has(inner.index) ? [inner.index] : [],
    );
    if (inside.length > 0 && node.max > 1 && isNullable(node.of)) throw new Undecided('empty turns around a reference');
    // JavaScript forgets what groups held at the beginning of every turn (ECMA-262 RepeatMatcher, step 4).
    const turn = (after: number): number => {
      const entry = emit(node.of, after);
      return inside.length > 0 && regex.dialect === 'javascript' ? add({ op: 'forget', groups: inside, next: entry }) : entry;
    };
    const choice = (entry: number, skip: number): number[] => (node.lazy ? [skip, entry] : [entry, skip]);
    let start = next;
    let required = node.min;
    if (node.max === Infinity) {
      const targets: number[] = [];
      const again = add({ op: 'split', next: targets });
      const entry = turn(again);
      targets.push(...choice(entry, next));
      start = required > 0 ? entry : again;
      required = Math.max(0, required - 1);
    } else {
      // A place in a turn is of one family with the same place in the other turns.
      let family: number | undefined;
      const shared = sharesBodies(node.of);
      for (let level = 1; level <= node.max - node.min; level++) {
        const first = steps.length;
        start = add({ op: 'split', next: choice(turn(start), next) });
        if (shared) continue;
        if (family === undefined) {
          family = families;
          families += steps.length - first;
        }
        for (let index = first; index < steps.length; index++)
          optional.set(index, [...(optional.get(index) ?? []), { family: family + index - first, level }]);
      }
    }
    for (; required > 0; required--) start = turn(start);
    return start;
  };

  /** Any characters, as few as possible, then `next`. */
  const emitLoop = (next: number): number => {
    const targets: number[] = [];
    const loop = add({ op: 'split', next: targets });
    targets.push(next, add({ op: 'take', classes: new Uint8Array(symbols.length).fill(1), next: loop }));
    return loop;
  };

  const entry = emit(regex.node, match);
  const start = regex.sticky || beginsAtStart(regex.node) ? entry : emitLoop(entry);
  cutImpossibleStarts(steps, [start, ...behinds]);
  cutDeadEnds(steps);
  const wordClasses = Uint8Array.from(symbols, (symbol) => (isWordCode(SYMBOL_CODES[symbol] ?? 0) ? 1 : 0));
  return {
    steps,
    entry,
    start,
    classOf,
    symbols,
    kindOf,
    wordClasses,
    usesWord,
    optional,
    families,
    behinds,
    loopDepth: Math.max(1, loopDepth(regex.node)),
    unsetFails: regex.dialect === 'pcre',
  };
}

/** What tests say of each symbol, many tests in one number. */
function columnsOf(tests: readonly CharacterTest[]): readonly Int32Array[] {
  const columns: Int32Array[] = [];
  for (const [index, { ascii }] of tests.entries()) {
    const bit = index % 30;
    const column = bit === 0 ? new Int32Array(SYMBOLS.length) : (columns.at(-1) as Int32Array);
    if (bit === 0) columns.push(column);
    for (let symbol = 0; symbol < SYMBOLS.length; symbol++)
      column[symbol] = (column[symbol] ?? 0) | ((ascii[SYMBOL_CODES[symbol] ?? 0] ?? 0) << bit);
  }
  return columns;
}

function loopDepth(node: RegexNode): number {
  const inside = Math.max(0, ...childrenOf(node).map(loopDepth));
  return node.type === 'repeat' && node.max === Infinity ? inside + 1 : inside;
}

/** Whether every match begins at the first character, so that searching further is pointless. */
function beginsAtStart(node: RegexNode): boolean {
  switch (node.type) {
    case 'assertion':
      return node.kind === 'start' || node.kind === 'lineStart';
    case 'concat':
      return node.of[0] !== undefined && beginsAtStart(node.of[0]);
    case 'alternation':
      return node.of.every(beginsAtStart);
    case 'group':
    case 'atomic':
      return beginsAtStart(node.of);
    default:
      return false;
  }
}

/** For each symbol that a group that is referred to may hold, in either case, a number of its own: they have to be told apart. */
function recordedSymbols(regex: Regex, referenced: ReadonlySet<number>): readonly number[] {
  const held = new Set<number>();
  for (const node of walk(regex.node)) {
    if (node.type !== 'group' || node.index === undefined || !referenced.has(node.index)) continue;
    for (const inner of walk(node.of)) {
      if (inner.type === 'reference') return [...SYMBOL_CODES];
      if (inner.type === 'set') foldCase(inner.test).ascii.forEach((taken, code) => taken === 1 && held.add(code));
    }
  }
  return SYMBOL_CODES.map((code) => (held.has(code) ? code : 0));
}

/** The bodies of look-arounds and atomic groups are laid out once, however often their node is. */
function sharesBodies(node: RegexNode): boolean {
  for (const inner of walk(node)) if (inner.type === 'look' || inner.type === 'atomic') return true;
  return false;
}

/**
 * A turn that takes nothing ends a repetition in PCRE and is refused in JavaScript (unless turns are still required), which
 * changes what matches first. The program tells the first match only where neither can happen, or as JavaScript has it in
 * a plain `*`.
 */
function hasEmptyTurns(node: RegexNode, dialect: Regex['dialect']): boolean {
  for (const inner of walk(node)) {
    if (inner.type !== 'repeat' || !isNullable(inner.of)) continue;
    if (dialect === 'pcre' ? inner.max > 1 : inner.min > 0 || inner.max !== Infinity) return true;
  }
  return false;
}

/**
 * What a group in a look-around or an atomic group holds outside is what the first match there left, which the automaton
 * does not follow; nor does it carry what is held outside in. A group and its references have to be in the same body, and
 * not in a look-behind, which JavaScript matches from its end.
 */
function refuseHiddenReferences(regex: Regex): void {
  const bodies = new Map<number, Set<RegexNode | undefined>>();
  const note = (group: number, body: RegexNode | undefined): void => {
    bodies.set(group, (bodies.get(group) ?? new Set()).add(body));
  };
  const visit = (node: RegexNode, body: RegexNode | undefined, behind: boolean): void => {
    if (node.type === 'reference') {
      if (behind) throw new Undecided('reference inside a look-behind');
      note(node.group, body);
    }
    if (node.type === 'group' && node.index !== undefined) note(node.index, body);
    const opens = node.type === 'look' || node.type === 'atomic';
    for (const child of childrenOf(node)) visit(child, opens ? node : body, behind || (node.type === 'look' && node.behind));
  };
  visit(regex.node, undefined, false);
  for (const node of walk(regex.node)) {
    if (node.type === 'reference' && (bodies.get(node.group)?.size ?? 0) > 1) throw new Undecided('reference into or out of a look-around');
  }
}

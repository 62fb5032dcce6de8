/**
 * Identities of regular languages by which repetitions that match a text in several ways become ones that match it in one way. Each
 * keeps the language; groups are forgotten where they would have to stand twice.
 */
import { isNullable, type CharacterTest, type RegexNode } from './syntax.ts';
import { NOWHERE } from './write.ts';

type Repeat = RegexNode & { readonly type: 'repeat' };

/** A set of characters, once, optional or repeated. */
interface Run {
  readonly set: RegexNode & { readonly type: 'set' };
  readonly min: number;
  readonly endless: boolean;
}

/** The tree with the same language; the same object where nothing is ambiguous in a way that is known here. */
export function simplified(node: RegexNode): RegexNode {
  switch (node.type) {
    case 'concat': {
      const of = node.of.map(simplified);
      const joined = withoutTrades(of);
      return sameItems(joined, node.of) ? node : { ...node, of: joined, span: NOWHERE };
    }
    case 'alternation': {
      const of = node.of.map(simplified);
      return sameItems(of, node.of) ? node : { ...node, of, span: NOWHERE };
    }
    case 'group': {
      const of = simplified(node.of);
      return of === node.of ? node : { ...node, of, span: NOWHERE };
    }
    case 'repeat': {
      const of = simplified(node.of);
      const repeated = of === node.of ? node : { ...node, of, span: NOWHERE };
      return singleWay(repeated) ?? repeated;
    }
    default:
      return node;
  }
}

function sameItems(a: readonly RegexNode[], b: readonly RegexNode[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** `(…)+` or `(…)*` whose turns can be cut in several ways; undefined where it is none. */
function singleWay(node: Repeat): RegexNode | undefined {
  if (node.max !== Infinity || node.min > 1) return undefined;
  const inner = bare(node.of);
  switch (inner.type) {
    case 'repeat': {
      // (x+)+ is x+, (x*)+ and (x+)* are x*.
      if (inner.min > 1 || (inner.max !== 1 && inner.max !== Infinity)) return undefined;
      const outer = repeat(inner.of, Math.min(node.min, inner.min), Infinity);
      return singleWay(outer) ?? outer;
    }
    case 'alternation': {
      // (x|y+)+ is [xy]+.
      const runs = allKnown(inner.of.map(runOf));
      return runs && repeat(unionOf(runs), runs.some(({ min }) => min === 0) ? 0 : node.min, Infinity);
    }
    case 'concat': {
      const turns = repeatedSequence(inner.of);
      return turns && (node.min === 0 && !isNullable(turns) ? repeat(turns, 0, 1) : turns);
    }
    default:
      return undefined;
  }
}

/** One or more turns of a sequence whose turns run into each other. */
function repeatedSequence(items: readonly RegexNode[]): RegexNode | undefined {
  const runs = items.map(runOf);
  const known = allKnown(runs);
  // (x*y?)+ is [xy]*.
  if (known?.every(({ min }) => min === 0) === true) return repeat(unionOf(known), 0, Infinity);
  const [first, last] = [runs[0], runs.at(-1)];
  // (x+t?)+ is x+(tx+)*t?, whatever t is, and (t?x+)+ is t?x+(tx+)*.
  if (isLong(first) && items.slice(1).every(isNullable)) {
    const between = present(items.slice(1), first);
    if (between === 'nothing') return repeat(first.set, 1, Infinity);
    return between && sequence([long(first), repeat(sequence([between, long(first)]), 0, Infinity), repeat(between, 0, 1)]);
  }
  if (isLong(last) && items.slice(0, -1).every(isNullable)) {
    const between = present(items.slice(0, -1), last);
    if (between === 'nothing') return repeat(last.set, 1, Infinity);
    return between && sequence([repeat(between, 0, 1), long(last), repeat(sequence([between, long(last)]), 0, Infinity)]);
  }
  if (items.length !== 2 || !isLong(first) || last?.min !== 1) return undefined;
  // (x+y)+ is x+y where y is among the x, and (x+y+)+ is x[xy]*y.
  if (!last.endless) return within(last.set.test, first.set.test) ? sequence([long(first), last.set]) : undefined;
  return overlap(first.set.test, last.set.test) ? sequence([first.set, repeat(unionOf([first, last]), 0, Infinity), last.set]) : undefined;
}

/**
 * Optional items without the case that none is there, and without what the run beside them takes as well; `nothing` where
 * the run takes all of them.
 */
function present(items: readonly RegexNode[], beside: Run): RegexNode | 'nothing' | undefined {
  const ways = items.map((item, index): RegexNode | undefined => {
    const optional = bare(item);
    if (optional.type !== 'repeat' || optional.min !== 0 || isNullable(optional.of)) return undefined;
    const some = optional.max === 1 ? optional.of : optional.max === Infinity ? repeat(optional.of, 1, Infinity) : undefined;
    return some && sequence([withoutGroups(some), ...items.slice(index + 1).map(withoutGroups)]);
  });
  const known = allKnown(ways);
  const [only, ...others] = known ?? [];
  if (!known || !only || others.length > 0) return known && only && { type: 'alternation', of: known, span: NOWHERE };
  const run = runOf(only);
  if (!run || run.endless || !overlap(run.set.test, beside.set.test)) return only;
  const rest = difference(run.set.test, beside.set.test);
  return isEmpty(rest) ? 'nothing' : setOf(rest);
}

/** A sequence in which no two repetitions beside each other can trade characters. */
function withoutTrades(items: readonly RegexNode[]): readonly RegexNode[] {
  for (const [index, item] of items.entries()) {
    const [a, b, c] = [runOf(item), ...items.slice(index + 1, index + 3).map(runOf)];
    if (!a?.endless || !b) continue;
    const replaced = b.endless ? joinedRuns(a, b) : untilFirst(a, b, c);
    if (replaced) return withoutTrades([...items.slice(0, index), ...replaced, ...items.slice(index + 2)]);
  }
  return items;
}

/** `x*x+` is `x+`, `x+x+` is `xx+`; of two runs where one takes all that the other does, the smaller one need not be long. */
function joinedRuns(a: Run, b: Run): readonly RegexNode[] | undefined {
  if (within(a.set.test, b.set.test)) return a.min === 0 ? [long(b)] : [a.set, long(b)];
  if (within(b.set.test, a.set.test)) return b.min === 0 ? [long(a)] : [long(a), b.set];
  return undefined;
}

/** `x*yx*` is `[^y]*yx*` where y is among the x: the first y is as good as any. */
function untilFirst(a: Run, b: Run, c: Run | undefined): readonly RegexNode[] | undefined {
  if (b.min !== 1 || !c?.endless || !within(b.set.test, a.set.test) || !within(a.set.test, c.set.test)) return undefined;
  const before = difference(a.set.test, b.set.test);
  return [...(a.min === 1 ? [a.set] : []), ...(isEmpty(before) ? [] : [repeat(setOf(before), 0, Infinity)]), b.set];
}

function bare(node: RegexNode): RegexNode {
  if (node.type === 'group') return bare(node.of);
  const [only] = node.type === 'concat' && node.of.length === 1 ? node.of : [];
  return only ? bare(only) : node;
}

function withoutGroups(node: RegexNode): RegexNode {
  switch (node.type) {
    case 'group':
      return withoutGroups(node.of);
    case 'concat':
    case 'alternation':
      return { ...node, of: node.of.map(withoutGroups), span: NOWHERE };
    case 'repeat':
      return { ...node, of: withoutGroups(node.of), span: NOWHERE };
    default:
      return node;
  }
}

function runOf(node: RegexNode): Run | undefined {
  const plain = bare(node);
  if (plain.type === 'set') return { set: plain, min: 1, endless: false };
  if (plain.type !== 'repeat' || plain.min > 1 || (plain.max !== 1 && plain.max !== Infinity)) return undefined;
  const of = bare(plain.of);
  return of.type === 'set' ? { set: of, min: plain.min, endless: plain.max === Infinity } : undefined;
}

function isLong(run: Run | undefined): run is Run {
  return run?.endless === true && run.min === 1;
}

function long({ set, min }: Run): RegexNode {
  return repeat(set, min, Infinity);
}

function repeat(of: RegexNode, min: number, max: number): Repeat {
  return { type: 'repeat', of, min, max, lazy: false, span: NOWHERE };
}

function sequence(items: readonly RegexNode[]): RegexNode {
  const [only, ...others] = items;
  return only && others.length === 0 ? only : { type: 'concat', of: items, span: NOWHERE };
}

function setOf(test: CharacterTest): RegexNode & { readonly type: 'set' } {
  return { type: 'set', test, form: 'class', span: NOWHERE };
}

/** A set of all characters of some runs: the largest of them, where it takes all. */
function unionOf(runs: readonly Run[]): RegexNode {
  const largest = runs.find(({ set }) => runs.every((each) => within(each.set.test, set.test)));
  if (largest) return largest.set;
  const tests = runs.map(({ set }) => set.test);
  const taken = (code: number): boolean => tests.some(({ ascii }) => ascii[code] === 1);
  return setOf({
    ascii: Uint8Array.from(tests[0]?.ascii ?? [], (_, code) => (taken(code) ? 1 : 0)),
    beyond: tests.some(({ beyond }) => beyond),
  });
}

function within(a: CharacterTest, b: CharacterTest): boolean {
  return (!a.beyond || b.beyond) && a.ascii.every((takes, code) => takes === 0 || b.ascii[code] === 1);
}

function overlap(a: CharacterTest, b: CharacterTest): boolean {
  return (a.beyond && b.beyond) || a.ascii.some((takes, code) => takes === 1 && b.ascii[code] === 1);
}

function difference(a: CharacterTest, b: CharacterTest): CharacterTest {
  return { ascii: a.ascii.map((takes, code) => (takes === 1 && b.ascii[code] !== 1 ? 1 : 0)), beyond: a.beyond && !b.beyond };
}

function isEmpty({ ascii, beyond }: CharacterTest): boolean {
  return !beyond && ascii.every((takes) => takes === 0);
}

function allKnown<Item>(items: readonly (Item | undefined)[]): readonly Item[] | undefined {
  const known = items.filter((each) => each !== undefined);
  return known.length < items.length ? undefined : known;
}

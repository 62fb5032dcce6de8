import { AutomataOrigins } from '../../server/src/cors/origins/automata.ts';
import { complement, contains, difference, matching, type OriginSet, type Pattern } from '../../server/src/cors/origins/origin-set.ts';
import { searchJavaScript, searchPcre, type Verdicts } from './engines.ts';
import { mutate, PatternGenerator, randomOrigin, type Feature, type Generated } from './generate.ts';
import type { Random } from '../../tools/random.ts';

export interface Disagreement {
  readonly pattern: Pattern;
  readonly origin: string;
  readonly engine: boolean;
  readonly automaton: boolean;
  readonly executed: boolean | undefined;
}

export interface DifferentialReport {
  readonly patterns: number;
  readonly invalid: number;
  readonly undecided: readonly Pattern[];
  readonly origins: number;
  readonly accepted: number;
  readonly engineGaveUp: number;
  readonly notExecuted: number;
  readonly witnesses: number;
  readonly disagreements: readonly Disagreement[];
  readonly shares: ReadonlyMap<Feature, number>;
  /** Milliseconds of this process's own computing to decide a pattern: is it empty, does it stay within a domain, and who is the first foreigner. */
  readonly times: readonly { readonly milliseconds: number; readonly pattern: Pattern }[];
}

export interface DifferentialOptions {
  readonly patterns: Iterable<Generated>;
  /** Origins tried on each pattern. */
  readonly origins: number;
  readonly random: Random;
}

const OWN: OriginSet = matching({ dialect: 'javascript', source: '^https?://(?:[^/:]+\\.)?acme\\.io\\.?(?::\\d+)?$', flags: '' });

/** Milliseconds above which a time is measured again. */
const SLOW = 50;

/** The questions behind one finding: does the set hold anything, does it stay within a domain, who is the first foreigner? */
function decideOnce(automata: AutomataOrigins, set: OriginSet): string | undefined {
  automata.isEmpty(set);
  automata.isSubset(set, OWN);
  return automata.witness(difference(set, OWN));
}

/** The fastest of several runs, in milliseconds of computing: what else the machine does is not counted. */
function timed(run: () => void, times: number): number {
  let fastest = Infinity;
  for (let time = 0; time < times; time++) {
    const begin = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(begin);
    fastest = Math.min(fastest, (user + system) / 1000);
  }
  return fastest;
}

/** Random patterns, half of them JavaScript and half PCRE. */
export function* randomPatterns(random: Random, count: number): Generator<Generated> {
  const generators = [new PatternGenerator(random, 'javascript'), new PatternGenerator(random, 'pcre')];
  for (let index = 0; index < count; index++) {
    const generated = generators[index % 2]?.next();
    if (generated) yield generated;
  }
}

/** A list of patterns in place of random ones. */
export function listedPatterns(patterns: readonly Pattern[]): readonly Generated[] {
  return patterns.map((pattern) => ({ pattern, features: new Set() }));
}

/**
 * Holds the automata, and `contains`, against the real engines, on random origins as well as on origins close to the edge
 * of each language.
 */
export function runDifferential({ patterns, origins, random }: DifferentialOptions): DifferentialReport {
  const automata = new AutomataOrigins();
  const undecided: Pattern[] = [];
  const disagreements: Disagreement[] = [];
  const shares = new Map<Feature, number>();
  const times: { milliseconds: number; pattern: Pattern }[] = [];
  const report = { patterns: 0, invalid: 0, origins: 0, accepted: 0, engineGaveUp: 0, notExecuted: 0, witnesses: 0 };

  const compare = (pattern: Pattern, subjects: readonly string[], verdicts: Verdicts): void => {
    if (!verdicts) {
      report.invalid++;
      return;
    }
    report.patterns++;
    const set = matching(pattern);
    if (automata.isEmpty(set) === undefined) {
      undecided.push(pattern);
      return;
    }
    for (const [index, origin] of subjects.entries()) {
      const engine = verdicts[index];
      if (engine === null || engine === undefined) {
        report.engineGaveUp++;
        continue;
      }
      report.origins++;
      if (engine) report.accepted++;
      const automaton = automata.accepts(set, origin);
      const executed = contains(set, origin);
      if (executed === undefined) report.notExecuted++;
      if (automaton === undefined) {
        undecided.push(pattern);
        return;
      }
      if (automaton !== engine || (executed !== undefined && executed !== engine)) {
        disagreements.push({ pattern, origin, engine, automaton, executed });
        return;
      }
    }
  };

  /** PCRE runs in batches, as a process for each pattern would cost more than everything else. */
  const batch: { pattern: Pattern; subjects: string[] }[] = [];
  const flush = (): void => {
    const verdicts = searchPcre(batch);
    batch.forEach(({ pattern, subjects }, index) => compare(pattern, subjects, verdicts[index]));
    batch.length = 0;
  };

  for (const { pattern, features } of patterns) {
    for (const feature of features) shares.set(feature, (shares.get(feature) ?? 0) + 1);
    const set = matching(pattern);
    const foreign = decideOnce(automata, set);
    const slowest = timed(() => decideOnce(new AutomataOrigins(), set), 1);
    // The compiler and the collector run beside: what looks slow is measured again, and the fastest counts.
    times.push({ milliseconds: slowest > SLOW ? timed(() => decideOnce(new AutomataOrigins(), set), 3) : slowest, pattern });
    const edges = [foreign, automata.witness(set), automata.witness(complement(set))].filter((word) => word !== undefined);
    report.witnesses += edges.length;
    const subjects = [...edges];
    while (subjects.length < origins) {
      subjects.push(edges.length > 0 && random.chance(1 / 3) ? mutate(random, random.pick(edges)) : randomOrigin(random));
    }
    if (pattern.dialect === 'javascript') compare(pattern, subjects, searchJavaScript(pattern, subjects));
    else if (batch.push({ pattern, subjects }) >= 500) flush();
  }
  flush();
  return { ...report, undecided, disagreements, shares, times };
}

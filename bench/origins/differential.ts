import { AutomataOrigins } from '../../server/src/cors/origins/automata.ts';
import { complement, contains, difference, matching, type OriginSet, type Pattern } from '../../server/src/cors/origins/origin-set.ts';
import { searchJavaScript, searchPcre, type Verdicts } from './engines.ts';
import { Chance, mutate, PatternGenerator, randomOrigin, type Feature } from './generate.ts';

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
  /** Milliseconds to decide a pattern: is it empty, does it stay within a domain, and who is the first foreigner. */
  readonly times: readonly { readonly milliseconds: number; readonly pattern: Pattern }[];
}

const OWN: OriginSet = matching({ dialect: 'javascript', source: '^https?://(?:[^/:]+\\.)?acme\\.io\\.?(?::\\d+)?$', flags: '' });

/**
 * Holds the automata, and `contains`, against the real engines on random patterns, half of them JavaScript and half PCRE,
 * and on random origins as well as origins close to the edge of each language.
 */
export function runDifferential({ patterns, origins, seed }: { readonly patterns: number; readonly origins: number; readonly seed: number }): DifferentialReport {
  const chance = new Chance(seed);
  const automata = new AutomataOrigins();
  const generators = [new PatternGenerator(chance, 'javascript'), new PatternGenerator(chance, 'pcre')];
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

  for (let count = 0; count < patterns; count++) {
    const generator = generators[count % 2];
    if (!generator) continue;
    const { pattern, features } = generator.next();
    for (const feature of features) shares.set(feature, (shares.get(feature) ?? 0) + 1);
    const set = matching(pattern);
    const begin = performance.now();
    automata.isEmpty(set);
    automata.isSubset(set, OWN);
    const foreign = automata.witness(difference(set, OWN));
    times.push({ milliseconds: performance.now() - begin, pattern });
    const edges = [foreign, automata.witness(set), automata.witness(complement(set))].filter((word) => word !== undefined);
    report.witnesses += edges.length;
    const subjects = [...edges];
    while (subjects.length < origins) {
      subjects.push(edges.length > 0 && chance.once(3) ? mutate(chance, chance.pick(edges)) : randomOrigin(chance));
    }
    if (pattern.dialect === 'javascript') compare(pattern, subjects, searchJavaScript(pattern, subjects));
    else if (batch.push({ pattern, subjects }) >= 500) flush();
  }
  flush();
  return { ...report, undecided, disagreements, shares, times };
}

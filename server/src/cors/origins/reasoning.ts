import { AutomataOrigins } from './automata.ts';
import { prepareRedos, redos, type Backtracking } from './backtracking.ts';
import type { Origins } from './index.ts';
import { intendedDomains, type Intent } from './intent.ts';
import { judge, type Judgement } from './judge.ts';
import { canonicalKey, matching, type OriginSet, type Pattern } from './origin-set.ts';
import { repairPattern, type Repair } from './repair.ts';
import { withoutAmbiguity, type Rewriting } from './unambiguous.ts';

/** Everything that is decided about origins with automata and the public suffix list. Loaded by `loadReasoning` only. */
export interface OriginReasoning {
  readonly origins: Origins;
  /** What the author of a check that admits `set` meant. */
  intent(set: OriginSet, trustedDomains: readonly string[]): Intent;
  /** Judges a set against what its author meant; every witness is proven by the real checks. */
  judge(set: OriginSet, intent: Intent): Judgement;
  /** The smallest change of a pattern after which it accepts only what its author meant. */
  repair(pattern: Pattern, intent: Intent): Repair | undefined;
  /** Loads what `redos` needs for some patterns; asked of any other, it may not know. */
  prepareRedos(patterns: readonly Pattern[]): Promise<void>;
  /** A header on which the pattern backtracks for seconds; false where none was found, undefined where undecided. */
  redos(pattern: Pattern): Backtracking | false | undefined;
  /** Another spelling of a pattern that backtracks, proven to succeed on the same texts and not to. */
  withoutAmbiguity(pattern: Pattern): Rewriting | undefined;
}

/** How many answers of each kind are kept: several rules ask about one check, and again after every keystroke. */
const MAX_REMEMBERED = 200;

/** The reasoning over one shared store of automata. Each answer is computed once. */
export function createReasoning(): OriginReasoning {
  const origins = new AutomataOrigins();
  const intents = new Memory<Intent>();
  const judgements = new Memory<Judgement>();
  const repairs = new Memory<Repair | undefined>();
  const backtracking = new Memory<Backtracking | false | undefined>();
  const rewritings = new Memory<Rewriting | undefined>();
  return {
    origins,
    intent: (set, trustedDomains) =>
      intents.get([canonicalKey(set), ...trustedDomains].join(' '), () => intendedDomains(set, { trustedDomains })),
    judge: (set, intent) => judgements.get(`${canonicalKey(set)} ${keyOf(intent)}`, () => judge(origins, set, intent)),
    repair: (pattern, intent) =>
      repairs.get(`${canonicalKey(matching(pattern))} ${keyOf(intent)}`, () => repairPattern(origins, pattern, intent)),
    prepareRedos,
    redos: (pattern) => backtracking.get(canonicalKey(matching(pattern)), () => redos(pattern)),
    withoutAmbiguity: (pattern) =>
      rewritings.get(canonicalKey(matching(pattern)), () => withoutAmbiguity((a, b) => origins.sameTexts(a, b), pattern)),
  };
}

function keyOf(intent: Intent): string {
  return `${canonicalKey(intent.set)} ${intent.sharedSuffixes.join()}`;
}

/** Answers by key; the oldest are forgotten. */
class Memory<Answer> {
  readonly #answers = new Map<string, { readonly answer: Answer }>();

  /** The answer known for the key, or the one `compute` gives. */
  get(key: string, compute: () => Answer): Answer {
    const known = this.#answers.get(key);
    if (known) return known.answer;
    const answer = compute();
    if (this.#answers.size >= MAX_REMEMBERED) this.#answers.delete(this.#answers.keys().next().value ?? '');
    this.#answers.set(key, { answer });
    return answer;
  }
}

import { AutomataOrigins } from './automata.ts';
import { redos, type Backtracking } from './backtracking.ts';
import type { OriginAnalysis } from './index.ts';
import { intendedDomains, type Intent, type IntentOptions } from './intent.ts';
import { judge, type Judgement } from './judge.ts';
import { canonicalKey, matching, type OriginSet, type Pattern } from './origin-set.ts';
import { repairPattern, type Repair } from './repair.ts';

/** How many answers of each kind are kept: several rules ask about the same check, and again after every keystroke. */
const MAX_REMEMBERED = 200;

/** Everything that can be asked about origin checks, each answer computed once. */
export class LoadedOrigins extends AutomataOrigins implements OriginAnalysis {
  readonly #intents = new Memory<Intent>();
  readonly #judgements = new Memory<Judgement>();
  readonly #repairs = new Memory<Repair | undefined>();
  readonly #backtracking = new Memory<Backtracking | false | undefined>();

  intendedDomains(set: OriginSet, options: IntentOptions = {}): Intent {
    const key = `${canonicalKey(set)} ${options.trustedDomains?.join() ?? ''}`;
    return this.#intents.get(key, () => intendedDomains(set, options));
  }

  judge(set: OriginSet, intent: Intent): Judgement {
    return this.#judgements.get(`${canonicalKey(set)} ${intentKey(intent)}`, () => judge(this, set, intent));
  }

  repairPattern(pattern: Pattern, intent: Intent): Repair | undefined {
    return this.#repairs.get(`${canonicalKey(matching(pattern))} ${intentKey(intent)}`, () => repairPattern(this, pattern, intent));
  }

  redos(pattern: Pattern): Backtracking | false | undefined {
    return this.#backtracking.get(canonicalKey(matching(pattern)), () => redos(pattern));
  }
}

function intentKey(intent: Intent): string {
  return `${canonicalKey(intent.set)} ${intent.sharedSuffixes.join()}`;
}

/** Answers by key; the oldest are forgotten. */
class Memory<Answer> {
  readonly #answers = new Map<string, { readonly answer: Answer }>();

  get(key: string, compute: () => Answer): Answer {
    const known = this.#answers.get(key);
    if (known) return known.answer;
    const answer = compute();
    if (this.#answers.size >= MAX_REMEMBERED) this.#answers.delete(this.#answers.keys().next().value ?? '');
    this.#answers.set(key, { answer });
    return answer;
  }
}

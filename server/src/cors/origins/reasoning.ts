import { AutomataOrigins } from './automata.ts';
import type { Origins } from './index.ts';
import { intendedDomains, type Intent } from './intent.ts';
import { judge, type Judgement } from './judge.ts';
import type { OriginSet, Pattern } from './origin-set.ts';
import { repairPattern, type Repair } from './repair.ts';

/** Everything that is decided about origins with automata and the public suffix list. Loaded by `loadReasoning` only. */
export interface OriginReasoning {
  readonly origins: Origins;
  /** What the author of a check that admits `set` meant. */
  intent(set: OriginSet, trustedDomains: readonly string[]): Intent;
  /** Judges a set against what its author meant; every witness is proven by the real checks. */
  judge(set: OriginSet, intent: Intent): Judgement;
  /** The smallest change of a pattern after which it accepts only what its author meant. */
  repair(pattern: Pattern, intent: Intent): Repair | undefined;
}

/** The reasoning over one shared store of automata. */
export function createReasoning(): OriginReasoning {
  const origins = new AutomataOrigins();
  return {
    origins,
    intent: (set, trustedDomains) => intendedDomains(set, { trustedDomains }),
    judge: (set, intent) => judge(origins, set, intent),
    repair: (pattern, intent) => repairPattern(origins, pattern, intent),
  };
}

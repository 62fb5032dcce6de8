/** Routes that are not in sight: a router, a plugin or a package out of sight has some, and they may take what no route in sight takes. */
import { anyOf, everything, isSubset, type Methods } from '../../policy/codes.ts';
import { unknown } from '../../policy/condition.ts';
import type { Effects } from './effects.ts';

/**
 * What a request meets where such routes may stand: one of them answers, or else `otherwise`. All of them are one unknown, and answer at
 * no place that is in sight: which of them answers makes no difference.
 */
export function unseenRoutes(otherwise: Effects): Effects {
  const answer = { kind: 'answer', status: everything, by: 'application' } as const;
  return [{ kind: 'branch', when: unknown('routes', 'routes'), then: [answer], otherwise }];
}

/** Whether a route is there for preflights alone, so that the requests behind them go to others. */
export function answersOptionsOnly({ methods }: { readonly methods: Methods | undefined }): boolean {
  return methods !== undefined && isSubset(methods, anyOf('OPTIONS'));
}

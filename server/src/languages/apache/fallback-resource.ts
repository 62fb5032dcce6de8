import { anyOf } from '../../policy/codes.ts';
import { all, always, never, not } from '../../policy/condition.ts';
import type { Condition, Steps } from '../../policy/model.ts';
import { remember, remembered } from './environment.ts';
import type { ProgramInput } from './program.ts';
import { itemsOf, keepVary, type ActiveLayer } from './responses.ts';
import { placeOf } from './scan.ts';

/** `FallbackResource` answers for what does not exist and has no handler, as a request of its own that keeps its variables (mod_dir.c). */
export function fallback(active: readonly ActiveLayer[], exists: Condition, lookupDiffers: ProgramInput['lookupDiffers']): Steps {
  const last = itemsOf(active)
    .filter(({ item }) => item.directive.key === 'fallbackresource')
    .at(-1);
  const [path] = last?.item.values ?? [];
  if (last === undefined || path === undefined || path.toLowerCase() === 'disabled') return [];
  const place = placeOf(last.item);
  // The server looks the resource up with GET, and keeps the configuration that it found so.
  const unclear: Steps = [{ kind: 'reroute', to: { unknown: 'unsupported' }, place }];
  const plain: Condition = lookupDiffers === 'never' ? always : lookupDiffers === 'always' ? never : { kind: 'method', in: anyOf('GET') };
  // END does not hold for the lookup, which has a pool of its own: what it rewrites decides whether the resource is taken.
  const rewritten: Steps = [{ kind: 'branch', when: remembered('rewriting-ended'), then: unclear }];
  const open: Steps = plain.kind === 'always' ? rewritten : [{ kind: 'branch', when: plain, then: rewritten, otherwise: unclear }];
  return [
    {
      kind: 'branch',
      when: all(last.when, last.item.guard, not(exists)),
      then: [...open, ...keepVary, remember('fallback', always), { kind: 'reroute', to: { path }, place }],
      place,
    },
  ];
}

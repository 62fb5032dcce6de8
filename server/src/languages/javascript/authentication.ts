/**
 * Authentication recognised by what it does: it refuses (401, 403, or an error) because something that only a logged-in
 * user has is missing. The conditions on that become the model's word `authenticated`, which no preflight meets.
 */
import { all, any, not } from '../../policy/condition.ts';
import type { Authentication, Condition, RequestDatum } from '../../policy/model.ts';
import type { Effect, Effects } from './effects.ts';
import { isTerminal } from './effects.ts';

/** Rewrites the refusals in a handler's effects. `unknownData` gives the request data that an unknown was made from. */
export function recogniseAuthentication(
  effects: Effects,
  authentication: Authentication,
  dataOfUnknown: (id: string) => readonly RequestDatum[],
): Effects {
  const rewrite = (list: Effects): Effects =>
    list.map((effect): Effect => {
      if (effect.kind !== 'branch') return effect;
      const inner = { ...effect, then: rewrite(effect.then), otherwise: rewrite(effect.otherwise) };
      for (const side of ['then', 'otherwise'] as const) {
        const other = side === 'then' ? 'otherwise' : 'then';
        const refusal = refusalOf(effect[side]);
        if (refusal === undefined || refusalOf(effect[other]) !== undefined) continue;
        const changed = credentialsIn(effect.when, side === 'then', refusal === 'proven', authentication, dataOfUnknown);
        if (changed) return { ...inner, when: changed, [side]: markRefusals(inner[side]) };
      }
      return inner;
    });
  return rewrite(effects);
}

/**
 * How a list of effects refuses: `proven` where every way through it answers 401, `likely` where it answers 403 or raises
 * an error, so that the condition has to be about credentials. Undefined where it does something else as well.
 */
function refusalOf(effects: Effects): 'proven' | 'likely' | undefined {
  for (const effect of effects) {
    if (effect.kind === 'answer') {
      const codes = effect.status.kind === 'in' ? effect.status.members : [];
      if (codes.length > 0 && codes.every((code) => code === 401)) return 'proven';
      return codes.length > 0 && codes.every((code) => code === 401 || code === 403 || code === 302) ? 'likely' : undefined;
    }
    if (effect.kind === 'raise') return effect.status === 401 ? 'proven' : 'likely';
    if (effect.kind === 'branch') {
      const [a, b] = [refusalOf(effect.then), refusalOf(effect.otherwise)];
      if (a !== undefined && b !== undefined) return a === 'proven' && b === 'proven' ? 'proven' : 'likely';
      if (effect.then.some(isTerminal) || effect.otherwise.some(isTerminal)) return undefined;
    } else if (effect.kind !== 'write') return undefined;
  }
  return undefined;
}

function markRefusals(effects: Effects): Effects {
  return effects.map((effect): Effect => {
    if (effect.kind === 'answer') return { ...effect, refusal: 'authentication' };
    if (effect.kind === 'raise') return effect.status === undefined ? { ...effect, why: 'authentication' } : effect;
    if (effect.kind === 'branch') return { ...effect, then: markRefusals(effect.then), otherwise: markRefusals(effect.otherwise) };
    return effect;
  });
}

const credentialHeaders = /authorization|token|api-?key|session|cookie|user|auth|signature|secret/i;

function readsCredentials(datum: RequestDatum): boolean {
  if (datum === 'other:identity') return true;
  if (datum.startsWith('cookie:')) return true;
  const name = /^(?:header|query|other):(.*)$/.exec(datum)?.[1];
  return name !== undefined && name !== 'origin' && name !== 'referer' && credentialHeaders.test(name);
}

/**
 * The condition with what it says about credentials put into the model's word; undefined where it says nothing about
 * them. `refuses`: the refusal happens where the condition holds.
 */
function credentialsIn(
  condition: Condition,
  refuses: boolean,
  anyUnknown: boolean,
  authentication: Authentication,
  dataOfUnknown: (id: string) => readonly RequestDatum[],
): Condition | undefined {
  const found: Condition[] = [];
  // Each atom is read so that missing credentials lead to the refusal.
  const follow = (each: Condition, refusing: boolean): Condition => {
    switch (each.kind) {
      case 'all':
        return all(...each.of.map((inner) => follow(inner, refusing)));
      case 'any':
        return any(...each.of.map((inner) => follow(inner, refusing)));
      case 'not':
        return not(follow(each.of, !refusing));
      case 'unknown': {
        const data = dataOfUnknown(each.id);
        const reads = each.reason === 'credentials' || data.some(readsCredentials);
        if (each.reason === 'environment' || (!reads && !anyUnknown)) return each;
        break;
      }
      case 'test':
        if (
          each.value.kind !== 'request' ||
          !(
            readsCredentials(each.value.datum) ||
            (anyUnknown && each.value.datum.startsWith('header:') && each.value.datum !== 'header:origin')
          )
        )
          return each;
        break;
      default:
        return each;
    }
    found.push(each);
    const known: Condition = { kind: 'authenticated', authentication };
    return refusing ? not(known) : known;
  };
  const changed = follow(condition, refuses);
  return found.length > 0 ? changed : undefined;
}

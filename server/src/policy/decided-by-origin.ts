/** What a list of conditions comes out as by the Origin alone, before anything else is asked. */
import { type Constraint, decideOrigin } from './constraint.ts';
import type { Condition } from './model.ts';

/**
 * Whether what is known of the Origin makes one of the conditions come out as `decisive`, wherever it stands: nothing has to be asked
 * then. They are looked at from both ends, as a chain (`else if`: not a, not b, …, x) ends in what is new about it.
 */
export function isDecidedByOrigin(of: readonly Condition[], decisive: boolean, constraint: Constraint): boolean {
  for (let first = 0, last = of.length - 1; first <= last; first++, last--) {
    if (known(of[last], constraint) === decisive || known(of[first], constraint) === decisive) return true;
  }
  return false;
}

/** The truth of a condition on the Origin, as far as the constraint has it; undefined for any other. */
function known(condition: Condition | undefined, constraint: Constraint): boolean | undefined {
  switch (condition?.kind) {
    case 'not': {
      const truth = known(condition.of, constraint);
      return truth === undefined ? undefined : !truth;
    }
    case 'origin':
      return decideOrigin(constraint, condition.in);
    case 'test': {
      if (condition.value.kind !== 'origin') return undefined;
      const truth = decideOrigin(constraint, condition.in);
      // Without an Origin it is asked of the text that stands in its place.
      return truth === false && constraint.originPresent !== true ? undefined : truth;
    }
    default:
      return undefined;
  }
}

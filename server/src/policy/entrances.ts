import type { Origins } from '../cors/origins/index.ts';
import { complement, everything, intersect, type Methods } from './codes.ts';
import type { EvaluationInput } from './evaluate.ts';
import type { Policy } from './model.ts';
import { viewPolicy, type PolicyView } from './view.ts';

/**
 * Views policies for what requests really come to them. One that no request finds by itself, such as `location @preflight` of nginx,
 * answers what others reroute to it, which may be preflights alone: what it would say to a GET, nobody reads.
 */
export class Entrances {
  readonly #methods = new Map<string, Methods>();
  #everySeen = true;

  /** The policies in the order in which they have to be viewed: others lead to the inner ones. */
  order(policies: readonly Policy[]): readonly Policy[] {
    return [...policies.filter((each) => !each.inner), ...policies.filter((each) => each.inner)];
  }

  view(policy: Policy, input: Omit<EvaluationInput, 'assume' | 'entered'>, origins: Origins): PolicyView {
    if (policy.inner) return viewPolicy(policy, input, origins, this.#comingTo(policy, policy.inner));
    const view = viewPolicy(policy, { ...input, entered: this.#enter }, origins);
    this.#everySeen &&= view.all.every(({ unknown }) => unknown !== 'too-many-cases');
    return view;
  }

  readonly #enter = (policy: string | undefined, methods: Methods): void => {
    // Where a request goes that is rerouted to a name in a variable, nobody knows.
    if (policy === undefined) this.#everySeen = false;
    else this.#methods.set(policy, complement(intersect(complement(this.#methods.get(policy) ?? nothing), complement(methods))));
  };

  #comingTo({ id }: Policy, inner: NonNullable<Policy['inner']>): Methods {
    if (!this.#everySeen) return everything;
    return this.#methods.get(id) ?? (inner === 'in sight' ? nothing : everything);
  }
}

const nothing: Methods = { kind: 'in', members: [] };

import type { Place } from '../core/text.ts';
import { has, intersect, complement, anyOf, errorStatuses, everything, isEmpty, isSubset, single } from './codes.ts';
import type { Codes, Methods } from './codes.ts';
import { unconstrained } from './constraint.ts';
import type { Constraint } from './constraint.ts';
import { judge, MOST_CASES } from './judge.ts';
import { afterStep, type EndingStep, endsRequest, type State } from './step.ts';
import type { KnownRequest, Situation } from './situation.ts';
import type { Alternative, Answerer, ErrorPage, HeaderLine, Policy, RerouteTarget, Step, Steps, UnknownReason } from './model.ts';
import { takeIn } from './tables.ts';

/** nginx stops after ten internal redirects; nothing else goes further. */
const MOST_REROUTES = 10;

/** One way in which a policy can answer. */
export interface ResponseCase {
  readonly when: Constraint;
  /** The statuses that it may have; every status where another server decides. */
  readonly status: Codes;
  readonly by: Answerer;
  /** What decided the answer. */
  readonly answeredAt: Place | undefined;
  readonly refusal: 'authentication' | 'access' | 'error' | undefined;
  /** Every line that the configuration sends, in wire order. */
  readonly lines: readonly HeaderLine[];
  /** Lines that were written but do not go out with this status or from this answerer. */
  readonly withheld: readonly HeaderLine[];
  /** False where an upstream in the way may add lines of its own; `hidden` are the names that it cannot add. */
  readonly complete: boolean;
  readonly hidden: readonly string[];
  /** Why the case is not known at all: it has no lines then, or those of one of the cases past the bound that it stands for. */
  readonly unknown?: UnknownReason;
}

export interface EvaluationInput {
  readonly policies: ReadonlyMap<string, Policy>;
  readonly routing: readonly Alternative[];
  /** What is taken for granted, such as "a preflight". */
  readonly assume?: Constraint;
  /** A concrete request: the same evaluation, with everything decided that it decides. */
  readonly request?: KnownRequest;
  /** The status that an application or the file system answers with where the configuration leaves it open. */
  readonly openStatus?: number | ((situation: Situation, by: Answerer) => number | undefined);
  /** Lines of the application behind a proxy, where they are known. */
  readonly upstream?: { readonly status: Codes; readonly lines: readonly HeaderLine[] };
  /** Told of each policy (id) that requests are rerouted to by its name, undefined where that is not known, and by which methods they come. */
  readonly entered?: (policy: string | undefined, methods: Methods) => void;
}

/** Steps that are to be run for one kind of request, and what comes behind them. */
interface Rest {
  readonly steps: Steps;
  /** The index of the next of them. */
  readonly at: number;
  readonly behind: Rest | undefined;
}

interface Run extends Rest {
  readonly state: State;
}

/**
 * Every way in which a policy can answer, as cases with disjoint conditions. With a concrete request the same function
 * gives the one case that it meets, or several where something stays unknown.
 */
export function evaluate(policy: Policy, input: EvaluationInput): readonly ResponseCase[] {
  return new Evaluation(input).run(policy);
}

/** Evaluates whichever policy the request finds. Without alternatives that hold there is no case. */
export function evaluateRouted(input: EvaluationInput): readonly ResponseCase[] {
  return new Evaluation(input).runRouted();
}

/** The policies (ids) that a request may find: one where the routing decides it, none where it may find nothing. */
export function routed({ routing, request }: Pick<EvaluationInput, 'routing' | 'request'>): readonly string[] {
  const found = new Set<string>();
  let open: Situation[] = [{ constraint: unconstrained, status: everything, variables: new Map(), ...(request && { request }) }];
  for (const { when, policy } of routing) {
    const next: Situation[] = [];
    for (const situation of open) {
      judge(when, situation, (truth, after) => {
        if (truth) found.add(policy);
        else next.push(after);
      });
    }
    open = next.slice(0, MOST_CASES);
  }
  return open.length === 0 ? [...found] : [];
}

class Evaluation {
  readonly #input: EvaluationInput;
  readonly #cases: ResponseCase[] = [];

  constructor(input: EvaluationInput) {
    this.#input = input;
  }

  run(policy: Policy): readonly ResponseCase[] {
    this.#execute(policy.steps, this.#start(policy), this.#finish);
    return this.#cases;
  }

  runRouted(): readonly ResponseCase[] {
    const [first] = this.#input.policies.values();
    if (first) this.#route(this.#input.routing, this.#start(first));
    return this.#cases;
  }

  #start(policy: Policy): State {
    return {
      policy,
      constraint: this.#input.assume ?? unconstrained,
      status: everything,
      variables: new Map(),
      tables: {},
      configuration: undefined,
      skipped: [],
      reroutes: 0,
      forced: undefined,
      inErrorPage: false,
      ...(this.#input.request && { request: this.#input.request }),
    };
  }

  /** Steps that end without an answer: whatever comes next in the application is not in sight. */
  readonly #finish = (state: State): void => this.#respond(state, everything, 'application', undefined, undefined);

  #full(): boolean {
    return this.#cases.length >= MOST_CASES;
  }

  /**
   * Runs steps; `then` takes the states that come out at their end, in the order of their conditions. Answers become cases. What is
   * still to be run lies on a stack of its own: a configuration may have more lines than a program's has room.
   */
  #execute(steps: Steps, start: State, then: (state: State) => void): void {
    const open: Run[] = [{ state: start, steps, at: 0, behind: undefined }];
    for (let run = open.pop(); run !== undefined; run = open.pop()) {
      const step = run.steps[run.at];
      if (step === undefined) {
        if (run.behind === undefined) then(run.state);
        else open.push({ ...run.behind, state: run.state });
        continue;
      }
      if (this.#full()) continue;
      const behind = { steps: run.steps, at: run.at + 1, behind: run.behind };
      const { state } = run;
      if (step.kind === 'branch') {
        const ways: Run[] = [];
        judge(step.when, state, (truth, next) => {
          ways.push({ state: next, steps: truth ? step.then : (step.otherwise ?? []), at: 0, behind });
        });
        open.push(...ways.reverse());
      } else if (endsRequest(step)) this.#end(step, state);
      else for (const next of afterStep(step, state).reverse()) open.push({ state: next, ...behind });
    }
  }

  #end(step: EndingStep, state: State): void {
    switch (step.kind) {
      case 'answer':
        this.#answer(step, state);
        return;
      case 'upstream':
        this.#upstream(step, state);
        return;
      case 'reroute':
        this.#reroute(step.to, {
          ...state,
          ...(step.method !== undefined && { method: step.method }),
          forced: step.status ?? state.forced,
        });
        return;
      case 'fail':
        this.#respond(state, step.status, 'application', step.place, 'error');
        return;
      case 'hang':
        this.#cases.push(this.#case(state, anyOf<number>(), 'application', step.place, undefined, [], []));
        return;
    }
  }

  #answer(step: Extract<Step, { kind: 'answer' }>, state: State): void {
    const status = this.#openStatus(step.status, step.by, state);
    const kept = step.overridable && state.forced ? intersect(status, complement(step.overridable)) : anyOf<number>();
    if (!isEmpty(kept)) this.#respond({ ...state, forced: undefined }, kept, step.by, step.place, step.refusal);
    const replaced = intersect(status, complement(kept));
    if (!isEmpty(replaced)) this.#respond(state, replaced, step.by, step.place, step.refusal);
  }

  /** `--status` speaks wherever the configuration leaves the status open. */
  #openStatus(status: Codes, by: Answerer, state: State): Codes {
    const { openStatus } = this.#input;
    const open = typeof openStatus === 'function' ? openStatus(state, by) : openStatus;
    return open !== undefined && single(status) === undefined && has(status, open) ? anyOf(open) : status;
  }

  #upstream(step: Extract<Step, { kind: 'upstream' }>, state: State): void {
    const known = this.#input.upstream;
    const hidden = step.hidden.map((name) => name.toLowerCase());
    const lines = known?.lines.filter((line) => !hidden.includes(line.name.toLowerCase()));
    const into = step.into ?? 'upstream';
    const before = state.tables[into] ?? [];
    const after = step.by === 'cgi' && step.into !== undefined ? lines?.reduce(takeIn, before) : lines && [...before, ...lines];
    const tables = after ? { ...state.tables, [into]: after } : state.tables;
    this.#respond(
      { ...state, tables },
      known?.status ?? this.#openStatus(everything, step.by, state),
      step.by,
      step.place,
      undefined,
      known ? undefined : hidden,
    );
  }

  /** Lets error pages have their turn, then writes and sends. `unseen`: the hidden names of an upstream not in sight. */
  #respond(
    state: State,
    decided: Codes,
    by: Answerer,
    at: Place | undefined,
    refusal: ResponseCase['refusal'],
    unseen?: readonly string[],
  ): void {
    const { configuration } = state;
    if (state.inErrorPage && configuration?.interceptUpstream === true && (by === 'upstream' || by === 'cgi')) {
      // What the upstream of an error page answers is intercepted as well, and nothing takes its place a second time.
      const codes = (configuration.errorPages ?? []).reduce<Codes>((left, page) => intersect(left, complement(page.statuses)), decided);
      const met = intersect(decided, complement(codes));
      const { upstream: _dropped, ...tables } = state.tables;
      if (!isEmpty(met)) this.#respond({ ...state, tables, forced: undefined }, met, 'server', at, 'error');
      if (isEmpty(codes)) return;
      decided = codes;
    }
    let status = state.forced ?? decided;
    const interceptable =
      by === 'server' || by === 'files' || ((by === 'upstream' || by === 'cgi') && configuration?.interceptUpstream === true);
    if (configuration?.errorPages && interceptable && !state.inErrorPage) {
      for (const page of configuration.errorPages) {
        const met = intersect(status, page.statuses);
        if (isEmpty(met)) continue;
        const insteadOfError = by === 'upstream' || by === 'cgi';
        this.#errorPage(page, met, { ...state, status: met, insteadOfError }, at);
        status = intersect(status, complement(page.statuses));
        if (isEmpty(status)) return;
      }
    }
    this.#execute(configuration?.respond ?? [], { ...state, status, configuration: undefined }, (end) => {
      const { lines, withheld } = end.policy.send({ tables: end.tables, status: end.status, by });
      this.#cases.push(this.#case(end, end.status, by, at, refusal, lines, withheld, unseen ?? (configuration?.open ? [] : undefined)));
    });
  }

  #errorPage(page: ErrorPage, met: Codes, state: State, at: Place | undefined): void {
    const inside = { ...state, inErrorPage: state.configuration?.recursive !== true };
    if ('redirect' in page.to) {
      // What an intercepted upstream sent is dropped with its response (behaviour 1.14).
      const { upstream: _dropped, ...tables } = state.tables;
      this.#respond(
        { ...inside, tables, forced: undefined },
        anyOf(typeof page.status === 'number' ? page.status : 302),
        'server',
        page.place,
        undefined,
      );
      return;
    }
    const forced = page.status === 'target' ? undefined : page.status === undefined ? met : anyOf(page.status);
    const keeps = (state.method ?? state.request?.method) === 'HEAD';
    this.#reroute(page.to, { ...inside, forced, ...(page.method !== undefined && !keeps && { method: page.method }) }, at);
  }

  #reroute(to: RerouteTarget, state: State, at?: Place): void {
    const query: Pick<State, 'query'> = !('unknown' in to) && !('append' in to) && to.query !== undefined ? { query: to.query } : {};
    const next = { ...state, ...query, reroutes: state.reroutes + 1, configuration: undefined, tables: {} };
    // Nothing answers for the error that ends a circle.
    if (next.reroutes > MOST_REROUTES) this.#respond({ ...state, inErrorPage: true, forced: undefined }, anyOf(500), 'server', at, 'error');
    else if ('unknown' in to) {
      if (to.unknown !== 'outside') this.#input.entered?.(undefined, next.constraint.methods);
      this.#unknown(state, to.unknown);
    } else if ('policy' in to) {
      const policy = this.#input.policies.get(to.policy);
      this.#input.entered?.(to.policy, next.constraint.methods);
      if (policy) this.#execute(policy.steps, { ...next, policy, ...(to.path !== undefined && { path: to.path }) }, this.#finish);
      else this.#unknown(state, 'unresolved');
    } else if ('append' in to) {
      const path = state.path ?? state.request?.datum('path');
      if (typeof path === 'string') this.#route(this.#input.routing, { ...next, path: path + to.append });
      else this.#unknown(state, 'unsupported');
    } else this.#route(this.#input.routing, { ...next, path: to.path });
  }

  #route(alternatives: readonly Alternative[], start: State): void {
    const open: { readonly state: State; readonly at: number; readonly policy?: Policy | undefined }[] = [{ state: start, at: 0 }];
    for (let way = open.pop(); way !== undefined; way = open.pop()) {
      const { state, at, policy } = way;
      const alternative = alternatives[at];
      if (policy) this.#execute(policy.steps, { ...state, policy }, this.#finish);
      else if (alternative === undefined) this.#unknown(state, 'outside');
      else {
        const ways: typeof open = [];
        judge(alternative.when, state, (truth, next) => {
          ways.push({ state: next, at: at + 1, policy: truth ? this.#input.policies.get(alternative.policy) : undefined });
        });
        if (!this.#full()) open.push(...ways.reverse());
      }
    }
  }

  #unknown(state: State, reason: UnknownReason): void {
    this.#cases.push({ ...this.#case(state, everything, 'server', undefined, undefined, [], []), complete: false, unknown: reason });
  }

  #case(
    state: State,
    status: Codes,
    by: Answerer,
    answeredAt: Place | undefined,
    refusal: ResponseCase['refusal'],
    lines: readonly HeaderLine[],
    withheld: readonly HeaderLine[],
    unseen?: readonly string[],
  ): ResponseCase {
    const full = this.#cases.length >= MOST_CASES - 1;
    return {
      when: state.constraint,
      status,
      by,
      answeredAt,
      // What stands in for the error of another server refuses nobody whom that did not refuse.
      refusal: refusal ?? (state.insteadOfError && isSubset(status, anyOf(...errorStatuses)) ? 'error' : undefined),
      lines,
      withheld: [...withheld, ...state.skipped],
      complete: unseen === undefined && !full,
      hidden: unseen ?? [],
      ...(full && { unknown: 'too-many-cases' as const }),
    };
  }
}

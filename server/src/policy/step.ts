/** What one step of a policy does to the requests that go on behind it. */
import { complement, intersect, isEmpty, isSubset, type Codes } from './codes.ts';
import { judge, resolve, resolved } from './judge.ts';
import type { HeaderLine, HeaderWrite, Policy, ResponseConfiguration, Step, Tables, Value } from './model.ts';
import type { Situation } from './situation.ts';
import { isTooLarge, substitute } from './substitute.ts';
import { applyWrite } from './tables.ts';

/** One kind of request on its way through a policy, with what was written for it so far. */
export interface State extends Situation {
  readonly policy: Policy;
  readonly tables: Tables;
  readonly configuration: ResponseConfiguration | undefined;
  readonly skipped: readonly HeaderLine[];
  readonly reroutes: number;
  /** The status that an error page or a reroute forces on whatever answers next. */
  readonly forced: Codes | undefined;
  readonly inErrorPage: boolean;
  /** What is answered now takes the place of an error that another server made. */
  readonly insteadOfError?: boolean;
}

/** Steps behind which a request meets nothing more. */
export type EndingStep = Extract<Step, { readonly kind: 'answer' | 'upstream' | 'reroute' | 'fail' | 'hang' }>;

/** Whether a step is the last that a request meets. */
export function endsRequest(step: Exclude<Step, { readonly kind: 'branch' }>): step is EndingStep {
  return step.kind !== 'write' && step.kind !== 'assign' && step.kind !== 'configure' && step.kind !== 'repath';
}

/** The states behind a step that goes on: several where a value or a status splits the requests. */
export function afterStep(step: Exclude<Step, EndingStep | { readonly kind: 'branch' }>, state: State): State[] {
  switch (step.kind) {
    case 'write':
      return write(step.write, state);
    case 'assign': {
      // An assignment takes the value of its moment, as far as a concrete request decides it.
      const [outcome, other] = state.request ? resolved(step.value, state) : [];
      const held = outcome && !other ? outcome[0] : substitute(step.value, state.variables);
      const value: Value = isTooLarge(held) ? { kind: 'unknown', id: `large:${step.variable}`, reason: 'too-many-cases' } : held;
      return [{ ...state, variables: new Map(state.variables).set(step.variable, value) }];
    }
    case 'configure':
      return [{ ...state, configuration: step.configuration }];
    case 'repath':
      return [{ ...state, path: step.path }];
  }
}

/** Executes a write: its value resolved, its statuses split off. */
function write(header: HeaderWrite, state: State): State[] {
  const states: State[] = [];
  if (header.statuses && !isSubset(state.status, header.statuses)) {
    const reached = intersect(state.status, header.statuses);
    if (!isEmpty(reached)) states.push(...write(header, { ...state, status: reached }));
    const missed = { ...state, status: intersect(state.status, complement(header.statuses)) };
    resolve(header.value, missed, (value, next) => {
      const isSkipped = header.omitEmpty !== true || !isEmptyText(value);
      states.push(isSkipped ? { ...next, skipped: [...next.skipped, { name: header.name, value, writes: [header] }] } : next);
    });
    return states;
  }
  resolve(header.value, state, (value, next) => {
    if (header.omitEmpty === true && isEmptyText(value)) states.push(omitted(header, value, next));
    else if (header.omitEmpty === true && value.kind === 'origin') {
      // Without an Origin the line is not sent: two cases, not one line that may be empty.
      judge({ kind: 'originAbsent' }, next, (absent, side) => {
        states.push(absent && value.absent === '' ? omitted(header, value, side) : applied(header, value, side));
      });
    } else states.push(applied(header, value, next));
  });
  return states;
}

function applied(header: HeaderWrite, value: Value, state: State): State {
  return { ...state, tables: { ...state.tables, [header.table]: applyWrite(state.tables[header.table] ?? [], header, value) } };
}

/** A line that is not sent for want of a value. Where it would have taken the place of others, those are gone all the same. */
function omitted(header: HeaderWrite, value: Value, state: State): State {
  return header.op === 'set' ? applied({ ...header, op: 'unset' }, value, state) : state;
}

function isEmptyText(value: Value): boolean {
  return value.kind === 'literal' && value.text === '';
}

/** How statements end, and what comes behind them. */
import { type JsValue, undefinedValue } from './values.ts';

/** How a run of statements ended: with a value (undefined where nothing was returned), or not at all. */
export interface Completion {
  readonly dead: boolean;
  readonly value: JsValue;
}

/** What comes behind a statement. */
export type Continuation = () => Completion;

/** Nothing comes behind. */
export const ended: Completion = { dead: true, value: undefinedValue };

/** Where `break` and `continue` of a loop or `switch` go on. */
export interface LoopTarget {
  readonly label: string | undefined;
  readonly onBreak: () => Completion;
  readonly onContinue: (() => Completion) | undefined;
}

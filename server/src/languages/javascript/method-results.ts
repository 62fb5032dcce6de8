/** What methods of lists and texts answer with. */
import { never } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { type Interpreter } from './interpreter.ts';
import { type CallSite, type JsValue } from './values.ts';

export const condition = (when: Condition, site: CallSite): JsValue => ({ kind: 'condition', when, place: site.place });

export function openEnd(
  interpreter: Interpreter,
  open: boolean,
  site: CallSite,
  reason: 'environment' | 'unresolved' = 'unresolved',
): Condition {
  return open ? interpreter.unknownConditionAt(site.place, 'open', reason) : never;
}

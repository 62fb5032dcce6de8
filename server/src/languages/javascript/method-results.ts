/** What methods of lists and texts answer with. */
import { conditionKey, never, setTo } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { type Interpreter } from './interpreter.ts';
import { askedOf } from './policy-values.ts';
import { type CallSite, type JsValue, textOfConstant } from './values.ts';

export const condition = (when: Condition, site: CallSite): JsValue => ({ kind: 'condition', when, place: site.place });

/** What the elements that are not in sight answer. `sought`: what they are asked about; a constant is the same for every request. */
export function openEnd(
  interpreter: Interpreter,
  open: boolean,
  site: CallSite,
  reason: 'environment' | 'unresolved' = 'unresolved',
  sought: readonly JsValue[] = [],
): Condition {
  const of = askedOf(...sought) ?? (sought.some((each) => textOfConstant(each) === undefined) ? 'request' : undefined);
  if (!open) return never;
  const end = interpreter.unknownConditionAt(site.place, 'open', reason, of);
  if (reason !== 'environment' || of !== undefined) return end;
  const text = sought[0] && textOfConstant(sought[0]);
  return setTo(conditionKey(end), text === undefined ? {} : { text });
}

/** Methods of regular expressions. */
import { contains, matching, type OriginSet } from '../../cors/origins/origin-set.ts';
import type { Condition, OriginCheck } from '../../policy/model.ts';
import { type Interpreter } from './interpreter.ts';
import { checkOf, testText } from './origin-tests.ts';
import { arrayValue, type CallSite, choiceValue, type JsValue, nullValue, stringValue, textOfConstant } from './values.ts';
import { condition } from './method-results.ts';

export function callRegexMethod(
  interpreter: Interpreter,
  receiver: Extract<JsValue, { kind: 'regex' }>,
  name: string,
  args: readonly JsValue[],
  site: CallSite,
): JsValue | undefined {
  const [subject] = args;
  if (name === 'toString') return stringValue(textOfConstant(receiver) ?? '');
  if ((name !== 'test' && name !== 'exec') || !subject) return undefined;
  const when = testPattern(interpreter, receiver, subject, site);
  return name === 'test' ? condition(when, site) : matchResult(receiver, subject, when);
}

/**
 * Whether a pattern is found in a value. An absent text is the word `undefined` to a pattern. `test` and `exec` begin where
 * the pattern's last match ended, `match` and `search` do not (ECMAScript, RegExp.prototype [ @@match ]).
 */
export function testPattern(
  interpreter: Interpreter,
  regex: Extract<JsValue, { kind: 'regex' }>,
  subject: JsValue,
  site: CallSite,
  remembers = true,
): Condition {
  const pattern = { dialect: 'javascript', source: regex.source, flags: regex.flags } as const;
  const set: OriginSet = matching({ ...pattern, flags: regex.flags.replace(/[gyd]/g, '') });
  const check: OriginCheck = {
    ...checkOf(interpreter.spelling('pattern', regex.place ?? site.place), [], pattern),
    ...(regex.fresh || !remembers ? {} : { reused: true }),
  };
  const text = textOfConstant(subject);
  if (text !== undefined && subject.kind !== 'undefined') {
    const answer = contains(set, text);
    return answer === undefined
      ? interpreter.unknownConditionAt(site.place, 'test', 'undecided-pattern')
      : { kind: answer ? 'always' : 'never' };
  }
  return testText(subject, set, check, contains(set, 'undefined') === true);
}

/** What `match` and `exec` answer: a list with the groups, or null. */
export function matchResult(regex: Extract<JsValue, { kind: 'regex' }>, subject: JsValue, when: Condition, every = false): JsValue {
  const groups = 1 + (regex.source.match(/\((?!\?(?!<[^=!]))/g)?.length ?? 0);
  const pattern = { dialect: 'javascript', source: regex.source, flags: regex.flags } as const;
  const elements = Array.from({ length: groups }, (_, group): JsValue =>
    subject.kind === 'originText' && subject.whole
      ? { kind: 'originText', whole: false, pull: () => undefined, value: { kind: 'originPart', pattern, group } }
      : { kind: 'unknown', id: `group:${regex.place?.range.start ?? 0}.${group}`, reason: 'unsupported' },
  );
  // With `g`, `match` lists every match without its groups, and how many there are is not known.
  if (regex.flags.includes('g') && every)
    return choiceValue(when, arrayValue(elements.slice(0, 1), undefined, true, 'unsupported'), nullValue);
  return choiceValue(when, arrayValue(elements), nullValue);
}

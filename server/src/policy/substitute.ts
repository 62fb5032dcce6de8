import type { Condition, Value } from './model.ts';

/** A value with every variable in it replaced by what it holds now; an assignment takes the value of its moment. */
export function substitute(value: Value, variables: ReadonlyMap<string, Value>): Value {
  switch (value.kind) {
    case 'variable':
      return variables.get(value.name) ?? { kind: 'literal', text: value.unset, ...(value.place && { place: value.place }) };
    case 'concat':
      return { ...value, parts: value.parts.map((part) => substitute(part, variables)) };
    case 'choice':
      return {
        ...value,
        options: value.options.map((option) => ({
          ...option,
          when: substituteIn(option.when, variables),
          value: substitute(option.value, variables),
        })),
        otherwise: substitute(value.otherwise, variables),
      };
    default:
      return value;
  }
}

function substituteIn(condition: Condition, variables: ReadonlyMap<string, Value>): Condition {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return { ...condition, of: condition.of.map((each) => substituteIn(each, variables)) };
    case 'not':
      return { ...condition, of: substituteIn(condition.of, variables) };
    case 'test':
      return { ...condition, value: substitute(condition.value, variables) };
    default:
      return condition;
  }
}

/** Past this size a variable is not followed: with each `set $x "$x$x"` it holds twice as much. */
const LARGEST = 8192;

/** Whether a value holds more than is followed: pieces in all, those of its conditions too; a text counts once for 64 characters. */
export function isTooLarge(value: Value): boolean {
  let left = LARGEST;
  const countValue = (each: Value): void => {
    left--;
    if (left < 0) return;
    if (each.kind === 'literal') left -= each.text.length >> 6;
    else if (each.kind === 'concat') each.parts.forEach(countValue);
    else if (each.kind === 'choice') {
      for (const option of each.options) {
        countCondition(option.when);
        countValue(option.value);
      }
      countValue(each.otherwise);
    }
  };
  const countCondition = (each: Condition): void => {
    if (left < 0) return;
    if (each.kind === 'all' || each.kind === 'any') each.of.forEach(countCondition);
    else if (each.kind === 'not') countCondition(each.of);
    else if (each.kind === 'test') countValue(each.value);
  };
  countValue(value);
  return left < 0;
}

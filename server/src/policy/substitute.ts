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

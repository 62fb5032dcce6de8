import { oneOf } from '../../cors/origins/origin-set.ts';
import { all, not, test } from '../../policy/condition.ts';
import type { Condition, Step, Value } from '../../policy/model.ts';

/**
 * The variables of a request (`r->subprocess_env`). A variable may be set to an empty text, which `env=` counts as set
 * (observed on httpd 2.4.71: `SetEnvIf Origin (.*) O=$0` without an Origin sends an empty line), so that "not set" needs
 * a text of its own: no configuration and no header can hold a NUL.
 */
const unset = '\u0000';

const name = (variable: string): string => `env:${variable.toLowerCase()}`;

/** The variable as it is, with the text for "not set" in it. Names compare without case (apr_tables). */
const raw = (variable: string): Value => ({ kind: 'variable', name: name(variable), unset });

/** Whether the variable is set. */
export function isSet(variable: string): Condition {
  return not(test(raw(variable), oneOf([unset])));
}

/** The variable's text, or `otherwise` where it is not set. */
export function textOfVariable(variable: string, otherwise: string): Value {
  return {
    kind: 'choice',
    options: [{ when: test(raw(variable), oneOf([unset])), value: { kind: 'literal', text: otherwise } }],
    otherwise: raw(variable),
  };
}

/** Sets the variable where the condition holds. */
export function setVariable(variable: string, value: Value, when: Condition): Step {
  const assigned: Value = when.kind === 'always' ? value : { kind: 'choice', options: [{ when, value }], otherwise: raw(variable) };
  return { kind: 'assign', variable: name(variable), value: assigned };
}

/** Unsets the variable where the condition holds. */
export function unsetVariable(variable: string, when: Condition): Step {
  return setVariable(variable, { kind: 'literal', text: unset }, when);
}

/** Sets the variable where it is not set yet: `SetEnv` never replaces what SetEnvIf or RewriteRule have set. */
export function defaultVariable(variable: string, value: Value, when: Condition): Step {
  return setVariable(variable, value, all(when, not(isSet(variable))));
}

/** After an internal redirect every variable is named `REDIRECT_…` (http_request.c, `rename_original_env`). */
export function renameVariables(variables: Iterable<string>): readonly Step[] {
  const steps: Step[] = [];
  for (const variable of variables) {
    steps.push({ kind: 'assign', variable: name(`REDIRECT_${variable}`), value: raw(variable) });
    steps.push({ kind: 'assign', variable: name(variable), value: { kind: 'literal', text: unset } });
  }
  return steps;
}

/** A truth that is decided at one moment of the request and asked about later. */
export function remember(key: string, when: Condition): Step {
  return {
    kind: 'assign',
    variable: `decided:${key}`,
    value: { kind: 'choice', options: [{ when, value: { kind: 'literal', text: '1' } }], otherwise: { kind: 'literal', text: '' } },
  };
}

export function remembered(key: string): Condition {
  return test({ kind: 'variable', name: `decided:${key}`, unset: '' }, oneOf(['1']));
}

/** Whether a condition asks about variables, so that the moment at which it is asked matters. */
export function readsVariables(condition: Condition): boolean {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.some(readsVariables);
    case 'not':
      return readsVariables(condition.of);
    case 'test':
      return valueReadsVariables(condition.value);
    default:
      return false;
  }
}

function valueReadsVariables(value: Value): boolean {
  switch (value.kind) {
    case 'variable':
      return true;
    case 'concat':
      return value.parts.some(valueReadsVariables);
    case 'choice':
      return (
        value.options.some((option) => readsVariables(option.when) || valueReadsVariables(option.value)) ||
        valueReadsVariables(value.otherwise)
      );
    default:
      return false;
  }
}

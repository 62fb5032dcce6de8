import type { OriginSet } from '../cors/origins/origin-set.ts';
import type { Extraction } from '../core/language.ts';
import { conditionsIn, conditionsOf } from './condition.ts';
import type { Condition, ResponseConfiguration, Steps, Value } from './model.ts';

/** Whether anything in an extraction decides on origins by more than literals, so that automata have to be loaded. */
export function needsAutomata(extraction: Extraction): boolean {
  return extraction.policies.some((policy) => inSteps(policy.steps));
}

function isPattern(set: OriginSet): boolean {
  switch (set.kind) {
    case 'all':
    case 'none':
    case 'oneOf':
      return false;
    case 'union':
    case 'intersection':
      return set.of.some(isPattern);
    case 'complement':
      return isPattern(set.of);
    default:
      return true;
  }
}

const dependsOnOrigin = (value: Value): boolean =>
  value.kind === 'origin' ||
  value.kind === 'originPart' ||
  value.kind === 'variable' ||
  (value.kind === 'concat' && value.parts.some(dependsOnOrigin)) ||
  (value.kind === 'choice' && [...value.options.map((option) => option.value), value.otherwise].some(dependsOnOrigin));

function inCondition(condition: Condition): boolean {
  for (const each of conditionsIn(condition)) {
    if (each.kind === 'origin' && isPattern(each.in)) return true;
    if (each.kind === 'test' && isPattern(each.in) && dependsOnOrigin(each.value)) return true;
  }
  return false;
}

function inValue(value: Value): boolean {
  if (value.kind === 'originPart') return true;
  if (value.kind === 'concat' && value.parts.some(inValue)) return true;
  for (const each of conditionsOf(value)) if (inCondition(each)) return true;
  return false;
}

function inConfiguration(configuration: ResponseConfiguration): boolean {
  return inSteps(configuration.respond);
}

function inSteps(steps: Steps): boolean {
  return steps.some((step) => {
    switch (step.kind) {
      case 'write':
        return inValue(step.write.value);
      case 'assign':
        return inValue(step.value);
      case 'branch':
        return inCondition(step.when) || inSteps(step.then) || inSteps(step.otherwise ?? []);
      case 'configure':
        return inConfiguration(step.configuration);
      default:
        return false;
    }
  });
}

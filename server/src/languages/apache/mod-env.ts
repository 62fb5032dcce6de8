/** SetEnv, UnsetEnv and PassEnv. */
import { always, all } from '../../policy/condition.ts';
import type { Condition, Step, Steps, Value } from '../../policy/model.ts';
import { defaultVariable, isSet, setVariable, textOfVariable, unsetVariable } from './environment.ts';
import { placeOf, unknownReason, type Item } from './scan.ts';

/** Collected over the places first, then set where nothing else has set the variable (mod_env.c). */
export function environmentSteps(items: readonly { readonly item: Item; readonly when: Condition }[]): {
  readonly steps: Steps;
  readonly ofScripts: Steps;
} {
  const own = (variable: string): string => `mod_env ${variable}`;
  const names = new Set<string>();
  const steps: Step[] = [];
  for (const { item, when } of items) {
    const condition = all(when, item.guard);
    const place = placeOf(item);
    const [name, value = ''] = item.values;
    switch (item.directive.key) {
      case 'setenv': {
        if (name === undefined) break;
        names.add(name);
        const given = item.directive.args[1];
        const written = given?.value ?? '';
        const known: Value =
          item.values[1] === undefined && given
            ? { kind: 'unknown', id: `text:${written}`, reason: unknownReason(written), place }
            : { kind: 'literal', text: value, place: given ? { uri: item.file.uri, range: given.range } : place };
        steps.push(setVariable(own(name), known, condition));
        break;
      }
      case 'passenv':
        for (const each of item.values) {
          if (each === undefined) continue;
          names.add(each);
          steps.push(setVariable(own(each), { kind: 'unknown', id: `passenv:${each}`, reason: 'environment', place }, condition));
        }
        break;
      case 'unsetenv':
        for (const each of item.values) if (each !== undefined && names.has(each)) steps.push(unsetVariable(own(each), condition));
        break;
      default:
        break;
    }
  }
  const clear = [...names].map((name) => unsetVariable(own(name), always));
  const give = (set: typeof setVariable): Steps => [...names].map((name) => set(name, textOfVariable(own(name), ''), isSet(own(name))));
  // A script's environment is made of a table in which the later of two entries counts: there SetEnv does win.
  return { steps: [...clear, ...steps, ...give(defaultVariable)], ofScripts: give(setVariable) };
}

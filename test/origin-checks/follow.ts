import type { SourceFiles } from '../../server/src/core/files.ts';
import { plainPackage } from '../../server/src/languages/javascript/plain-packages.ts';
import { Interpreter } from '../../server/src/languages/javascript/interpreter.ts';
import { Program } from '../../server/src/languages/javascript/modules.ts';
import { truth } from '../../server/src/languages/javascript/origin-tests.ts';
import { wholeOrigin } from '../../server/src/languages/javascript/origin-texts.ts';
import { hostValue, nativeFunction, undefinedValue } from '../../server/src/languages/javascript/values.ts';
import { ALL_ORIGINS, complement, intersection, NO_ORIGINS, type OriginSet, union } from '../../server/src/cors/origins/origin-set.ts';
import type { Condition } from '../../server/src/policy/model.ts';

/** Further files of a program, by name; `main.js` is the check itself. */
export type Files = Readonly<Record<string, string>>;

/** When the function that `main.js` exports answers with something true, as the analysis reads it. */
export function followCheck(code: string, files: Files = {}): Condition | undefined {
  let found: Condition | undefined;
  const sources: Files = { ...files, 'main.js': `${code}\nrequire('probe').answer(module.exports(require('probe').origin));` };
  const texts = new Map(Object.entries(sources).map(([name, text]) => [`file:///app/${name}`, { uri: `file:///app/${name}`, text }]));
  const workspace: SourceFiles = { read: (uri) => texts.get(uri), list: () => [...texts.keys()], candidates: () => [] };
  const main = texts.get('file:///app/main.js');
  if (!main) return undefined;
  const interpreter: Interpreter = new Interpreter(new Program(main, workspace), {
    packageExports: (name) =>
      name === 'probe'
        ? hostValue({
            type: 'probe',
            get: (member) =>
              member === 'origin'
                ? wholeOrigin
                : nativeFunction('answer', ([value]) => {
                    found = truth(value ?? undefinedValue);
                    return undefinedValue;
                  }),
          })
        : plainPackage(interpreter, name),
    global: () => undefined,
    unknownCall: () => undefined,
  });
  interpreter.program.run(main.uri, interpreter);
  return found;
}

/** The origins under which a condition holds, for requests that have one; undefined where it rests on an unknown. */
export function originsUnder(condition: Condition): OriginSet | undefined {
  switch (condition.kind) {
    case 'always':
      return ALL_ORIGINS;
    case 'never':
    case 'originAbsent':
      return NO_ORIGINS;
    case 'origin':
      return condition.in;
    case 'not': {
      const of = originsUnder(condition.of);
      return of && complement(of);
    }
    case 'all':
    case 'any': {
      const of = condition.of.map(originsUnder);
      const known = of.filter((each) => each !== undefined);
      if (condition.kind === 'all' && known.some((each) => each.kind === 'none')) return NO_ORIGINS;
      if (condition.kind === 'any' && known.some((each) => each.kind === 'all')) return ALL_ORIGINS;
      if (known.length < of.length) return undefined;
      return condition.kind === 'all' ? intersection(known) : union(known);
    }
    default:
      return undefined;
  }
}

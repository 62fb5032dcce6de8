import type { Layer } from './layers.ts';
import { rewriteFlags } from './rewrite.ts';
import type { Item } from './scan.ts';
import { features, setEnvIfDirectives, type VariableNames } from './setenvif.ts';

/** The variables that the lines of a host set. */
export function variablesOf(layers: readonly Layer[]): VariableNames {
  const everything = new Set<string>();
  const independent = new Set<string>();
  for (const layer of layers) {
    for (const entry of layer.entries) {
      if (entry.kind !== 'item') continue;
      for (const name of namesSetBy(entry).map((each) => each.toLowerCase())) {
        if (name === '') continue;
        everything.add(name);
        const own = entry.directive.key.startsWith('setenvif') && entry.directive.args[0]?.value.toLowerCase() === name;
        if (!own && entry.directive.key !== 'setenv' && entry.directive.key !== 'passenv') independent.add(name);
      }
    }
  }
  return { all: everything, independent };
}

/** Names of the variables that one line sets. */
export function namesSetBy(item: Item): readonly string[] {
  const { key, args } = item.directive;
  if (setEnvIfDirectives.has(key)) {
    const rest = args.slice(key === 'setenvif' || key === 'setenvifnocase' ? 2 : 1);
    return features(rest).flatMap((feature) => (feature.unset ? [] : [feature.variable]));
  }
  if (key === 'setenv') return args.slice(0, 1).map((argument) => argument.value);
  if (key === 'passenv') return args.map((argument) => argument.value);
  if (key !== 'rewriterule') return [];
  return rewriteFlags(args[2]).flags.flatMap((flag) =>
    flag.key === 'e' && flag.value !== undefined && !flag.value.startsWith('!') ? [flag.value.split(':')[0] ?? ''] : [],
  );
}

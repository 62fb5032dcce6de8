import { ASCII, isNullable, Undecided, walk, type CharacterTest, type Regex, type RegexNode } from './syntax.ts';

/**
 * Writes a parsed PCRE pattern as an equivalent JavaScript pattern without flags, for texts of ASCII characters. Groups
 * keep their numbers and names. An atomic group becomes a look-ahead, which JavaScript leaves after its first match, and a
 * reference to what it saw.
 * @throws Undecided where JavaScript would capture or refer differently.
 */
export function printJavaScript(regex: Regex): string {
  const names = new Map([...regex.names].map(([name, index]) => [index, name]));
  let atomics = 0;
  const defined = new Set<number>();
  const prefix = freePrefix(regex);

  const print = (node: RegexNode): string => {
    switch (node.type) {
      case 'set':
        return printTest(node.test);
      case 'concat':
        return node.of.map(print).join('');
      case 'alternation': {
        // A group that only one alternative sets is not certain to be set behind it.
        const before = new Set(defined);
        const text = node.of.map((branch) => {
          const source = print(branch);
          keepOnly(before);
          return source;
        });
        return `(?:${text.join('|')})`;
      }
      case 'repeat': {
        const before = new Set(defined);
        // JavaScript forgets groups at every turn of a repetition, PCRE keeps them.
        if (node.max > 1 && optionalGroups(node.of).size > 0) throw new Undecided('group kept from an earlier turn');
        const source = print(node.of);
        if (node.min === 0) keepOnly(before);
        const max = node.max === Infinity ? '' : String(node.max);
        return `(?:${source}){${node.min},${max}}${node.lazy ? '?' : ''}`;
      }
      case 'group': {
        const source = print(node.of);
        if (node.index === undefined) return `(?:${source})`;
        defined.add(node.index);
        return `(?<${names.get(node.index) ?? `${prefix}${node.index}`}>${source})`;
      }
      case 'look': {
        // JavaScript matches a look-behind from its end, so that what has a direction cannot be carried over.
        if (node.behind)
          for (const inner of walk(node.of))
            if (inner.type === 'atomic' || inner.type === 'reference') throw new Undecided('order inside a look-behind');
        const before = new Set(defined);
        const source = print(node.of);
        if (node.negate) keepOnly(before);
        return `(?${node.behind ? '<' : ''}${node.negate ? '!' : '='}${source})`;
      }
      case 'atomic': {
        if (!keepsOrder(node.of)) throw new Undecided('empty turns in an atomic group');
        const name = `${prefix}atomic${atomics++}`;
        return `(?:(?=(?<${name}>${print(node.of)}))\\k<${name}>)`;
      }
      case 'reference': {
        // PCRE fails on a group that is not set, JavaScript takes nothing.
        if (!defined.has(node.group)) throw new Undecided('reference to a group that may not be set');
        if (node.ignoreCase) throw new Undecided('reference without case');
        return `\\k<${names.get(node.group) ?? `${prefix}${node.group}`}>`;
      }
      case 'assertion':
        return printed[node.kind];
    }
  };
  const keepOnly = (before: ReadonlySet<number>): void => {
    for (const index of [...defined]) if (!before.has(index)) defined.delete(index);
  };
  return print(regex.node);
}

/**
 * Whether JavaScript finds the same match first as PCRE: they treat a turn of a repetition that takes nothing differently.
 * Whether there is a match at all does not depend on it, except in atomic groups.
 */
export function keepsOrder(node: RegexNode): boolean {
  for (const inner of walk(node)) if (inner.type === 'repeat' && isNullable(inner.of)) return false;
  return true;
}

/** The name a numbered group of the original has in the printed pattern. */
export function printedName(regex: Regex, group: number): string {
  for (const [name, index] of regex.names) if (index === group) return name;
  return `${freePrefix(regex)}${group}`;
}

const printed = {
  start: '^',
  end: '$',
  lineStart: '(?<=^|\\n)',
  lineEnd: '(?=$|\\n)',
  finalEnd: '(?=\\n?$)',
  word: '\\b',
  notWord: '\\B',
} as const;

/** A prefix no group name of the pattern begins with. */
function freePrefix(regex: Regex): string {
  let prefix = 'g';
  while ([...regex.names.keys()].some((name) => name.startsWith(prefix))) prefix += '_';
  return prefix;
}

function groupsIn(node: RegexNode): Set<number> {
  const found = new Set<number>();
  for (const inner of walk(node)) if (inner.type === 'group' && inner.index !== undefined) found.add(inner.index);
  return found;
}

/** Groups that one turn through the node may leave unset. */
function optionalGroups(node: RegexNode): Set<number> {
  if (node.type === 'alternation' || (node.type === 'repeat' && node.min === 0)) return groupsIn(node);
  if (node.type === 'concat') return new Set(node.of.flatMap((child) => [...optionalGroups(child)]));
  if ('of' in node) return optionalGroups(node.of);
  return new Set();
}

function printTest(test: CharacterTest): string {
  const ranges: string[] = [];
  for (let code = 0; code < ASCII; code++) {
    if (test.ascii[code] !== 1) continue;
    let last = code;
    while (test.ascii[last + 1] === 1) last++;
    ranges.push(last > code ? `${hex(code)}-${hex(last)}` : hex(code));
    code = last;
  }
  return `[${ranges.join('')}${test.beyond ? '\\x80-\\uffff' : ''}]`;
}

function hex(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`;
}

import type { Pattern } from '../origin-set.ts';
import type { RegexNode } from './syntax.ts';
import { writeClass } from './write-class.ts';

/** The span of a node that stands in no source. */
export const NOWHERE = { start: -1, end: -1 } as const;

/** What a node stands in: a whole pattern or group, a sequence, or in front of a quantifier. */
export type Position = 'whole' | 'item' | 'atom';

/** The code of a node: what the pattern's source says where it stands there, else written in that pattern's language. */
export function writeNode(node: RegexNode, pattern: Pattern, position: Position): string {
  const enclosed = (code: string, needed: boolean): string => (needed ? `(?:${code})` : code);
  switch (node.type) {
    case 'concat': {
      const code = isNew(node) ? node.of.map((item) => writeNode(item, pattern, 'item')).join('') : sourceOf(node, pattern);
      return enclosed(code, position === 'atom' && node.of.length !== 1);
    }
    case 'alternation': {
      const code = isNew(node) ? node.of.map((branch) => writeNode(branch, pattern, 'whole')).join('|') : sourceOf(node, pattern);
      return enclosed(code, position !== 'whole');
    }
    case 'repeat': {
      const code = isNew(node) ? writeNode(node.of, pattern, 'atom') + quantifier(node) : sourceOf(node, pattern);
      return enclosed(code, position === 'atom');
    }
    case 'set':
      return isNew(node) ? writeClass(node.test, pattern.flags.includes('i')) : sourceOf(node, pattern);
    case 'group':
      // What a new group would capture nobody reads.
      return isNew(node) ? writeNode(node.of, pattern, position) : sourceOf(node, pattern);
    default:
      return sourceOf(node, pattern);
  }
}

function isNew(node: RegexNode): boolean {
  return node.span.start === NOWHERE.start;
}

function sourceOf({ span }: RegexNode, { source }: Pattern): string {
  return source.slice(span.start, span.end);
}

function quantifier({ min, max, lazy }: RegexNode & { readonly type: 'repeat' }): string {
  const more = lazy ? '?' : '';
  if (min === 0 && max === 1) return `?${more}`;
  if (max !== Infinity) return `{${min},${max}}${more}`;
  return (min === 0 ? '*' : min === 1 ? '+' : `{${min},}`) + more;
}

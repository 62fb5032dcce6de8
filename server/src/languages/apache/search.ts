/** Finding directives in a tree. */
import type { Directive, Node, Section } from './syntax.ts';

/** A directive with the sections around it, outermost first. */
export interface Found {
  readonly directive: Directive;
  readonly around: readonly Section[];
}

/** Every directive, those of sections in their place. */
export function directivesIn(nodes: readonly Node[]): readonly Directive[] {
  return nodes.flatMap((node) => (node.kind === 'directive' ? [node] : node.kind === 'section' ? directivesIn(node.children) : []));
}

/** The directive that holds an offset. */
export function findDirective(nodes: readonly Node[], offset: number, around: readonly Section[] = []): Found | undefined {
  for (const node of nodes) {
    if (node.range.start > offset || node.range.end < offset) continue;
    if (node.kind === 'directive') return { directive: node, around };
    if (node.kind === 'section') return findDirective(node.children, offset, [...around, node]);
  }
  return undefined;
}

/** The first section of the outermost `<If>` chain around an offset. */
export function outermostIf(nodes: readonly Node[], offset: number): Section | undefined {
  const at = nodes.findIndex((node) => node.range.start <= offset && node.range.end >= offset);
  const node = nodes[at];
  if (node?.kind !== 'section') return undefined;
  if (!/^(?:if|elseif|else)$/.test(node.key)) return outermostIf(node.children, offset);
  return nodes.slice(0, at + 1).findLast((each): each is Section => each.kind === 'section' && each.key === 'if');
}

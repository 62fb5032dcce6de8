import { matching, type OriginSet, type Pattern } from './origin-set.ts';
import { parse } from './regex/parse.ts';
import { childrenOf, type RegexNode, type Span } from './regex/syntax.ts';

/** A replacement inside a pattern's source. */
export interface PatternEdit {
  readonly span: Span;
  readonly text: string;
}

/** The source with all edits made; they must not overlap. */
export function applyEdits(source: string, edits: readonly PatternEdit[]): string {
  return [...edits]
    .sort((a, b) => b.span.start - a.span.start || b.span.end - a.span.end)
    .reduce((text, { span, text: replacement }) => text.slice(0, span.start) + replacement + text.slice(span.end), source);
}

/** The dots of a pattern that are not repeated: they were meant for the dot of a host name. */
export function bareDots(source: string, node: RegexNode): readonly Span[] {
  if (node.type === 'set') return node.form === 'dot' && source.slice(node.span.start, node.span.end) === '.' ? [node.span] : [];
  if (node.type === 'repeat' && isOneDot(node.of)) return [];
  return childrenOf(node).flatMap((child) => bareDots(source, child));
}

function isOneDot(node: RegexNode): boolean {
  if (node.type === 'set') return node.form === 'dot';
  if (node.type === 'group' || node.type === 'atomic') return isOneDot(node.of);
  return node.type === 'concat' && node.of.length === 1 && node.of[0] !== undefined && isOneDot(node.of[0]);
}

/** The set with every bare dot of its patterns escaped. */
export function withEscapedDots(set: OriginSet): OriginSet {
  switch (set.kind) {
    case 'pattern':
      return matching(escapeDots(set.pattern));
    case 'part':
    case 'piece':
    case 'framed':
      return { ...set, of: withEscapedDots(set.of) };
    case 'union':
    case 'intersection':
      return { kind: set.kind, of: set.of.map(withEscapedDots) };
    default:
      return set;
  }
}

function escapeDots(pattern: Pattern): Pattern {
  const regex = parse(pattern);
  if (!regex) return pattern;
  const edits = bareDots(pattern.source, regex.node).map((span) => ({ span, text: '\\.' }));
  return edits.length === 0 ? pattern : { ...pattern, source: applyEdits(pattern.source, edits) };
}

import { contains, intersection, matching, type OriginSet, type Pattern } from './origin-set.ts';
import type { Origins } from './index.ts';
import { javascript, type Intent } from './intent.ts';
import { applyEdits, bareDots, type PatternEdit } from './pattern-edits.ts';
import { parse } from './regex/parse.ts';
import { childrenOf, isNullable, type RegexNode, type Span } from './regex/syntax.ts';
import { OPEN, templatesOf } from './templates.ts';

/** A pattern that lets in whom the author meant and nobody else. */
export interface Repair {
  readonly source: string;
  readonly flags: string;
  /**
   * Whether it is proven that the new pattern accepts nothing beyond the old one and the intent, and still every origin the
   * author's own text spells out.
   */
  readonly proven: boolean;
  /** All origins of the new pattern where they are few: an exact list says the same. */
  readonly members?: readonly string[];
}

/** Lists of origins up to this length are offered instead of a pattern. */
const MAX_MEMBERS = 20;
/** Kinds of change tried together: every combination of them is one candidate. */
const MAX_CHANGES = 8;
/** A pattern that needs more changes at once is better written anew. */
const MAX_TOGETHER = 4;

/**
 * The smallest change of a pattern's own source after which it accepts only what its author meant: anchors, escaped dots, a
 * closed alternation, a dot between an open part and the domain.
 * @returns undefined where no combination of those changes does it, or nothing needs to change.
 */
export function repairPattern(origins: Origins, pattern: Pattern, intent: Intent): Repair | undefined {
  const regex = parse(pattern);
  if (!regex || intent.set.kind === 'none') return undefined;
  const before = matching(pattern);
  if (origins.isSubset(webPart(before), intent.set) !== false) return undefined;
  const examples = intendedExamples(before, intent);
  if (examples.length === 0) return undefined;
  const changes = changesOf(pattern, regex.node).slice(0, MAX_CHANGES);
  const accepted = (after: OriginSet): boolean =>
    examples.every((example) => contains(after, example) === true) && origins.isSubset(after, before) === true;
  // Best is a pattern for nothing but what is meant; else origins of other schemes, which belong to programs, may stay.
  let second: (OriginSet & { readonly kind: 'pattern' }) | undefined;
  for (const chosen of subsetsBySize(changes)) {
    if (overlap(chosen)) continue;
    const after = matching({ ...pattern, source: applyEdits(pattern.source, chosen.flat()) });
    if (!accepted(after)) continue;
    if (origins.isSubset(after, intent.set) === true) return repairTo(origins, after);
    if (!second && origins.isSubset(webPart(after), intent.set) === true) second = after;
  }
  return second && repairTo(origins, second);
}

function repairTo(origins: Origins, after: OriginSet & { readonly kind: 'pattern' }): Repair {
  const { source, flags } = after.pattern;
  const members = origins.members(after, MAX_MEMBERS);
  return { source, flags, proven: true, ...(members && members.length > 0 ? { members } : {}) };
}

/** What a repair is held against: the origins browsers send from web pages. */
function webPart(set: OriginSet): OriginSet {
  return intersection([set, javascript('^https?://|^null$')]);
}

/**
 * Origins the author's text spells out: each template with something plain where it is open, as far as the pattern accepts
 * it and it is meant.
 */
function intendedExamples(set: OriginSet, intent: Intent): readonly string[] {
  const examples = new Set<string>();
  for (const template of templatesOf(set)) {
    const text = template.replace(/^\0(?=https?:)|\0$/g, '');
    const rest = text.replace(/^\0?:?\/\//, '');
    const starts = /^https?:\/\//.test(text) ? [text] : [`https://${rest}`, `http://${rest}`];
    // A host of one's own is served at any port, where nothing says that the name is the end.
    const ports = template.endsWith(OPEN) && intent.hosts.some((host) => text.endsWith(host)) ? ['', ':3000'] : [''];
    for (const start of starts) {
      for (const filling of FILLINGS) {
        for (const port of ports) {
          const example = start.replaceAll(OPEN, filling) + port;
          if (contains(set, example) === true && contains(intent.set, example) === true && isOrigin(example)) examples.add(example);
        }
      }
    }
  }
  return [...examples];
}

/** What an open part of a template may stand for: nothing, labels, a part of a label, a port. */
const FILLINGS = ['', 'app', 'app.', 'app.eu', 'app.eu.', 'a', '8080'];

function isOrigin(text: string): boolean {
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
}

/** The changes that may be needed, the most usual first. */
function changesOf(pattern: Pattern, node: RegexNode): readonly (readonly PatternEdit[])[] {
  const { source, dialect } = pattern;
  const slash = dialect === 'javascript' ? '\\/' : '/';
  const changes: (readonly PatternEdit[])[] = [];
  const add = (edits: readonly PatternEdit[]): void => {
    if (edits.length > 0) changes.push(edits);
  };
  const insert = (at: number, text: string): PatternEdit => ({ span: { start: at, end: at }, text });
  // White space, comments and inline flags at the edges stay outside.
  const start = edgeItem(node, 'first')?.span.start ?? node.span.start;
  const end = edgeItem(node, 'last')?.span.end ?? node.span.end;

  if (node.type === 'alternation') add(closedAlternation(node));
  else {
    if (!endsWith(node, 'end')) {
      add([insert(end, '$')]);
      add([insert(end, '(?::\\d+)?$')]);
    }
    if (!startsWith(node, 'start')) {
      add([insert(start, '^')]);
      add([insert(start, `^https?:${slash}${slash}`)]);
      add([insert(start, `^https?:${slash}${slash}(?:[^${slash}]+\\.)?`)]);
    }
  }
  add(bareDots(source, node).map((span) => ({ span, text: '\\.' })));
  for (const open of openParts(node)) {
    const text = source.slice(open.span.start, open.span.end);
    // `.*` before the domain becomes `(?:.*\.)?`: nothing, or whole labels.
    add([{ span: open.span, text: isNullable(open) ? `(?:${text}\\.)?` : `${text}\\.` }]);
    if (isNullable(open)) add([{ span: open.span, text: '' }]);
  }
  const tail = trailingOpenPart(node);
  if (tail) add([{ span: tail, text: '' }]);
  return changes;
}

/** `^a|b$` is `^a` or `b$`: the anchors move outside a group. */
function closedAlternation(node: RegexNode & { type: 'alternation' }): readonly PatternEdit[] {
  const anchors = node.of.flatMap((branch): Span[] => {
    const items = branch.type === 'concat' ? branch.of : [branch];
    const edges = [items[0], items.at(-1)];
    return edges.flatMap((item) => (item?.type === 'assertion' && !/word/i.test(item.kind) ? [item.span] : []));
  });
  const distinct = [...new Map(anchors.map((span) => [span.start, span])).values()];
  const inside = distinct.filter((span) => span.start !== node.span.start && span.end !== node.span.end);
  const first = distinct.find((span) => span.start === node.span.start);
  const last = distinct.find((span) => span.end === node.span.end);
  return [
    first ? { span: first, text: '^(?:' } : { span: { start: node.span.start, end: node.span.start }, text: '^(?:' },
    ...inside.map((span) => ({ span, text: '' })),
    last ? { span: last, text: ')$' } : { span: { start: node.span.end, end: node.span.end }, text: ')$' },
  ];
}

function edgeItem(node: RegexNode, edge: 'first' | 'last'): RegexNode | undefined {
  if (node.type !== 'concat') return node;
  return edge === 'first' ? node.of[0] : node.of.at(-1);
}

function startsWith(node: RegexNode, kind: 'start'): boolean {
  const item = edgeItem(node, 'first');
  return item?.type === 'assertion' && (item.kind === kind || item.kind === 'lineStart');
}

function endsWith(node: RegexNode, kind: 'end'): boolean {
  const item = edgeItem(node, 'last');
  return item?.type === 'assertion' && (item.kind === kind || item.kind === 'finalEnd' || item.kind === 'lineEnd');
}

/** Repetitions of a class or a dot that text of a host follows directly. */
function openParts(node: RegexNode): readonly (RegexNode & { type: 'repeat' })[] {
  if (node.type !== 'concat') return childrenOf(node).flatMap(openParts);
  return node.of.flatMap((item, index) => {
    const next = node.of[index + 1];
    const open = repeatedSet(item);
    if (open && next && !(next.type === 'assertion')) return [open];
    return openParts(item);
  });
}

function repeatedSet(node: RegexNode): (RegexNode & { type: 'repeat' }) | undefined {
  if (node.type === 'repeat' && node.of.type === 'set' && node.max === Infinity) return node;
  return undefined;
}

/** An open repetition at the end, before an anchor if there is one. */
function trailingOpenPart(node: RegexNode): Span | undefined {
  if (node.type !== 'concat') return undefined;
  const items = endsWith(node, 'end') ? node.of.slice(0, -1) : node.of;
  const last = items.at(-1);
  return last && repeatedSet(last)?.min === 0 ? last.span : undefined;
}

function subsetsBySize<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const subsets = Array.from({ length: 2 ** items.length - 1 }, (_, mask) =>
    items.filter((_item, index) => (((mask + 1) >> index) & 1) === 1),
  );
  return subsets.filter((subset) => subset.length <= MAX_TOGETHER).sort((a, b) => a.length - b.length);
}

/** Whether two of the changes touch the same place, so that they cannot be made together. */
function overlap(changes: readonly (readonly PatternEdit[])[]): boolean {
  const spans = changes.flatMap((edits) => edits.map((edit) => edit.span)).sort((a, b) => a.start - b.start || a.end - b.end);
  return spans.some((span, index) => {
    const next = spans[index + 1];
    return next !== undefined && (next.start < span.end || (next.start === span.start && next.end === span.end));
  });
}

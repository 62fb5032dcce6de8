/** Whether a text put together from pieces of a match is the match again. */
import type { Pattern } from './origin-set.ts';
import { closingOf, withoutAnchors } from './whole-group.ts';

/** A literal text, or what a group of the pattern holds: by number, or by the name of `(?<name>…)`. */
export type MatchPiece = { readonly text: string } | { readonly group: number | string };

/**
 * Whether the pieces, one behind the other, always are what the pattern matched, as `$1://$2` is of `^(https?)://(.+)$`. Only
 * where the pattern is a row of groups and plain characters. An origin has no capital letters in its scheme and host, so that a
 * pattern that does not mind the case matches the small ones.
 */
export function isMatchSpelled({ source, flags }: Pattern, pieces: readonly MatchPiece[]): boolean {
  if (flags.includes('x')) return false;
  const parts = partsOf(source);
  if (parts === undefined) return false;
  const rest = [...pieces];
  for (const part of parts) {
    if (part.kind === 'character') {
      const piece = rest[0];
      const character = flags.includes('i') ? part.text.toLowerCase() : part.text;
      if (piece === undefined || !('text' in piece) || !piece.text.startsWith(character)) return false;
      if (piece.text.length === character.length) rest.shift();
      else rest[0] = { text: piece.text.slice(character.length) };
    } else {
      const piece = rest.shift();
      if (piece === undefined || !('group' in piece) || (piece.group !== part.number && piece.group !== part.name)) return false;
    }
  }
  return rest.length === 0;
}

type PatternPart =
  | { readonly kind: 'character'; readonly text: string }
  | { readonly kind: 'group'; readonly number: number; readonly name: string | undefined };

const openingOfGroup = /^\((?:\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)'))?(?!\?|\*)/;
const quantifier = /^[*+?{]/;

/** The pattern as a row of plain characters and groups; undefined where anything else in it takes characters. */
function partsOf(source: string): readonly PatternPart[] | undefined {
  const body = withoutAnchors(source);
  const parts: PatternPart[] = [];
  let number = 1;
  for (let at = 0; at < body.length;) {
    const rest = body.slice(at);
    const [escape, escaped = ''] = /^\\([^A-Za-z0-9])/.exec(rest) ?? [];
    if (rest.startsWith('(')) {
      const length = closingOf(rest) + 1;
      const opening = openingOfGroup.exec(rest);
      if (length === 0) return undefined;
      if (opening) parts.push({ kind: 'group', number, name: opening[1] ?? opening[2] });
      // What looks ahead takes no characters.
      else if (!/^\(\?[=!]/.test(rest)) return undefined;
      number += groupsIn(rest.slice(0, length));
      at += length;
      // A group that may be left out holds nothing then; of one that repeats only the last turn is held.
      if (opening && body[at] === '?') at += /^\?[?+]?/.exec(body.slice(at))?.[0].length ?? 0;
      if (quantifier.test(body.slice(at))) return undefined;
    } else {
      const text = escape === undefined ? (rest[0] ?? '') : escaped;
      if (escape === undefined && /[\\^$.|*+?[{)]/.test(text)) return undefined;
      at += escape?.length ?? 1;
      if (quantifier.test(body.slice(at))) return undefined;
      parts.push({ kind: 'character', text });
    }
  }
  return parts;
}

/** How many groups a piece of a pattern numbers. */
function groupsIn(source: string): number {
  let count = 0;
  for (let at = 0; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === '[') at += classLength(source.slice(at)) - 1;
    else if (openingOfGroup.test(source.slice(at))) count++;
  }
  return count;
}

/** The length of a bracketed class; a bracket behind `[` or `[^` is one of its characters. */
function classLength(source: string): number {
  return /^\[\^?\]?(?:\\.|[^\]\\])*\]?/s.exec(source)?.[0].length ?? 1;
}

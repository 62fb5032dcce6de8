import type { Pattern } from '../origin-set.ts';
import { parseJavaScript } from './javascript.ts';
import { parsePcre } from './pcre.ts';
import type { Regex } from './syntax.ts';

/** Longer patterns are undecided: no origin check is, and everything below is sized for origin checks. */
const MAX_PATTERN_LENGTH = 20_000;

/** How many parsed patterns are kept: one is asked for again by every question about it, and by the next version of its file. */
const MAX_KEPT = 500;
const parsed = new Map<string, Regex | undefined>();
/** A file may have more patterns than that, which are as long as they are asked about. */
const parsedOf = new WeakMap<Pattern, { readonly regex: Regex | undefined }>();

/**
 * Parses a pattern of either dialect. Equal patterns are the same object.
 * @returns undefined for an invalid or unsupported pattern.
 */
export function parse(pattern: Pattern): Regex | undefined {
  if (pattern.source.length > MAX_PATTERN_LENGTH) return undefined;
  const known = parsedOf.get(pattern);
  if (known) return known.regex;
  const key = `${pattern.dialect}/${pattern.flags}/${pattern.source}`;
  if (!parsed.has(key)) {
    if (parsed.size >= MAX_KEPT) parsed.clear();
    parsed.set(key, read(pattern));
  }
  const regex = parsed.get(key);
  parsedOf.set(pattern, { regex });
  return regex;
}

function read({ dialect, source, flags }: Pattern): Regex | undefined {
  try {
    return dialect === 'javascript' ? parseJavaScript(source, flags) : parsePcre(source, flags);
  } catch {
    // Undecided, or a stack that ends in a pattern nested thousands of groups deep.
    return undefined;
  }
}

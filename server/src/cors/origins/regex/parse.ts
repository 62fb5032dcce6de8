import type { Pattern } from '../origin-set.ts';
import { parseJavaScript } from './javascript.ts';
import { parsePcre } from './pcre.ts';
import type { Regex } from './syntax.ts';

/** Longer patterns are undecided: no origin check is, and everything below is sized for origin checks. */
const MAX_PATTERN_LENGTH = 20_000;

/**
 * Parses a pattern of either dialect.
 * @returns undefined for an invalid or unsupported pattern.
 */
export function parse(pattern: Pattern): Regex | undefined {
  if (pattern.source.length > MAX_PATTERN_LENGTH) return undefined;
  try {
    return pattern.dialect === 'javascript' ? parseJavaScript(pattern.source, pattern.flags) : parsePcre(pattern.source, pattern.flags);
  } catch {
    // Undecided, or a stack that ends in a pattern nested thousands of groups deep.
    return undefined;
  }
}

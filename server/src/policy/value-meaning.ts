/** What a CORS header's value means to browsers, in one sentence. */
import { parseMaxAge, cachedSeconds } from '../cors/max-age.ts';
import { readOrigin } from '../cors/serialized-origin.ts';
import { isToken } from '../cors/token.ts';
import { duration } from './summary.ts';

/**
 * The sentence for a constant value of a response header; undefined where the value says it all by itself. The text may hold
 * anything that the file holds: whoever shows it as markup escapes it.
 */
export function meaningOfValue(name: string, text: string): string | undefined {
  switch (name.toLowerCase()) {
    case 'access-control-allow-origin':
      if (text === '*') return 'Here: every site may read, without cookies.';
      return text === '' ? 'Here: nothing is sent.' : meaningOfOrigin(text);
    case 'access-control-allow-credentials':
      return text === 'true' ? 'Here: with cookies.' : `Here: without cookies, as it is not exactly true.`;
    case 'access-control-max-age':
      return meaningOfMaxAge(text);
    case 'access-control-allow-methods':
      return meaningOfList(text, 'method', 'beside GET, HEAD and POST');
    case 'access-control-allow-headers':
      return meaningOfList(text, 'request header', 'beside the safelisted ones');
    case 'access-control-expose-headers':
      return meaningOfList(text, 'response header', 'beside the safelisted ones');
    default:
      return undefined;
  }
}

/** What an origin in a list, a map or a condition does. */
export function meaningOfOrigin(text: string): string {
  if (text === 'null') return 'Here: sandboxed frames and pages without an origin may read, and every site can make one.';
  const reading = readOrigin(text);
  if (reading.valid) return `Here: pages of ${text} may read.`;
  return `Here: no browser ever sends this origin${reading.suggestion === undefined ? '' : `; it would be ${reading.suggestion}`}.`;
}

function meaningOfMaxAge(text: string): string {
  const age = parseMaxAge(text);
  if (age.kind === 'invalid')
    return 'Here: not a whole number of seconds, so browsers act as if it were not sent: preflights are cached 5 s.';
  if (cachedSeconds(text, 'chromium') === 0) return 'Here: preflights are not cached.';
  const [chromium, firefox, webkit] = (['chromium', 'firefox', 'webkit'] as const).map((each) => duration(cachedSeconds(text, each)));
  return chromium === firefox && firefox === webkit
    ? `Here: preflights cached ${chromium ?? ''}.`
    : `Here: preflights cached ${chromium ?? ''} in Chromium, ${firefox ?? ''} in Firefox, ${webkit ?? ''} in Safari.`;
}

function meaningOfList(text: string, noun: string, beside: string): string {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.some((item) => !isToken(item))) return 'Here: not a list of names with commas between them.';
  if (items.includes('*')) return `Here: every ${noun}, but with cookies only one that is really called *.`;
  return `Here: ${items.length} ${noun}${items.length === 1 ? '' : 's'} ${beside}.`;
}

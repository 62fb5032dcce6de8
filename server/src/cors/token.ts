/**
 * Tokens and token lists as HTTP has them (RFC 9110, sections 5.6.1 and 5.6.2).
 */

const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether a text is a `token` (RFC 9110, section 5.6.2): what a method or a header name may be. */
export function isToken(text: string): boolean {
  return tokenPattern.test(text);
}

/** Strips the given characters from both ends, in linear time whatever the text. */
export function trimCharacters(text: string, characters: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && characters.includes(text.charAt(start))) start++;
  while (end > start && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Strips "HTTP whitespace" (Fetch standard) as browsers do from header values and MIME types. */
export function trimHttpWhitespace(text: string): string {
  return trimCharacters(text, '\t\n\r ');
}

/** Strips the optional whitespace of HTTP (space and tab). Other whitespace belongs to the value. */
export function trimOws(text: string): string {
  return trimCharacters(text, '\t ');
}

export type TokenList =
  | { readonly ok: true; readonly tokens: readonly string[] }
  | { readonly ok: false; /** The first element that is not a token, without surrounding whitespace. */ readonly offender: string };

/**
 * Parses `#token` (RFC 9110, section 5.6.1), the grammar of Access-Control-Allow-Methods, -Allow-Headers and
 * -Expose-Headers. Empty elements are skipped, so '' and ',' are empty lists.
 */
export function parseTokenList(value: string): TokenList {
  const tokens: string[] = [];
  for (const element of value.split(',')) {
    const text = trimOws(element);
    if (text === '') continue;
    if (!isToken(text)) return { ok: false, offender: text };
    tokens.push(text);
  }
  return { ok: true, tokens };
}

// eslint-disable-next-line no-control-regex -- the control characters are ASCII too
const beyondAscii = /[^\x00-\x7f]/;

/** ASCII lower case only, as the standards compare names: 'K' (Kelvin) must not become 'k'. */
export function asciiLower(text: string): string {
  return beyondAscii.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text.toLowerCase();
}

/** ASCII upper case only. */
export function asciiUpper(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/**
 * Parses an absolute URL, or one relative to `base`; undefined for a text that is none. Not `URL.canParse`: Node 20's
 * optimised version of it reads Latin-1 text as UTF-8 and refuses `https://müller.example` once it has run often.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

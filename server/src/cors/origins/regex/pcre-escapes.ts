import { asciiTest, isWordCode, Undecided, type CharacterTest } from './syntax.ts';

/** Escapes that stand for a set of characters, in and outside classes. */
export const pcreEscapes: Readonly<Record<string, CharacterTest>> = {
  d: asciiTest(isDigit),
  D: asciiTest((code) => !isDigit(code), true),
  w: asciiTest(isWordCode),
  W: asciiTest((code) => !isWordCode(code), true),
  s: asciiTest(isSpace),
  S: asciiTest((code) => !isSpace(code), true),
  h: asciiTest((code) => code === 9 || code === 32),
  H: asciiTest((code) => code !== 9 && code !== 32, true),
  v: asciiTest((code) => code >= 10 && code <= 13),
  V: asciiTest((code) => code < 10 || code > 13, true),
};

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/**
 * The character an escape stands for, and the length of the escape, for the escapes that mean one character.
 * @throws Undecided for letters without a meaning, which PCRE2 refuses and PCRE takes literally.
 */
export function characterEscape(text: string): { readonly code: number; readonly length: number } {
  const known: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 };
  const next = text[1] ?? '';
  const simple = known[next];
  if (simple !== undefined) return { code: simple, length: 2 };
  const number = /^\\(?:x\{([\da-fA-F]+)\}|x([\da-fA-F]{0,2})|o\{([0-7]+)\}|(0[0-7]{0,2}))/.exec(text);
  if (number) {
    const [whole, braced, hex, octal, zero] = number;
    const digits = braced ?? hex;
    const code = digits === undefined ? parseInt(octal ?? zero ?? '0', 8) : parseInt(digits || '0', 16);
    if (code > 255) throw new Undecided('character beyond a byte');
    return { code, length: whole.length };
  }
  if (/[A-Za-z0-9]/.test(next) || next === '') throw new Undecided('escape that is not modelled');
  return { code: next.charCodeAt(0), length: 2 };
}

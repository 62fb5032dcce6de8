import { characterEscape, pcreEscapes } from './pcre-escapes.ts';
import { ASCII, isWordCode, Undecided, type CharacterTest } from './syntax.ts';

const isUpper = (code: number): boolean => code >= 65 && code <= 90;
const isLower = (code: number): boolean => code >= 97 && code <= 122;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isGraph = (code: number): boolean => code > 32 && code < 127;

/** POSIX classes in the C locale. */
const posix: Readonly<Record<string, (code: number) => boolean>> = {
  alnum: (code) => isUpper(code) || isLower(code) || isDigit(code),
  alpha: (code) => isUpper(code) || isLower(code),
  ascii: () => true,
  blank: (code) => code === 9 || code === 32,
  cntrl: (code) => code < 32 || code === 127,
  digit: isDigit,
  graph: isGraph,
  lower: isLower,
  print: (code) => isGraph(code) || code === 32,
  punct: (code) => isGraph(code) && !isUpper(code) && !isLower(code) && !isDigit(code),
  space: (code) => code === 32 || (code >= 9 && code <= 13),
  upper: isUpper,
  word: isWordCode,
  xdigit: (code) => isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102),
};

/**
 * Reads the PCRE character class that begins at `start`.
 * @returns what it takes, and the offset behind its closing bracket.
 * @throws Undecided for an invalid or unsupported class.
 */
export function readPcreClass(source: string, start: number, ignoreCase = false): { readonly test: CharacterTest; readonly end: number } {
  const ascii = new Uint8Array(ASCII);
  let beyond = false;
  let at = start + 1;
  const negate = source[at] === '^';
  if (negate) at++;
  let quoted = false;
  let first = true;
  for (;;) {
    const char = source[at];
    if (char === undefined) throw new Undecided('missing ]');
    if (source.startsWith(quoted ? '\\E' : '\\Q', at) || (!quoted && source.startsWith('\\E', at))) {
      quoted = source.startsWith('\\Q', at);
      at += 2;
      continue;
    }
    if (char === ']' && !first && !quoted) break;
    first = false;
    const name = quoted ? null : /^\[([:.=])(\^?)(\w*)\1\]/.exec(source.slice(at));
    if (name) {
      const takes = posix[name[3] ?? ''];
      if (name[1] !== ':' || !takes) throw new Undecided('POSIX class');
      // Without case `upper` and `lower` stand for every letter.
      const loose = ignoreCase && /^(?:upper|lower)$/.test(name[3] ?? '') ? posix['alpha'] : takes;
      for (let code = 0; code < ASCII; code++) if ((loose ?? takes)(code) !== (name[2] === '^')) ascii[code] = 1;
      if (name[2] === '^') beyond = true;
      at += name[0].length;
      continue;
    }
    const set = !quoted && char === '\\' ? pcreEscapes[source[at + 1] ?? ''] : undefined;
    if (set) {
      for (let code = 0; code < ASCII; code++) if (set.ascii[code] === 1) ascii[code] = 1;
      if (set.beyond) beyond = true;
      at += 2;
      continue;
    }
    const one = readOne(source, at, quoted);
    at += one.length;
    const after = source[at + 1];
    if (!quoted && source[at] === '-' && after !== undefined && after !== ']') {
      if (/^-(?:\\[QE]|\[[:.=])/.test(source.slice(at)) || (after === '\\' && pcreEscapes[source[at + 2] ?? ''])) {
        throw new Undecided('range to a class');
      }
      const high = readOne(source, at + 1, false);
      if (high.code < one.code) throw new Undecided('range out of order');
      for (let code = one.code; code <= Math.min(high.code, ASCII - 1); code++) ascii[code] = 1;
      if (high.code >= ASCII) beyond = true;
      at += 1 + high.length;
      continue;
    }
    if (one.code < ASCII) ascii[one.code] = 1;
  }
  if (ignoreCase) {
    for (let upper = 65; upper <= 90; upper++) {
      if (ascii[upper] === 1 || ascii[upper + 32] === 1) ascii[upper] = ascii[upper + 32] = 1;
    }
  }
  if (!negate) return { test: { ascii, beyond }, end: at + 1 };
  return { test: { ascii: ascii.map((taken) => 1 - taken), beyond: true }, end: at + 1 };
}

/** One character of a class, written plainly or as an escape. */
function readOne(source: string, at: number, quoted: boolean): { readonly code: number; readonly length: number } {
  if (quoted || source[at] !== '\\') return { code: source.charCodeAt(at), length: 1 };
  if (source[at + 1] === 'b') return { code: 8, length: 2 };
  const octal = /^\\([0-7]{1,3})/.exec(source.slice(at, at + 4));
  if (octal) return { code: parseInt(octal[1] ?? '0', 8) & 255, length: octal[0].length };
  return characterEscape(source.slice(at));
}

import { ASCII, type CharacterTest } from './syntax.ts';

/** More characters than this are written by those that are missing. */
const MOST_TAKEN = 70;
const FIRST_PRINTABLE = 32;
const LAST_PRINTABLE = 126;

/**
 * Writes a test as somebody would, for both pattern languages: one character, a class, or a class of what is missing. Only
 * printable characters are looked at, as a header holds no others. With `ignoreCase` letters are written in lower case where both
 * cases are taken.
 */
export function writeClass(test: CharacterTest, ignoreCase: boolean): string {
  const isTaken = (code: number): boolean => test.ascii[code] === 1;
  const isPaired = (code: number): boolean => ignoreCase && code >= 65 && code <= 90 && isTaken(code) === isTaken(code + 32);
  const printable = Array.from({ length: ASCII }, (_, code) => code).filter((code) => code >= FIRST_PRINTABLE && code <= LAST_PRINTABLE);
  const taken = printable.filter((code) => isTaken(code) && !isPaired(code));
  const [only] = taken;
  if (taken.length === 1 && only !== undefined && !test.beyond) return String.fromCharCode(only).replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  if (!test.beyond && taken.length <= MOST_TAKEN) return `[${ranges(taken)}]`;
  return `[^${ranges(printable.filter((code) => !isTaken(code) && !isPaired(code)))}]`;
}

function ranges(codes: readonly number[]): string {
  let text = '';
  let hyphen = '';
  for (let at = 0; at < codes.length; at++) {
    const start = codes[at] ?? 0;
    let end = start;
    while (isOfOneKind(start, end + 1) && codes[at + 1] === end + 1) {
      end++;
      at++;
    }
    // A hyphen says itself at the end of a class only, in either language.
    if (start === 45 && end === 45) hyphen = '-';
    else if (end - start < 2) text += start === end ? escaped(start) : escaped(start) + escaped(end);
    else text += `${escaped(start)}-${escaped(end)}`;
  }
  return text + hyphen;
}

/** A range of letters or digits reads well; one of punctuation does not, and is written out. */
function isOfOneKind(start: number, end: number): boolean {
  const kinds = [/[0-9]/, /[A-Z]/, /[a-z]/];
  return kinds.some((kind) => kind.test(String.fromCharCode(start)) && kind.test(String.fromCharCode(end)));
}

function escaped(code: number): string {
  return String.fromCharCode(code).replace(/[\\\]^[-]/, '\\$&');
}

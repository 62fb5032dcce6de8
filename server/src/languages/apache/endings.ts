/** How the names end that a `<Files>` or a `<FilesMatch>` covers: sections for other endings never meet in one request. */

import { alternatives } from './path-patterns.ts';

/** Past this many a pattern is not spelled out. */
const MOST_ENDINGS = 128;

/** The endings, in lower case, one of which every covered name has; undefined where the pattern says none. */
export function endingsOf(name: string, regex: boolean): readonly string[] | undefined {
  const found = regex ? patternEndings(name) : [name.slice(Math.max(...['*', '?', ']'].map((each) => name.lastIndexOf(each))) + 1)];
  return found === undefined || found.some((ending) => ending === '') ? undefined : found.map((ending) => ending.toLowerCase());
}

/** Whether no name has an ending of both lists. */
export function endApart(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  return one?.every((a) => other?.every((b) => !a.endsWith(b) && !b.endsWith(a)) ?? false) ?? false;
}

/** Every alternative has to say how it ends, in literals, `?`, classes of single characters and groups. */
function patternEndings(source: string): readonly string[] | undefined {
  const found: string[] = [];
  for (const alternative of alternatives(source)) {
    const [, text] = /^(?:\(\?i\)|\^|\.[*+]?|\(\.[*+]\))*(.*)\$$/s.exec(alternative) ?? [];
    if (text === undefined) return undefined;
    const reader = new Reader(text);
    const endings = reader.alternatives();
    if (!endings || !reader.atEnd || found.length + endings.length > MOST_ENDINGS) return undefined;
    found.push(...endings);
  }
  return found;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** The texts that the pattern up to the next `)` or the end matches; undefined for what is none of a few. */
  alternatives(): readonly string[] | undefined {
    const found: string[] = [];
    do {
      const branch = this.#sequence();
      if (!branch || found.length + branch.length > MOST_ENDINGS) return undefined;
      found.push(...branch);
    } while (this.#take('|'));
    return found;
  }

  #sequence(): readonly string[] | undefined {
    let found: readonly string[] = [''];
    while (!this.atEnd && !/[|)]/.test(this.#text[this.#at] ?? '')) {
      const piece = this.#piece();
      if (!piece) return undefined;
      const ways = this.#take('?') ? ['', ...piece] : piece;
      if (found.length * ways.length > MOST_ENDINGS || /[?*+{]/.test(this.#text[this.#at] ?? '')) return undefined;
      found = found.flatMap((start) => ways.map((way) => start + way));
    }
    return found;
  }

  #piece(): readonly string[] | undefined {
    if (this.#take('(?:') || this.#take('(')) {
      const inside = this.alternatives();
      return this.#take(')') ? inside : undefined;
    }
    // A class without ranges and escapes, an escaped mark, a plain character.
    const [whole, members, escaped, plain] = /^(?:\[([\w.]+)\]|\\([^\w\s])|([\w/~@%&=:;,<>!"'# -]))/.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += whole?.length ?? 0;
    return members === undefined ? (escaped ?? plain)?.split('') : [...members];
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }
}

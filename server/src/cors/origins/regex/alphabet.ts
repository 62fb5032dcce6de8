/**
 * The characters a serialized origin can hold. Hosts of http and https are lower case, with the punctuation the URL
 * standard admits (behaviour 4.10); other schemes may carry capital letters, `%` and `*`. The order is the order of
 * preference in a witness.
 */
export const SYMBOLS = "evilaxmpcdofghjknqrstuwybz0123456789.-:/_[]~!$&'()+,;=`{}*%ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** How many symbols at the beginning of `SYMBOLS` anybody would write in a host name without thinking. */
export const READABLE = SYMBOLS.indexOf('_');

/** The ASCII code of each symbol. */
export const SYMBOL_CODES: readonly number[] = [...SYMBOLS].map((symbol) => symbol.charCodeAt(0));

const indices = new Int8Array(128).fill(-1);
SYMBOL_CODES.forEach((code, index) => (indices[code] = index));

/** The index of a character among the symbols, or -1 where no origin holds it. */
export function symbolIndex(code: number): number {
  return indices[code] ?? -1;
}

/** Symbols in groups that an automaton does not tell apart. Groups are numbered in the order of their first symbols. */
export interface SymbolClasses {
  /** The class of each symbol. */
  readonly classOf: Uint8Array;
  /** For each class its most preferred symbol. */
  readonly symbols: readonly number[];
}

/** Groups symbols that have the same signature. */
export function classify(signature: (symbol: number) => string): SymbolClasses {
  const classes = new Map<string, number>();
  const symbols: number[] = [];
  const classOf = new Uint8Array(SYMBOLS.length);
  for (let symbol = 0; symbol < SYMBOLS.length; symbol++) {
    const key = signature(symbol);
    let index = classes.get(key);
    if (index === undefined) {
      index = classes.size;
      classes.set(key, index);
      symbols.push(symbol);
    }
    classOf[symbol] = index;
  }
  return { classOf, symbols };
}

/** Groups symbols that have the same number in every one of some columns; numbers are below 2 ** 31. */
export function refine(columns: readonly ArrayLike<number>[]): SymbolClasses {
  let classOf = new Uint8Array(SYMBOLS.length);
  let symbols: number[] = [0];
  for (const column of columns) {
    const finer = new Uint8Array(SYMBOLS.length);
    const classes = new Map<number, number>();
    symbols = [];
    for (let symbol = 0; symbol < SYMBOLS.length; symbol++) {
      const key = (classOf[symbol] ?? 0) * 2 ** 31 + (column[symbol] ?? 0);
      let index = classes.get(key);
      if (index === undefined) {
        index = symbols.push(symbol) - 1;
        classes.set(key, index);
      }
      finer[symbol] = index;
    }
    classOf = finer;
  }
  return { classOf, symbols };
}

/** A column for `refine`: for each symbol in a text a number of its own, for all others 0. */
export function apart(text: string): readonly number[] {
  return Array.from(SYMBOLS, (symbol, index) => (text.includes(symbol) ? index + 1 : 0));
}

/** Symbols in classes, and in kinds: symbols that only the repetition of a group's text tells apart are of one kind. */
export interface SymbolKinds {
  readonly classOf: Uint8Array;
  /** The kind of each symbol; `classOf` itself where no group's text is repeated. */
  readonly kindOf: Uint8Array;
}

/** What members tell apart together, and what some columns of numbers do beside them. */
export function jointClasses(members: readonly SymbolKinds[], columns: readonly ArrayLike<number>[] = []): SymbolClasses & SymbolKinds {
  const classes = refine([...members.map((member) => member.classOf), ...columns]);
  const repeats = members.some((member) => member.kindOf !== member.classOf);
  return { ...classes, kindOf: repeats ? refine([...members.map((member) => member.kindOf), ...columns]).classOf : classes.classOf };
}

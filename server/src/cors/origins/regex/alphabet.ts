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

/**
 * Groups symbols that a set of signatures does not tell apart.
 * @returns the class of each symbol, and for each class its most preferred symbol.
 */
export function classify(signature: (symbol: number) => string): { readonly classOf: Uint8Array; readonly symbols: readonly number[] } {
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

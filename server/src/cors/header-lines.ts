import type { FetchResponse } from './fetch.ts';
import { asciiLower, parseTokenList, trimOws } from './token.ts';
import type { TokenList } from './token.ts';

/** What is known of the lines of one header in a response. */
export class HeaderLines {
  readonly name: string;
  /** One entry a line in wire order, without surrounding whitespace; null: sent but unknown. */
  readonly values: readonly (string | null)[];
  /** Further lines of this name may be sent. */
  readonly open: boolean;

  constructor(name: string, response: FetchResponse) {
    const lower = asciiLower(name);
    this.name = name;
    this.values = response.headers
      .filter(([line]) => asciiLower(line) === lower)
      .map(([, value]) => (value === null ? null : trimOws(value)));
    this.open = !response.complete || response.maybe.includes(lower);
  }

  /** Lines that are certainly sent. */
  get count(): number {
    return this.values.length;
  }

  get hasUnknownValue(): boolean {
    return this.values.includes(null);
  }

  /** The value as the standard reads it ("get", the lines joined by a comma and a space), where all lines are known. */
  get combined(): string | undefined {
    return this.count === 0 || this.hasUnknownValue ? undefined : this.values.join(', ');
  }

  /** The combined value for a person to read: an unknown line is `…`. */
  get display(): string {
    return this.values.map((value) => value ?? '…').join(', ');
  }

  /** "Extracting header list values": the tokens of the known lines, or that one of them is malformed. */
  get tokens(): TokenList {
    const tokens: string[] = [];
    for (const value of this.values) {
      if (value === null) continue;
      const list = parseTokenList(value);
      if (!list.ok) return list;
      tokens.push(...list.tokens);
    }
    return { ok: true, tokens };
  }
}

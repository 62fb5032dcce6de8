import { Recent } from './recent.ts';

/** Files whose texts are known. */
const MOST_FILES = 16;

/** What was made of the parts of files, by their texts, for as long as the latest version of a file has a part with that text. */
export class LatestTexts<Made> {
  readonly #files = new Recent<ReadonlyMap<string, Made>>(MOST_FILES);

  /**
   * One for each text, in order; `make` gets the index of a text that the version before did not have. What is made of a text for which
   * `lasts` is false is not kept: it depends on more.
   */
  of(uri: string, texts: readonly string[], make: (index: number) => Made, lasts: (text: string) => boolean): readonly Made[] {
    const before = this.#files.get(uri);
    const now = new Map<string, Made>();
    const made = texts.map((text, index) => {
      const each = now.get(text) ?? before?.get(text) ?? make(index);
      if (lasts(text)) now.set(text, each);
      return each;
    });
    this.#files.set(uri, now);
    return made;
  }
}

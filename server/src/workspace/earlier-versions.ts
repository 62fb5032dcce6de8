import type { SourceFile } from '../core/files.ts';

interface Version<Answer> {
  /** How long its text is. The file itself is let go, and with it all that was read of it. */
  readonly characters: number;
  /** Whatever else the answer depends on, equal where that is. */
  readonly conditions: string;
  readonly answer: Answer;
}

/** Past this many versions the one that was asked for least recently is dropped. */
const MOST_VERSIONS = 48;
/** Past this many characters of text in all, too. */
const MOST_CHARACTERS = 4_000_000;

/**
 * What was answered for the latest versions of files. Who takes a key back, undoes an edit or deletes what was just typed has a text again
 * that was there before, and it is answered as it was.
 */
export class EarlierVersions<Answer> {
  /** The least recent first. */
  readonly #versions = new Map<string, Version<Answer>>();
  #characters = 0;

  keep(file: SourceFile, conditions: string, answer: Answer): void {
    const key = keyOf(file);
    this.#drop(key);
    const characters = file.text.length;
    this.#versions.set(key, { characters, conditions, answer });
    this.#characters += characters;
    for (const [oldest] of this.#versions) {
      if (this.#versions.size <= MOST_VERSIONS && this.#characters <= MOST_CHARACTERS) break;
      this.#drop(oldest);
    }
  }

  /** Undefined where the text was not answered under these conditions, or too long ago. */
  get(file: SourceFile, conditions: string): Answer | undefined {
    const known = this.#versions.get(keyOf(file));
    if (known?.conditions !== conditions) return undefined;
    this.keep(file, conditions, known.answer);
    return known.answer;
  }

  #drop(key: string): void {
    this.#characters -= this.#versions.get(key)?.characters ?? 0;
    this.#versions.delete(key);
  }
}

function keyOf({ uri, languageId = '', text }: SourceFile): string {
  return `${uri}\n${languageId}\n${text}`;
}

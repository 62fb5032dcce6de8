import { pick, seeded } from '../tools/random.ts';

/** One change as an editor reports it: `removed` characters at `offset` (UTF-16) replaced by `text`. */
export interface Keystroke {
  readonly offset: number;
  readonly removed: number;
  readonly text: string;
  /** Milliseconds until the next key. */
  readonly pause: number;
}

/**
 * Keys as a person presses them: the phrases are written one after the other behind the marker, a character at a time,
 * with now and then a wrong character that is taken back, and each phrase is deleted again from its end.
 */
export function typing(text: string, marker: string, phrases: readonly string[], count: number, seed: number): readonly Keystroke[] {
  const next = seeded(seed);
  const start = text.indexOf(marker);
  if (start < 0) throw new Error(`the text has no ${marker}`);
  const base = start + marker.length;
  const keys: Keystroke[] = [];
  // Fast typing: 80 to 200 ms a key.
  const press = (offset: number, removed: number, inserted: string): void =>
    void keys.push({ offset, removed, text: inserted, pause: 80 + Math.floor(next() * 120) });
  for (let round = 0; keys.length < count; round++) {
    const phrase = `\n${phrases[round % phrases.length] ?? ''}`;
    for (let at = 0; at < phrase.length; at++) {
      if (next() < 0.04) {
        press(base + at, 0, pick(next, ['s', 'e', ';', '(']));
        press(base + at, 1, '');
      }
      press(base + at, 0, phrase[at] ?? '');
    }
    // What is written goes away by the word, so that the file stays as long as it was.
    for (let end = phrase.length; end > 0;) {
      const removed = Math.min(end, 1 + Math.floor(next() * 8));
      end -= removed;
      press(base + end, removed, '');
    }
  }
  return keys.slice(0, count);
}

export function applyKeystroke(text: string, { offset, removed, text: inserted }: Keystroke): string {
  return text.slice(0, offset) + inserted + text.slice(offset + removed);
}

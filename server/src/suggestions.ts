/** From what is expected at a place to the texts that may be written there: no LSP types, no file system. */
import type { Expectation, LocalWord } from './core/expectation.ts';
import type { TextRange } from './core/text.ts';
import { optionsOf } from './cors/package-options.ts';
import { isList, offeredHeaders, typicalList, wordsOf, type Word } from './cors/vocabulary.ts';

export interface Suggestion {
  /** The word itself, as people know it. */
  readonly label: string;
  readonly kind: 'header' | 'value' | 'option' | LocalWord['kind'];
  /** What is replaced; on one line, around the offset. */
  readonly range: TextRange;
  /** What is written there, in quotes where they are missing. */
  readonly text: string;
  /** The same in LSP's snippet syntax, where the author has to fill something in. */
  readonly snippet?: string;
  /** Plain text; may hold text of the user's. */
  readonly detail?: string;
  /** Markdown, all of it ours. */
  readonly documentation?: string;
}

/** What fits at an offset, best first. */
export function suggestionsFor(expectation: Expectation, text: string, offset: number): readonly Suggestion[] {
  const { expected, range, local, spell } = expectation;
  const own = local.map((word): Suggestion => ({ label: word.text, kind: word.kind, range, text: spell(word.text), detail: word.detail }));
  switch (expected.kind) {
    case 'local word':
      return own;
    case 'header name':
      return offeredHeaders.map((word) => suggestion(word, 'header', range, spell));
    case 'header value': {
      const words = wordsOf(expected.header);
      return [...own, ...(isList(expected.header) ? listed(words, expectation, text, offset, expected.header) : plain(words, expectation))];
    }
    case 'option': {
      const options = optionsOf(expected.package) ?? [];
      return options
        .filter(({ name }) => !expected.present.includes(name))
        .map(({ name, documentation }) => suggestion({ text: name, documentation }, 'option', range, spell));
    }
    case 'option value':
    case 'option element': {
      const option = optionsOf(expected.package)?.find(({ name }) => name === expected.option);
      if (expected.kind === 'option value') return plain(option?.values ?? [], expectation);
      return expected.option === 'origin'
        ? plain(option?.elements ?? [], expectation)
        : listed(option?.elements ?? [], expectation, text, offset);
    }
  }
}

function suggestion(word: Word, kind: Suggestion['kind'], range: TextRange, spell: (text: string) => string): Suggestion {
  const spelled = spell(word.text);
  // Whether quotes are needed is asked of the text: the braces of a tab stop are not in it.
  const snippet = word.snippet === undefined ? undefined : spelled.split(word.text).join(word.snippet);
  return {
    label: word.text,
    kind,
    range,
    text: spelled,
    ...(snippet !== undefined && { snippet }),
    ...(word.documentation !== '' && { documentation: word.documentation }),
  };
}

const plain = (words: readonly Word[], { range, spell }: Expectation): readonly Suggestion[] =>
  words.map((word) => suggestion(word, 'value', range, spell));

/** One more element of a list with commas, or a whole one where there is none yet. */
function listed(
  words: readonly Word[],
  { range, spell }: Expectation,
  text: string,
  offset: number,
  header?: string,
): readonly Suggestion[] {
  const written = text.slice(range.start, range.end);
  const at = offset - range.start;
  const from = written.lastIndexOf(',', at - 1) + 1;
  const comma = written.indexOf(',', at);
  const to = comma < 0 ? written.length : comma;
  const others = (written.slice(0, Math.max(from - 1, 0)) + written.slice(to)).split(',').map((each) => each.trim().toLowerCase());
  const isOnly = others.every((each) => each === '');
  const element = written.slice(from, to);
  const blank = /^\s*/.exec(element)?.[0].length ?? 0;
  // White space around the element stays, except behind the offset's own side.
  const start = Math.min(from + blank, at);
  const end = Math.max(start + element.slice(start - from).trimEnd().length, at);
  const own: TextRange = { start: range.start + start, end: range.start + end };
  const isWhole = own.start === range.start && own.end === range.end;
  const fitting = words.filter((word) => !others.includes(word.text.toLowerCase()) && (isOnly || word.text !== '*'));
  const single = fitting.map((word) => suggestion(word, 'value', own, isWhole ? spell : (each) => each));
  const whole = header !== undefined && isOnly && element.trim() === '' ? typicalList(header) : undefined;
  return whole === undefined ? single : [suggestion(whole, 'value', range, spell), ...single];
}

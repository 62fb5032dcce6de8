/** From a package.json to its extraction: the scripts that start a browser without the same-origin policy. */
import { visit } from 'jsonc-parser';
import type { SourceFile } from '../../core/files.ts';
import type { Extraction, LanguageEngine } from '../../core/language.ts';
import type { TextRange } from '../../core/text.ts';
import { unwritable } from '../../core/unwritable.ts';
import type { Observation } from '../../policy/observation.ts';
import { isOfTests, switchedOff, switchIn } from '../browser-switch.ts';

export const engine: LanguageEngine = { extract };

function extract(file: SourceFile): Extraction {
  return { policies: [], routing: [], observations: switchesIn(file), comments: [], outline: [], authoring: unwritable };
}

/** The switch in each script, as npm runs it: `scripts` of the outermost object, a command line by its name. */
function switchesIn({ text, uri }: SourceFile): Observation[] {
  const found: Observation[] = [];
  // A byte order mark is no part of JSON; a space in its place keeps the offsets.
  visit(text.replace(/^\uFEFF/, ' '), {
    onLiteralValue(value, offset, length, _line, _character, path) {
      const [section, script, deeper] = path();
      if (typeof value !== 'string' || section !== 'scripts' || typeof script !== 'string' || deeper !== undefined) return;
      const written = text.slice(offset, offset + length);
      const at = switchIn(written);
      if (!at) return;
      const place = ({ start, end }: TextRange) => ({ uri, range: { start: offset + start, end: offset + end } });
      found.push({
        kind: 'launchArgument',
        text: switchedOff,
        place: place(at.word),
        amongWords: place(at.withBlanks),
        test: isOfTests([...script.split(/[^a-z0-9]/i), ...value.split(/[^\w]/)]),
      });
    },
  });
  return found;
}

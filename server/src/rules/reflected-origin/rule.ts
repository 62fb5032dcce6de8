import type { Rule, RuleContext } from '../../core/rule.ts';
import { placeKey, type Place } from '../../core/text.ts';
import { admitsEverySiteWhole, judgeReaders } from '../judged-readers.ts';
import { admitsEverySite, grantingChecks, readersIn, readersThrough, valuePlace, type SeenReaders } from '../origin-readers.ts';
import { levelWhereSet, offer, report, SERVER_LANGUAGES } from '../report.ts';
import { brokenWithoutOrigin } from '../without-origin.ts';
import { leastAssumed, settingsOf } from '../evidence.ts';
import { whereSet } from '../words.ts';

export const reflectedOrigin: Rule = {
  id: 'reflected-origin',
  category: 'readers',
  level: 'info',
  languages: SERVER_LANGUAGES,
  summary: 'Any origin is sent back without credentials: `*` says the same plainly.',
  fix: 'unsafe',
  yieldsTo: ['invalid-allow-origin', 'reflected-origin-with-credentials', 'origin-option-allows-all', 'origin-variable-never-set'],
  *check(context) {
    const reported = new Set<string>();
    for (const [place, readers] of leastAssumed(reflections(context), ([, { response }]) => response)) {
      if (reported.has(placeKey(place))) continue;
      reported.add(placeKey(place));
      const write = readers.line.writes.at(-1);
      const settings = settingsOf(readers.response);
      const sentence = `Every site gets its own origin back and can read this response, without cookies${brokenWithoutOrigin(context, write)}.`;
      yield report('reflected-origin', 'info', place, `${whereSet(settings, sentence)} Send \`*\`, or allow a fixed list of origins.`, {
        ...levelWhereSet('info', settings),
        ...(write && { cause: write.place }),
        witness: 'https://evil.example',
        fixes: write
          ? [
              ...offer('Send `*`', 'unsafe', context.authoring.replaceValue(write, '*')),
              ...offer('Allow a fixed list of origins', 'unsafe', context.authoring.allowOnly(write, place, [])),
            ]
          : [],
      });
    }
  },
};

/** Every place that lets any origin through without credentials, unchecked or by a pattern that finds every origin whole. */
function* reflections(context: RuleContext): Generator<readonly [Place, SeenReaders]> {
  for (const readers of readersIn(context)) {
    const place = valuePlace(readers);
    if (place && !readers.credentials && readers.line.value.kind === 'origin' && admitsEverySite(readers)) yield [place, readers];
  }
  for (const granting of grantingChecks(context)) {
    const [readers] = leastAssumed(granting.readers, ({ response }) => response);
    if (!readers || granting.credentials || !admitsEverySiteWhole(context, granting)) continue;
    if (judgeReaders(context, readersThrough(granting), granting.admits).foreign?.kind === 'anything')
      yield [granting.check.place, readers];
  }
}

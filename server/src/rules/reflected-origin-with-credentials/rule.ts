import type { Rule, RuleContext } from '../../core/rule.ts';
import type { Finding } from '../../core/finding.ts';
import { placeKey, type Place } from '../../core/text.ts';
import type { PolicyView } from '../../policy/view.ts';
import {
  admitsEverySite,
  grantingChecks,
  preflightReadersIn,
  readersIn,
  readersThrough,
  valuePlace,
  type SeenReaders,
} from '../origin-readers.ts';
import { misreadValue } from '../misread-origin.ts';
import { judgeReaders } from '../judged-readers.ts';
import { givesLeave } from '../sent-lines.ts';
import { brokenWithoutOrigin } from '../without-origin.ts';
import { levelWhereSet, SERVER_LANGUAGES } from '../report.ts';
import { leastAssumed, settingsOf } from '../evidence.ts';
import { whereSet } from '../words.ts';

export const reflectedOriginWithCredentials: Rule = {
  id: 'reflected-origin-with-credentials',
  category: 'readers',
  level: 'error',
  languages: SERVER_LANGUAGES,
  summary: 'Any origin is sent back together with credentials: every site can read the response as the user.',
  fix: 'unsafe',
  yieldsTo: ['invalid-allow-origin', 'origin-option-allows-all', 'origin-variable-never-set'],
  *check(context) {
    const reported = new Set<string>();
    const open = new Set<PolicyView>();
    for (const [place, readers] of leastAssumed(reflections(context), ([, { response }]) => response)) {
      open.add(readers.view);
      if (reported.has(placeKey(place))) continue;
      reported.add(placeKey(place));
      yield finding(context, place, readers, 'reads');
    }
    // Where every site can read as well, that is what is to be said of it.
    for (const readers of leastAssumed(preflightReadersIn(context), ({ response }) => response)) {
      const place = valuePlace(readers);
      if (!place || open.has(readers.view) || reported.has(placeKey(place)) || !isOpenReflection(readers)) continue;
      // What needs no leave, every site can send without asking.
      if (!givesLeave(readers.response)) continue;
      reported.add(placeKey(place));
      yield finding(context, place, readers, 'sends');
    }
  },
};

/** Every place that lets any origin through, unchecked or by a check that admits every site. */
function* reflections(context: RuleContext): Generator<readonly [Place, SeenReaders]> {
  for (const readers of readersIn(context)) {
    const place = valuePlace(readers);
    if (place && isOpenReflection(readers)) yield [place, readers];
  }
  for (const granting of grantingChecks(context)) {
    const [readers] = leastAssumed(
      granting.readers.filter((each) => each.credentials),
      ({ response }) => response,
    );
    if (readers && judgeReaders(context, readersThrough(granting), granting.admits).foreign?.kind === 'anything')
      yield [granting.check.place, readers];
  }
}

function isOpenReflection(readers: SeenReaders): boolean {
  const { value } = readers.line;
  return readers.credentials && (value.kind === 'origin' || value.kind === 'originPart') && admitsEverySite(readers);
}

const HARMS = {
  reads: "gets its own origin back together with Access-Control-Allow-Credentials and can read this response with the user's cookies",
  sends:
    'gets its own origin back together with Access-Control-Allow-Credentials from the preflight: it cannot read the response, but can send requests such as DELETE, or with JSON, as the user',
} as const;

function finding(context: RuleContext, place: Place, readers: SeenReaders, harm: keyof typeof HARMS): Finding {
  const write = readers.line.writes.at(-1);
  const edits = write && context.authoring.allowOnly(write, place, []);
  const misread = misreadValue(write, context.observations);
  const settings = settingsOf(readers.response);
  const sentence = `Every site, such as https://evil.example, ${HARMS[harm]}${brokenWithoutOrigin(context, write)}.`;
  return {
    ruleId: 'reflected-origin-with-credentials',
    ...levelWhereSet('error', settings),
    message: `${whereSet(settings, sentence)} Allow a fixed list of origins.`,
    place,
    ...(misread && { cause: misread }),
    witness: 'https://evil.example',
    related: credentialsPlace(readers).map((each) => ({ place: each, message: 'Credentials are allowed here.' })),
    fixes: edits ? [{ title: 'Allow a fixed list of origins', applicability: 'unsafe', edits }] : [],
  };
}

function credentialsPlace(readers: SeenReaders): readonly Place[] {
  return readers.response.lines
    .filter((line) => line.name.toLowerCase() === 'access-control-allow-credentials')
    .flatMap((line) => line.writes.map((write) => write.namePlace));
}

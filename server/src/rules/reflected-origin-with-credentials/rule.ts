import type { Rule, RuleContext } from '../../core/rule.ts';
import type { Finding } from '../../core/finding.ts';
import { placeKey, samePlace, type Place } from '../../core/text.ts';
import { admitsEverySite, grantingChecks, readersIn, readersThrough, valuePlace, type SeenReaders } from '../origin-readers.ts';
import { misreadValue } from '../misread-origin.ts';
import { judgeReaders } from '../judged-readers.ts';

export const reflectedOriginWithCredentials: Rule = {
  id: 'reflected-origin-with-credentials',
  category: 'readers',
  level: 'error',
  languages: ['express', 'nginx', 'apache', 'fastify', 'koa', 'nestjs', 'hono', 'socketio'],
  summary: 'Any origin is sent back together with credentials: every site can read the response as the user.',
  fix: 'unsafe',
  yieldsTo: ['invalid-allow-origin', 'origin-option-allows-all', 'origin-variable-never-set'],
  *check(context) {
    const reported = new Set<string>();
    for (const [place, readers] of reflections(context)) {
      if (reported.has(placeKey(place))) continue;
      reported.add(placeKey(place));
      yield finding(context, place, readers);
    }
  },
};

/** Every place that lets any origin through, unchecked or by a check that admits every site. */
function* reflections(context: RuleContext): Generator<readonly [Place, SeenReaders]> {
  for (const readers of readersIn(context)) {
    const place = valuePlace(readers);
    if (place && readers.credentials && reflects(readers) && admitsEverySite(readers)) yield [place, readers];
  }
  for (const granting of grantingChecks(context)) {
    const readers = granting.readers.find((each) => each.credentials);
    if (readers && judgeReaders(context, readersThrough(granting), granting.admits).foreign?.kind === 'anything')
      yield [granting.check.place, readers];
  }
}

function reflects(readers: SeenReaders): boolean {
  const { value } = readers.line;
  return value.kind === 'origin' || value.kind === 'originPart';
}

function finding(context: RuleContext, place: Place, readers: SeenReaders): Finding {
  const write = readers.line.writes.at(-1);
  const edits = write && context.authoring.allowOnly(write, place, []);
  const misread = misreadValue(write, context.observations);
  const throws =
    write && context.observations.some((each) => each.kind === 'throwsWithoutOrigin' && samePlace(each.write.place, write.place));
  return {
    ruleId: 'reflected-origin-with-credentials',
    level: 'error',
    confidence: 'proven',
    message: `Every site, such as https://evil.example, gets its own origin back together with Access-Control-Allow-Credentials and can read this response with the user's cookies${throws ? ', and a request without Origin gets a 500' : ''}. Allow a fixed list of origins.`,
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

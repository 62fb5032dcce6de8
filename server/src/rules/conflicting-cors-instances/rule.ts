import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { valueKey } from '../../policy/condition.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import { linesNamed, withName, writesNamed } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { offer, report } from '../report.ts';

export const conflictingCorsInstances: Rule = {
  id: 'conflicting-cors-instances',
  category: 'response',
  level: 'warning',
  languages: ['express', 'nestjs'],
  summary: 'Two CORS layers shape the preflight and the actual response differently.',
  fix: 'unsafe',
  *check({ views, observations, authoring }) {
    const layers = observations.flatMap((each) => (each.kind === 'corsLayer' ? [each] : []));
    const reported = new Set<string>();
    for (const view of views) {
      const own = layers
        .filter((layer) => layer.policies.includes(view.policy.id))
        .sort((a, b) => a.place.range.start - b.place.range.start);
      const [first, second] = own;
      if (!first || !second || reported.has(placeKey(second.place))) continue;
      // Whoever answers more preflights than the first layer shapes no response with it.
      if (isSubset(placesOf(view.actual), placesOf(view.preflight))) continue;
      const sides = [proven(view.preflight), proven(view.actual)] as const;
      // An origin of a configuration that is not in sight may be the other layer's: then only the credentials tell.
      const compared = sides.some(hasUnknownOrigin) ? 'credentials' : 'all';
      const [preflight, actual] = [policyOf(sides[0], compared), policyOf(sides[1], compared)];
      if (preflight === undefined || actual === undefined || preflight === actual) continue;
      reported.add(placeKey(second.place));
      const useFirst = offer('Use the first layer for both', 'unsafe', authoring.rewrite(second.place, ''));
      const useSecond = offer('Use the second layer for both', 'unsafe', authoring.replaceLayer(first.place, second.place));
      yield report(
        'conflicting-cors-instances',
        'warning',
        second.place,
        'Preflights are answered by the first CORS layer and actual responses are shaped by the second, and the two allow different things. Use one layer for both.',
        {
          // The second keeps actual responses as they are; written by hand it may not answer preflights.
          fixes: second.byHand ? [...useFirst, ...useSecond] : [...useSecond, ...useFirst],
          related: [{ place: first.place, message: 'The first layer, which answers preflights.' }],
        },
      );
    }
  },
};

/** Where the Allow-Origin of responses to requests with an Origin is written. */
function placesOf(responses: readonly ResponseCase[]): ReadonlySet<string> {
  const withOrigin = responses.filter(({ when }) => when.originPresent !== false);
  return new Set(writesNamed(withOrigin, 'Access-Control-Allow-Origin').map(({ place }) => placeKey(place)));
}

function isSubset(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...a].every((each) => b.has(each));
}

function hasUnknownOrigin(responses: readonly ResponseCase[]): boolean {
  return responses.some(
    ({ when, lines }) =>
      when.originPresent !== false && withName(lines, 'Access-Control-Allow-Origin').some(({ value }) => value.kind === 'unknown'),
  );
}

/** What a set of responses allows, as a text to compare; undefined where it allows nothing. */
function policyOf(responses: readonly ResponseCase[], compared: 'all' | 'credentials'): string | undefined {
  const allowed = responses.flatMap((response) => {
    // No preflight is without Origin, so what such a request gets has nothing to differ from.
    if (response.when.originPresent === false) return [];
    const [origin] = linesNamed(response, 'Access-Control-Allow-Origin');
    if (!origin) return [];
    const credentials = linesNamed(response, 'Access-Control-Allow-Credentials')
      .map((line) => valueKey(line.value))
      .join();
    if (compared === 'credentials') return [credentials];
    return [`${valueKey(origin.value)} ${JSON.stringify(response.when.admitted.map((test) => test.in))} ${credentials}`];
  });
  return allowed.length === 0 ? undefined : [...new Set(allowed)].sort().join('\n');
}

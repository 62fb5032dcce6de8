import type { Rule, RuleContext } from '../../core/rule.ts';
import { contains, type Place } from '../../core/text.ts';
import { admitsEverySite, preflightReadersIn, readersIn } from '../origin-readers.ts';
import { listed } from '../words.ts';

/** The headers whose loss hides a response from the page. */
const NEEDED = ['access-control-allow-origin', 'access-control-allow-credentials'];

export const headersNotInherited: Rule = {
  id: 'headers-not-inherited',
  category: 'response',
  level: 'error',
  languages: ['nginx'],
  summary: 'A nested block with its own `add_header` drops the CORS headers of the outer one.',
  fix: 'unsafe',
  yieldsTo: ['preflight-headers-lost', 'refused-by-server'],
  *check(context) {
    const { observations, authoring } = context;
    for (const observation of observations) {
      if (observation.kind !== 'inheritanceLost') continue;
      const lost = observation.lost.filter((write) => NEEDED.includes(write.name.toLowerCase()));
      if (lost.length === 0) continue;
      const withOrigin = lost.some((write) => write.name.toLowerCase() === 'access-control-allow-origin');
      if (!withOrigin && isOpenToAll(observation.block, context)) continue;
      const edits = authoring.repeatWrites(observation.block, observation.lost);
      const names = listed([...new Set(lost.map((write) => write.name))]);
      // What a `proxy_hide_header` loses is a name that it kept back: the application's line comes through.
      const unhides = lost.every((write) => write.op === 'unset');
      yield {
        ruleId: 'headers-not-inherited',
        level: observation.meantForCors ? 'error' : 'warning',
        confidence: 'proven',
        message: unhides
          ? `This \`${observation.directive}\` drops every inherited one, so the application's ${names} comes through here, and browsers refuse it beside nginx's own. Repeat the outer names here.`
          : `This \`${observation.directive}\` drops every inherited one, so responses of this block go out without ${names} and ${withOrigin ? 'pages' : 'pages that send credentials'} cannot read them. Repeat the outer headers here.`,
        place: observation.place,
        cause: observation.block,
        related: lost.map((write) => ({
          place: write.place,
          message: unhides ? `${write.name} is hidden outside only.` : `${write.name} is lost in the inner block.`,
        })),
        fixes: edits
          ? [{ title: unhides ? 'Repeat the outer names here' : 'Repeat the outer headers here', applicability: 'unsafe', edits }]
          : [],
      };
    }
  },
};

/** Whether a block lets every site read: with the outer credentials no browser would take it, or anybody could use them. */
function isOpenToAll(block: Place, context: RuleContext): boolean {
  return [...readersIn(context), ...preflightReadersIn(context)].some((readers) => {
    const place = readers.line.writes.at(-1)?.place;
    const isOpen = readers.wildcard || (readers.line.value.kind === 'origin' && admitsEverySite(readers));
    return isOpen && place?.uri === block.uri && contains(block.range, place.range);
  });
}

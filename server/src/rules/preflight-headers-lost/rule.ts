import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { intersection } from '../../cors/origins/origin-set.ts';
import { originsOf } from '../../policy/constraint.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import type { Origins } from '../../cors/origins/index.ts';
import { allowsCredentials, linesNamed, preflightStatus, readersOf, type PolicyView } from '../../policy/view.ts';
import { proven, together } from '../evidence.ts';
import { listed } from '../words.ts';

export const preflightHeadersLost: Rule = {
  id: 'preflight-headers-lost',
  category: 'preflight',
  level: 'error',
  languages: ['express', 'nginx', 'apache', 'fastify', 'koa', 'nestjs', 'hono'],
  summary: 'The branch that answers preflights lacks the CORS headers of the actual response.',
  fix: 'unsafe',
  *check({ views, authoring, origins }) {
    const reported = new Set<string>();
    for (const view of views) {
      for (const preflight of proven(view.preflight)) {
        const answer = preflight.answeredAt;
        if (!answer || !isOwnAnswer(preflight) || reported.has(placeKey(answer))) continue;
        const lost = lostWrites(preflight, view, origins);
        if (lost.length === 0) continue;
        reported.add(placeKey(answer));
        const edits = authoring.carryInto(answer, lost);
        yield {
          ruleId: 'preflight-headers-lost',
          level: 'error',
          confidence: 'proven',
          message: `Preflights are answered here without ${listed(lost.map((write) => write.name))}, so the browser never sends the actual request. Send the same headers with this answer.`,
          place: answer,
          related: lost.map((write) => ({ place: write.place, message: `${write.name} is sent with the actual response only.` })),
          fixes: edits ? [{ title: 'Carry the headers into the preflight answer', applicability: 'unsafe', edits }] : [],
        };
      }
    }
  },
};

/** An answer that the configuration itself gives, with a status that lets a preflight pass. */
function isOwnAnswer(preflight: ResponseCase): boolean {
  return preflight.complete && preflight.refusal === undefined && preflight.by !== 'files' && preflightStatus(preflight) === 'ok';
}

/** The writes of Allow-Origin and Allow-Credentials that the same origin's actual response has and this preflight lacks. */
function lostWrites(preflight: ResponseCase, view: PolicyView, origins: Origins): readonly HeaderWrite[] {
  const hasOrigin = linesNamed(preflight, 'Access-Control-Allow-Origin').length > 0;
  const hasCredentials = allowsCredentials(preflight);
  const lost = new Map<string, HeaderWrite>();
  for (const actual of proven(view.actual)) {
    const missing = [
      ...(hasOrigin ? [] : linesNamed(actual, 'Access-Control-Allow-Origin')),
      ...(!hasCredentials && allowsCredentials(actual) ? linesNamed(actual, 'Access-Control-Allow-Credentials') : []),
    ];
    if (missing.length === 0 || !together(preflight, actual)) continue;
    const readers = readersOf(actual, origins);
    if (!readers || origins.isEmpty(intersection([originsOf(preflight.when), readers.origins])) !== false) continue;
    for (const line of missing) for (const write of line.writes) lost.set(write.name.toLowerCase(), write);
  }
  return [...lost.values()];
}

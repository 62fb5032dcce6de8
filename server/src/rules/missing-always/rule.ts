import type { FileEdit } from '../../core/finding.ts';
import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import { canFail, linesNamed, type PolicyView } from '../../policy/view.ts';
import { proven } from '../evidence.ts';

/** The headers without which a page cannot read an error, the deciding one first. */
const NEEDED = ['access-control-allow-origin', 'access-control-allow-credentials', 'access-control-expose-headers'];

export const missingAlways: Rule = {
  id: 'missing-always',
  category: 'response',
  level: 'warning',
  languages: ['nginx', 'apache'],
  summary: 'CORS headers are missing from error responses, so that the page sees a CORS error instead of the error.',
  fix: 'safe',
  yieldsTo: ['headers-lost-on-error'],
  *check({ views, authoring, language }) {
    const reported = new Set<string>();
    for (const view of views) {
      const writes = withheldFromErrors(view);
      const [first] = writes;
      if (!first || reported.has(placeKey(first.place))) continue;
      for (const write of writes) reported.add(placeKey(write.place));
      const edits = writes.map((write) => authoring.sendAlways(write));
      const complete = edits.every((each): each is readonly FileEdit[] => each !== undefined);
      const which =
        language === 'nginx'
          ? 'on error responses such as 404 or 502'
          : 'on the errors that the server makes itself, such as 401, 403 or 404';
      yield {
        ruleId: 'missing-always',
        level: view.policy.staticFiles === true ? 'info' : 'warning',
        confidence: 'proven',
        message: `${first.name} is not sent ${which}: the page gets a CORS error and cannot read the status or the body. Add \`always\`.`,
        place: first.place,
        related: writes.slice(1).map((write) => ({ place: write.place, message: `${write.name} is missing there too.` })),
        fixes: complete
          ? [
              {
                title:
                  writes.length === 1
                    ? 'Send it on error responses too (always)'
                    : `Send these ${writes.length} headers on error responses too (always)`,
                applicability: language === 'nginx' || ownsEveryLine(view, writes) ? 'safe' : 'unsafe',
                edits: edits.flat(),
              },
            ]
          : [],
      };
    }
  },
};

/** The writes of needed headers that some error response of an actual request goes without. */
function withheldFromErrors(view: PolicyView): readonly HeaderWrite[] {
  const writes = new Set<HeaderWrite>();
  for (const response of proven(view.actual.filter(canFail))) {
    for (const line of response.withheld) {
      const [write] = line.writes;
      if (write && NEEDED.includes(line.name.toLowerCase()) && linesNamed(response, line.name).length === 0) writes.add(write);
    }
  }
  const rank = (write: HeaderWrite): number => NEEDED.indexOf(write.name.toLowerCase());
  return [...writes].sort((a, b) => rank(a) - rank(b) || a.place.range.start - b.place.range.start);
}

/** Apache joins its two tables: moving a write to the other is safe only where nothing else writes that header. */
function ownsEveryLine(view: PolicyView, writes: readonly HeaderWrite[]): boolean {
  return view.actual.every(
    (response) =>
      response.by !== 'upstream' &&
      response.by !== 'cgi' &&
      writes.every((write) =>
        [...response.lines, ...response.withheld].every(
          (line) => line.name.toLowerCase() !== write.name.toLowerCase() || line.writes.every((other) => writes.includes(other)),
        ),
      ),
  );
}

import type { Rule, RuleContext } from '../../core/rule.ts';
import { placeKey, samePlace } from '../../core/text.ts';
import { valueKey } from '../../policy/condition.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import { linesNamed, readersOf, type PolicyView } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { admitsEverySite } from '../origin-readers.ts';
import { offer, report, HEADER_LANGUAGES } from '../report.ts';

export const multipleAllowOrigin: Rule = {
  id: 'multiple-allow-origin',
  category: 'response',
  level: 'error',
  // Not Hono and the Fetch API: they join what is added to a header into one line.
  languages: HEADER_LANGUAGES.filter((language) => language !== 'hono' && language !== 'fetch'),
  summary: 'One response carries Access-Control-Allow-Origin twice, which every browser refuses.',
  fix: 'safe',
  yieldsTo: ['duplicate-cors-layers'],
  *check(context) {
    const { views, authoring } = context;
    const reported = new Set<string>();
    for (const view of views) {
      for (const response of proven(view.answers)) {
        const lines = linesNamed(response, 'Access-Control-Allow-Origin').filter((line) => line.writes.length > 0);
        const writes = lines.flatMap((line) => line.writes.slice(-1)).sort((a, b) => a.place.range.start - b.place.range.start);
        const last = writes.at(-1);
        const first = writes[0];
        if (lines.length < 2 || !last || !first || reported.has(placeKey(last.place))) continue;
        reported.add(placeKey(last.place));
        const removable = writes.findLast((write) => withoutIt(views, write) !== 'nothing');
        const stays = writes.find((write) => write !== removable);
        yield report(
          'multiple-allow-origin',
          'error',
          last.place,
          'The same response carries Access-Control-Allow-Origin twice, and browsers refuse that even where both are equal. Send it once.',
          {
            related: writes
              .filter((write) => !samePlace(write.place, last.place))
              .map((write) => ({ place: write.place, message: 'The other line is written here.' })),
            // One write of both lines (an array) would take both with it, and so would the only one that some responses have.
            fixes:
              samePlace(first.place, last.place) || !removable || !stays
                ? []
                : offer(
                    samePlace(removable.place, last.place) ? 'Remove this line' : 'Remove the other line',
                    withoutIt(views, removable) === 'the same' && sameReach(stays, removable) && !opensWithout(context, removable)
                      ? 'safe'
                      : 'unsafe',
                    authoring.remove(removable),
                  ),
          },
        );
      }
    }
  },
};

/** What the responses that carry the line of a write carry without it; the least of it, where they differ. */
function withoutIt(views: readonly PolicyView[], write: HeaderWrite): 'the same' | 'another' | 'nothing' {
  let left: 'the same' | 'another' = 'the same';
  for (const response of views.flatMap((view) => view.all)) {
    const lines = linesNamed(response, 'Access-Control-Allow-Origin');
    const own = lines.filter((line) => line.writes.some((each) => samePlace(each.place, write.place)));
    if (own.length === 0) continue;
    const others = lines.filter((line) => !own.includes(line));
    if (others.length === 0) return 'nothing';
    if (others.some((line) => own.some(({ value }) => valueKey(value) !== valueKey(line.value)))) left = 'another';
  }
  return left;
}

/** Whether every site could use the user's cookies, did browsers not refuse the two lines. */
function opensWithout({ views, origins }: RuleContext, write: HeaderWrite): boolean {
  return views
    .flatMap((view) => view.all)
    .some((response) => {
      const lines = response.lines.filter((line) => !line.writes.some((each) => samePlace(each.place, write.place)));
      const readers = lines.length < response.lines.length ? readersOf({ ...response, lines }, origins) : undefined;
      return readers?.credentials === true && !readers.wildcard && admitsEverySite(readers);
    });
}

/** Whether the line that stays goes out wherever the removed one did. */
function sameReach(
  stays: { readonly table: string; readonly statuses?: unknown },
  removed: { readonly table: string; readonly statuses?: unknown },
): boolean {
  return stays.table === removed.table ? stays.statuses === undefined || removed.statuses !== undefined : stays.table === 'always';
}

import type { Rule } from '../../core/rule.ts';
import { placeKey, samePlace } from '../../core/text.ts';
import { valueKey } from '../../policy/condition.ts';
import { linesNamed } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { offer, report, HEADER_LANGUAGES } from '../report.ts';

export const multipleAllowOrigin: Rule = {
  id: 'multiple-allow-origin',
  category: 'response',
  level: 'error',
  // Not Hono: it joins what is added to a header into one line.
  languages: HEADER_LANGUAGES.filter((language) => language !== 'hono'),
  summary: 'One response carries Access-Control-Allow-Origin twice, which every browser refuses.',
  fix: 'safe',
  yieldsTo: ['duplicate-cors-layers'],
  *check({ views, authoring }) {
    const reported = new Set<string>();
    for (const view of views) {
      for (const response of proven(view.answers)) {
        const lines = linesNamed(response, 'Access-Control-Allow-Origin').filter((line) => line.writes.length > 0);
        const writes = lines.flatMap((line) => line.writes.slice(-1)).sort((a, b) => a.place.range.start - b.place.range.start);
        const last = writes.at(-1);
        const first = writes[0];
        if (lines.length < 2 || !last || !first || reported.has(placeKey(last.place))) continue;
        reported.add(placeKey(last.place));
        const identical = new Set(lines.map((line) => valueKey(line.value))).size === 1;
        yield report(
          'multiple-allow-origin',
          'error',
          last.place,
          'The same response carries Access-Control-Allow-Origin twice, and browsers refuse that even where both are equal. Send it once.',
          {
            related: writes
              .filter((write) => !samePlace(write.place, last.place))
              .map((write) => ({ place: write.place, message: 'The other line is written here.' })),
            // One write of both lines (an array) would take both with it.
            fixes: samePlace(first.place, last.place)
              ? []
              : offer('Remove this line', identical && sameReach(first, last) ? 'safe' : 'unsafe', authoring.remove(last)),
          },
        );
      }
    }
  },
};

/** Whether the line that stays goes out wherever the removed one did. */
function sameReach(
  stays: { readonly table: string; readonly statuses?: unknown },
  removed: { readonly table: string; readonly statuses?: unknown },
): boolean {
  return stays.table === removed.table ? stays.statuses === undefined || removed.statuses !== undefined : stays.table === 'always';
}

import type { Fix } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { corsResponseHeader } from '../../cors/headers.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import { canSucceed, type PolicyView, withName } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { HEADER_LANGUAGES, offer, offerToFillIn, PLACEHOLDER_ORIGIN, report } from '../report.ts';
import { mayBeAdded } from '../sent-lines.ts';

export const missingAllowOrigin: Rule = {
  id: 'missing-allow-origin',
  category: 'readers',
  level: 'warning',
  languages: HEADER_LANGUAGES,
  summary: 'Other Access-Control headers go out, and Access-Control-Allow-Origin goes to nobody.',
  fix: 'unsafe',
  yieldsTo: ['preflight-headers-lost', 'headers-not-inherited', 'overridden-by-later-if'],
  *check(context) {
    const { views } = context;
    const reported = new Set<string>();
    if (views.every(mayBeAllowed)) return;
    const allowed = new Set(views.filter(mayBeAllowed).flatMap(({ answers }) => writesIn(answers)));
    for (const view of views) {
      // Nobody asks a place that only refuses, such as an internal location from outside.
      if (view.policy.fragment || mayBeAllowed(view) || !view.answers.some(canSucceed)) continue;
      const writes = writesIn(proven(view.answers)).sort((a, b) => a.place.range.start - b.place.range.start);
      const [first] = writes;
      // Elsewhere the same write goes out with an allowed origin, or beside what an application sends.
      if (!first || writes.some((write) => allowed.has(write)) || reported.has(placeKey(first.place))) continue;
      reported.add(placeKey(first.place));
      yield report(
        'missing-allow-origin',
        'warning',
        first.place,
        `${first.name} is sent here and no Access-Control-Allow-Origin with it, for any origin: no page can read the response. Send Access-Control-Allow-Origin too.`,
        { fixes: remedies(context, first) },
      );
    }
  },
};

/** The header beside the others; where a line of the file takes it away again, that line goes instead. */
function remedies({ authoring, observations }: RuleContext, beside: HeaderWrite): readonly Fix[] {
  const writes = observations.flatMap((each) =>
    each.kind === 'headerWritten' && each.write.name.toLowerCase() === 'access-control-allow-origin' ? [each.write] : [],
  );
  const unset = writes.find((write) => write.op === 'unset' && write.place.range.start > beside.place.range.start);
  if (unset)
    return writes.some((write) => write.op !== 'unset')
      ? offer('Let Access-Control-Allow-Origin be sent', 'unsafe', authoring.remove(unset))
      : [];
  const edits = authoring.addHeaderBeside(beside, { name: 'Access-Control-Allow-Origin', value: PLACEHOLDER_ORIGIN });
  return offerToFillIn('Add Access-Control-Allow-Origin', edits, PLACEHOLDER_ORIGIN);
}

/** What wrote the Access-Control headers of some responses. */
function writesIn(responses: readonly ResponseCase[]): HeaderWrite[] {
  return responses.flatMap((response) =>
    response.lines.filter((line) => corsResponseHeader(line.name) !== undefined).flatMap((line) => line.writes),
  );
}

/**
 * Whether any answer carries the header, or may get it from what is not in sight. What is written for origins that no browser sends
 * is there too: invalid-allow-origin says why it reaches nobody.
 */
function mayBeAllowed(view: PolicyView): boolean {
  return view.all.some(
    (response) =>
      mayBeAdded(response, 'access-control-allow-origin') ||
      [response.lines, response.withheld].some((lines) => withName(lines, 'Access-Control-Allow-Origin').length > 0),
  );
}

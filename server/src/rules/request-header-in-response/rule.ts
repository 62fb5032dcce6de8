import type { Rule } from '../../core/rule.ts';
import { placeKey, samePlace } from '../../core/text.ts';
import { corsRequestHeader } from '../../cors/headers.ts';
import { offer, report, HEADER_LANGUAGES } from '../report.ts';

/** What the author of a request header in a response most likely meant. */
const MEANT: Readonly<Record<string, string>> = {
  origin: 'Access-Control-Allow-Origin',
  'access-control-request-method': 'Access-Control-Allow-Methods',
  'access-control-request-headers': 'Access-Control-Allow-Headers',
};

export const requestHeaderInResponse: Rule = {
  id: 'request-header-in-response',
  category: 'response',
  level: 'warning',
  languages: HEADER_LANGUAGES,
  summary: 'A header that belongs to the request is sent with the response, where it means nothing.',
  fix: 'unsafe',
  *check({ observations, authoring }) {
    const reported = new Set<string>();
    for (const observation of observations) {
      if (observation.kind !== 'headerWritten' || observation.write.op === 'unset') continue;
      const { write } = observation;
      const name = corsRequestHeader(write.name);
      if (name === undefined || reported.has(placeKey(write.namePlace))) continue;
      reported.add(placeKey(write.namePlace));
      // `Header echo` copies what the request says, so no name is written there; `Header edit` finds nothing that it could change.
      const idle = samePlace(write.namePlace, write.valuePlace) || write.op === 'edit';
      const meant = MEANT[write.name.toLowerCase()] ?? 'Access-Control-Allow-Origin';
      yield report(
        'request-header-in-response',
        'warning',
        write.namePlace,
        `Browsers send \`${name}\`; in a response it means nothing. ${idle ? 'Remove this line' : `Write \`${meant}\``}.`,
        {
          fixes: idle
            ? offer('Remove this line', 'unsafe', authoring.remove(write))
            : offer(`Rename to ${meant}`, 'unsafe', authoring.replaceText(write.namePlace, meant)),
        },
      );
    }
  },
};

import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { isForbiddenResponseHeader, isSafelistedResponseHeader } from '../../cors/headers.ts';
import { linesNamed } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { offer, report, HEADER_LANGUAGES } from '../report.ts';

/** Headers that are meant for scripts by their names; everything else may be meant for the browser or a proxy. */
const FOR_SCRIPTS =
  /^(?:x-total.*|x-page.*|x-pagination.*|x-per-page|x-next-page|x-request-id|x-correlation-id|x-ratelimit-.*|ratelimit(?:-.*)?|retry-after|link|etag|location|content-disposition|content-range|x-api-version|x-version|x-csrf-token|x-xsrf-token|x-auth-token|x-access-token|x-refresh-token|authorization|x-count|x-cursor|x-has-more|x-file-name|x-filename|total-count)$/;

export const headerNotExposed: Rule = {
  id: 'header-not-exposed',
  category: 'response',
  level: 'info',
  languages: HEADER_LANGUAGES,
  summary: 'A response header meant for scripts is not in Access-Control-Expose-Headers.',
  fix: 'unsafe',
  *check({ views, authoring }) {
    const reported = new Set<string>();
    for (const view of views) {
      for (const response of proven(view.actual)) {
        const allowed = linesNamed(response, 'Access-Control-Allow-Origin')[0]?.writes.at(-1);
        const exposing = linesNamed(response, 'Access-Control-Expose-Headers');
        if (!allowed || !response.complete || exposing.some((line) => line.value.kind !== 'literal')) continue;
        const exposed = new Set(
          exposing.flatMap((line) =>
            line.value.kind === 'literal' ? line.value.text.split(',').map((name) => name.trim().toLowerCase()) : [],
          ),
        );
        if (exposed.has('*')) continue;
        for (const line of response.lines) {
          const name = line.name.toLowerCase();
          const write = line.writes.at(-1);
          if (
            !write ||
            !FOR_SCRIPTS.test(name) ||
            exposed.has(name) ||
            isSafelistedResponseHeader(name) ||
            isForbiddenResponseHeader(name) ||
            reported.has(placeKey(write.place))
          )
            continue;
          reported.add(placeKey(write.place));
          const list = exposing[0];
          const listPlace = list?.value.place ?? list?.writes.at(-1)?.valuePlace;
          const edits =
            list?.value.kind === 'literal' && listPlace
              ? authoring.replaceText(listPlace, `${list.value.text}, ${line.name}`)
              : authoring.addHeaderBeside(allowed, { name: 'Access-Control-Expose-Headers', value: line.name });
          yield report(
            'header-not-exposed',
            'info',
            write.place,
            `Pages of other origins cannot read ${line.name}, although the response is open to them. List it in Access-Control-Expose-Headers.`,
            {
              fixes: offer(`Expose ${line.name}`, 'unsafe', edits),
            },
          );
        }
      }
    }
  },
};

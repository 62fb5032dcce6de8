import type { FileEdit } from '../../core/finding.ts';
import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { isOk } from '../../policy/codes.ts';
import { isSerializedOrigin } from '../../cors/serialized-origin.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import type { HeaderLine, HeaderWrite } from '../../policy/model.ts';
import { isNeverAnOrigin } from '../../policy/never-origin.ts';
import { canFail, linesNamed, withName, type PolicyView } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { toAlways, withTableMates } from '../plain-table.ts';
import { varyAlways, withheldVary } from '../withheld-vary.ts';

/** The headers without which a page cannot read an error, the deciding one first. */
const NEEDED = ['access-control-allow-origin', 'access-control-allow-credentials', 'access-control-expose-headers'];

export const missingAlways: Rule = {
  id: 'missing-always',
  category: 'response',
  level: 'warning',
  languages: ['nginx', 'apache'],
  summary: 'CORS headers are missing from error responses, so that the page sees a CORS error instead of the error.',
  fix: 'safe',
  yieldsTo: ['headers-lost-on-error', 'refused-by-server'],
  *check(context) {
    const { views, authoring } = context;
    const reported = new Set<string>();
    const withheld = views.map((view) => ({ view, ...withheldFromErrors(view) }));
    // A header of the server is sent by files and by a program alike, whichever location stands first.
    const dynamic = new Set(
      withheld
        .filter(({ view }) => view.policy.staticFiles !== true)
        .flatMap(({ effective }) => effective.map((write) => placeKey(write.place))),
    );
    for (const { view, writes, effective, varies, failing, succeeding } of withheld) {
      const [first] = effective;
      if (!first || reported.has(placeKey(first.place))) continue;
      for (const write of effective) reported.add(placeKey(write.place));
      const isNginx = view.policy.language === 'nginx';
      const { moved, among } = isNginx ? { moved: writes, among: [view] } : withTableMates(views, writes);
      const sent = isNginx ? writes.map((write) => authoring.sendAlways(write)) : [toAlways({ moved, among }, context)];
      const edits = [...sent, ...varies.map((vary) => varyAlways(authoring, vary))];
      const complete = edits.every((each): each is readonly FileEdit[] => each !== undefined);
      const which = isNginx
        ? 'on error responses such as 404 or 502'
        : failing
          ? 'on the errors that the server makes itself, such as 401, 403 or 404'
          : 'with the answer that a RewriteRule or Redirect makes here';
      yield {
        ruleId: 'missing-always',
        level: dynamic.has(placeKey(first.place)) ? 'warning' : 'info',
        confidence: 'proven',
        message: `${first.name} is not sent ${which}: ${consequenceOf(first, failing)}. Add \`always\`.`,
        place: first.place,
        related: effective.slice(1).map((write) => ({ place: write.place, message: `${write.name} is missing there too.` })),
        fixes: complete
          ? [
              {
                title: `Send ${effective.length === 1 ? 'it' : `these ${effective.length} headers`} ${failing ? 'on error responses too' : 'with every response'} (always)`,
                applicability: isNginx || (!succeeding && among.every((each) => ownsEveryLine(each, moved))) ? 'safe' : 'unsafe',
                edits: edits.flat(),
              },
            ]
          : [],
      };
    }
  },
};

/** What a page meets for want of the deciding one of the headers: with Access-Control-Allow-Origin the others are there too. */
function consequenceOf({ name }: HeaderWrite, failing: boolean): string {
  const unread = failing ? 'gets a CORS error and cannot read the status or the body' : 'cannot read it';
  switch (NEEDED.indexOf(name.toLowerCase())) {
    case 0:
      return `the page ${unread}`;
    case 1:
      return `a page that sends credentials ${unread}`;
    default:
      return 'the page cannot read the exposed headers there';
  }
}

interface Withheld {
  /** Every write of a needed header that some error response of an actual request goes without. */
  readonly writes: readonly HeaderWrite[];
  /** Those of them whose value goes out with a success: no later one takes their place. */
  readonly effective: readonly HeaderWrite[];
  /** The `Vary: Origin` beside Access-Control-Allow-Origin: sent on errors, that needs it there too. */
  readonly varies: readonly HeaderWrite[];
  /** Whether any of these responses may be an error. */
  readonly failing: boolean;
  /** Whether one of them is none: it can be read once the header goes with it. */
  readonly succeeding: boolean;
}

function withheldFromErrors(view: PolicyView): Withheld {
  const writes = new Map<string, HeaderWrite>();
  const effective = new Set<string>();
  const varies = new Map<string, HeaderWrite>();
  let failing = false;
  let succeeding = false;
  for (const response of proven(view.actual.filter((each) => canFail(each) || isBareSuccess(each, view)))) {
    if (!letsSomePageRead(response)) continue;
    for (const name of NEEDED) {
      if (linesNamed(response, name).length > 0) continue;
      // What takes a header out is no header that an error goes without.
      const withheld = withName(response.withheld, name).flatMap((line) => line.writes.find((each) => each.op !== 'unset') ?? []);
      const last = withheld.findLastIndex((write) => write.op === 'set');
      if (withheld.length > 0 && canFail(response)) failing = true;
      else if (withheld.length > 0) succeeding = true;
      for (const [index, write] of withheld.entries()) {
        writes.set(placeKey(write.place), write);
        if (index >= last) effective.add(placeKey(write.place));
      }
      const vary = name === NEEDED[0] && withheld.length > 0 ? withheldVary(response) : undefined;
      if (vary) varies.set(placeKey(vary.place), vary);
    }
  }
  const rank = (write: HeaderWrite): number => NEEDED.indexOf(write.name.toLowerCase());
  const ordered = [...writes.values()].sort((a, b) => rank(a) - rank(b) || a.place.range.start - b.place.range.start);
  return {
    writes: ordered,
    effective: ordered.filter((write) => effective.has(placeKey(write.place))),
    varies: [...varies.values()],
    failing,
    succeeding,
  };
}

/** A success that Apache makes itself, as by `RewriteRule [R=200]`: it goes without plain lines like an error (behaviour 2.17). */
function isBareSuccess({ by, status }: ResponseCase, { policy }: PolicyView): boolean {
  return policy.language === 'apache' && by === 'server' && status.kind === 'in' && status.members.every(isOk);
}

/**
 * Whether some page could read the response with what is written for it. On errors too, a value that browsers refuse helps nobody, and
 * what another rule asks to remove (`null`, `*` beside credentials) is not to be sent more often.
 */
function letsSomePageRead({ lines, withheld }: ResponseCase): boolean {
  const named = (name: string): readonly HeaderLine[] => [lines, withheld].flatMap((each) => withName(each, name));
  const credentials = named('Access-Control-Allow-Credentials').some(({ value }) => value.kind === 'literal' && value.text === 'true');
  const origins = named('Access-Control-Allow-Origin');
  return (
    origins.length === 0 ||
    origins.some(({ value }) => {
      if (value.kind !== 'literal') return !isNeverAnOrigin(value);
      return value.text === '*' ? !credentials : value.text !== 'null' && isSerializedOrigin(value.text);
    })
  );
}

/** Apache joins its two tables: moving a write to the other is safe only where nothing else writes that header. */
function ownsEveryLine(view: PolicyView, writes: readonly HeaderWrite[]): boolean {
  const places = new Set(writes.map((write) => placeKey(write.place)));
  return view.answers.every(
    (response) =>
      response.by !== 'upstream' &&
      response.by !== 'cgi' &&
      writes.every((write) =>
        [...response.lines, ...response.withheld].every(
          (line) => line.name.toLowerCase() !== write.name.toLowerCase() || line.writes.every((other) => places.has(placeKey(other.place))),
        ),
      ),
  );
}

/** Apache's plain lines (`Header set`), of which answers of the server's own carry none, on their way to the table of `always`. */
import type { FileEdit } from '../core/finding.ts';
import type { RuleContext } from '../core/rule.ts';
import { placeKey } from '../core/text.ts';
import type { HeaderWrite } from '../policy/model.ts';
import type { Observation } from '../policy/observation.ts';
import { withName, writesNamed, type PolicyView } from '../policy/view.ts';

/** Writes that change their table together. */
interface Moved {
  readonly moved: readonly HeaderWrite[];
  /** The views in which any of them has a say. */
  readonly among: readonly PolicyView[];
}

/** The edits that send plain lines always; undefined where one cannot be moved, or would go out where it is taken out now. */
export function toAlways({ moved, among }: Moved, { authoring, observations }: RuleContext): readonly FileEdit[] | undefined {
  if (among.some((view) => takesOut(view, moved))) return undefined;
  const doubled = among.flatMap((view) => sentByApplication(view, moved, observations));
  const edits = moved.map((write) => authoring.sendAlways(write, doubled.includes(write.name.toLowerCase())));
  return edits.every((each) => each !== undefined) ? edits.flat() : undefined;
}

/**
 * The writes with those of the same headers that stand beside one of them in the plain table of another response, such as in an `<If>`
 * or a `<Location>`: left behind, they would be sent beside the moved ones.
 */
export function withTableMates(views: readonly PolicyView[], writes: readonly HeaderWrite[]): Moved {
  const moved = new Map(writes.map((write) => [placeKey(write.place), write]));
  const names = new Set(writes.map((write) => write.name.toLowerCase()));
  const among = new Set<PolicyView>();
  for (let known = -1; known < moved.size;) {
    known = moved.size;
    for (const view of views) {
      for (const name of names) {
        const plain = writesNamed(view.all, name).filter((write) => write.table === 'onsuccess' && write.op !== 'unset');
        if (!plain.some((write) => moved.has(placeKey(write.place)))) continue;
        among.add(view);
        for (const write of plain) moved.set(placeKey(write.place), write);
      }
    }
  }
  return { moved: [...moved.values()].sort((a, b) => a.place.range.start - b.place.range.start), among: [...among] };
}

/** Whether somewhere a plain line takes out what one of the writes has put there: it does not reach the other table. */
function takesOut(view: PolicyView, writes: readonly HeaderWrite[]): boolean {
  const places = new Set(writes.map((write) => placeKey(write.place)));
  return view.all.some(({ withheld }) =>
    [...new Set(writes.map((write) => write.name))].some((name) => {
      const ops = withName(withheld, name).flatMap((line) => line.writes);
      const first = ops.findIndex((write) => places.has(placeKey(write.place)));
      return first >= 0 && ops.slice(first).some((write) => write.op === 'unset');
    }),
  );
}

/**
 * The names (in lower case) that a proxied application may send too, and that nothing takes out: what took their place in one table
 * does so no more from the other (behaviour 2.4).
 */
function sentByApplication(
  { answers }: PolicyView,
  writes: readonly HeaderWrite[],
  observations: readonly Observation[],
): readonly string[] {
  if (!answers.some((response) => response.by === 'upstream' && !response.complete)) return [];
  const takenOut = observations.flatMap((each) =>
    each.kind === 'headerWritten' && each.write.op === 'unset' && each.write.table === 'onsuccess' ? [each.write.name.toLowerCase()] : [],
  );
  return writes.map((write) => write.name.toLowerCase()).filter((name) => !takenOut.includes(name));
}

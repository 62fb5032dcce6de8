/**
 * Where a file takes in what another file holds: a list of origins or an option that it imports. A file of values says
 * nothing by itself, so what is wrong with them is said where a header is written with them.
 */
import { contains, type Place } from '../core/text.ts';
import type { HeaderWrite } from './model.ts';
import type { Observation } from './observation.ts';
import { type PolicyView, withName } from './view.ts';

/** One way of a value into a response, from the innermost place that rests on it out to the write, or to the call of a CORS package. */
interface Way {
  readonly places: readonly Place[];
  /** The write or the call. */
  readonly end: Place;
}

/** What a file says, as far as it may take in something. */
export interface Taking {
  readonly views: readonly PolicyView[];
  readonly observations: readonly Observation[];
}

/**
 * The place in file `uri` that brings `place`, which is of another file, into a response. Where several do, it is the one whose
 * write holds one of `beside`, the other places of the mistake. Undefined where none does, and where the mistake may be that
 * of a third file, which says so itself.
 */
export function takenInAt(taking: Taking, place: Place, uri: string, beside: readonly Place[]): Place | undefined {
  const ways = waysOf(taking, place);
  const named = ways.filter(({ end }) => beside.some((each) => each.uri === end.uri && contains(end.range, each.range)));
  const meant = named.length > 0 ? named : ways;
  if (meant.some(({ end }) => end.uri !== uri)) return undefined;
  return meant[0]?.places.find((each) => each.uri === uri);
}

function waysOf({ views, observations }: Taking, place: Place): readonly Way[] {
  const holds = (outer: Place | undefined): boolean => outer !== undefined && outer.uri === place.uri && contains(outer.range, place.range);
  const ways: Way[] = [];
  for (const { lines, withheld, when } of views.flatMap((view) => view.all)) {
    const { check } =
      when.admitted.find((test) => test.check && [test.check, ...(test.check.entries ?? [])].some((each) => holds(each.place))) ?? {};
    for (const sent of [lines, withheld]) {
      for (const write of sent.flatMap((line) => line.writes))
        if ([write.namePlace, write.valuePlace, write.value.place].some(holds)) ways.push(wayOut(write));
      if (!check) continue;
      // A line that another one took the place of is where the check may come from as well.
      for (const line of withName(sent, 'Access-Control-Allow-Origin').flatMap((each) => [each, ...(each.replaced ?? [])]))
        for (const write of line.writes) ways.push(wayOut(write, check.place));
    }
  }
  // An option that is ignored reaches no header.
  for (const each of observations)
    if (each.kind === 'corsOption' && [each.namePlace, each.valuePlace].some(holds)) ways.push({ places: [each.layer], end: each.layer });
  return ways;
}

function wayOut({ valuePlace, place, takenIn }: HeaderWrite, ...inside: readonly Place[]): Way {
  return { places: [...inside, valuePlace, place, ...(takenIn ? [takenIn] : [])], end: takenIn ?? place };
}

import type { FileEdit, Finding } from '../../core/finding.ts';
import type { Rule } from '../../core/rule.ts';
import { placeKey, type Place } from '../../core/text.ts';
import { readOrigin } from '../../cors/serialized-origin.ts';
import { valueKey } from '../../policy/condition.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import type { HeaderLine, HeaderWrite, Value } from '../../policy/model.ts';
import { isText, linesNamed, readsOrigin, type PolicyView } from '../../policy/view.ts';
import { isCacheable } from '../cacheable.ts';
import { proven } from '../evidence.ts';
import { offer, SERVER_LANGUAGES } from '../report.ts';
import { namesOrigin, varyAlways, withheldVary } from '../withheld-vary.ts';

export const missingVaryOrigin: Rule = {
  id: 'missing-vary-origin',
  category: 'caches',
  level: 'warning',
  languages: [...SERVER_LANGUAGES, 'ingress'],
  summary: 'Access-Control-Allow-Origin depends on the request and no `Vary: Origin` tells caches so.',
  fix: 'safe',
  yieldsTo: ['preflight-headers-lost', 'headers-not-inherited', 'overridden-by-later-if', 'missing-allow-origin', 'overwritten-vary'],
  *check({ views, authoring }) {
    const reported = new Set<string>();
    const found: Finding[] = [];
    for (const view of views) {
      // Blocks that send the same without it in different cases make the same mistake once.
      const alike = new Map<string, Lacking>();
      for (const response of proven(view.actual.filter(isCacheable))) {
        const [line, second] = linesNamed(response, 'Access-Control-Allow-Origin');
        const write = line?.writes.at(-1);
        if (!line || second || !write || reported.has(placeKey(write.place))) continue;
        if (!dependsOnOrigin(line, response, view) || variesByOrigin(response)) continue;
        reported.add(placeKey(write.place));
        const assumed = !response.complete && !response.hidden.includes('vary');
        const withheld = withheldVary(response);
        const erasing = erasingVary(response);
        const key = `${assumed} ${withheld !== undefined} ${erasing ? placeKey(erasing) : ''} ${write.place.uri} ${valueKey(line.value)}`;
        const known = alike.get(key);
        const vary = withheld ? [withheld] : [];
        if (known) {
          known.writes.push(write);
          known.withheld.push(...vary);
        } else alike.set(key, { assumed, first: write, writes: [write], value: line.value, withheld: vary, erasing });
      }
      for (const { assumed, first, writes, value, withheld, erasing } of alike.values()) {
        // A Vary that errors go without needs no second one beside it.
        const moved = withheld.map((vary) => varyAlways(authoring, vary));
        const isMoved = moved.length > 0 && moved.every((each) => each !== undefined);
        const edits = isMoved ? moved : writes.map((write) => authoring.varyByOrigin(write));
        const complete = edits.every((each): each is readonly FileEdit[] => each !== undefined);
        found.push({
          ruleId: 'missing-vary-origin',
          level: 'warning',
          confidence: assumed ? 'likely' : 'proven',
          message: `${consequenceOf(value)}${assumed ? ' (unless the application behind it sends Vary: Origin)' : ''}. ${withheld.length > 0 ? 'Errors go without the `Vary: Origin` beside it; send that always.' : remedyFor(view, writes)}`,
          place: first.place,
          ...(erasing && { cause: erasing }),
          related: writes.slice(1).map(({ place }) => ({ place, message: 'Here the same is sent without it.' })),
          fixes: offer(
            isMoved ? 'Send Vary: Origin on errors too (always)' : 'Send Vary: Origin',
            'safe',
            complete ? edits.flat() : undefined,
          ),
        });
      }
    }
    yield* oneForEachFix(found);
  },
};

function remedyFor({ policy, actual }: PolicyView, writes: readonly HeaderWrite[]): string {
  // What Apache adds by itself, where a condition reads the Origin (behaviour 2.15), its errors go without.
  const isElsewhere = actual.some(
    (other) => variesByOrigin(other) && other.lines.some((line) => line.writes.some((each) => writes.includes(each))),
  );
  if (policy.language === 'apache' && isElsewhere) return 'Only errors go without `Vary: Origin`; send it always.';
  return policy.language === 'ingress'
    ? 'No annotation sends `Vary: Origin`: send it from the application, or by `add_header Vary Origin always;` in a configuration-snippet.'
    : 'Send `Vary: Origin` with it.';
}

/** Writes of a policy that send the same value without Vary: Origin. */
interface Lacking {
  /** Whether it rests on what an application out of sight sends. */
  readonly assumed: boolean;
  readonly first: HeaderWrite;
  readonly writes: HeaderWrite[];
  readonly value: Value;
  /** Writes of a Vary: Origin that do not reach the response, as its status is one of an error's. */
  readonly withheld: HeaderWrite[];
  /** The write that erases a Vary: Origin, which is the mistake then. */
  readonly erasing: Place | undefined;
}

/** What comes of a cache that does not look at the Origin. */
function consequenceOf(value: Value): string {
  // `*` fits the page of every origin: what harms is the response without it.
  return isText(value, '*')
    ? 'A cache may keep this response as a request without the header gets it, and give that to a page, whose browser then refuses it'
    : 'A cache may give this response, made for one origin, to a page of another, whose browser then refuses it';
}

/** Writes that one Vary serves, such as those in both arms of an `if`, are one mistake: the first has the others beside it. */
function oneForEachFix(found: readonly Finding[]): readonly Finding[] {
  const byFix = new Map<string, Finding>();
  for (const finding of found) {
    const key = JSON.stringify(finding.fixes[0]?.edits ?? finding.place);
    const first = byFix.get(key);
    const message = 'This needs the same Vary.';
    byFix.set(key, first ? { ...first, related: [...first.related, { place: finding.place, message }] } : finding);
  }
  return [...byFix.values()];
}

/** Whether another origin, or none, would get another Allow-Origin here. */
function dependsOnOrigin(line: HeaderLine, response: ResponseCase, view: PolicyView): boolean {
  if (readsOrigin(line.value)) return true;
  const { admitted, refused, originPresent } = response.when;
  if (line.value.kind !== 'literal' || (admitted.length === 0 && refused.length === 0 && originPresent !== true)) return false;
  const { text } = line.value;
  // What no browser takes for an origin lets nobody in, from a cache or not.
  if (text !== '*' && !readOrigin(text).valid) return false;
  return view.actual.some((other) => {
    const [value, second] = linesNamed(other, 'Access-Control-Allow-Origin');
    // A stored `*` serves the page of every origin; only a response without the header is worse off beside it.
    if (text === '*' && value !== undefined) return false;
    return (
      other.unknown === undefined &&
      isCacheable(other) &&
      sameFacts(other, response) &&
      (value === undefined || second !== undefined || value.value.kind !== 'literal' || value.value.text !== text)
    );
  });
}

function sameFacts(a: ResponseCase, b: ResponseCase): boolean {
  for (const [key, fact] of a.when.facts) if ((b.when.facts.get(key)?.truth ?? fact.truth) !== fact.truth) return false;
  return a.by === b.by;
}

/** The write of Vary that takes the place of one that names the Origin. */
function erasingVary(response: ResponseCase): Place | undefined {
  const line = linesNamed(response, 'Vary').find(({ replaced }) => replaced?.some(({ value }) => namesOrigin(value)) === true);
  return line?.writes.at(-1)?.place;
}

function variesByOrigin(response: ResponseCase): boolean {
  return linesNamed(response, 'Vary').some(({ value }) => value.kind !== 'literal' || namesOrigin(value));
}

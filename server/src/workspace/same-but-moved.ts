/**
 * Most keys that are pressed in a file change nothing of what it says about CORS, only where that stands. What the rules said of the
 * version before then holds for the new one, at other places.
 */
import type { Finding } from '../core/finding.ts';
import { contains, type Place, type TextRange } from '../core/text.ts';

/** From the places of one version to those of another; undefined for a place that nobody knows the whereabouts of. */
export type Move = (place: Place) => Place | undefined;

/** Where the places of one basis of an extraction stand in another; undefined where the two say anything else, or in another order. */
export function moveBetween(before: unknown, after: unknown): Move | undefined {
  const comparison = new Comparison();
  return comparison.same(before, after) ? comparison.move() : undefined;
}

/** Findings at their new places, without fixes: what these write may rest on text that was changed. Undefined where one has no place. */
export function movedFindings(findings: readonly Finding[], move: Move): readonly Finding[] | undefined {
  const moved: Finding[] = [];
  for (const finding of findings) {
    const place = move(finding.place);
    const cause = finding.cause && move(finding.cause);
    if (!place || (finding.cause && !cause)) return undefined;
    const related: Finding['related'][number][] = [];
    for (const each of finding.related) {
      const beside = move(each.place);
      if (!beside) return undefined;
      related.push({ ...each, place: beside });
    }
    moved.push({ ...finding, place, ...(cause && { cause }), related, fixes: [] });
  }
  return moved;
}

/** Keys of texts that name something, and hold offsets to tell apart what is alike. */
const naming = new Set(['id', 'policy', 'policies']);
const offsetsInNames = /(?<=[#@: -])\d+/g;

interface Moved {
  readonly old: TextRange;
  readonly now: TextRange;
}

/** By the old range as a number. */
type Ranges = Map<number, Moved>;

/** Larger than any offset that counts. */
const farthest = 2 ** 26;

class Comparison {
  readonly #partners = new Map<object, object>();
  readonly #names = new Map<string, string>();
  readonly #namesBack = new Map<string, string>();
  readonly #places = new Map<string, Ranges>();

  /** Whether two values are equal but for places and names, which have to correspond one to one. `key`: what they are the value of. */
  same(old: unknown, now: unknown, key = ''): boolean {
    if (typeof old === 'string' && typeof now === 'string' && naming.has(key)) return this.#sameName(old, now);
    if (old === now) return true;
    if (typeof old !== 'object' || typeof now !== 'object' || old === null || now === null) return false;
    const partner = this.#partners.get(old);
    if (partner) return partner === now;
    this.#partners.set(old, now);
    if (Array.isArray(old)) return Array.isArray(now) && this.#sameLists(old, now, key);
    return isRecord(old) && isRecord(now) && this.#sameRecords(old, now);
  }

  #sameLists(old: readonly unknown[], now: readonly unknown[], key: string): boolean {
    if (old.length !== now.length) return false;
    for (let index = 0; index < old.length; index++) if (!this.same(old[index], now[index], key)) return false;
    return true;
  }

  #sameRecords(old: Record, now: Record): boolean {
    const { uri, range } = old;
    const isPlace = typeof uri === 'string' && isRange(range);
    if (isPlace && !(uri === now['uri'] && isRange(now['range']) && this.#samePlace(uri, range, now['range']))) return false;
    let count = 0;
    for (const key in old) {
      count++;
      if (!(key in now) || (!(isPlace && key === 'range') && !this.same(old[key], now[key], key))) return false;
    }
    for (const _ in now) count--;
    return count === 0;
  }

  #sameName(old: string, now: string): boolean {
    const [there, back] = [this.#names.get(old), this.#namesBack.get(now)];
    if (there !== undefined || back !== undefined) return there === now && back === old;
    if (old !== now && old.replace(offsetsInNames, '') !== now.replace(offsetsInNames, '')) return false;
    this.#names.set(old, now);
    this.#namesBack.set(now, old);
    return true;
  }

  #samePlace(uri: string, old: TextRange, now: TextRange): boolean {
    let places = this.#places.get(uri);
    if (!places) this.#places.set(uri, (places = new Map<number, Moved>()));
    const key = keyOf(old);
    const known = places.get(key);
    if (known) return known.now.start === now.start && known.now.end === now.end;
    places.set(key, { old, now });
    return true;
  }

  /** The move, where everything stands in the order in which it stood. */
  move(): Move | undefined {
    for (const places of this.#places.values()) if (!inSameOrder(places)) return undefined;
    return ({ uri, range }) => {
      const places = this.#places.get(uri);
      const known = places?.get(keyOf(range))?.now ?? (places && insideOf(places, range));
      return known && { uri, range: known };
    };
  }
}

interface Record {
  readonly [key: string]: unknown;
}

/** Not the objects of a class, which may hold what cannot be seen. */
function isRecord(value: object): value is Record {
  return Object.getPrototypeOf(value) === Object.prototype;
}

function isRange(value: unknown): value is TextRange {
  return typeof value === 'object' && value !== null && 'start' in value && 'end' in value;
}

function keyOf({ start, end }: TextRange): number {
  return start * farthest + end;
}

/** A part of a place; undefined where the smallest place around it is not as long as it was. */
function insideOf(places: Ranges, range: TextRange): TextRange | undefined {
  let around: Moved | undefined;
  for (const each of places.values())
    if (contains(each.old, range) && (!around || lengthOf(each.old) < lengthOf(around.old))) around = each;
  if (!around || lengthOf(around.old) !== lengthOf(around.now)) return undefined;
  const by = around.now.start - around.old.start;
  return { start: range.start + by, end: range.end + by };
}

function lengthOf({ start, end }: TextRange): number {
  return end - start;
}

/** Whether what began or ended before something else still does; an end comes before a start at the same offset. */
function inSameOrder(places: Ranges): boolean {
  const bounds: (readonly [old: number, now: number])[] = [];
  for (const { old, now } of places.values()) bounds.push([2 * old.start + 1, 2 * now.start + 1], [2 * old.end, 2 * now.end]);
  bounds.sort(([a], [b]) => a - b);
  return bounds.every(([old, now], index) => {
    const [oldBefore, before] = bounds[index - 1] ?? [-1, -1];
    return old === oldBefore ? now === before : now > before;
  });
}

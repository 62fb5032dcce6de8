/**
 * Collects young garbage while nobody waits. V8 does it when its space for new objects is full, which is in the middle of a key's
 * work: it takes about 4 ms there, once in every few keys. Between two keys it costs nobody anything.
 */
import v8 from 'node:v8';
import vm from 'node:vm';

/** Milliseconds without another answer after which nobody waits: fast typing leaves about 80 from key to key. */
const idle = 25;
/** The share of the space for new objects from which on the next key might fill it. */
const nearlyFull = 0.4;

/** V8's space for new objects. */
export interface YoungSpace {
  /** How much of it is in use, from 0 to 1. */
  share(): number;
  /** What collects the garbage in it; undefined where V8 does not give that out. */
  collector(): (() => void) | undefined;
}

/** Makes what is to be called after every answer. */
export function collectWhenIdle(young: YoungSpace = youngSpace): () => void {
  let timer: NodeJS.Timeout | undefined;
  let collect: (() => void) | undefined;
  let isAsked = false;
  const rest = (): void => {
    if (!isAsked) collect = young.collector();
    isAsked = true;
    if (collect && young.share() >= nearlyFull) collect();
  };
  return () => {
    clearTimeout(timer);
    timer = setTimeout(rest, idle).unref();
  };
}

export const youngSpace: YoungSpace = {
  share() {
    const space = v8.getHeapSpaceStatistics().find((each) => each.space_name === 'new_space');
    return space ? space.space_used_size / (space.space_used_size + space.space_available_size) : 0;
  },
  /** V8 shows its collector to contexts that are made while a flag is set; this one is made for it alone. */
  collector() {
    v8.setFlagsFromString('--expose-gc');
    const found: unknown = vm.runInNewContext('globalThis.gc');
    v8.setFlagsFromString('--no-expose-gc');
    if (typeof found !== 'function') return undefined;
    const collect = found as (options: { readonly type: 'minor' }) => void;
    return () => {
      collect({ type: 'minor' });
    };
  },
};

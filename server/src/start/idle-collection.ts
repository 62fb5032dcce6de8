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

type Collect = (options: { readonly type: 'minor' }) => void;

/** Makes what is to be called after every answer. Where V8 does not give out its collector, that does nothing. */
export function collectWhenIdle(collector: () => Collect | undefined = collectorOfV8): () => void {
  let timer: NodeJS.Timeout | undefined;
  let collect: Collect | undefined;
  let isAsked = false;
  const rest = (): void => {
    if (!isAsked) collect = collector();
    isAsked = true;
    if (collect && youngShare() >= nearlyFull) collect({ type: 'minor' });
  };
  return () => {
    clearTimeout(timer);
    timer = setTimeout(rest, idle).unref();
  };
}

/** How much of the space for new objects is in use, from 0 to 1. */
function youngShare(): number {
  const young = v8.getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
  return young ? young.space_used_size / (young.space_used_size + young.space_available_size) : 0;
}

/** V8 shows its collector to contexts that are made while a flag is set; this one is made for it alone. */
function collectorOfV8(): Collect | undefined {
  v8.setFlagsFromString('--expose-gc');
  const found: unknown = vm.runInNewContext('globalThis.gc');
  v8.setFlagsFromString('--no-expose-gc');
  return typeof found === 'function' ? (found as Collect) : undefined;
}

import type { RuleContext } from '../core/rule.ts';
import { contains, type OriginSet } from '../cors/origins/origin-set.ts';

/** An origin that gets in and is not the author's, by the way in which it does. */
export interface ForeignReader {
  readonly kind: 'anything' | 'lookalike' | 'suffix' | 'dot' | 'shared-suffix';
  readonly witness: string;
  /** Somebody could register the witness's domain. */
  readonly registrable: boolean;
  /** For `shared-suffix`: the suffix under which anybody gets a name. */
  readonly suffix?: string;
}

export interface JudgedReaders {
  readonly foreign: ForeignReader | undefined;
  /** An http: origin of the author's that gets in beside others. */
  readonly insecure: string | undefined;
  readonly everySubdomain: boolean;
  /** The domains and hosts that the author meant. */
  readonly meant: readonly string[];
}

const FOREIGNERS = ['https://evil.example', 'https://another-site.test', 'https://x.org'];

/** Judges a set of readers against what the author of `check` meant. */
export function judgeReaders(_context: RuleContext, readers: OriginSet, _check: OriginSet = readers): JudgedReaders {
  const anything = FOREIGNERS.every((origin) => contains(readers, origin) === true);
  return { foreign: anything ? { kind: 'anything', witness: 'https://evil.example', registrable: true } : undefined, insecure: undefined, everySubdomain: false, meant: [] };
}

/** Whether an origin is plain http on a host that is not this machine or a private network. */
export function isInsecureRemote(origin: string): boolean {
  return origin.startsWith('http://') && !/^http:\/\/(?:localhost|127\.|\[::1\]|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|[^./:]+(?::\d+)?$|[^/:]*\.(?:local|test|internal|localhost)(?::\d+)?$)/.test(origin);
}

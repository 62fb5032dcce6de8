import { localHttp, neverPlainHttp } from '../cors/local-http.ts';
import type { RuleContext } from '../core/rule.ts';
import type { Intent } from '../cors/origins/intent.ts';
import type { OriginReasoning } from '../cors/origins/reasoning.ts';
import { canonicalKey, union, type OriginSet } from '../cors/origins/origin-set.ts';
import { failingReadAnyway, readersThrough, type GrantingCheck } from './origin-readers.ts';

/** An origin that gets in and is not the author's, by the way in which it does. */
export interface ForeignReader {
  readonly kind: 'anything' | 'lookalike' | 'suffix' | 'dot' | 'shared-suffix' | 'address';
  readonly witness: string;
  /** Somebody could register the witness's domain. */
  readonly registrable: boolean;
}

export interface JudgedReaders {
  readonly foreign: ForeignReader | undefined;
  /** An http: origin of the author's, on a network that others share. */
  readonly insecure: string | undefined;
  readonly everySubdomain: boolean;
  readonly intent: Intent | undefined;
  /** The domains and hosts that the author meant, for messages. */
  readonly meant: readonly string[];
}

const nothing: JudgedReaders = { foreign: undefined, insecure: undefined, everySubdomain: false, intent: undefined, meant: [] };
/** By what is judged and against which domains: most of it is the same at the next change of a file. */
const judged = new WeakMap<OriginReasoning, Map<string, JudgedReaders>>();
const mostKept = 500;

/**
 * Judges the readers that a check lets in against what its author meant by it. `check` is the set that the check itself
 * admits: the author's text is read from there. Judged once for all rules, and for as long as neither changes.
 */
export function judgeReaders(context: RuleContext, readers: OriginSet, check: OriginSet): JudgedReaders {
  const { reasoning } = context;
  if (!reasoning) return nothing;
  let known = judged.get(reasoning);
  if (!known) judged.set(reasoning, (known = new Map<string, JudgedReaders>()));
  if (known.size >= mostKept) known.clear();
  const key = `${canonicalKey(readers)} ${canonicalKey(check)} ${context.trustedDomains.join()}`;
  const before = known.get(key);
  if (before) return before;
  const intent = reasoning.intent(check, context.trustedDomains);
  const { foreign, insecureWitness, everySubdomain } = reasoning.judge(readers, intent);
  const judgement: JudgedReaders = {
    foreign: 'witness' in foreign ? { registrable: true, ...foreign } : undefined,
    insecure: typeof insecureWitness === 'string' ? insecureWitness : undefined,
    everySubdomain: everySubdomain === true,
    intent,
    meant: [...intent.domains, ...intent.hosts],
  };
  known.set(key, judgement);
  return judgement;
}

/**
 * What `pick` finds in the judgement of those whom a check lets in: of those with credentials where it finds it there, else
 * of all of them, unless who fails the check reads as much.
 */
export function judgeCheck<Found>(
  context: RuleContext,
  granting: GrantingCheck,
  pick: (judged: JudgedReaders) => Found | undefined,
): { readonly found: Found; readonly credentials: boolean; readonly judged: JudgedReaders } | undefined {
  for (const credentials of granting.credentials ? [true, false] : [false]) {
    if (failingReadAnyway(context, granting, credentials)) continue;
    const judged = judgeReaders(context, credentials ? withCredentials(granting) : readersThrough(granting), granting.admits);
    const found = pick(judged);
    if (found !== undefined) return { found, credentials, judged };
  }
  return undefined;
}

function withCredentials({ readers }: GrantingCheck): OriginSet {
  return union(readers.filter((each) => each.credentials).map((each) => each.origins));
}

/** Whether a check admits every site by intent: its pattern finds whole origins only, so that anchoring it changes nothing. */
export function admitsEverySiteWhole({ origins }: RuleContext, { check: { pattern, part } }: GrantingCheck): boolean {
  if (!pattern || (part !== undefined && part !== 'origin')) return false;
  return origins.equal({ kind: 'pattern', pattern }, origins.fullMatches(pattern)) === true;
}

const HARMLESS_HTTP = new RegExp(`${localHttp}|${neverPlainHttp}`);

/** Whether an origin is plain http on a host that is not this machine or a private network, and a page can be loaded from it. */
export function isInsecureRemote(origin: string): boolean {
  return origin.startsWith('http://') && !HARMLESS_HTTP.test(origin);
}

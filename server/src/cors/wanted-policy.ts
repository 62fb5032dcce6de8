/** A CORS policy as somebody asks for it, and the reading of what people type into forms. */
import { readOrigin } from './serialized-origin.ts';
import { asciiLower, asciiUpper, isToken } from './token.ts';

/** What a generated configuration is to allow: each language writes it in its own form. */
export interface WantedPolicy {
  /** Serialized origins, at least one. */
  readonly origins: readonly string[];
  /** Whether pages send cookies or other credentials along. */
  readonly credentials: boolean;
  /** Methods that pages use, as browsers spell them; empty where GET, HEAD and POST are enough, which need no permission. */
  readonly methods: readonly string[];
  /** Request headers that pages set; empty where the safelisted ones are enough. */
  readonly headers: readonly string[];
}

/** How long a preflight may be kept, in seconds: the longest that Chromium keeps one (behaviour 4.6). */
export const preflightSeconds = 7200;

/** The constant headers of a policy, in the order in which every language writes them; the origin and Vary are not among them. */
export function constantHeaders({ credentials, methods, headers }: WantedPolicy): readonly (readonly [name: string, value: string])[] {
  return [
    ...(credentials ? [['Access-Control-Allow-Credentials', 'true'] as const] : []),
    ...(methods.length > 0 ? [['Access-Control-Allow-Methods', methods.join(', ')] as const] : []),
    ...(headers.length > 0 ? [['Access-Control-Allow-Headers', headers.join(', ')] as const] : []),
    ...(methods.length + headers.length > 0 ? [['Access-Control-Max-Age', String(preflightSeconds)] as const] : []),
  ];
}

/** What is read from a text that somebody typed: the entries, or the first that cannot be one with its nearest right form. */
export type TypedList =
  | { readonly ok: true; readonly entries: readonly string[] }
  | { readonly ok: false; readonly offender: string; readonly suggestion: string | undefined };

function entriesOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

function readEach(text: string, read: (entry: string) => { readonly valid: boolean; readonly written: string | undefined }): TypedList {
  const entries = new Set<string>();
  for (const entry of entriesOf(text)) {
    const { valid, written } = read(entry);
    if (!valid || written === undefined) return { ok: false, offender: entry, suggestion: written };
    entries.add(written);
  }
  return { ok: true, entries: [...entries] };
}

/**
 * Origins, separated by commas or white space. Each has to be an origin as a browser sends it; `null` is one, but every
 * page can have it (behaviour 4.8), so it is no answer to the question who may read.
 */
export function readOrigins(text: string): TypedList {
  return readEach(text, (entry) => {
    if (entry === 'null') return { valid: false, written: undefined };
    const reading = readOrigin(entry);
    if (reading.valid) return { valid: true, written: entry };
    return { valid: false, written: reading.suggestion === 'null' ? undefined : reading.suggestion };
  });
}

/** Methods, separated by commas or white space; browsers send them in upper case, save that `fetch` leaves `patch` as it is. */
export function readMethods(text: string): TypedList {
  return readEach(text, (entry) => {
    const upper = asciiUpper(entry);
    return { valid: isToken(entry) && upper === entry && entry !== '*', written: isToken(entry) && entry !== '*' ? upper : undefined };
  });
}

/** Names of request headers, separated by commas or white space. `*` is no name: with credentials it allows nothing. */
export function readHeaderNames(text: string): TypedList {
  return readEach(text, (entry) => {
    const name = entry.replace(/:$/, '');
    const valid = isToken(name) && name !== '*' && !asciiLower(name).startsWith('access-control-');
    return { valid: valid && name === entry, written: valid ? name : undefined };
  });
}

/** An origin that anybody on the way can pretend to have: `http:` to a host that is not the developer's own machine. */
export function isInsecureOrigin(origin: string): boolean {
  return /^http:\/\/(?!localhost(?::|$)|127\.|\[::1\]|[^.]+(?::|$)|[^/]*\.(?:local|test|internal|localhost)(?::|$))/.test(origin);
}

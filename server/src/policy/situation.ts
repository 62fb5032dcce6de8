/** What is known of a request on its way through a policy: the request itself, where it is a concrete one, and what was decided. */
import type { OriginSet } from '../cors/origins/origin-set.ts';
import type { Codes } from './codes.ts';
import type { Constraint } from './constraint.ts';
import type { RequestDatum, Value } from './model.ts';

/** What a concrete request answers about itself; undefined where even it does not know. */
export interface KnownRequest {
  origin(set: OriginSet): boolean | undefined;
  readonly originAbsent: boolean;
  readonly method: string;
  /** The text of a datum; null where the request has none; undefined where it is not known. */
  datum(datum: RequestDatum): string | null | undefined;
  /** The Origin as sent; null where there is none. */
  readonly originText: string | null;
  capture(value: Extract<Value, { kind: 'originPart' }>): string | undefined;
  readonly authenticated: boolean | undefined;
  /** The truth of an unknown of the configuration, where somebody knows it. `path`: the present one after a reroute. */
  unknown?(id: string, path: string | undefined): boolean | undefined;
}

/** What conditions and values are judged against: one path through a policy. Immutable. */
export interface Situation {
  readonly constraint: Constraint;
  readonly status: Codes;
  readonly variables: ReadonlyMap<string, Value>;
  /** A rerouted request has another path and perhaps another method than the one that came in. */
  readonly path?: string;
  readonly method?: string;
  /** The query that took the place of the request's; null where it is not known. */
  readonly query?: string | null;
  readonly request?: KnownRequest;
}

/** A datum as it stands now: a rerouted request has another path and perhaps another method. */
export function presentDatum(datum: RequestDatum, { path, method, query, request }: Situation): string | null | undefined {
  if (datum === 'path' && path !== undefined) return path;
  if (datum === 'method' && method !== undefined) return method;
  if (query !== undefined && datum === 'query') return query ?? undefined;
  if (query !== undefined && datum.startsWith('query:'))
    return query === null ? undefined : new URLSearchParams(query).get(datum.slice('query:'.length));
  return request?.datum(datum);
}

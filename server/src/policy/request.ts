import { capture, contains } from '../cors/origins/origin-set.ts';
import type { KnownRequest } from './situation.ts';
import type { RequestDatum } from './model.ts';

/** A request as it arrives at the server. Header names in any case; `origin` null where there is none. */
export interface ConcreteRequest {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  /** With the leading `?`, or empty. */
  readonly query?: string;
  readonly origin: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Undefined where nobody knows by which name and scheme the server was reached. */
  readonly host?: string;
  readonly scheme?: string;
  /** Whether the credentials that it carries are accepted; undefined where that cannot be told. */
  readonly authenticated?: boolean;
}

/** Answers the questions of an evaluation about a concrete request. */
export function knownRequest(request: ConcreteRequest): KnownRequest {
  const header = (name: string): string | null => {
    if (name === 'origin') return request.origin;
    const values = request.headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
    return values.length === 0 ? null : values.join(', ');
  };
  const query = new URLSearchParams(request.query ?? '');
  const datum = (name: RequestDatum): string | null | undefined => {
    const [kind, key = ''] = split(name);
    switch (kind) {
      case 'method':
        return request.method;
      case 'path':
        return request.path;
      case 'uri':
        return request.path + (request.query ?? '');
      case 'query':
        return key === '' ? (request.query ?? '').replace(/^\?/, '') : query.get(key);
      case 'host':
        return request.host;
      case 'scheme':
        return request.scheme;
      case 'header':
        return key === 'host' ? request.host : header(key);
      case 'cookie':
        return cookie(header('cookie'), key);
      default:
        return undefined;
    }
  };
  return {
    method: request.method,
    originText: request.origin,
    originAbsent: request.origin === null,
    origin: (set) => (request.origin === null ? false : contains(set, request.origin)),
    datum,
    authenticated: request.authenticated,
    capture(value) {
      const result = capture(value.pattern, value.group, request.origin ?? '');
      return result.kind === 'undecided' ? undefined : result.kind === 'text' ? result.text : '';
    },
  };
}

function split(datum: RequestDatum): readonly [string, string?] {
  const colon = datum.indexOf(':');
  return colon < 0 ? [datum] : [datum.slice(0, colon), datum.slice(colon + 1)];
}

function cookie(header: string | null, name: string): string | null {
  for (const pair of header?.split(';') ?? []) {
    const [key, ...value] = pair.trim().split('=');
    if (key === name) return value.join('=');
  }
  return null;
}

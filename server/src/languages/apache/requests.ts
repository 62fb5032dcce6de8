import type { OriginSet } from '../../cors/origins/origin-set.ts';
import { always, originAbsent, originPresent, test } from '../../policy/condition.ts';
import { methodsIn } from '../../policy/method-test.ts';
import type { Condition, OriginCheck, RequestDatum, Value } from '../../policy/model.ts';

/** A part of the request by the server's name for it: a header, the method, the path. */
export interface RequestPart {
  readonly value: Value;
  /** The header that reading it depends on, for Vary; undefined for what is no header, and for Host (mod_rewrite, ap_expr). */
  readonly vary: string | undefined;
}

/** A request header. The Origin is a value of its own. */
export function headerPart(header: string): RequestPart {
  const lower = header.toLowerCase();
  return {
    value: lower === 'origin' ? { kind: 'origin', absent: '' } : { kind: 'request', datum: `header:${lower}`, absent: '' },
    vary: lower === 'host' ? undefined : header,
  };
}

const data: Readonly<Record<string, RequestDatum>> = {
  REQUEST_METHOD: 'method',
  REQUEST_SCHEME: 'scheme',
  REQUEST_URI: 'path',
  QUERY_STRING: 'query',
  SERVER_NAME: 'host',
  REMOTE_ADDR: 'remote-address',
  REMOTE_HOST: 'remote-address',
  SERVER_PROTOCOL: 'protocol',
};

const headers: Readonly<Record<string, string>> = {
  HTTP_HOST: 'Host',
  HTTP_USER_AGENT: 'User-Agent',
  HTTP_REFERER: 'Referer',
  HTTP_COOKIE: 'Cookie',
  HTTP_FORWARDED: 'Forwarded',
  HTTP_ACCEPT: 'Accept',
  HTTP_PROXY_CONNECTION: 'Proxy-Connection',
};

/** What `%{NAME}` means in an expression and in RewriteCond; undefined for a name that neither knows. */
export function variablePart(name: string): RequestPart | undefined {
  const upper = name.toUpperCase();
  const datum = data[upper];
  if (datum !== undefined) return { value: { kind: 'request', datum, absent: '' }, vary: undefined };
  const header = headers[upper];
  return header === undefined ? undefined : headerPart(header);
}

/** Names that exist as variables but about which a text says nothing. */
export const otherVariables: ReadonlySet<string> = new Set([
  'HTTPS',
  'REQUEST_FILENAME',
  'SCRIPT_FILENAME',
  'DOCUMENT_ROOT',
  'SERVER_PORT',
  'SERVER_ADDR',
  'SERVER_ADMIN',
  'SERVER_SOFTWARE',
  'PATH_INFO',
  'THE_REQUEST',
  'REMOTE_USER',
  'REMOTE_IDENT',
  'REMOTE_PORT',
  'AUTH_TYPE',
  'CONTENT_TYPE',
  'HANDLER',
  'REQUEST_STATUS',
  'IPV6',
  'IS_SUBREQ',
  'TIME',
  'TIME_YEAR',
  'TIME_MON',
  'TIME_DAY',
  'TIME_HOUR',
  'TIME_MIN',
  'TIME_SEC',
  'TIME_WDAY',
  'DOCUMENT_URI',
  'API_VERSION',
  'LAST_MODIFIED',
  'CONN_LOG_ID',
  'CONN_REMOTE_ADDR',
  'REQUEST_LOG_ID',
  'CONTEXT_PREFIX',
  'CONTEXT_DOCUMENT_ROOT',
  'CONN_REMOTE_PORT',
  'SCRIPT_USER',
  'SCRIPT_GROUP',
]);

/** Patterns that every text passes, that only the empty text passes, and that only the empty text fails. */
const anyText = new Set(['', '^', '$', '.*', '^.*', '.*$', '^.*$', '(.*)', '^(.*)$', '.?', '^(.*)', '(.*)$']);
const emptyText = new Set(['^$', '^\\s*$']);
const someText = new Set(['.', '.+', '^.', '^.+', '.+$', '^.+$', '(.+)', '^(.+)$', '^(.+)', '(.+)$', '^.*.$', '\\S']);

/** Whether every text passes a pattern, whatever it is. */
export function passesEverything(source: string): boolean {
  return anyText.has(source);
}

/** Whether a pattern's match, where it matches, is the whole text, so that `$0` is the text itself. */
export function matchesWhole(source: string): boolean {
  return /^\^?\(?\.[*+]\)?\$?$/.test(source);
}

/** A test of the Origin that only asks whether there is one; undefined for every other test. */
function presence(set: OriginSet): Condition | undefined {
  if (set.kind === 'oneOf' && set.values.length === 1 && set.values[0] === '') return originAbsent;
  if (set.kind === 'pattern') {
    if (anyText.has(set.pattern.source)) return always;
    if (emptyText.has(set.pattern.source)) return originAbsent;
    if (someText.has(set.pattern.source)) return originPresent;
  }
  return undefined;
}

/** A test of a value; of the method it becomes a choice among the methods, so that it can be decided without a request. */
export function testOf(value: Value, set: OriginSet, check?: OriginCheck): Condition {
  if (value.kind === 'request' && value.datum === 'method') {
    const methods = methodsIn(set);
    if (methods) return { kind: 'method', in: methods };
  }
  const simple = value.kind === 'origin' && value.absent === '' ? presence(set) : undefined;
  return simple ?? test(value, set, check);
}

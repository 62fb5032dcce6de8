import { canonicalKey, type OriginSet } from '../../cors/origins/origin-set.ts';
import { always, originAbsent, originPresent, test, unknown } from '../../policy/condition.ts';
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
  SERVER_PORT: 'other:server_port',
  SERVER_ADDR: 'other:server_addr',
  REMOTE_PORT: 'other:remote_port',
  REMOTE_USER: 'other:remote_user',
  REMOTE_IDENT: 'other:remote_ident',
  AUTH_TYPE: 'other:auth_type',
  THE_REQUEST: 'other:the_request',
  PATH_INFO: 'other:path_info',
  REQUEST_FILENAME: 'other:request_filename',
  SCRIPT_FILENAME: 'other:request_filename',
  CONN_REMOTE_ADDR: 'other:conn_remote_addr',
  CONN_REMOTE_PORT: 'other:conn_remote_port',
  IPV6: 'other:ipv6',
  TIME: 'other:time',
  TIME_YEAR: 'other:time_year',
  TIME_MON: 'other:time_mon',
  TIME_DAY: 'other:time_day',
  TIME_HOUR: 'other:time_hour',
  TIME_MIN: 'other:time_min',
  TIME_SEC: 'other:time_sec',
  TIME_WDAY: 'other:time_wday',
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

/** `on` where the request came by TLS, `off` otherwise. */
const https: Value = {
  kind: 'choice',
  options: [
    {
      when: test({ kind: 'request', datum: 'scheme', absent: '' }, { kind: 'oneOf', values: ['https'] }),
      value: { kind: 'literal', text: 'on' },
    },
  ],
  otherwise: { kind: 'literal', text: 'off' },
};

/** What `%{NAME}` means in an expression and in RewriteCond; undefined for a name that neither knows. */
export function variablePart(name: string): RequestPart | undefined {
  const upper = name.toUpperCase();
  if (upper === 'HTTPS') return { value: https, vary: undefined };
  const datum = data[upper];
  if (datum !== undefined) return { value: { kind: 'request', datum, absent: '' }, vary: undefined };
  const header = headers[upper];
  return header === undefined ? undefined : headerPart(header);
}

/** Names that exist as variables but about which neither the text nor the request says anything. */
export const otherVariables: ReadonlySet<string> = new Set([
  'DOCUMENT_ROOT',
  'SERVER_ADMIN',
  'SERVER_SOFTWARE',
  'CONTENT_TYPE',
  'HANDLER',
  'REQUEST_STATUS',
  'IS_SUBREQ',
  'DOCUMENT_URI',
  'API_VERSION',
  'LAST_MODIFIED',
  'CONN_LOG_ID',
  'REQUEST_LOG_ID',
  'CONTEXT_PREFIX',
  'CONTEXT_DOCUMENT_ROOT',
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
  // The request line holds the method too, which the rest of the policy decides by itself.
  if (value.kind === 'request' && value.datum === 'other:the_request' && namesMethod(set))
    return unknown(`request-line:${canonicalKey(set)}`, 'unsupported');
  const simple = value.kind === 'origin' && value.absent === '' ? presence(set) : undefined;
  return simple ?? test(value, set, check);
}

function namesMethod(set: OriginSet): boolean {
  if (set.kind === 'complement') return namesMethod(set.of);
  return set.kind !== 'pattern' || /GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE/i.test(set.pattern.source);
}

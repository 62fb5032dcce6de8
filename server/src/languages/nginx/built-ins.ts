/** nginx's own variables, as far as a request decides them. */
import { literal, requestDatum, test } from '../../policy/condition.ts';
import type { RequestDatum, Value } from '../../policy/model.ts';

const data: ReadonlyMap<string, RequestDatum> = new Map([
  ['request_method', 'method'],
  ['scheme', 'scheme'],
  ['host', 'host'],
  ['uri', 'path'],
  ['document_uri', 'path'],
  ['request_uri', 'uri'],
  ['args', 'query'],
  ['query_string', 'query'],
  ['remote_addr', 'remote-address'],
  ['server_protocol', 'protocol'],
  ['content_type', 'header:content-type'],
  ['content_length', 'header:content-length'],
  ['request_body', 'body'],
]);

const prefixes: readonly (readonly [prefix: string, datum: (rest: string) => RequestDatum])[] = [
  ['http_', (rest) => `header:${rest.replaceAll('_', '-')}`],
  ['arg_', (rest) => `query:${rest}`],
  ['cookie_', (rest) => `cookie:${rest}`],
];

/**
 * What each request, or the connection that it came over, decides and no page chooses: pages of every site come with any of it.
 * So a test on it guards nothing against them, a client's certificate included, which a browser sends for them all.
 */
const ofConnection: ReadonlySet<string> = new Set(
  `ancient_browser modern_browser msie binary_remote_addr connection connection_requests connection_time http2 http3 is_args
  is_request_port proxy_protocol_addr proxy_protocol_port proxy_protocol_server_addr proxy_protocol_server_port
  realip_remote_addr realip_remote_port remote_port request_id request_length request_port request_time server_addr server_port
  msec date_gmt date_local time_iso8601 time_local`.split(/\s+/),
);
const ofConnectionPrefixes: readonly string[] = ['ssl_', 'geoip', 'tcpinfo_', 'proxy_protocol_tlv_'];

/** A variable of the model's own: each server assigns the name that `$server_name` has in it. */
export const serverNameVariable = '#server-name';

/** "on" over TLS and empty otherwise. */
const https: Value = {
  kind: 'choice',
  options: [{ when: test(requestDatum('scheme'), { kind: 'oneOf', values: ['https'] }), value: literal('on') }],
  otherwise: literal(''),
};

/** The value of a built-in variable, or undefined where the request does not decide it. `name` is in lower case. */
export function builtInValue(name: string): Value | undefined {
  if (name === 'http_origin') return { kind: 'origin', absent: '' };
  if (name === 'server_name') return { kind: 'variable', name: serverNameVariable, unset: '' };
  const direct = data.get(name);
  if (direct !== undefined) return requestDatum(direct, '');
  for (const [prefix, datum] of prefixes)
    if (name.startsWith(prefix) && name.length > prefix.length) return requestDatum(datum(name.slice(prefix.length)), '');
  if (name.startsWith('upstream_http_') || name.startsWith('sent_http_'))
    return { kind: 'unknown', id: `variable:${name}`, reason: 'upstream' };
  if (name === 'remote_user') return { kind: 'unknown', id: `variable:${name}`, reason: 'credentials' };
  if (name === 'request_completion') return literal('');
  if (name === 'https') return https;
  if (ofConnection.has(name) || ofConnectionPrefixes.some((prefix) => name.startsWith(prefix))) return requestDatum(`other:${name}`, '');
  return undefined;
}

const others: ReadonlySet<string> = new Set(
  `body_bytes_sent bytes_sent connections_active connections_reading connections_waiting connections_writing document_root
  fastcgi_path_info fastcgi_script_name gzip_ratio hostname invalid_referer limit_conn_status limit_rate limit_req_status
  memcached_key nginx_version pid pipe proxy_add_x_forwarded_for proxy_host proxy_port proxy_internal_body_length
  proxy_internal_chunked proxy_internal_connection realpath_root request request_body_file request_filename secure_link
  secure_link_expires slice_range status uid_got uid_reset uid_set upstream_addr upstream_bytes_received
  upstream_bytes_sent upstream_cache_status upstream_connect_time upstream_header_time upstream_response_length
  upstream_response_time upstream_status upstream_last_server_name upstream_queue_time`.split(/\s+/),
);

const otherPrefixes: readonly string[] = [
  'http_',
  'arg_',
  'cookie_',
  'sent_trailer_',
  'upstream_cookie_',
  'upstream_trailer_',
  'jwt_',
  'otel_',
  'opentracing_',
  'session_log_',
  'spdy',
  'brotli_',
  'ingress_',
  'service_',
  'namespace',
  'location_path',
];

/** Whether nginx or a common module has a variable of this name, beside those of `builtInValue`. */
export function isBuiltIn(name: string): boolean {
  return others.has(name) || otherPrefixes.some((prefix) => name.startsWith(prefix));
}

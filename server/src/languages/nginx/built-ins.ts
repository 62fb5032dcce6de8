/** nginx's own variables, as far as a request decides them. */
import { literal, requestDatum } from '../../policy/condition.ts';
import type { RequestDatum, Value } from '../../policy/model.ts';

const data: Readonly<Record<string, RequestDatum>> = {
  request_method: 'method',
  scheme: 'scheme',
  host: 'host',
  uri: 'path',
  document_uri: 'path',
  request_uri: 'uri',
  args: 'query',
  query_string: 'query',
  remote_addr: 'remote-address',
  server_protocol: 'protocol',
  content_type: 'header:content-type',
  content_length: 'header:content-length',
  request_body: 'body',
};

const prefixes: readonly (readonly [prefix: string, datum: (rest: string) => RequestDatum])[] = [
  ['http_', (rest) => `header:${rest.replaceAll('_', '-')}`],
  ['arg_', (rest) => `query:${rest}`],
  ['cookie_', (rest) => `cookie:${rest}`],
];

/** The value of a built-in variable, or undefined where the request does not decide it. `name` is in lower case. */
export function builtInValue(name: string): Value | undefined {
  if (name === 'http_origin') return { kind: 'origin', absent: '' };
  if (name === 'server_name') return undefined;
  const direct = data[name];
  if (direct !== undefined) return requestDatum(direct, '');
  for (const [prefix, datum] of prefixes)
    if (name.startsWith(prefix) && name.length > prefix.length) return requestDatum(datum(name.slice(prefix.length)), '');
  if (name.startsWith('upstream_http_') || name.startsWith('sent_http_'))
    return { kind: 'unknown', id: `variable:${name}`, reason: 'upstream' };
  if (name === 'remote_user') return { kind: 'unknown', id: `variable:${name}`, reason: 'credentials' };
  if (name === 'request_completion') return literal('');
  return undefined;
}

const others: ReadonlySet<string> = new Set(
  `ancient_browser modern_browser msie binary_remote_addr body_bytes_sent bytes_sent connection connection_requests
  connection_time connections_active connections_reading connections_waiting connections_writing date_gmt date_local
  document_root fastcgi_path_info fastcgi_script_name gzip_ratio hostname https http2 http3 invalid_referer is_args
  limit_conn_status limit_rate limit_req_status memcached_key msec nginx_version pid pipe proxy_add_x_forwarded_for
  proxy_host proxy_port proxy_protocol_addr proxy_protocol_port proxy_protocol_server_addr proxy_protocol_server_port
  proxy_internal_body_length proxy_internal_chunked proxy_internal_connection realip_remote_addr realip_remote_port
  realpath_root remote_port remote_user request request_body_file request_completion request_filename request_id
  request_length request_time secure_link secure_link_expires server_addr server_name server_port slice_range status
  tcpinfo_rtt tcpinfo_rttvar tcpinfo_snd_cwnd tcpinfo_rcv_space time_iso8601 time_local uid_got uid_reset uid_set
  upstream_addr upstream_bytes_received upstream_bytes_sent upstream_cache_status upstream_connect_time
  upstream_header_time upstream_response_length upstream_response_time upstream_status upstream_last_server_name
  upstream_queue_time is_request_port request_port geoip_country_code geoip_city`.split(/\s+/),
);

const otherPrefixes: readonly string[] = [
  'http_',
  'arg_',
  'cookie_',
  'sent_http_',
  'sent_trailer_',
  'upstream_http_',
  'upstream_cookie_',
  'upstream_trailer_',
  'ssl_',
  'geoip',
  'jwt_',
  'proxy_protocol_tlv_',
  'otel_',
  'opentracing_',
  'session_log_',
  'date_',
  'spdy',
  'brotli_',
  'ingress_',
  'service_',
  'namespace',
  'location_path',
];

/** Whether nginx or a common module has a variable of this name. */
export function isBuiltIn(name: string): boolean {
  return data[name] !== undefined || others.has(name) || otherPrefixes.some((prefix) => name.startsWith(prefix));
}

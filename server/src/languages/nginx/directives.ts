/**
 * The directives of nginx and the contexts that accept them, from the command tables of nginx 1.22.1 with its bundled
 * http modules, the newer core directives, and the common third-party modules (headers-more, Lua, njs, Brotli).
 */

/** Where a directive may stand. `if` blocks differ by what holds them. */
export type NginxContext = 'main' | 'events' | 'http' | 'server' | 'location' | 'server-if' | 'location-if' | 'limit-except' | 'upstream';

const contextLetters: Readonly<Record<string, NginxContext>> = {
  M: 'main',
  E: 'events',
  H: 'http',
  S: 'server',
  L: 'location',
  J: 'server-if',
  I: 'location-if',
  X: 'limit-except',
  U: 'upstream',
};

/** Directive names by the letters of the contexts that accept them. */
const byContexts: Readonly<Record<string, string>> = {
  M: `
    daemon debug_points env events http load_module lock_file mail master_process pcre_jit pid quic_bpf
    ssl_engine stream thread_pool timer_resolution user worker_cpu_affinity worker_priority worker_processes
    worker_rlimit_core worker_rlimit_nofile worker_shutdown_timeout working_directory`,
  MHSL: `
    error_log`,
  MHSLJIXU: `
    include`,
  E: `
    accept_mutex accept_mutex_delay debug_connection epoll_events multi_accept use worker_aio_requests
    worker_connections`,
  H: `
    charset_map fastcgi_cache_path geo geoip2 geoip_city geoip_country http2_recv_buffer_size init_by_lua_block
    init_worker_by_lua_block js_path limit_conn_zone limit_req_zone log_format lua_package_cpath
    lua_package_path lua_shared_dict map map_hash_bucket_size map_hash_max_size perl_set proxy_cache_path
    proxy_cache_purge scgi_cache_path server_names_hash_bucket_size server_names_hash_max_size split_clients
    upstream uwsgi_cache_path variables_hash_bucket_size variables_hash_max_size`,
  HS: `
    client_header_buffer_size client_header_timeout connection_pool_size http2 http2_body_preread_size
    http2_idle_timeout http2_max_concurrent_pushes http2_max_concurrent_streams http2_max_field_size
    http2_max_header_size http2_max_requests http2_pool_size http2_recv_timeout http2_streams_index_size http3
    ignore_invalid_headers large_client_header_buffers max_headers merge_slashes request_pool_size ssl
    ssl_buffer_size ssl_certificate ssl_certificate_by_lua_block ssl_certificate_key ssl_ciphers
    ssl_client_certificate ssl_conf_command ssl_crl ssl_dhparam ssl_early_data ssl_ecdh_curve ssl_ocsp
    ssl_ocsp_cache ssl_ocsp_responder ssl_password_file ssl_prefer_server_ciphers ssl_protocols
    ssl_reject_handshake ssl_session_cache ssl_session_ticket_key ssl_session_tickets ssl_session_timeout
    ssl_stapling ssl_stapling_file ssl_stapling_responder ssl_stapling_verify ssl_trusted_certificate
    ssl_verify_client ssl_verify_depth underscores_in_headers`,
  HSL: `
    absolute_redirect access_by_lua_block access_by_lua_file add_after_body add_before_body add_header_inherit
    add_trailer_inherit addition_types aio aio_write ancient_browser ancient_browser_value auth_delay auth_jwt
    auth_jwt_key_file auth_oidc auth_request auth_request_set autoindex autoindex_exact_size autoindex_format
    autoindex_localtime body_filter_by_lua_block body_filter_by_lua_file brotli brotli_comp_level
    brotli_min_length brotli_static brotli_types charset_types chunked_transfer_encoding client_body_buffer_size
    client_body_in_file_only client_body_in_single_buffer client_body_temp_path client_body_timeout
    client_max_body_size create_full_put_path dav_access dav_methods default_type directio directio_alignment
    disable_symlinks etag fastcgi_bind fastcgi_buffer_size fastcgi_buffering fastcgi_buffers
    fastcgi_busy_buffers_size fastcgi_cache fastcgi_cache_background_update fastcgi_cache_bypass
    fastcgi_cache_key fastcgi_cache_lock fastcgi_cache_lock_age fastcgi_cache_lock_timeout
    fastcgi_cache_max_range_offset fastcgi_cache_methods fastcgi_cache_min_uses fastcgi_cache_revalidate
    fastcgi_cache_use_stale fastcgi_cache_valid fastcgi_catch_stderr fastcgi_connect_timeout
    fastcgi_force_ranges fastcgi_hide_header fastcgi_ignore_client_abort fastcgi_ignore_headers fastcgi_index
    fastcgi_intercept_errors fastcgi_keep_conn fastcgi_limit_rate fastcgi_max_temp_file_size
    fastcgi_next_upstream fastcgi_next_upstream_timeout fastcgi_next_upstream_tries fastcgi_no_cache
    fastcgi_param fastcgi_pass_header fastcgi_pass_request_body fastcgi_pass_request_headers
    fastcgi_read_timeout fastcgi_request_buffering fastcgi_send_lowat fastcgi_send_timeout
    fastcgi_socket_keepalive fastcgi_split_path_info fastcgi_store fastcgi_store_access
    fastcgi_temp_file_write_size fastcgi_temp_path grpc_bind grpc_buffer_size grpc_connect_timeout
    grpc_hide_header grpc_ignore_headers grpc_intercept_errors grpc_next_upstream grpc_next_upstream_timeout
    grpc_next_upstream_tries grpc_pass_header grpc_read_timeout grpc_send_timeout grpc_set_header
    grpc_socket_keepalive grpc_ssl_certificate grpc_ssl_certificate_key grpc_ssl_ciphers grpc_ssl_conf_command
    grpc_ssl_crl grpc_ssl_name grpc_ssl_password_file grpc_ssl_protocols grpc_ssl_server_name
    grpc_ssl_session_reuse grpc_ssl_trusted_certificate grpc_ssl_verify grpc_ssl_verify_depth gunzip
    gunzip_buffers gzip_buffers gzip_comp_level gzip_disable gzip_hash gzip_http_version gzip_min_length
    gzip_no_buffer gzip_proxied gzip_static gzip_types gzip_vary gzip_window header_filter_by_lua_block
    header_filter_by_lua_file http2_chunk_size http2_push http2_push_preload if_modified_since
    image_filter_buffer index js_header_filter js_import js_set keepalive_disable keepalive_min_timeout
    limit_conn limit_conn_dry_run limit_conn_log_level limit_conn_status limit_req limit_req_dry_run
    limit_req_log_level limit_req_status lingering_close lingering_time lingering_timeout log_by_lua_block
    log_not_found log_subrequest max_ranges memcached_bind memcached_buffer_size memcached_connect_timeout
    memcached_gzip_flag memcached_next_upstream memcached_next_upstream_timeout memcached_next_upstream_tries
    memcached_read_timeout memcached_send_timeout memcached_socket_keepalive min_delete_depth mirror
    mirror_request_body modern_browser modern_browser_value modsecurity modsecurity_rules_file
    more_clear_input_headers more_set_input_headers mp4_buffer_size mp4_max_buffer_size mp4_start_key_frame
    msie_padding msie_refresh open_file_cache open_file_cache_errors open_file_cache_events
    open_file_cache_min_uses open_file_cache_valid open_log_file_cache output_buffers pagespeed
    passenger_enabled perl_modules port_in_redirect postpone_gzipping postpone_output proxy_bind
    proxy_buffer_size proxy_buffering proxy_buffers proxy_busy_buffers_size proxy_cache
    proxy_cache_background_update proxy_cache_bypass proxy_cache_convert_head proxy_cache_key proxy_cache_lock
    proxy_cache_lock_age proxy_cache_lock_timeout proxy_cache_max_range_offset proxy_cache_methods
    proxy_cache_min_uses proxy_cache_revalidate proxy_cache_use_stale proxy_cache_valid proxy_connect_timeout
    proxy_cookie_domain proxy_cookie_flags proxy_cookie_path proxy_force_ranges proxy_headers_hash_bucket_size
    proxy_headers_hash_max_size proxy_hide_header proxy_http_version proxy_ignore_client_abort
    proxy_ignore_headers proxy_intercept_errors proxy_limit_rate proxy_max_temp_file_size proxy_method
    proxy_next_upstream proxy_next_upstream_timeout proxy_next_upstream_tries proxy_no_cache proxy_pass_header
    proxy_pass_request_body proxy_pass_request_headers proxy_read_timeout proxy_redirect proxy_request_buffering
    proxy_send_lowat proxy_send_timeout proxy_set_body proxy_set_header proxy_socket_keepalive
    proxy_ssl_certificate proxy_ssl_certificate_key proxy_ssl_ciphers proxy_ssl_conf_command proxy_ssl_crl
    proxy_ssl_name proxy_ssl_password_file proxy_ssl_protocols proxy_ssl_server_name proxy_ssl_session_reuse
    proxy_ssl_trusted_certificate proxy_ssl_verify proxy_ssl_verify_depth proxy_store proxy_store_access
    proxy_temp_file_write_size proxy_temp_path read_ahead real_ip_header real_ip_recursive recursive_error_pages
    reset_timedout_connection resolver resolver_timeout rewrite_by_lua_block rewrite_by_lua_file satisfy
    scgi_bind scgi_buffer_size scgi_buffering scgi_buffers scgi_busy_buffers_size scgi_cache
    scgi_cache_background_update scgi_cache_bypass scgi_cache_key scgi_cache_lock scgi_cache_lock_age
    scgi_cache_lock_timeout scgi_cache_max_range_offset scgi_cache_methods scgi_cache_min_uses
    scgi_cache_revalidate scgi_cache_use_stale scgi_cache_valid scgi_connect_timeout scgi_force_ranges
    scgi_hide_header scgi_ignore_client_abort scgi_ignore_headers scgi_intercept_errors scgi_limit_rate
    scgi_max_temp_file_size scgi_next_upstream scgi_next_upstream_timeout scgi_next_upstream_tries scgi_no_cache
    scgi_param scgi_pass_header scgi_pass_request_body scgi_pass_request_headers scgi_read_timeout
    scgi_request_buffering scgi_send_timeout scgi_socket_keepalive scgi_store scgi_store_access
    scgi_temp_file_write_size scgi_temp_path secure_link secure_link_md5 secure_link_secret send_lowat
    send_timeout sendfile_max_chunk server_name_in_redirect server_tokens set_by_lua_block set_real_ip_from
    slice ssi_ignore_recycled_buffers ssi_last_modified ssi_min_file_chunk ssi_silent_errors ssi_types
    ssi_value_length sub_filter sub_filter_last_modified sub_filter_once sub_filter_types
    subrequest_output_buffer_size tcp_nodelay tcp_nopush types types_hash_bucket_size types_hash_max_size userid
    userid_domain userid_expires userid_flags userid_mark userid_name userid_p3p userid_path userid_service
    uwsgi_bind uwsgi_buffer_size uwsgi_buffering uwsgi_buffers uwsgi_busy_buffers_size uwsgi_cache
    uwsgi_cache_background_update uwsgi_cache_bypass uwsgi_cache_key uwsgi_cache_lock uwsgi_cache_lock_age
    uwsgi_cache_lock_timeout uwsgi_cache_max_range_offset uwsgi_cache_methods uwsgi_cache_min_uses
    uwsgi_cache_revalidate uwsgi_cache_use_stale uwsgi_cache_valid uwsgi_connect_timeout uwsgi_force_ranges
    uwsgi_hide_header uwsgi_ignore_client_abort uwsgi_ignore_headers uwsgi_intercept_errors uwsgi_limit_rate
    uwsgi_max_temp_file_size uwsgi_modifier1 uwsgi_modifier2 uwsgi_next_upstream uwsgi_next_upstream_timeout
    uwsgi_next_upstream_tries uwsgi_no_cache uwsgi_param uwsgi_pass_header uwsgi_pass_request_body
    uwsgi_pass_request_headers uwsgi_read_timeout uwsgi_request_buffering uwsgi_send_timeout
    uwsgi_socket_keepalive uwsgi_ssl_certificate uwsgi_ssl_certificate_key uwsgi_ssl_ciphers
    uwsgi_ssl_conf_command uwsgi_ssl_crl uwsgi_ssl_name uwsgi_ssl_password_file uwsgi_ssl_protocols
    uwsgi_ssl_server_name uwsgi_ssl_session_reuse uwsgi_ssl_trusted_certificate uwsgi_ssl_verify
    uwsgi_ssl_verify_depth uwsgi_store uwsgi_store_access uwsgi_string uwsgi_temp_file_write_size
    uwsgi_temp_path xslt_types zstd`,
  HSLJI: `
    rewrite_log uninitialized_variable_warn`,
  HSLI: `
    add_header add_trailer charset error_page expires gzip limit_rate limit_rate_after more_clear_headers
    more_set_headers override_charset post_action root sendfile source_charset ssi`,
  HSLIX: `
    access_log`,
  HSLX: `
    allow auth_basic auth_basic_user_file deny`,
  HSLU: `
    keepalive_requests keepalive_time keepalive_timeout`,
  HU: `
    server`,
  S: `
    listen server_name`,
  SL: `
    if location referer_hash_bucket_size referer_hash_max_size stub_status try_files valid_referers`,
  SLJI: `
    break return rewrite set`,
  L: `
    alias empty_gif flv internal limit_except mp4 random_index`,
  LI: `
    content_by_lua_block content_by_lua_file fastcgi_pass grpc_pass js_content memcached_pass perl scgi_pass
    uwsgi_pass`,
  LIX: `
    proxy_pass`,
  U: `
    hash ip_hash keepalive least_conn ntlm random sticky zone`,
};

const contextsByName: ReadonlyMap<string, ReadonlySet<NginxContext>> = new Map(
  Object.entries(byContexts).flatMap(([letters, names]) => {
    const contexts = new Set([...letters].flatMap((letter) => contextLetters[letter] ?? []));
    return names
      .trim()
      .split(/\s+/)
      .map((name) => [name, contexts] as const);
  }),
);

/** True for a name nginx or a common module knows. Names are case-sensitive (behaviour 1.5). */
export function isKnownDirective(name: string): boolean {
  return contextsByName.has(name);
}

/** The contexts that accept the directive, or undefined when it is not known. */
export function contextsOf(name: string): ReadonlySet<NginxContext> | undefined {
  return contextsByName.get(name);
}

/** Directives that hand a request on to an upstream or an address. */
export const passes: ReadonlySet<string> = new Set([
  'proxy_pass',
  'grpc_pass',
  'fastcgi_pass',
  'uwsgi_pass',
  'scgi_pass',
  'memcached_pass',
]);

/** Blocks whose entries are data rather than directives: their lines are never taken for directives. */
const dataBlocks: ReadonlySet<string> = new Set(['map', 'geo', 'types', 'split_clients', 'charset_map', 'geoip2', 'match']);

/** True for a block whose entries are keys and values (`map`, `geo`, `types`, …). */
export function isDataBlock(name: string): boolean {
  return dataBlocks.has(name);
}

/** Whether a file is nginx configuration: by its name, and where that leaves it open by its text. */

const certainName =
  /(?:^|\/)(?:nginx(?:[.-][\w.-]+)?\.conf(?:\.[\w-]+)*|[^/]+\.nginx(?:\.conf)?(?:\.(?:template|tmpl|tpl|j2|erb))?|[^/]+\.nginxconf|nginx\.(?:template|tmpl|tpl|j2|erb)|fastcgi_params|uwsgi_params|scgi_params|proxy_params)$/i;
const certainFolder = /(?:^|\/)nginx\/(?:[^/]+\/)*(?:sites-(?:available|enabled)|conf\.d|snippets|http\.d|servers|vhosts?)\/[^/]+$/i;
const possibleFolder = /(?:^|\/)(?:sites-(?:available|enabled)|conf\.d|http\.d|snippets|nginx(?:\/[^/]+)*)\/[^/]+$/i;
const possibleName = /\.(?:conf|vhost|inc)(?:\.(?:template|tmpl|tpl|j2|erb|dist|sample|example|in))*$/i;
const otherKind =
  /\.(?:[cm]?[jt]sx?|json|md|html?|css|py|rb|go|rs|php|sh|ya?ml|xml|pem|crt|key|lock|toml|txt|log|png|jpe?g|gif|svg|woff2?|gz|zip)$/i;

/** What the name alone says. `uri` may be a path or a URI. */
export function claimsName(uri: string): 'yes' | 'no' | 'maybe' {
  const path = pathOf(uri);
  if (certainName.test(path)) return 'yes';
  if (otherKind.test(path)) return 'no';
  if (certainFolder.test(path)) return 'yes';
  return possibleName.test(path) || possibleFolder.test(path) ? 'maybe' : 'no';
}

function pathOf(uri: string): string {
  const withoutQuery = uri.replace(/[?#].*$/s, '');
  try {
    return decodeURIComponent(withoutQuery).replaceAll('\\', '/');
  } catch {
    return withoutQuery;
  }
}

/** How much of a file is looked at. */
const headLength = 16_384;

const nginxSigns: readonly RegExp[] = [
  /^\s*(?:server|http|events|upstream\s+\S+|location\s+[^{\n]+|map\s+\S+\s+\S+|geo\s+\$\S+)\s*\{/m,
  /^\s*(?:add_header|proxy_pass|proxy_set_header|fastcgi_pass|uwsgi_pass|grpc_pass|try_files|server_name|more_set_headers|proxy_hide_header|limit_except|auth_request|ssl_certificate)\s+[^;\n]+;/m,
  /^\s*(?:return\s+\d{3}|listen\s+\S+|root\s+\S+|if\s+\([^)\n]*\)\s*\{)/m,
];
// A line that ends in ";" or "{" is nginx's, such as a map's `OPTIONS "GET, POST";`.
const apacheSigns: readonly RegExp[] = [
  /^\s*<\/?(?:VirtualHost|Directory|IfModule|Location|LocationMatch|Files|FilesMatch|Limit|LimitExcept|IfDefine|If|Proxy)\b/im,
  /^\s*(?:Header\s+(?:always\s+|onsuccess\s+)?(?:set|add|append|merge|unset|edit|setifempty|echo)|RewriteEngine|RewriteRule|RewriteCond|SetEnvIf|LoadModule|DocumentRoot|ServerName|ProxyPass(?:Reverse)?|Require|AllowOverride|Options)\s(?!.*[;{][ \t]*(?:#.*)?$)/im,
];

/** Whether the start of the text reads like nginx configuration rather than Apache's or something else. */
export function looksLikeNginx(text: string): boolean {
  const head = text.slice(0, headLength);
  if (apacheSigns.some((sign) => sign.test(head))) return false;
  return nginxSigns.some((sign) => sign.test(head));
}

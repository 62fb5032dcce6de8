/** File names that are Apache's whatever they hold. */
const certainNames =
  /(?:^|\/)(?:\.htaccess(?:\.[\w-]+)?|[\w.-]*\.htaccess|httpd(?:[-.][\w.-]*)?\.conf(?:\.in)?|apache2?(?:[-.][\w.-]*)?\.conf|srm\.conf|access\.conf|httpd-[\w-]+\.conf|apache-vhost\.conf|vhosts?\.conf)$/i;

/** Folders whose configuration files are Apache's. */
const certainFolders = /\/(?:apache2?|httpd)\/(?:[^/]+\/)*[\w.-]+\.(?:conf|load)$/i;

/** Places where Apache's files lie beside nginx's: the content decides. */
const possiblePlaces =
  /\.(?:conf|vhost|inc)(?:\.(?:tpl|tmpl|template|j2|erb|in|dist|example|sample))?$|\/(?:sites-(?:available|enabled)|conf\.d|conf-(?:available|enabled)|vhosts(?:\.d)?)\/[^/]+$/i;

const nginxFolders = /\/nginx\//i;

/** What the name alone says. `uri` may be a path or a URI, in which a `#` of the path is encoded. */
export function claimsName(uri: string): 'yes' | 'no' | 'maybe' {
  const path = decoded(uri.split(/[?#]/, 1)[0] ?? '');
  if (certainNames.test(path)) return 'yes';
  if (certainFolders.test(path)) return 'yes';
  if (nginxFolders.test(path)) return 'no';
  return possiblePlaces.test(path) ? 'maybe' : 'no';
}

/** How far into a file its content is looked at, in code units. */
const recognisedLength = 16_384;

const apacheLine =
  /^[ \t]*(?:<\/?(?:VirtualHost|Directory(?:Match)?|Location(?:Match)?|Files(?:Match)?|If|ElseIf|Else|IfModule|IfDefine|IfVersion|IfFile|Limit|LimitExcept|RequireAll|RequireAny|RequireNone|Proxy(?:Match)?|Macro)\b[^;{]*>|(?:Header|RequestHeader)[ \t]+(?:(?:always|onsuccess)[ \t]+)?(?:set|setifempty|add|append|merge|unset|edit\*?|echo|note)\b|(?:SetEnvIf(?:NoCase|Expr)?|RewriteEngine|RewriteCond|RewriteRule|DocumentRoot|ServerName|ServerAlias|ServerRoot|LoadModule|AllowOverride|Require|ProxyPass(?:Reverse|Match)?|ErrorDocument|DirectoryIndex|Options)[ \t]+[^;]*$)/im;

const nginxLine =
  /^[ \t]*(?:(?:server|http|events|location\b[^\n{]*|upstream\b[^\n{]*|map\b[^\n{]*|if[ \t]*\([^\n]*)[ \t]*\{|(?:add_header|proxy_pass|server_name|listen|fastcgi_pass|root|include)[ \t][^\n]*;)/im;

/** Whether a text is Apache configuration, by its first lines: sections in angle brackets against blocks in braces. */
export function recognisesText(text: string): boolean {
  const head = text.slice(0, recognisedLength);
  const apache = apacheLine.exec(head);
  if (apache === null) return false;
  const nginx = nginxLine.exec(head);
  return nginx === null || apache.index < nginx.index;
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

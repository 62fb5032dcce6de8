/** Everything that the issue of the Apache model lists; the coverage table counts configurations by these names. */
export const constructs = [
  'Header set', 'Header append', 'Header merge', 'Header add', 'Header unset', 'Header setifempty', 'Header echo', 'Header edit', 'Header edit*', 'Header note',
  'Header always', 'Header onsuccess', 'env=', 'env=!', 'expr= condition', 'expr= value', 'early', '%{…}e', 'undefined variable', '$0 in a pattern', '$0 in a plain text',
  'RequestHeader Origin', 'SetEnvIf', 'SetEnvIfNoCase', 'SetEnvIfExpr', 'SetEnv', 'UnsetEnv', 'BrowserMatch', 'HTTP_ORIGIN',
  'RewriteCond', 'RewriteRule E=', 'RewriteRule R= status', 'RewriteRule redirect', 'RewriteRule L', 'RewriteRule END', 'RewriteRule F', 'RewriteRule G', 'RewriteCond OR', 'front controller',
  'If', 'ElseIf', 'Else', 'IfModule', 'IfModule wrong case', 'IfDefine', 'IfVersion', 'Files', 'FilesMatch', 'Location', 'LocationMatch', 'Directory', 'DirectoryMatch',
  'Limit', 'LimitExcept', 'Require', 'RequireAny', 'RequireAll', 'RequireNone', 'Require valid-user', 'Require expr', 'Order/Allow/Deny',
  'ErrorDocument local', 'ErrorDocument text', 'ErrorDocument external', 'Redirect', 'RedirectMatch', 'FallbackResource', 'ProxyPass', 'ProxyPass in Location', 'ProxyPass !',
  'Define', 'nested .htaccess', 'continuation', 'CRLF', 'server rewriting',
] as const;

export type Construct = (typeof constructs)[number];

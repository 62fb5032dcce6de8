import { checkInsertions, everything, little } from '../../../../test/insertion-table.ts';

const htaccess = 'file:///srv/www/.htaccess';
const httpd = 'file:///etc/httpd/conf/httpd.conf';

describe('a policy written into Apache configuration', () => {
  checkInsertions([
    {
      title: '.htaccess: before the line of the author, login exempted',
      uri: htaccess,
      wanted: { ...everything, methods: [], headers: [] },
      before: 'Options -Indexes\nAuthType Basic\nAuthName x\nAuthUserFile /x\n‸Require valid-user\n',
      after: `Options -Indexes
AuthType Basic
AuthName x
AuthUserFile /x
<IfModule mod_headers.c>
    SetEnvIf Origin "^(https://app\\.example\\.com|https://admin\\.example\\.com)$" CORS_ORIGIN=$0
    Header always set Access-Control-Allow-Origin "%{CORS_ORIGIN}e" env=CORS_ORIGIN
    Header always set Access-Control-Allow-Credentials true env=CORS_ORIGIN
    Header always merge Vary Origin
</IfModule>
<RequireAny>
    Require method OPTIONS
    Require valid-user
</RequireAny>
`,
    },
    {
      title: '.htaccess: preflights are the first rule where rewriting is on',
      uri: htaccess,
      wanted: little,
      before: '‸RewriteEngine On\nRewriteCond %{HTTPS} off\nRewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]\n',
      after: `<IfModule mod_headers.c>
    SetEnvIf Origin "^https://app\\.example\\.com$" CORS_ORIGIN=$0
    Header always set Access-Control-Allow-Origin "%{CORS_ORIGIN}e" env=CORS_ORIGIN
    Header always merge Vary Origin
</IfModule>
RewriteEngine On
RewriteCond %{REQUEST_METHOD} =OPTIONS
RewriteRule ^ - [R=204,L]
RewriteCond %{HTTPS} off
RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]
`,
    },
    {
      title: '.htaccess: empty',
      uri: htaccess,
      wanted: little,
      before: '‸',
      after: `<IfModule mod_headers.c>
    SetEnvIf Origin "^https://app\\.example\\.com$" CORS_ORIGIN=$0
    Header always set Access-Control-Allow-Origin "%{CORS_ORIGIN}e" env=CORS_ORIGIN
    Header always merge Vary Origin
</IfModule>
`,
    },
    {
      title: 'httpd: a virtual host with a proxy behind it',
      uri: httpd,
      wanted: little,
      before: '<VirtualHost *:80>\n  ServerName api.example.com\n  ProxyPass / http://127.0.0.1:3000/\n‸</VirtualHost>\n',
      after: `<VirtualHost *:80>
  ServerName api.example.com
  ProxyPass / http://127.0.0.1:3000/
  Header unset Access-Control-Allow-Origin
  Header unset Access-Control-Allow-Credentials
  SetEnvIf Origin "^https://app\\.example\\.com$" CORS_ORIGIN=$0
  Header always set Access-Control-Allow-Origin "%{CORS_ORIGIN}e" env=CORS_ORIGIN
  Header always merge Vary Origin
  RewriteEngine On
  RewriteCond %{REQUEST_METHOD} =OPTIONS
  RewriteRule ^ - [R=204,L]
</VirtualHost>
`,
    },
    {
      title: 'httpd: the cursor in an <IfModule> means the directory around it',
      uri: httpd,
      wanted: little,
      before: '<Directory "/srv/www">\n\t<IfModule mod_x.c>‸\n\t\tOptions -Indexes\n\t</IfModule>\n</Directory>\n',
      after: `<Directory "/srv/www">
\tSetEnvIf Origin "^https://app\\.example\\.com$" CORS_ORIGIN=$0
\tHeader always set Access-Control-Allow-Origin "%{CORS_ORIGIN}e" env=CORS_ORIGIN
\tHeader always merge Vary Origin
\t<IfModule mod_x.c>
\t\tOptions -Indexes
\t</IfModule>
</Directory>
`,
    },
    {
      title: '.htaccess: has a policy',
      uri: htaccess,
      before: 'Header set Access-Control-Allow-Origin "*"\n‸',
      after: { refused: 'already sent here: Header set Access-Control-Allow-Origin' },
    },
  ]);
});

/** Configurations and programs without a policy, into which one is written. */

export interface Base {
  readonly title: string;
  readonly server: 'nginx' | '.htaccess' | 'httpd' | 'express';
  readonly form: string;
  /** The text with `‸` where the author stands; nginx's is what stands inside `http`. */
  readonly text: string;
  /** A path that is answered with 200, or with 401 where `login` is set. */
  readonly path: string;
  /** A path of the same place that is answered with an error. */
  readonly failing: string;
  /** Whether the place asks for a user. */
  readonly login?: true;
}

const nginx = (title: string, path: string, failing: string, inServer: string, more: Partial<Base> = {}): Base => ({
  title,
  server: 'nginx',
  form: 'nginx',
  path,
  failing,
  text: `server {\n    listen 80;\n    root /srv/www;\n${inServer}}\n`,
  ...more,
});

const imports = {
  'an ES module': "import express from 'express';\n\nconst app = express();‸\n",
  CommonJS: "const express = require('express');\n\nconst app = express();‸\n",
} as const;

const express = (kind: keyof typeof imports, form: string): Base => ({
  title: `${kind}, ${form}`,
  server: 'express',
  form,
  path: '/api/200',
  failing: '/api/500',
  text: `${imports[kind]}
app.use('/api', (req, res) => {
  res.status(Number(req.path.slice(1))).json({});
});

app.listen(3000);
`,
});

export const bases: readonly Base[] = [
  nginx('files', '/index.html', '/missing', '    location / {\n        ‸\n    }\n'),
  nginx(
    'a location that answers itself',
    '/api/200',
    '/api/500',
    '    location /api/ {‸\n        if ($uri ~ 500) {\n            return 500;\n        }\n        return 200 "{}";\n    }\n',
  ),
  nginx(
    'an application that answers for every site',
    '/api/200',
    '/api/500',
    '    location /api/ {\n        proxy_pass http://127.0.0.1:3000;‸\n    }\n',
  ),
  nginx(
    'a login',
    '/api/200',
    '/api/404',
    '    location /api/ {\n        auth_basic "x";\n        auth_basic_user_file /etc/nginx/htpasswd;‸\n        proxy_pass http://127.0.0.1:3000;\n    }\n',
    { login: true },
  ),
  nginx(
    'a whole server',
    '/api/200',
    '/missing',
    '    add_header X-Frame-Options DENY always;\n‸    location /api/ {\n        proxy_pass http://127.0.0.1:3000/;\n        proxy_hide_header Access-Control-Allow-Origin;\n        proxy_hide_header Access-Control-Allow-Credentials;\n    }\n',
  ),
  { title: 'an empty one', server: '.htaccess', form: 'apache', path: '/index.html', failing: '/missing', text: '‸' },
  {
    title: 'a login',
    server: '.htaccess',
    form: 'apache',
    path: '/index.html',
    failing: '/missing',
    login: true,
    text: 'AuthType Basic\nAuthName "x"\nAuthUserFile /etc/httpd/htpasswd\n‸Require valid-user\n',
  },
  {
    title: 'rules that redirect',
    server: '.htaccess',
    form: 'apache',
    path: '/index.html',
    failing: '/missing',
    text: 'RewriteEngine On\nRewriteCond %{REQUEST_METHOD} !=GET\nRewriteCond %{REQUEST_METHOD} !=PUT\nRewriteRule ^ /elsewhere [R=302,L]\n‸',
  },
  {
    title: 'an application that answers for every site',
    server: 'httpd',
    form: 'apache',
    path: '/api/200',
    failing: '/api/500',
    text: '<VirtualHost *:80>\n    ServerName api.example.com\n    ProxyPass /api/ http://127.0.0.1:3000/api/\n‸</VirtualHost>\n',
  },
  ...(['an ES module', 'CommonJS'] as const).flatMap((kind) => [express(kind, 'cors-package'), express(kind, 'by-hand')]),
];

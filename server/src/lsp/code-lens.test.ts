import assert from 'node:assert/strict';
import { createService } from '../service.ts';
import { lensesOf } from './code-lens.ts';

const service = createService({ workspace: { read: async () => undefined, list: async () => undefined, files: async () => [] } });
const express = "import express from 'express';\nimport cors from 'cors';\nconst app = express();\n";

/** A file and its lenses as `line: text`, lines counted from 1. */
const rows: readonly (readonly [what: string, name: string, text: string, expected: readonly string[]])[] = [
  [
    'locations',
    'nginx.conf',
    `server {
  location /a/ {
    add_header Access-Control-Allow-Origin https://a.example always;
    if ($request_method = OPTIONS) { return 204; }
    return 200;
  }
  location /b/ { add_header Access-Control-Allow-Origin $http_origin always; add_header Access-Control-Allow-Credentials true always; return 200; }
  location /c/ { return 200; }
}`,
    ['2: CORS: 1 origin · preflight ✓', '7: CORS: ⚠ any site · credentials · preflight ✓'],
  ],
  [
    'directories',
    'httpd.conf',
    '<Directory "/srv/www">\n  Header always set Access-Control-Allow-Origin "*"\n</Directory>\n<Directory "/srv/other">\n</Directory>\n',
    ['1: CORS: any site · preflight ✓'],
  ],
  ['an origin that no browser has', '.htaccess', 'Header set Access-Control-Allow-Origin "https://a.example/"\n', ['1: CORS: ⚠ no site']],
  [
    'routes, and the layer of the application',
    'app.js',
    `${express}app.use(cors({ origin: ['https://a.example', 'https://b.example'] }));\napp.get('/x', (q, r) => r.json({}));\napp.listen(1);\n`,
    ['4: CORS: 2 origins · preflight ✓', '5: CORS: 2 origins · preflight ✓'],
  ],
  [
    'an application in a file with elements',
    'server.tsx',
    "import { Hono } from 'hono';\nimport { cors } from 'hono/cors';\nconst app = new Hono();\napp.use('*', cors({ origin: ['https://a.example'] }));\napp.get('/', (c) => c.html(<p>up</p>));\nexport default app;\n",
    ['4: CORS: 1 origin · preflight ✓', '5: CORS: 1 origin · preflight ✓'],
  ],
  [
    'an Ingress',
    'ingress.yaml',
    `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations:
    nginx.ingress.kubernetes.io/enable-cors: 'true'
    nginx.ingress.kubernetes.io/cors-allow-origin: https://a.example
spec:
  rules:
    - http:
        paths:
          - path: /
            pathType: Prefix
            backend: { service: { name: web, port: { number: 80 } } }
`,
    ['2: CORS: 1 origin · credentials · preflight ✓'],
  ],
  ['nothing about CORS', 'app.js', `${express}app.get('/x', (q, r) => r.json({}));\n`, []],
];

describe('code lenses', function () {
  // The first file of a language loads its parser.
  this.timeout(20_000);

  for (const [what, name, text, expected] of rows) {
    it(`above ${what}`, async () => {
      const analysis = await service.analyse({ uri: `file:///w/${name}`, text }, { evenUnrelated: true });
      assert.ok(analysis);
      const found = lensesOf(analysis).map((lens) => `${text.slice(0, lens.place.range.start).split('\n').length}: ${lens.text}`);
      assert.deepEqual(found, expected);
    });
  }
});

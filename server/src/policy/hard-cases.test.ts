import assert from 'node:assert/strict';
import type { Workspace } from '../core/workspace.ts';
import { createService } from '../service.ts';
import { anyOf, has } from './codes.ts';
import { evaluateRouted } from './evaluate.ts';
import type { HeaderLine } from './model.ts';
import { knownRequest } from './request.ts';

/** The ten configurations that the model has to have words for, as the servers answer them (docs/behaviour.md). */
interface HardCase {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly request: {
    readonly method?: string;
    readonly path?: string;
    readonly origin?: string | null;
    readonly headers?: readonly (readonly [string, string])[];
  };
  /** The status that the application or the file system answers with. */
  readonly status?: number;
  /** Lines of the application behind the proxy. */
  readonly upstream?: readonly (readonly [string, string])[];
  /** One text a possible answer: status and CORS and Vary lines. */
  readonly answers: readonly string[];
}

const origin = 'https://app.example.com';
const empty: Workspace = { read: async () => undefined, list: async () => undefined, files: async () => [] };

const cases: readonly HardCase[] = [
  {
    name: 'nginx: of two true ifs the later one wins, also where it writes nothing (1.4)',
    file: 'nginx.conf',
    text: `server { listen 80; location /api/ {
      if ($http_origin = "https://app.example.com") { add_header Access-Control-Allow-Origin $http_origin always; }
      if ($request_method = OPTIONS) { return 204; }
      proxy_pass http://127.0.0.1:3000; } }`,
    request: { method: 'OPTIONS', path: '/api/x', origin },
    answers: ['204'],
  },
  {
    name: 'nginx: limit_except switches the if of its location off (1.7)',
    file: 'nginx.conf',
    text: `server { listen 80; location /api/ {
      add_header Access-Control-Allow-Origin * always;
      limit_except GET { deny all; }
      if ($request_method = OPTIONS) { return 204; }
      proxy_pass http://127.0.0.1:3000; } }`,
    request: { method: 'OPTIONS', path: '/api/x', origin },
    answers: ['403 Access-Control-Allow-Origin: *'],
  },
  {
    name: 'nginx: an error page answers with the headers of its own place (1.14)',
    file: 'nginx.conf',
    text: `server { listen 80;
      location /api/ { add_header Access-Control-Allow-Origin * always; proxy_intercept_errors on; error_page 502 /error; proxy_pass http://127.0.0.1:3000; }
      location = /error { add_header Vary X-Error always; return 200 "{}"; } }`,
    request: { path: '/api/x', origin },
    status: 502,
    answers: ['502 Vary: X-Error'],
  },
  {
    name: 'nginx: the lines of an application come beside those of add_header (1.9)',
    file: 'nginx.conf',
    text: `server { listen 80; location / { add_header Access-Control-Allow-Origin * always; proxy_pass http://127.0.0.1:3000; } }`,
    request: { path: '/', origin },
    status: 200,
    upstream: [['Access-Control-Allow-Origin', origin]],
    answers: [`200 Access-Control-Allow-Origin: ${origin} Access-Control-Allow-Origin: *`],
  },
  {
    name: 'nginx: one unknown guard used twice is one unknown',
    file: 'nginx.conf',
    text: `server { listen 80; location / {
      if ($allowed_elsewhere) { add_header Access-Control-Allow-Origin * always; }
      if ($allowed_elsewhere) { return 204; }
      return 200; } }`,
    request: { path: '/', origin },
    answers: ['204', '200'],
  },
  {
    name: 'Apache: a missing file carries the lines of the always table only (2.1)',
    file: '.htaccess',
    text: `Header set Access-Control-Allow-Origin "*"\nHeader always set Vary "Origin"\n`,
    request: { path: '/missing', origin },
    status: 404,
    answers: ['404 Vary: Origin'],
  },
  {
    name: 'Apache: SetEnvIf with $0 sends the matched part (2.12)',
    file: '.htaccess',
    text: `SetEnvIf Origin "https://app\\.example\\.(com|org)" ORIGIN=$0\nHeader always set Access-Control-Allow-Origin "%{ORIGIN}e" env=ORIGIN\n`,
    request: { path: '/', origin: 'https://app.example.com.evil.example' },
    status: 200,
    answers: [`200 Access-Control-Allow-Origin: ${origin}`],
  },
  {
    name: 'Express: a cors array that does not match still sends the other headers (3.1)',
    file: 'app.js',
    text: `import express from 'express'; import cors from 'cors'; const app = express();
      app.use(cors({ origin: ['https://admin.example.com'], credentials: true }));
      app.get('/', (req, res) => { res.json({}); }); app.listen(3000);`,
    request: { path: '/', origin },
    answers: ['200 Vary: Origin Access-Control-Allow-Credentials: true'],
  },
  {
    name: 'Express: of two cors() the second shapes the actual response (3.10)',
    file: 'app.js',
    text: `import express from 'express'; import cors from 'cors'; const app = express();
      app.use(cors({ origin: 'https://a.example' })); app.use(cors({ origin: 'https://b.example' }));
      app.get('/', (req, res) => { res.json({}); }); app.listen(3000);`,
    request: { path: '/', origin },
    answers: ['200 Access-Control-Allow-Origin: https://b.example Vary: Origin'],
  },
  {
    name: 'Express: authentication of a nested router answers before the headers of a later layer',
    file: 'app.js',
    text: `import express, { Router } from 'express'; import cors from 'cors'; const app = express(); const api = Router();
      api.use((req, res, next) => { if (!req.headers.authorization) return res.status(401).end(); next(); });
      api.use(cors({ origin: '*' })); api.get('/me', (req, res) => { res.json({}); });
      app.use('/api', api); app.listen(3000);`,
    request: { method: 'OPTIONS', path: '/api/me', origin, headers: [['Access-Control-Request-Method', 'GET']] },
    answers: ['401'],
  },
];

function written(lines: readonly HeaderLine[]): string {
  return lines
    .filter((line) => /^(?:access-control-|vary$)/i.test(line.name))
    .map((line) => ` ${line.name}: ${line.value.kind === 'literal' ? line.value.text : `<${line.value.kind}>`}`)
    .join('');
}

describe('hard cases of the policy model', () => {
  for (const { name, file, text, request, status, upstream, answers } of cases) {
    it(name, async () => {
      const analysis = await createService({ workspace: empty }).analyse({ uri: `file:///project/${file}`, text });
      assert.ok(analysis);
      const { policies, routing } = analysis.extraction;
      const responses = evaluateRouted({
        policies: new Map(policies.map((policy) => [policy.id, policy])),
        routing,
        request: knownRequest({
          method: request.method ?? 'GET',
          path: request.path ?? '/',
          origin: request.origin ?? null,
          headers: request.headers ?? [],
          ...(request.method === 'OPTIONS' && { authenticated: false }),
        }),
        ...(status !== undefined && { openStatus: status }),
        ...(upstream &&
          status !== undefined && {
            upstream: {
              status: anyOf(status),
              lines: upstream.map(([each, value]): HeaderLine => ({ name: each, value: { kind: 'literal', text: value }, writes: [] })),
            },
          }),
      });
      // `--status` speaks for the file system too: the cases in which it answers otherwise are not meant.
      const meant = responses.filter((response) => status === undefined || has(response.status, status));
      const found = meant.map((response) => `${response.unknown ?? status ?? response.status.members.join('/')}${written(response.lines)}`);
      assert.deepEqual([...new Set(found)].sort(), [...answers].sort());
    });
  }
});

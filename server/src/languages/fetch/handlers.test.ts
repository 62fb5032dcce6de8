import assert from 'node:assert/strict';
import { evaluateRouted } from '../../policy/evaluate.ts';
import { knownRequest } from '../../policy/request.ts';
import { languages } from '../index.ts';

const worker = "export default { fetch: () => new Response('', { headers: { 'Access-Control-Allow-Origin': '*' } }) };";
const answer = "() => new Response('', { headers: { 'Access-Control-Allow-Origin': '*' } })";

/** Which handlers a file has, by its name and text: the titles of their policies. */
const rows: readonly { readonly file: string; readonly text: string; readonly handlers: readonly string[] }[] = [
  { file: '/src/worker.ts', text: worker, handlers: ['application'] },
  { file: '/src/worker.js', text: worker.replace('export default', 'module.exports ='), handlers: ['application'] },
  { file: '/src/server.ts', text: `Deno.serve(${answer});`, handlers: ['application'] },
  { file: '/src/server.ts', text: `Deno.serve({ port: 80 }, ${answer});`, handlers: ['application'] },
  { file: '/src/server.ts', text: `Bun.serve({ port: 80, fetch: ${answer} });`, handlers: ['application'] },
  {
    file: '/supabase/functions/a/index.ts',
    text: `import { serve } from 'https://deno.land/std@0.168.0/http/server.ts';\nserve(${answer});`,
    handlers: ['application'],
  },
  { file: '/index.js', text: `addEventListener('fetch', (event) => event.respondWith((${answer})()));`, handlers: ['application'] },
  { file: '/index.js', text: `addEventListener('message', (event) => event.respondWith((${answer})()));`, handlers: [] },
  { file: '/edge.ts', text: `export default (request: Request) => (${answer})();`, handlers: ['application'] },
  { file: '/edge.ts', text: `export default (response: string) => (${answer})();`, handlers: [] },
  // Names of files that are paths.
  { file: '/app/api/users/route.ts', text: `export const GET = ${answer};`, handlers: ['GET /api/users'] },
  {
    file: '/src/app/(shop)/users/[id]/route.js',
    text: `export const PUT = ${answer}, DELETE = ${answer};`,
    handlers: ['PUT, DELETE /users/:id'],
  },
  { file: '/app/files/[...path]/route.ts', text: `export const GET = ${answer};`, handlers: ['GET /files/*'] },
  { file: '/app/route.ts', text: `export const GET = ${answer};`, handlers: ['GET /'] },
  { file: '/src/routes/api/+server.ts', text: `export const GET = ({ request }) => (${answer})();`, handlers: ['GET /api'] },
  { file: '/functions/api/ping.ts', text: `export const onRequestPost = ({ request }) => (${answer})();`, handlers: ['POST /api/ping'] },
  { file: '/src/pages/rss.xml.ts', text: `export const GET = ({ request }) => (${answer})();`, handlers: ['GET /rss.xml'] },
  { file: '/api/hello.ts', text: `export const GET = ${answer};`, handlers: ['GET /api/hello'] },
  {
    file: '/middleware.ts',
    text: `export function middleware(request: NextRequest) { return (${answer})(); }`,
    handlers: ['application /*'],
  },
  {
    file: '/functions/api/_middleware.ts',
    text: `export const onRequest = ({ request }) => (${answer})();`,
    handlers: ['application /api/*'],
  },
  { file: '/middleware.ts', text: `export function middleware(request, response, next) { return (${answer})(); }`, handlers: [] },
  { file: '/src/hooks.server.ts', text: `export const handle = ({ event, resolve }) => (${answer})();`, handlers: ['application /*'] },
  {
    file: '/api/chat.js',
    text: `export const config = { runtime: 'edge' };\nexport default (request) => (${answer})();`,
    handlers: ['application'],
  },
  { file: '/api/chat.js', text: `export default (request) => (${answer})();`, handlers: [] },
  // Elsewhere such a function is anybody's.
  { file: '/src/client.ts', text: `export const GET = ${answer};`, handlers: [] },
];

const cors = "'Access-Control-Allow-Origin', '*'";
const helper = `export const withCors = (handler) => async (request) => { const r = await handler(request); r.headers.set(${cors}); return r; };`;

/** Handlers whose answer comes out of more than one function: the status, or `open` where somebody behind answers, and the origin. */
const answers: readonly { readonly file: string; readonly text: string; readonly method: string; readonly answer: string }[] = [
  {
    file: '/app/api/route.ts',
    text: "import { withCors } from '../../shared';\nexport const POST = withCors(async () => new Response('', { status: 201 }));",
    method: 'POST',
    answer: '201 *',
  },
  { file: '/src/routes/+server.ts', text: `export const GET = async ({ request }) => (${answer})();`, method: 'GET', answer: '200 *' },
  {
    file: '/functions/_middleware.js',
    text: `export async function onRequest({ next }) { const r = await next(); r.headers.set(${cors}); return r; }`,
    method: 'GET',
    answer: 'open *',
  },
  {
    file: '/functions/_middleware.js',
    text: `export const onRequestOptions = () => new Response(null, { status: 204 });\nexport const onRequest = ${answer};`,
    method: 'OPTIONS',
    answer: '204',
  },
  {
    file: '/src/hooks.server.ts',
    text: `export const handle = async ({ event, resolve }) => { const r = await resolve(event); r.headers.set(${cors}); return r; };`,
    method: 'GET',
    answer: 'open *',
  },
];

describe('fetch handlers', () => {
  for (const { file, text, handlers } of rows)
    it(`${file}: ${text.slice(0, 60)}`, async () => {
      const engine = await languages.find(({ id }) => id === 'javascript')?.load();
      const files = { read: () => undefined, list: () => [], candidates: () => [] };
      const uri = `file:///project${file}`.replaceAll('[', '%5B').replaceAll(']', '%5D');
      const policies = engine?.extract({ uri, text }, files).policies ?? [];
      assert.deepEqual(
        policies.map(({ title }) => title),
        handlers,
      );
    });

  for (const { file, text, method, answer: expected } of answers)
    it(`${method} ${file}: ${text.slice(0, 60)}`, async () => {
      const engine = await languages.find(({ id }) => id === 'javascript')?.load();
      assert.ok(engine);
      const path = 'file:///project/shared.js';
      const files = {
        read: (uri: string) => (uri === path ? { uri, text: helper } : undefined),
        list: (folder: string) => (folder === 'file:///project/' ? [path] : []),
        candidates: () => [],
      };
      const { policies, routing } = engine.extract({ uri: `file:///project${file}`, text }, files);
      const responses = evaluateRouted({
        policies: new Map(policies.map((policy) => [policy.id, policy])),
        routing,
        request: knownRequest({ method, path: file.includes('/api/') ? '/api' : '/', origin: 'https://app.example.com', headers: [] }),
      });
      const found = responses.map(({ status, lines }) =>
        [
          status.kind === 'in' ? status.members.join('/') : 'open',
          ...lines.map(({ value }) => (value.kind === 'literal' ? value.text : value.kind)),
        ].join(' '),
      );
      assert.deepEqual(found, [expected]);
    });
});

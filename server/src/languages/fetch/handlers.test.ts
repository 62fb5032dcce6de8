import assert from 'node:assert/strict';
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
  { file: '/middleware.ts', text: `export function middleware(request) { return (${answer})(); }`, handlers: ['application /*'] },
  {
    file: '/functions/api/_middleware.ts',
    text: `export const onRequest = ({ request }) => (${answer})();`,
    handlers: ['application /api/*'],
  },
  // Elsewhere such a function is anybody's.
  { file: '/src/client.ts', text: `export const GET = ${answer};`, handlers: [] },
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
});

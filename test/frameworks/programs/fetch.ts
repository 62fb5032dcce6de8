/** Programs of fetch handlers: how responses and headers are made, changed, copied and given back. They run on Node's own Fetch API. */
import { type Program, setUp } from './program.ts';

/** `answer`: statements of a handler with `request`, `env` and `origin`, the request's Origin or null. */
function handler(name: string, answer: string): Program {
  return {
    name,
    source: `// CORS by hand.
${setUp}module.exports = {
  async fetch(request, env) {
    const origin = request.headers.get('Origin');
    ${answer}
  },
};`,
  };
}

const allowOrigin = "'Access-Control-Allow-Origin': 'https://app.acme.io'";

export const fetchPrograms: readonly Program[] = [
  handler('plain', "return new Response('x');"),
  handler('headers in the options', `return new Response('x', { headers: { ${allowOrigin} } });`),
  handler('a status', `return new Response('x', { status: 403, headers: { ${allowOrigin} } });`),
  handler('json', `return Response.json([], { status: 201, headers: { ${allowOrigin} } });`),
  handler('redirect', "return Response.redirect('https://acme.io/', 301);"),
  handler('redirect, by default', "return Response.redirect('https://acme.io/');"),
  handler('Headers of an object', `const headers = new Headers({ ${allowOrigin} }); return new Response('x', { headers });`),
  handler(
    'Headers of pairs',
    "return new Response('x', { headers: new Headers([['Access-Control-Allow-Origin', '*'], ['Vary', 'Origin']]) });",
  ),
  handler('Headers of a Map', "return new Response('x', { headers: new Headers(new Map([['access-control-allow-origin', '*']])) });"),
  handler('pairs', "return new Response('x', { headers: [['Access-Control-Allow-Origin', '*']] });"),
  handler(
    'Headers of Headers',
    `const first = new Headers({ ${allowOrigin} }); const headers = new Headers(first); first.set('Vary', 'Origin');
    return new Response('x', { headers });`,
  ),
  handler('set', "const headers = new Headers(); headers.set('Access-Control-Allow-Origin', '*'); return new Response('x', { headers });"),
  handler(
    'set, in another case',
    `const headers = new Headers({ ${allowOrigin} }); headers.set('ACCESS-CONTROL-ALLOW-ORIGIN', '*');
    return new Response('x', { headers });`,
  ),
  handler(
    'set on the response',
    "const response = new Response('x'); response.headers.set('Access-Control-Allow-Origin', '*'); return response;",
  ),
  handler(
    'set on Headers that were given before',
    `const headers = new Headers({ ${allowOrigin} });
    const response = new Response('x', { headers }); headers.set('Access-Control-Allow-Credentials', 'true'); return response;`,
  ),
  handler(
    'append',
    "const headers = new Headers({ Vary: 'Accept' }); headers.append('vary', 'Origin'); return new Response('x', { headers });",
  ),
  handler('append, first', "const headers = new Headers(); headers.append('Vary', 'Origin'); return new Response('x', { headers });"),
  handler(
    'append makes two values',
    `const headers = new Headers({ ${allowOrigin} }); headers.append('Access-Control-Allow-Origin', '*');
    return new Response('x', { headers });`,
  ),
  handler(
    'delete',
    `const response = new Response('x', { headers: { ${allowOrigin}, Vary: 'Origin' } }); response.headers.delete('vary');
    return response;`,
  ),
  handler(
    'delete and append',
    `const headers = new Headers({ Vary: 'Accept' }); headers.delete('Vary'); headers.append('Vary', 'Origin');
    return new Response('x', { headers });`,
  ),
  handler(
    'what is deleted is null',
    `const headers = new Headers({ Vary: 'Origin' }); headers.delete('Vary');
    if (headers.get('Vary') === null) headers.set('Access-Control-Allow-Origin', '*'); return new Response('x', { headers });`,
  ),
  handler('the Origin', `return new Response('x', { headers: { 'Access-Control-Allow-Origin': origin ?? '*', Vary: 'Origin' } });`),
  handler(
    'the Origin, where it is listed',
    `const headers = new Headers({ Vary: 'Origin' });
    if (origin && allowed.includes(origin)) { headers.set('Access-Control-Allow-Origin', origin); headers.set('Access-Control-Allow-Credentials', 'true'); }
    return new Response('x', { headers });`,
  ),
  handler(
    'spread where it is listed',
    `const cors = allowed.includes(origin) ? { 'Access-Control-Allow-Origin': origin } : {};
    return new Response('x', { headers: { ...cors, Vary: 'Origin' } });`,
  ),
  handler(
    'one of two answers',
    `return allowed.includes(origin) ? new Response('x', { headers: { 'Access-Control-Allow-Origin': origin } }) : new Response('no', { status: 403 });`,
  ),
  handler(
    'a preflight',
    `if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { ${allowOrigin}, 'Access-Control-Allow-Methods': 'PUT' } });
    return new Response('x', { headers: { ${allowOrigin} } });`,
  ),
  handler(
    'only what is there',
    `if (!request.headers.has('Origin')) return new Response('x');
    return new Response('x', { headers: { 'Access-Control-Allow-Origin': origin } });`,
  ),
  handler(
    'a copy of a response',
    `const first = new Response('x', { status: 202, headers: { ${allowOrigin} } }); const second = new Response(first.body, first);
    second.headers.set('Vary', 'Origin'); return second;`,
  ),
  handler(
    'a response with the headers of another',
    `const first = new Response('x', { status: 202, headers: { ${allowOrigin} } });
    return new Response('y', { headers: first.headers });`,
  ),
  handler(
    'a function around',
    `const withCors = (response) => { response.headers.set('Access-Control-Allow-Origin', '*'); return response; };
    return withCors(Response.json({}));`,
  ),
  handler(
    'authentication',
    `if (!request.headers.get('Authorization')) return new Response('no', { status: 401 });
    return new Response('x', { headers: { ${allowOrigin} } });`,
  ),
  handler(
    'a variable of the runtime',
    `return new Response('x', { headers: { 'Access-Control-Allow-Origin': process.env.CORS_LINT_NEVER_SET ?? '*' } });`,
  ),
  handler('undefined is a word', `return new Response('x', { headers: { 'Access-Control-Allow-Origin': undefined } });`),
  handler(
    'undefined is a word, set',
    `const headers = new Headers(); headers.set('Access-Control-Allow-Origin', undefined); return new Response('x', { headers });`,
  ),
  handler(
    'what is thrown',
    `try { throw new Error('x'); } catch { return new Response('x', { status: 500, headers: { ${allowOrigin} } }); }`,
  ),
];

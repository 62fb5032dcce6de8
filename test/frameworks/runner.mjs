/**
 * Runs one application after the other with the real packages and answers with what it sent. The parent process sends
 * `{ id, source, renamed, requests }` and gets `{ id, responses }`; a response that does not come within a second is null. A source
 * exports an application of Fastify, Koa or Hono, a server of Node, or a promise of an application of NestJS.
 */
import console from 'node:console';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

const patience = 1000;
const own = createRequire(path.join(import.meta.dirname, 'program.cjs'));
const address = { port: 0, host: '127.0.0.1' };

/** `renamed`: packages of another version, by their names. */
function load(source, renamed = {}) {
  const program = { exports: {} };
  new Function('require', 'module', 'exports', source)((name) => own(renamed[name] ?? name), program, program.exports);
  return program.exports;
}

function listening(server) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => resolve(server));
  });
}

/** Starts whatever an application is; answers with its port and how it is ended. */
async function start(exported) {
  const app = await exported;
  if (app instanceof http.Server) {
    await listening(app);
  } else if (typeof app.ready === 'function') {
    await app.listen(address);
    return { port: app.server.address().port, stop: () => app.close() };
  } else if (typeof app.getHttpServer === 'function') {
    await app.listen(address.port, address.host);
    return { port: app.getHttpServer().address().port, stop: () => app.close() };
  }
  const server =
    app instanceof http.Server
      ? app
      : await listening(
          typeof app.callback === 'function'
            ? http.createServer(app.callback())
            : own('@hono/node-server').createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }),
        );
  return {
    port: server.address().port,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function ask(port, { method, path: target, headers }) {
  return new Promise((resolve) => {
    const request = http.request(
      { port, host: address.host, method, path: target, headers: { connection: 'close', ...headers } },
      (response) => {
        const lines = [];
        for (let index = 0; index < response.rawHeaders.length; index += 2)
          lines.push([response.rawHeaders[index], response.rawHeaders[index + 1]]);
        response.resume();
        response.on('end', () => resolve({ status: response.statusCode, headers: lines }));
        response.on('error', () => resolve(null));
      },
    );
    request.setTimeout(patience, () => {
      request.destroy();
      resolve(null);
    });
    request.on('error', () => resolve(null));
    request.end();
  });
}

/** Told of what is thrown beside the promises that are awaited, as Fastify's plugins do at start-up. */
let thrown = () => undefined;
process.on('uncaughtException', (error) => thrown(error));
process.on('unhandledRejection', () => undefined);

process.on('message', async ({ id, source, renamed, requests }) => {
  const outside = new Promise((_, reject) => {
    thrown = reject;
  });
  outside.catch(() => undefined);
  try {
    const { port, stop } = await Promise.race([start(load(source, renamed)), outside]);
    const responses = [];
    for (const request of requests) responses.push(await ask(port, request));
    await stop();
    process.send({ id, responses });
  } catch (error) {
    process.send({ id, failed: String(error && error.stack) });
  }
});
process.on('disconnect', () => process.exit());
// Frameworks log the errors of handlers, and what old programs should no longer do.
console.error = () => undefined;
process.noDeprecation = true;

/**
 * Runs one application after the other with the real packages and answers with what it sent. The parent process sends
 * `{ id, version, source, requests }` and gets `{ id, responses }`; a response that does not come within a second is null.
 */
import console from 'node:console';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

const patience = 1000;

function load(source, version) {
  const own = createRequire(path.join(import.meta.dirname, 'program.cjs'));
  const program = { exports: {} };
  const wrapped = new Function('require', 'module', 'exports', source);
  wrapped((name) => own(name === 'express' ? `express${version}` : name), program, program.exports);
  return program.exports;
}

function ask(port, { method, path: target, headers }) {
  return new Promise((resolve) => {
    const request = http.request(
      { port, host: '127.0.0.1', method, path: target, headers: { connection: 'close', ...headers } },
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

process.on('message', async ({ id, version, source, requests }) => {
  try {
    const program = load(source, version);
    const server =
      typeof program.listen === 'function' && !(program instanceof http.Server)
        ? http.createServer(program)
        : program instanceof http.Server
          ? program
          : http.createServer(program);
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    const responses = [];
    for (const request of requests) responses.push(await ask(port, request));
    server.closeAllConnections();
    server.close();
    process.send({ id, responses });
  } catch (error) {
    process.send({ id, failed: String(error && error.stack) });
  }
});
process.on('unhandledRejection', () => undefined);
process.on('uncaughtException', () => undefined);
process.on('disconnect', () => process.exit());
// Express logs errors of handlers in development.
console.error = () => undefined;
process.noDeprecation = true;

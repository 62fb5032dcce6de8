/**
 * Runs one application after the other with the real packages and answers with what it sent. The parent process sends
 * `{ id, version, source, requests }` and gets `{ id, responses }`; a response that does not come within a second is null.
 */
'use strict';
const http = require('node:http');
const { Module } = require('node:module');
const path = require('node:path');

const patience = 1000;

function load(source, version) {
  const program = new Module(path.join(__dirname, 'program.cjs'));
  program.paths = [path.join(__dirname, 'node_modules')];
  const own = program.require.bind(program);
  program.require = (name) => own(name === 'express' ? `express${version}` : name);
  const wrapped = new Function('require', 'module', 'exports', source);
  wrapped(program.require, program, program.exports);
  return program.exports;
}

function ask(port, { method, path: target, headers }) {
  return new Promise((resolve) => {
    const request = http.request({ port, host: '127.0.0.1', method, path: target, headers: { connection: 'close', ...headers } }, (response) => {
      const lines = [];
      for (let index = 0; index < response.rawHeaders.length; index += 2) lines.push([response.rawHeaders[index], response.rawHeaders[index + 1]]);
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode, headers: lines }));
      response.on('error', () => resolve(null));
    });
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
    const server = typeof program.listen === 'function' && !(program instanceof http.Server) ? http.createServer(program) : program instanceof http.Server ? program : http.createServer(program);
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
process.on('disconnect', () => process.exit());
// Express logs errors of handlers in development.
console.error = () => undefined;

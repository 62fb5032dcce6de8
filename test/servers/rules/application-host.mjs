/**
 * Serves applications of fixtures with the real packages, one after the other in one process. The parent sends `{ id, file }`,
 * an absolute path, and gets `{ id, port }`, or `{ id, failed }` where the program throws or makes nothing that answers. A handler that
 * the program only exports stands in an application by itself.
 * `express` is whatever the current folder finds under that name.
 */
import console from 'node:console';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const express = createRequire(path.join(process.cwd(), 'host.cjs'))('express');

// As a deployment sets them.
process.env.CLIENT_URL = 'https://app.example.com';
process.env.ADMIN_URL = 'https://admin.example.com';
// What fixtures take for granted that say so.
process.env.ALLOW_ALL = 'true';
process.env.LISTED_SITES = '*';

let made = [];
let listening;
const { createServer } = http;
/** Node's own: what it is given answers. */
http.createServer = (...args) => {
  listening = args.findLast((each) => typeof each === 'function');
  return { listen: () => undefined, on: () => undefined };
};
const { init } = express.application;
express.application.init = function (...args) {
  made.push(this);
  return init.apply(this, args);
};
express.application.listen = function () {
  listening = this;
  return createServer(this);
};

process.on('message', async ({ id, file }) => {
  made = [];
  listening = undefined;
  try {
    const { default: exported } = await import(pathToFileURL(file).href);
    const own = listening ?? made.findLast((each) => each.parent === undefined);
    if (own === undefined && typeof exported !== 'function') throw new Error('the program makes no application');
    const server = createServer(own ?? express().use(exported, (req, res) => res.send('ok')));
    server.listen(0, '127.0.0.1', () => process.send({ id, port: server.address().port }));
  } catch (error) {
    process.send({ id, failed: String(error && error.message) });
  }
});
process.on('disconnect', () => process.exit());
// A handler that throws later ends the request and not the process, as under a supervisor.
process.on('uncaughtException', () => undefined);
process.on('unhandledRejection', () => undefined);
for (const name of ['log', 'warn', 'error']) console[name] = () => undefined;

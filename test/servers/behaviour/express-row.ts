import { once } from 'node:events';
import http from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { compare } from './exchange.ts';
import type { Expectation } from './exchange.ts';

/** What rows are written with: headers, as they stand in answers, and lines of requests. */
export const acao = 'Access-Control-Allow-Origin';
export const methods = 'Access-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE';
export const a = 'Origin: https://a.com';
export const asking = 'Access-Control-Request-Method: PUT';
/** The Vary of a preflight where nothing else varies. */
export const varyHeaders = 'Vary: Access-Control-Request-Headers';

/** The part of a response that the rows use. */
export interface Response extends ServerResponse {
  set(name: string, value: unknown): Response;
  vary(name: string): Response;
  send(body: string | number): Response;
  redirect(path: string): void;
  format(ways: object): Response;
  sendFile(path: string, options: object): void;
  sendStatus(status: number): Response;
}

export type Next = (error?: unknown) => void;
export type Handler = (request: IncomingMessage, response: Response, next: Next) => void;

/** What `app.route()` answers. */
export interface Route {
  all(...handlers: readonly unknown[]): Route;
  get(...handlers: readonly unknown[]): Route;
  options(...handlers: readonly unknown[]): Route;
}

/** The part of an Express application and its routers that the rows use. */
export interface Application extends RequestListener {
  use(...handlers: readonly unknown[]): Application;
  all(route: string, ...handlers: readonly unknown[]): Application;
  get(route: string, ...handlers: readonly unknown[]): Application;
  post(route: string, ...handlers: readonly unknown[]): Application;
  options(route: string, ...handlers: readonly unknown[]): Application;
  route(route: string): Route;
  param(name: string, handler: Handler): Application;
  set(name: string, value: unknown): Application;
}

export type Cors = (...options: readonly unknown[]) => Handler;

/** One observation of Express and the cors package. */
export interface ExpressRow {
  /** The fact of docs/behaviour.md that it observes. */
  readonly fact: string;
  readonly what: string;
  /** Both major versions unless named. */
  readonly version?: 4 | 5;
  /** `load` requires one of the packages of test/express. */
  readonly build: (app: Application, cors: Cors, load: NodeJS.Require) => void;
  /** Headers that are otherwise left out, in lower case. */
  readonly also?: readonly string[];
  readonly expect: readonly Expectation[];
}

const require = createRequire(path.resolve(import.meta.dirname, '../../express/package.json'));

/** Why the packages cannot be loaded, or undefined where they can. */
export function whyNoExpress(): string | undefined {
  try {
    for (const name of ['express4', 'express5', 'cors', 'express-jwt', 'passport', 'passport-jwt']) require.resolve(name);
    return undefined;
  } catch {
    return 'express, cors and their company are not installed in test/express (npm ci there)';
  }
}

export const send: Handler = (_request, response) => void response.send('ok');

/** Builds the application with a major version of Express, serves it for as long as the comparison takes. `timeout` in milliseconds. */
export async function observe(row: ExpressRow, version: 4 | 5, timeout?: number): Promise<void> {
  const express = require(`express${String(version)}`) as () => Application;
  const app = express();
  // The default error handler prints errors to the console unless the environment is `test`.
  app.set('env', 'test');
  row.build(app, require('cors') as Cors, require);
  const server = http.createServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await compare((server.address() as AddressInfo).port, row.expect, row.also ?? [], [], timeout);
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

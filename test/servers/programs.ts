/**
 * Starts and stops the real programs that the suites compare with: nginx, httpd and a scripted upstream, each in a
 * folder of its own on a free port of 127.0.0.1. Whoever starts one stops it, in a `finally` or an `after`.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../tools/free-port.ts';
import { findProgram } from '../setup/programs.ts';

/** Texts to put into a server's folder, by path within it. A text beginning with `#!` is made executable. */
export type Files = Readonly<Record<string, string>>;

/** What a configuration may refer to. */
export interface Place {
  /** A free port on 127.0.0.1, for the configuration to listen on. */
  readonly port: number;
  /** The server's own folder; files lie in it under their paths. */
  readonly folder: string;
}

export interface RunningServer extends Place {
  /** What the server wrote to its error log so far. */
  readonly errors: () => string;
  readonly stop: () => Promise<void>;
}

/** A folder that the servers' unprivileged workers may read. */
function makeFolder(name: string, files: Files): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), `cors-lint-${name}-`));
  chmodSync(folder, 0o755);
  for (const [file, text] of Object.entries(files)) {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true, mode: 0o755 });
    writeFileSync(target, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
  return folder;
}

async function accepts(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => {
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  }).then((open) => {
    socket.destroy();
    return open === true;
  });
}

const startTimeout = 10_000;

async function whenListening(child: ChildProcess, port: number, errors: () => string): Promise<void> {
  const deadline = Date.now() + startTimeout;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server did not start:\n${errors()}`);
    if (Date.now() > deadline) throw new Error(`the server does not listen on port ${String(port)}:\n${errors()}`);
    await delay(5);
  }
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 3000);
  await exited;
  clearTimeout(killer);
}

async function run(program: string, args: readonly string[], place: Place): Promise<RunningServer> {
  const { port, folder } = place;
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const errors = (): string => {
    try {
      return log + readFileSync(path.join(folder, 'error.log'), 'utf8');
    } catch {
      return log;
    }
  };
  const stop = async (): Promise<void> => {
    await stopProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await whenListening(child, port, errors);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, folder, errors, stop };
}

function program(name: 'nginx' | 'apache2'): string {
  const found = findProgram(name);
  if (found === undefined) throw new Error(`${name} is not installed; ask whyMissing() first`);
  return found;
}

const isRoot = process.getuid?.() === 0;

export interface NginxOptions {
  /** Before `events`: load_module and the like. */
  readonly main?: string;
  readonly files?: Files;
}

function nginxConfiguration({ folder }: Place, httpBlock: string, main: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/temp-${kind};`);
  return `${main}
daemon off;
${isRoot ? 'user www-data;' : ''}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log info;
events { worker_connections 256; }
http {
${temporary.join('\n')}
access_log off;
types { text/html html; text/plain txt; application/json json; }
${httpBlock}
}
`;
}

/** Starts nginx with the text that stands inside `http { … }`. Rejects with nginx's own words where it refuses the text. */
export async function startNginx(httpBlock: (place: Place) => string, options: NginxOptions = {}): Promise<RunningServer> {
  const place = { port: await freePort(), folder: makeFolder('nginx', options.files ?? {}) };
  const file = path.join(place.folder, 'nginx.conf');
  writeFileSync(file, nginxConfiguration(place, httpBlock(place), options.main ?? ''));
  return run(program('nginx'), ['-p', place.folder, '-c', file], place);
}

/** Whether nginx accepts the text inside `http { … }`, with its first complaint where it does not (`nginx -t`). */
export function checkNginx(httpBlock: string, options: NginxOptions = {}): { readonly accepted: boolean; readonly complaint: string } {
  const place = { port: 1, folder: makeFolder('nginx', options.files ?? {}) };
  try {
    const file = path.join(place.folder, 'nginx.conf');
    writeFileSync(file, nginxConfiguration(place, httpBlock, options.main ?? ''));
    const test = spawnSync(program('nginx'), ['-t', '-q', '-p', place.folder, '-c', file], { encoding: 'utf8' });
    const complaint = test.stderr.split('\n').find((line) => line.includes('[emerg]')) ?? '';
    return { accepted: test.status === 0, complaint };
  } finally {
    rmSync(place.folder, { recursive: true, force: true });
  }
}

const apacheModules = '/usr/lib/apache2/modules';

/** Modules loaded unless a test names others. mod_cgi serves one request at a time here, which is all a test needs. */
export const defaultApacheModules: readonly string[] = [
  'mpm_event',
  'authn_core',
  'authn_file',
  'authz_core',
  'authz_user',
  'authz_host',
  'auth_basic',
  'alias',
  'dir',
  'env',
  'headers',
  'mime',
  'rewrite',
  'setenvif',
  'deflate',
  'filter',
  'proxy',
  'proxy_http',
  'cgi',
  'actions',
];

export interface ApacheOptions {
  readonly modules?: readonly string[];
  /** Under `htdocs/` is what the document root serves. */
  readonly files?: Files;
}

function apacheConfiguration({ port, folder }: Place, text: string, modules: readonly string[]): string {
  return `ServerRoot ${folder}
ServerName localhost
Listen 127.0.0.1:${String(port)}
PidFile ${folder}/httpd.pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/error.log
LogLevel warn
${modules.map((name) => `LoadModule ${name}_module ${apacheModules}/mod_${name}.so`).join('\n')}
${isRoot ? 'User www-data\nGroup www-data' : ''}
<IfModule mod_mime.c>
TypesConfig /dev/null
AddType text/html .html
AddType text/plain .txt
</IfModule>
DocumentRoot ${folder}/htdocs
<Directory ${folder}/htdocs>
  AllowOverride All
  Options FollowSymLinks ExecCGI
  Require all granted
</Directory>
${text}
`;
}

function prepareApache(text: (place: Place) => string, options: ApacheOptions, port: number): Place & { readonly file: string } {
  const folder = makeFolder('httpd', { 'htdocs/index.html': 'index\n', ...options.files });
  const file = path.join(folder, 'httpd.conf');
  writeFileSync(file, apacheConfiguration({ port, folder }, text({ port, folder }), options.modules ?? defaultApacheModules));
  return { port, folder, file };
}

/** Starts httpd with server-level text; `.htaccess` files come with `files`. Rejects where httpd refuses the text. */
export async function startApache(text: (place: Place) => string, options: ApacheOptions = {}): Promise<RunningServer> {
  const { file, ...place } = prepareApache(text, options, await freePort());
  return run(program('apache2'), ['-X', '-d', place.folder, '-f', file], place);
}

export type HeaderLine = readonly [name: string, value: string];

export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  readonly body?: string;
}

export interface RunningUpstream {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Starts an application behind the proxy that answers each request as the function says, header lines as given. */
export async function startUpstream(answer: (request: http.IncomingMessage) => UpstreamAnswer): Promise<RunningUpstream> {
  const server = http.createServer((request, response) => {
    request.resume();
    const { status, headers, body } = answer(request);
    response.sendDate = false;
    response.writeHead(status, headers.flat());
    response.end(body ?? 'upstream\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface ClientRequest {
  /** GET where it is left out. */
  readonly method?: string;
  /** `/` where it is left out. */
  readonly path?: string;
  /** One entry a line; Host is added unless given. */
  readonly headers?: readonly HeaderLine[];
  readonly body?: string;
}

export interface ClientResponse {
  readonly status: number;
  /** Wire order and spelling, one entry a line. */
  readonly headers: readonly HeaderLine[];
  readonly body: string;
}

/** Sends one request on a connection of its own and reads the whole answer; rejects after `timeout` milliseconds of silence. */
export async function send(port: number, request: ClientRequest = {}, timeout = 5000): Promise<ClientResponse> {
  const headers = [...(request.headers ?? [])];
  if (!headers.some(([name]) => name.toLowerCase() === 'host')) headers.unshift(['Host', `127.0.0.1:${String(port)}`]);
  if (request.body !== undefined) headers.push(['Content-Length', String(Buffer.byteLength(request.body))]);
  headers.push(['Connection', 'close']);
  const outgoing = http.request({
    host: '127.0.0.1',
    port,
    method: request.method ?? 'GET',
    path: request.path ?? '/',
    // Pairs after each other keep the lines apart, where an object would join them.
    headers: headers.flat(),
    agent: false,
    timeout,
  });
  outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeout} ms`)));
  outgoing.end(request.body);
  const [response] = (await once(outgoing, 'response')) as [http.IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += String(chunk);
  const raw = response.rawHeaders;
  const lines = Array.from({ length: raw.length / 2 }, (_, index): HeaderLine => [raw[2 * index] ?? '', raw[2 * index + 1] ?? '']);
  return { status: response.statusCode ?? 0, headers: lines, body };
}

/** The values of one header, one entry a line. */
export function values(response: ClientResponse, name: string): string[] {
  const lower = name.toLowerCase();
  return response.headers.filter(([line]) => line.toLowerCase() === lower).map(([, value]) => value);
}

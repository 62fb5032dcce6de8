/**
 * Scripted applications behind nginx, one for each protocol. The request header `X-Upstream: <status> <variant>` says what
 * they answer, so that one configuration meets many answers.
 */
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import type { HeaderLine } from '../programs.ts';

export type Variant = 'plain' | 'cors' | 'vary' | 'twice';

export interface Scripted {
  readonly status: number;
  readonly variant: Variant;
}

/** The CORS and Vary lines of a scripted answer. */
export const variantLines: Readonly<Record<Variant, readonly HeaderLine[]>> = {
  plain: [],
  cors: [
    ['Access-Control-Allow-Origin', 'https://upstream.example'],
    ['Access-Control-Allow-Credentials', 'true'],
    ['Vary', 'Origin'],
  ],
  vary: [['Vary', 'Accept-Encoding']],
  twice: [
    ['Access-Control-Allow-Origin', '*'],
    ['Vary', 'Accept-Language'],
    ['Vary', 'Origin'],
  ],
};

export function spelling({ status, variant }: Scripted): string {
  return `${String(status)} ${variant}`;
}

function scripted(spelled: string | undefined): Scripted {
  const [status, variant] = (spelled ?? '').split(' ');
  return { status: Number(status) || 200, variant: variant !== undefined && variant in variantLines ? (variant as Variant) : 'plain' };
}

function linesFor({ status, variant }: Scripted): readonly HeaderLine[] {
  return status >= 300 && status < 400 ? [...variantLines[variant], ['Location', 'http://elsewhere.example/']] : variantLines[variant];
}

/** The status of the authentication subrequest, as the request header `X-Auth` asks for it. */
function authStatus(value: string | undefined): number {
  return value === 'ok' ? 200 : value === 'forbidden' ? 403 : 401;
}

export interface Upstreams {
  readonly http: number;
  readonly fastcgi: number;
  readonly uwsgi: number;
  readonly scgi: number;
  readonly grpc: number;
  readonly stop: () => Promise<void>;
}

/** Starts all applications on free ports of 127.0.0.1. */
export async function startUpstreams(): Promise<Upstreams> {
  const plain = http.createServer((request, response) => {
    request.resume();
    const one = (name: string): string | undefined => [request.headers[name]].flat()[0];
    response.sendDate = false;
    if (one('x-subrequest') !== undefined) response.writeHead(authStatus(one('x-auth')));
    else {
      const answer = scripted(one('x-upstream'));
      response.writeHead(answer.status, linesFor(answer).flat());
    }
    response.end(request.method === 'HEAD' ? undefined : 'upstream\n');
  });
  const fastcgi = net.createServer((socket) => collect(socket, readFastcgi, fastcgiAnswer));
  const uwsgi = net.createServer((socket) => collect(socket, readUwsgi, cgiAnswer));
  const scgi = net.createServer((socket) => collect(socket, readScgi, cgiAnswer));
  const grpc = http2.createServer();
  const sessions = new Set<http2.ServerHttp2Session>();
  grpc.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  grpc.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const answer = scripted([headers['x-upstream']].flat()[0]);
    const fields: Record<string, string | string[] | number> = { ':status': answer.status };
    for (const [name, value] of linesFor(answer)) {
      const key = name.toLowerCase();
      fields[key] = key in fields ? [fields[key] as string, value].flat() : value;
    }
    stream.respond(fields);
    stream.end('upstream\n');
  });
  const servers = [plain, fastcgi, uwsgi, scgi, grpc];
  const sockets = new Set<net.Socket>();
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.on('connection', (socket: net.Socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    }),
  );
  const [httpPort = 0, fastcgiPort = 0, uwsgiPort = 0, scgiPort = 0, grpcPort = 0] = ports;
  return {
    http: httpPort,
    fastcgi: fastcgiPort,
    uwsgi: uwsgiPort,
    scgi: scgiPort,
    grpc: grpcPort,
    stop: async () => {
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
      await Promise.all(
        servers.map(async (server) => {
          server.close();
          await once(server, 'close');
        }),
      );
    },
  };
}

type Variables = ReadonlyMap<string, string>;

/** Gathers bytes until `read` finds a whole request, then answers and closes. */
function collect(socket: net.Socket, read: (bytes: Buffer) => Variables | undefined, answer: (script: Scripted) => Buffer): void {
  let bytes = Buffer.alloc(0);
  let answered = false;
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    const variables = answered ? undefined : read(bytes);
    if (!variables) return;
    answered = true;
    socket.end(answer(scripted(variables.get('HTTP_X_UPSTREAM'))));
  });
}

function cgiText(script: Scripted): string {
  const lines = [['Status', `${String(script.status)} Scripted`] as const, ...linesFor(script), ['Content-Type', 'text/plain'] as const];
  return `${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\nupstream\n`;
}

const cgiAnswer = (script: Scripted): Buffer => Buffer.from(cgiText(script));

/** A FastCGI response: one STDOUT record, its end, and END_REQUEST. */
function fastcgiAnswer(script: Scripted): Buffer {
  const record = (type: number, content: Buffer): Buffer => {
    const header = Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]);
    return Buffer.concat([header, content]);
  };
  return Buffer.concat([record(6, Buffer.from(cgiText(script))), record(6, Buffer.alloc(0)), record(3, Buffer.alloc(8))]);
}

function readFastcgi(bytes: Buffer): Variables | undefined {
  const parameters: Buffer[] = [];
  let at = 0;
  while (at + 8 <= bytes.length) {
    const type = bytes.readUInt8(at + 1);
    const length = bytes.readUInt16BE(at + 4);
    const end = at + 8 + length;
    if (end > bytes.length) return undefined;
    if (type === 4) parameters.push(bytes.subarray(at + 8, end));
    // An empty STDIN record ends the request.
    if (type === 5 && length === 0) return readPairs(Buffer.concat(parameters));
    at = end + bytes.readUInt8(at + 6);
  }
  return undefined;
}

function readPairs(bytes: Buffer): Variables {
  const found = new Map<string, string>();
  let at = 0;
  const length = (): number => {
    const first = bytes.readUInt8(at);
    at += first < 128 ? 1 : 4;
    return first < 128 ? first : bytes.readUInt32BE(at - 4) & 0x7fffffff;
  };
  while (at < bytes.length) {
    const name = length();
    const value = length();
    found.set(bytes.toString('latin1', at, at + name), bytes.toString('latin1', at + name, at + name + value));
    at += name + value;
  }
  return found;
}

function readUwsgi(bytes: Buffer): Variables | undefined {
  if (bytes.length < 4) return undefined;
  const size = bytes.readUInt16LE(1);
  if (bytes.length < 4 + size) return undefined;
  const found = new Map<string, string>();
  let at = 4;
  const text = (): string => {
    const length = bytes.readUInt16LE(at);
    at += 2 + length;
    return bytes.toString('latin1', at - length, at);
  };
  while (at < 4 + size) found.set(text(), text());
  return found;
}

function readScgi(bytes: Buffer): Variables | undefined {
  const colon = bytes.indexOf(':');
  if (colon < 0) return undefined;
  const size = Number(bytes.toString('latin1', 0, colon));
  if (bytes.length < colon + 1 + size + 1) return undefined;
  const parts = bytes.toString('latin1', colon + 1, colon + 1 + size).split('\0');
  return new Map(
    Array.from({ length: Math.floor(parts.length / 2) }, (_, index) => [parts[2 * index] ?? '', parts[2 * index + 1] ?? ''] as const),
  );
}

/**
 * A loopback server that answers as scripted: one script per address, one answer for the preflight and one for the
 * request itself, header lines exactly as given. It speaks HTTP by itself because Node's server refuses methods that
 * browsers send (`patch`) and header bytes that servers send.
 */
import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** One entry a line, in wire order; sent as UTF-8. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface Script {
  readonly preflight: Answer;
  readonly actual: Answer;
}

export interface ReceivedRequest {
  readonly method: string;
  /** Names in lower case; lines of the same name joined by a comma and a space. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What came in at one address. */
export interface Received {
  /** The last preflight, and the last request that was none. */
  preflight?: ReceivedRequest;
  actual?: ReceivedRequest;
  /** How many preflights came. */
  preflights: number;
}

interface RequestHead extends ReceivedRequest {
  readonly path: string;
  /** Bytes of the head and of the body together. */
  readonly length: number;
}

/** Reads one request, or undefined while its head or body has not arrived. */
function readRequest(bytes: Buffer): RequestHead | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [requestLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const [method = '', path = ''] = requestLine.split(' ');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const length = end + 4 + Number(headers['content-length'] ?? 0);
  return bytes.length < length ? undefined : { method, path, headers, length };
}

function writeAnswer(socket: Socket, { status, headers }: Answer, body: string): void {
  const noBody = status === 204 || status === 205 || status === 304;
  const lines = [
    `HTTP/1.1 ${String(status)} Scripted`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(noBody ? [] : [`Content-Length: ${String(Buffer.byteLength(body))}`]),
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

export class ScriptedServer {
  readonly #scripts = new Map<string, Script>();
  readonly #received = new Map<string, Received>();
  readonly #sockets = new Set<Socket>();
  readonly #page: string;
  readonly #server = net.createServer((socket) => {
    this.#serve(socket);
  });

  /** `page` is the HTML answered to any address without a script. */
  constructor(page = '') {
    this.#page = page;
  }

  /** Starts on a free port of 127.0.0.1 and returns the port. */
  async start(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Sets the answers for one path. */
  script(path: string, script: Script): void {
    this.#scripts.set(path, script);
  }

  /** What came in at one path so far. */
  received(path: string): Received {
    return this.#received.get(path) ?? { preflights: 0 };
  }

  #serve(socket: Socket): void {
    let bytes = Buffer.alloc(0);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // A browser may give up a connection at any time; the test sees that by the request that is missing.
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      const request = readRequest(bytes);
      if (request !== undefined) this.#answer(socket, request);
    });
  }

  #answer(socket: Socket, request: RequestHead): void {
    const script = this.#scripts.get(request.path);
    if (script === undefined) {
      writeAnswer(socket, { status: 200, headers: [['Content-Type', 'text/html']] }, this.#page);
      return;
    }
    const received = this.received(request.path);
    this.#received.set(request.path, received);
    const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (isPreflight) {
      received.preflight = request;
      received.preflights++;
    } else {
      received.actual = request;
    }
    writeAnswer(socket, isPreflight ? script.preflight : script.actual, '');
  }
}

import { request, type Agent } from 'node:http';

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  /** Header lines, `Host` among them. */
  readonly headers: readonly (readonly [string, string])[];
}

export interface Received {
  readonly status: number;
  /** Header lines in wire order. */
  readonly lines: readonly (readonly [string, string])[];
  readonly body: string;
}

/** Sends one request to the loopback interface and reads the whole response. Rejects on a broken connection. */
export function exchange(port: number, sent: SentRequest, agent?: Agent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        method: sent.method,
        path: sent.path,
        headers: sent.headers.flatMap(([name, value]) => [name, value]),
        setHost: false,
        insecureHTTPParser: true,
        ...(agent === undefined ? {} : { agent }),
      },
      (response) => {
        let body = '';
        response.setEncoding('latin1');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('error', reject);
        response.on('end', () => {
          const lines: [string, string][] = [];
          for (let at = 0; at + 1 < response.rawHeaders.length; at += 2) {
            lines.push([response.rawHeaders[at] ?? '', response.rawHeaders[at + 1] ?? '']);
          }
          resolve({ status: response.statusCode ?? 0, lines, body });
        });
      },
    );
    call.setTimeout(10_000, () => call.destroy(new Error('No answer within ten seconds.')));
    call.on('error', (error: NodeJS.ErrnoException) => {
      // The server may close a kept connection at the very moment of the next request.
      if (agent !== undefined && error.code === 'ECONNRESET') exchange(port, sent).then(resolve, reject);
      else reject(error);
    });
    call.end();
  });
}

import { Agent } from 'node:http';
import { createServer } from 'node:http';
import type { SourceFile } from '../../../server/src/core/files.ts';
import { freePort } from '../../../tools/free-port.ts';
import { exchange, type Received } from './exchange.ts';
import { placeholders, textOf, type Case, type Chunk } from './configuration.ts';
import { configurationProblem, serverFolder, startHttpd, writeConfiguration } from './httpd.ts';
import { comparedLines, predict, workspaceOf, type Model } from './prediction.ts';
import { program, requestsOf, scripted, type CaseRequest, type Line } from './requests.ts';

/** The headers of every exchange that are counted, whether they are sent or not. */
const countedHeaders = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
  'access-control-max-age',
  'vary',
];

/** A case as it ran: what the server was given, and what it answered. */
export interface Observed {
  readonly generated: Case;
  /** The text that the model reads, and its other files. */
  readonly file: SourceFile;
  readonly files: ReadonlyMap<string, string>;
  readonly host: string;
  /** Undefined where the server refused the configuration. */
  readonly exchanges: readonly { readonly request: CaseRequest; readonly received: Received }[] | undefined;
  readonly refusal: string | undefined;
}

export interface Difference {
  readonly request: CaseRequest;
  readonly what: string;
  readonly expected: string;
  readonly received: string;
}

export interface Outcome {
  readonly differences: readonly Difference[];
  readonly compared: number;
  readonly unknown: ReadonlyMap<string, number>;
}

/** Runs cases on one real httpd: a virtual host for each. */
export async function observe(cases: readonly Case[]): Promise<readonly Observed[]> {
  const folder = serverFolder();
  const port = await freePort();
  const upstream = createServer((request, response) => {
    request.resume();
    const { status, lines } = scripted((request.url ?? '/').slice(1));
    response.writeHead(status, lines.flat());
    response.end(status === 204 || status === 304 ? undefined : 'upstream\n');
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const address = upstream.address();
  const upstreamUrl = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  try {
    const prepared = cases.map((generated, index) => prepare(generated, index, folder.path, upstreamUrl));
    for (const each of prepared) {
      for (const [path, text] of each.written) folder.write(path, text, path.endsWith('.cgi') ? 0o755 : 0o644);
    }
    const refused = new Map<number, string>();
    // The server names the file that it stumbles over; that case is set aside and the rest tried again.
    for (;;) {
      const included = prepared.flatMap((_, index) => (refused.has(index) ? [] : [`Include ${folder.path}/cases/c${index}.conf`]));
      writeConfiguration(
        folder,
        port,
        ['<VirtualHost *>', 'ServerName default.test', `DocumentRoot ${folder.path}`, '</VirtualHost>', ...included].join('\n'),
      );
      const problem = configurationProblem(folder);
      if (problem === undefined) break;
      const index = Number(/cases\/c(\d+)\.conf/.exec(problem)?.[1] ?? NaN);
      if (Number.isNaN(index) || refused.has(index)) throw new Error(`httpd refuses the suite's own configuration: ${problem}`);
      refused.set(index, problem.trim());
    }
    const server = await startHttpd(folder, port);
    const agent = new Agent({ keepAlive: true, maxSockets: 6 });
    try {
      return await Promise.all(
        prepared.map(async (each, index): Promise<Observed> => {
          const { generated, file, files, host } = each;
          const base = { generated, file, files, host };
          const refusal = refused.get(index);
          if (refusal !== undefined) return { ...base, exchanges: undefined, refusal };
          const exchanges = await Promise.all(
            requestsOf(generated).map(async (request) => ({ request, received: await exchange(port, toSend(request, host), agent) })),
          );
          // A .htaccess that the server refuses answers everything with 500.
          if (exchanges.every(({ received }) => received.status === 500))
            return { ...base, exchanges: undefined, refusal: 'every answer is 500' };
          return { ...base, exchanges, refusal: undefined };
        }),
      );
    } finally {
      agent.destroy();
      await server.stop();
    }
  } finally {
    upstream.closeAllConnections();
    upstream.close();
    folder.remove();
  }
}

function toSend(request: CaseRequest, host: string): { method: string; path: string; headers: readonly Line[] } {
  const origin: Line[] = request.origin === null ? [] : [['Origin', request.origin]];
  return {
    method: request.method,
    path: request.query === '' ? request.path : `${request.path}?${request.query}`,
    headers: [['Host', host], ...origin, ...request.headers],
  };
}

function prepare(generated: Case, index: number, folder: string, upstream: string) {
  const host = `c${index}.test`;
  const root = `${folder}/c${index}`;
  const fill = (chunks: readonly Chunk[]): string => {
    // A folder with a .htaccess of its own is not led into from outside: the outer file alone does not tell what it says.
    const written = generated.sub.length > 0 ? textOf(chunks).replaceAll('/sub/b.txt', '/errors/e.html') : textOf(chunks);
    const text = written
      .replaceAll(placeholders.folder, root)
      .replaceAll(placeholders.upstream, upstream)
      .replaceAll(placeholders.definition, `CASE${index}`);
    return generated.crlf ? text.replaceAll('\n', '\r\n') : text;
  };
  const server = [
    `<VirtualHost *>`,
    `ServerName ${host}`,
    `DocumentRoot ${root}/www`,
    `<Directory "${root}/www">`,
    `  AllowOverride ${generated.kind === 'htaccess' ? 'All' : 'None'}`,
    '  Options +FollowSymLinks +ExecCGI',
    '  AddHandler cgi-script .cgi',
    '</Directory>',
    '',
  ].join('\n');
  const conf = `${server}${generated.kind === 'server' ? fill(generated.root) : ''}</VirtualHost>\n`;
  const written = new Map([
    [`cases/c${index}.conf`, conf],
    [`c${index}/www/a.txt`, 'a\n'],
    [`c${index}/www/sub/b.txt`, 'b\n'],
    [`c${index}/www/x.cgi`, program],
    [`c${index}/www/errors/e.html`, 'error\n'],
    [`c${index}/users`, ''],
  ]);
  const files = new Map<string, string>();
  if (generated.kind === 'server') files.set(`file:///etc/apache2/sites-enabled/${index}.conf`, conf);
  else {
    files.set('file:///site/.htaccess', fill(generated.root));
    written.set(`c${index}/www/.htaccess`, fill(generated.root));
    if (generated.sub.length > 0) {
      files.set('file:///site/sub/.htaccess', fill(generated.sub));
      written.set(`c${index}/www/sub/.htaccess`, fill(generated.sub));
    }
  }
  const [first] = files;
  if (first === undefined) throw new Error('A case has a file.');
  return { generated, host, written, files, file: { uri: first[0], text: first[1] } };
}

/** Compares what the server did with what the model says. */
export function compare(observed: Observed, model: Model): Outcome {
  const differences: Difference[] = [];
  const unknown = new Map<string, number>();
  let compared = 0;
  const workspace = workspaceOf(observed.files);
  for (const { request, received } of observed.exchanges ?? []) {
    // A request in a folder is answered by the configuration of that folder's own .htaccess, where it has one.
    const nested =
      observed.files.has('file:///site/sub/.htaccess') && request.path.startsWith('/sub/') ? 'file:///site/sub/.htaccess' : undefined;
    const file = nested === undefined ? observed.file : (workspace.read(nested) ?? observed.file);
    const predicted = predict(model, file, workspace, request, observed.host);
    const lines = comparedLines(received.lines);
    if (predicted.status !== undefined && predicted.status !== received.status) {
      differences.push({ request, what: 'status', expected: String(predicted.status), received: String(received.status) });
    }
    for (const name of new Set([
      ...countedHeaders,
      ...lines.keys(),
      ...[...predicted.names].filter((each) => each.startsWith('access-control-') || each === 'origin'),
    ])) {
      compared++;
      const header = predicted.header(name);
      const actual = lines.get(name) ?? [];
      if (header.kind === 'unknown') unknown.set(header.reason, (unknown.get(header.reason) ?? 0) + 1);
      else if (header.values.map((value) => value.trim()).join('\n') !== actual.join('\n')) {
        differences.push({ request, what: name, expected: JSON.stringify(header.values), received: JSON.stringify(actual) });
      }
    }
  }
  return { differences, compared, unknown };
}

import type http from 'node:http';
import type { ProgramName } from '../../setup/programs.ts';
import { checkNginx, startNginx, startUpstream } from '../programs.ts';
import type { Files, UpstreamAnswer } from '../programs.ts';
import { compare } from './exchange.ts';
import type { Expectation } from './exchange.ts';

/** One observation of nginx. In texts `$upstream` stands for the upstream's port and `$folder` for the server's folder. */
export interface NginxRow {
  /** The fact of docs/behaviour.md that it observes. */
  readonly fact: string;
  readonly what: string;
  /** Before the server block. */
  readonly http?: string;
  /** Inside the server block, which listens and has no name. */
  readonly server: string;
  /** After the server block. */
  readonly more?: string;
  readonly files?: Files;
  readonly upstream?: (request: http.IncomingMessage) => UpstreamAnswer;
  /** A program beside nginx. */
  readonly needs?: ProgramName;
  /** Headers that are otherwise left out, and headers to leave out, in lower case. */
  readonly also?: readonly string[];
  readonly hide?: readonly string[];
  readonly expect: readonly Expectation[];
}

/** A configuration that nginx refuses, with a part of its complaint; an empty complaint: it accepts it. */
export interface RefusedRow {
  readonly fact: string;
  readonly what: string;
  readonly server: string;
  readonly complaint: string;
}

const headersMore = 'load_module /usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so;';

/** Starts nginx (and the upstream) for a row, compares every exchange, and stops both. */
export async function observe(row: NginxRow): Promise<void> {
  const upstream = row.upstream === undefined ? undefined : await startUpstream(row.upstream);
  try {
    const nginx = await startNginx(
      ({ port, folder }) =>
        [row.http ?? '', `server { listen 127.0.0.1:${String(port)}; ${row.server} }`, row.more ?? '']
          .join('\n')
          .replaceAll('$upstream', String(upstream?.port ?? 9))
          .replaceAll('$folder', folder)
          .replaceAll('$port', String(port)),
      { files: row.files ?? {}, main: row.needs === 'headers-more' ? headersMore : '' },
    );
    try {
      await compare(nginx.port, row.expect, row.also ?? [], row.hide ?? []);
    } finally {
      await nginx.stop();
    }
  } finally {
    await upstream?.stop();
  }
}

/** nginx's complaint about a row's configuration; '' where it accepts it. */
export function complaintAbout(row: RefusedRow): string {
  const { accepted, complaint } = checkNginx(`server { ${row.server} }`);
  return accepted ? '' : complaint;
}

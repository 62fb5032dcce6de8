import type http from 'node:http';
import { nginxBuild, nginxIsFrom } from '../../setup/nginx-build.ts';
import type { NginxVersion } from '../../setup/nginx-build.ts';
import type { ProgramName } from '../../setup/programs.ts';
import { checkNginx, startNginx, startUpstream } from '../programs.ts';
import type { Files, UpstreamAnswer } from '../programs.ts';
import { compare } from './exchange.ts';
import type { Expectation } from './exchange.ts';

/** The versions of nginx that a fact is about: from one, or before one. */
export type Versions = { readonly from: NginxVersion } | { readonly before: NginxVersion };

/** Whether a row is about the nginx that runs here. */
export function isAboutThisVersion({ versions }: { readonly versions?: Versions }): boolean {
  if (versions === undefined) return true;
  return 'from' in versions ? nginxIsFrom(...versions.from) : !nginxIsFrom(...versions.before);
}

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
  readonly versions?: Versions;
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
  readonly versions?: Versions;
}

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
      { files: row.files ?? {}, main: row.needs === 'headers-more' ? (nginxBuild().loadHeadersMore ?? '') : '' },
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

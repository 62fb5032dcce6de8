import type http from 'node:http';
import { defaultApacheModules, startApache, startUpstream } from '../programs.ts';
import type { Files, UpstreamAnswer } from '../programs.ts';
import { compare } from './exchange.ts';
import type { Expectation } from './exchange.ts';

/** One observation of httpd. In texts `$upstream` stands for the upstream's port and `$folder` for the server's folder. */
export interface ApacheRow {
  /** The fact of docs/behaviour.md that it observes. */
  readonly fact: string;
  readonly what: string;
  /** Server-level text. */
  readonly server?: string;
  /** The .htaccess of the document root. */
  readonly htaccess?: string;
  /** Further files below the document root. */
  readonly htdocs?: Files;
  readonly upstream?: (request: http.IncomingMessage) => UpstreamAnswer;
  /** Modules that are not loaded for this row. */
  readonly without?: readonly string[];
  /** Headers that are otherwise left out, in lower case. */
  readonly also?: readonly string[];
  readonly expect: readonly Expectation[];
}

/** A CGI script that prints these header lines. */
export function cgi(...lines: readonly string[]): string {
  return `#!/bin/sh\n${['Content-Type: text/plain', ...lines].map((line) => `echo "${line}"`).join('\n')}\necho\necho body\n`;
}

/** Server-level text that runs `.cgi` files. */
export const runCgi = 'AddHandler cgi-script .cgi';

/** Starts httpd (and the upstream) for a row, compares every exchange, and stops both. */
export async function observe(row: ApacheRow): Promise<void> {
  const upstream = row.upstream === undefined ? undefined : await startUpstream(row.upstream);
  const fill = (text: string, folder: string): string =>
    text.replaceAll('$upstream', String(upstream?.port ?? 9)).replaceAll('$folder', folder);
  const files = Object.entries({ ...row.htdocs, ...(row.htaccess === undefined ? {} : { '.htaccess': row.htaccess }) });
  try {
    const apache = await startApache(({ folder }) => fill(row.server ?? '', folder), {
      files: Object.fromEntries(files.map(([name, text]) => [`htdocs/${name}`, text])),
      modules: defaultApacheModules.filter((name) => row.without?.includes(name) !== true),
    });
    try {
      await compare(apache.port, row.expect, row.also ?? []);
    } finally {
      await apache.stop();
    }
  } finally {
    await upstream?.stop();
  }
}

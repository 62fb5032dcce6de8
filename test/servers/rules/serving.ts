/** Turns a fixture into a server that runs: nginx and httpd with the text in their configuration, Express with the real packages. */
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findProgram } from '../../setup/programs.ts';
import { defaultApacheModules, startApache, startNginx } from '../programs.ts';
import type { FixtureFiles, ServedLanguage } from './fixtures.ts';

export interface Serving {
  readonly port: number;
  stop(): Promise<void>;
}

const here = import.meta.dirname;
const packages = path.join(here, '../../express/node_modules');

/** Passwords of `user`, which is `pass`, as each server reads them. */
const passwords = { htpasswd: 'user:{PLAIN}pass\n', 'htpasswd-apache': 'user:$apr1$saltsalt$xx013OFx2cRtDjpNeiZXf.\n' };

/** Why a language cannot be served on this machine; undefined where it can. */
export const missing: Readonly<Record<ServedLanguage, string | undefined>> = {
  nginx: findProgram('nginx') === undefined ? 'nginx is not installed' : undefined,
  apache: findProgram('apache2') === undefined ? 'httpd is not installed' : undefined,
  express: existsSync(path.join(packages, 'express5')) ? undefined : 'the packages of test/express are not installed',
};

/**
 * Starts a server with a fixture's text. `paths` are files that it has to have, `upstream` is the port of the application
 * behind it. Rejects with the server's words where it refuses the text.
 */
export async function serve(
  language: 'nginx' | 'apache',
  fixture: FixtureFiles,
  paths: readonly string[],
  upstream: number,
): Promise<Serving> {
  const text = fixture.files[fixture.main] ?? '';
  const documents = (root: string): Record<string, string> =>
    Object.fromEntries(paths.filter((each) => !each.endsWith('/')).map((each) => [`${root}${each}`, 'ok']));
  if (language === 'nginx') {
    const headersMore = findProgram('headers-more');
    return startNginx(
      ({ port, folder }) =>
        inServer(text)
          .replace(/listen 80\b/g, `listen 127.0.0.1:${String(port)}`)
          .replace(/server \{(?![^]*?\blisten )/g, `server {\n    listen 127.0.0.1:${String(port)};`)
          .replace(/http:\/\/(?:127\.0\.0\.1:\d+|backend)/g, `http://127.0.0.1:${String(upstream)}`)
          .replaceAll('/etc/nginx/htpasswd', `${folder}/htpasswd`)
          .replaceAll('/srv/', `${folder}/`),
      {
        files: { ...passwords, 'www/index.html': 'ok', ...documents('www') },
        main: headersMore === undefined ? '' : `load_module ${headersMore};`,
      },
    );
  }
  const isHtaccess = fixture.main === '.htaccess';
  return startApache(
    ({ port, folder }) =>
      isHtaccess
        ? ''
        : text
            .replaceAll('*:80', `127.0.0.1:${String(port)}`)
            .replace(/http:\/\/127\.0\.0\.1:\d+/g, `http://127.0.0.1:${String(upstream)}`)
            .replaceAll('/etc/httpd/htpasswd', `${folder}/htpasswd-apache`)
            .replaceAll('/srv/www', `${folder}/htdocs`),
    {
      files: {
        ...passwords,
        ...documents('htdocs'),
        ...(isHtaccess
          ? // Relative to the server's root, which is its folder.
            Object.fromEntries(
              Object.entries(fixture.files).map(([name, each]) => [
                `htdocs/${name}`,
                each.replaceAll('/etc/httpd/htpasswd', 'htpasswd-apache'),
              ]),
            )
          : {}),
      },
      modules: [...defaultApacheModules, 'allowmethods', 'unique_id'],
    },
  );
}

/** What stands in `http { … }`: a snippet's lines stand in a server, a file with maps beside one. */
function inServer(text: string): string {
  const whole = /^\s*http\s*\{([^]*)\}\s*$/m.exec(text);
  if (whole) return whole[1] ?? '';
  if (/^\s*server\s*\{/m.test(text)) return text;
  return /^map\s/m.test(text) ? `${text}\nserver {\n    listen 80;\n}\n` : `server {\n    listen 80;\n${text}\n}\n`;
}

/** Serves programs with one version of Express, all in one process. */
export class ApplicationHost {
  readonly #folder: string;
  readonly #process: ChildProcess;
  #served = 0;

  constructor(version: string) {
    const root = path.join(packages, '.rule-fixtures');
    mkdirSync(root, { recursive: true });
    this.#folder = mkdtempSync(path.join(root, `${version}-`));
    mkdirSync(path.join(this.#folder, 'node_modules'));
    symlinkSync(path.join(packages, version), path.join(this.#folder, 'node_modules', 'express'));
    this.#process = fork(path.join(here, 'application-host.mjs'), {
      cwd: this.#folder,
      execArgv: ['--import', pathToFileURL(createRequire(import.meta.filename).resolve('tsx')).href],
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  /** Rejects with the program's own words where it throws at its start. */
  async serve({ main, files }: FixtureFiles): Promise<Serving> {
    const id = this.#served++;
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.#folder, String(id), name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    this.#process.send({ id, file: path.join(this.#folder, String(id), main) });
    const [answer] = (await once(this.#process, 'message')) as [{ id: number; port?: number; failed?: string }];
    assert.equal(answer.id, id);
    if (answer.port === undefined) throw new Error(answer.failed);
    return { port: answer.port, stop: async () => undefined };
  }

  async stop(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.disconnect();
    await exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

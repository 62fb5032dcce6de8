import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findProgram } from '../../setup/programs.ts';

const modulesFolder = '/usr/lib/apache2/modules';

/** Loaded into every server that a suite starts: the modules of a usual Debian installation that bear on CORS. */
const loadedModules = [
  'mpm_event',
  'authn_core',
  'authz_core',
  'authz_host',
  'authz_user',
  'authn_file',
  'auth_basic',
  'access_compat',
  'alias',
  'cgid',
  'deflate',
  'dir',
  'env',
  'filter',
  'headers',
  'mime',
  'proxy',
  'proxy_http',
  'rewrite',
  'setenvif',
  'expires',
] as const;

/** A folder that the server's own user can read, removed by `remove`. */
export interface ServerFolder {
  readonly path: string;
  write(file: string, content: string, mode?: number): void;
  remove(): void;
}

export function serverFolder(): ServerFolder {
  const root = mkdtempSync(path.join(tmpdir(), 'httpd-'));
  chmodSync(root, 0o755);
  return {
    path: root,
    write(file, content, mode = 0o644) {
      const target = path.join(root, file);
      mkdirSync(path.dirname(target), { recursive: true, mode: 0o755 });
      writeFileSync(target, content, { mode });
    },
    remove() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export interface RunningHttpd {
  readonly port: number;
  stop(): Promise<void>;
}

/** Writes `httpd.conf` into the folder: what every server needs, then `configuration`. */
export function writeConfiguration(folder: ServerFolder, port: number, configuration: string): void {
  const asRoot = process.getuid?.() === 0;
  folder.write(
    'httpd.conf',
    [
      `ServerRoot ${folder.path}`,
      'ServerName localhost',
      `DefaultRuntimeDir ${folder.path}`,
      `PidFile ${folder.path}/httpd.pid`,
      `ErrorLog ${folder.path}/error.log`,
      'LogLevel warn',
      `Listen 127.0.0.1:${port}`,
      ...loadedModules.map((name) => `LoadModule ${name}_module ${modulesFolder}/mod_${name}.so`),
      `ScriptSock ${folder.path}/cgid.sock`,
      ...(asRoot ? ['User www-data', 'Group www-data'] : []),
      'TypesConfig /dev/null',
      'StartServers 1',
      'ServerLimit 2',
      'ThreadsPerChild 32',
      'MaxRequestWorkers 64',
      'KeepAlive On',
      'MaxKeepAliveRequests 0',
      'KeepAliveTimeout 5',
      configuration,
      '',
    ].join('\n'),
  );
}

/** What `apache2 -t` says of the folder's `httpd.conf`: undefined where it accepts it. */
export function configurationProblem(folder: ServerFolder): string | undefined {
  const result = spawnSync(program(), ['-t', '-f', path.join(folder.path, 'httpd.conf')], { encoding: 'utf8' });
  return result.status === 0 ? undefined : `${result.stderr}${result.stdout}`;
}

/** Starts the real httpd on the folder's `httpd.conf` and waits until it answers. Throws with its log when it does not. */
export async function startHttpd(folder: ServerFolder, port: number): Promise<RunningHttpd> {
  const child = spawn(program(), ['-DFOREGROUND', '-f', path.join(folder.path, 'httpd.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  const stop = async (): Promise<void> => {
    process.off('exit', killed);
    await terminate(child);
  };
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) break;
    try {
      await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1000) });
      return { port, stop };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  await stop();
  throw new Error(`httpd did not start: ${output}\n${log(folder)}`);
}

export function log(folder: ServerFolder): string {
  try {
    return readFileSync(path.join(folder.path, 'error.log'), 'utf8');
  } catch {
    return '';
  }
}

function terminate(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

function program(): string {
  const found = findProgram('apache2');
  if (found === undefined) throw new Error('apache2 is not installed.');
  return found;
}

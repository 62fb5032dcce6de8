import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { FileResult, Message } from '../../server/src/api.ts';

export const projectFolder = path.resolve(import.meta.dirname, '../..');
/** The command line as it is built and shipped. */
export const program = path.join(projectFolder, 'dist/cli.cjs');

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Circumstances {
  readonly cwd: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The user who runs it. */
  readonly uid?: number;
}

/** Runs the built command line to its end. */
export function corsLint(args: readonly string[], { cwd, input = '', env = {}, uid }: Circumstances): Ran {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...inherited } = process.env;
  const run = spawnSync(process.execPath, [program, ...args], {
    cwd,
    input,
    encoding: 'utf8',
    env: { ...inherited, ...env },
    timeout: 60_000,
    ...(uid !== undefined && { uid }),
  });
  if (run.error) throw run.error;
  return { status: run.status, out: run.stdout, err: run.stderr };
}

/** Runs it with `--format json` and reads the document. */
export function lintJson(args: readonly string[], circumstances: Circumstances): Ran & { readonly results: readonly FileResult[] } {
  const ran = corsLint([...args, '--format', 'json'], circumstances);
  return { ...ran, results: JSON.parse(ran.out) as FileResult[] };
}

export function messagesOf(results: readonly FileResult[], name: string): readonly Message[] {
  return results.find((file) => path.basename(file.filePath) === name)?.messages ?? [];
}

/** A folder of its own for each test, with the files given. */
export class Folder {
  readonly path = mkdtempSync(path.join(tmpdir(), 'cors-lint-cli-'));

  constructor(files: Readonly<Record<string, string>> = {}) {
    chmodSync(this.path, 0o755);
    this.write(files);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.path, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  at(name: string): string {
    return path.join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** An nginx server whose headers are lost on errors: one warning with a safe fix. */
export const nginxWarning = `server {
    location / {
        add_header Access-Control-Allow-Origin https://app.example.com;
        proxy_pass http://app;
    }
}
`;

/** An nginx server that gives every origin its own back with credentials: one error. */
export const nginxError = `server {
    location / {
        add_header Access-Control-Allow-Origin $http_origin always;
        add_header Access-Control-Allow-Credentials true always;
        add_header Vary Origin always;
        proxy_pass http://app;
    }
}
`;

export const nginxClean = `server {
    location / {
        root /srv;
    }
}
`;

/** An Express application with an error: `*` with credentials. */
export const expressError = `import express from 'express';
import cors from 'cors';
const app = express();
app.use(cors({ credentials: true }));
app.get('/', (req, res) => res.json({}));
`;

/** An Apache configuration with a warning: headers that are lost on errors. */
export const apacheWarning = `Header set Access-Control-Allow-Origin "https://app.example.com"
`;

/**
 * Starts the VS Code server that npm's code-server package carries. It is a whole VS Code with a real extension host;
 * a browser shows its workbench. Used by the editor tests, by the screenshots, by the bench and by `npm start`.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';

export interface VSCodeServerOptions {
  /** The folder with VS Code's `out/server-main.js` (from `installVSCode`). */
  readonly vscodeFolder: string;
  /** An empty folder for its user data, sockets, temporary files and log; the caller removes it. */
  readonly dataFolder: string;
  /** User settings over the quiet ones below. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Environment variables for the server and its extension hosts. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A port on 127.0.0.1; without it a free one is taken. */
  readonly port?: number;
  /**
   * Whether the page's payload may load an extension and tests from a folder. Only for tests: newer builds ask for the
   * smoke-test driver, which also hides notifications.
   */
  readonly development?: boolean;
  /** Whether folders are opened in Restricted Mode until the user trusts them. */
  readonly workspaceTrust?: boolean;
  /** Folders of extensions that are found as if they were installed. */
  readonly installedExtensions?: readonly { readonly id: string; readonly folder: string }[];
}

/** What the page may ask the workbench for: `openFile`, `extensionDevelopmentPath`, `extensionTestsPath` and others. */
export type WorkbenchPayload = readonly (readonly [key: string, value: string])[];

export interface VSCodeServer {
  /** `http://127.0.0.1:port`, without the token. */
  readonly base: string;
  /** The server's process id; its extension hosts are its children. */
  readonly pid: number;
  /** The URL that opens a folder, or what a `.code-workspace` names, in the workbench; it holds the token. */
  workbenchUrl(opened: string, payload?: WorkbenchPayload): string;
  /**
   * The URI of a file on the server, for payloads. The workbench takes the page's own host and port as its remote
   * authority: with another one the file opens and no squiggle is drawn, because its diagnostics belong to another URI.
   */
  remoteUri(file: string): string;
  stop(): Promise<void>;
}

/** No account, no update, no welcome page, no network: only what the extension does is to be seen. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'git.enabled': false,
  'files.autoSave': 'off',
} as const;

/** How long the server may take until it answers, in milliseconds. */
const startTimeout = 30_000;
/** How long it may take to end after SIGTERM before it is killed, in milliseconds. */
const stopTimeout = 5_000;

/** Starts the server behind a random connection token and waits until it answers. Throws when it does not. */
export async function startVSCodeServer(options: VSCodeServerOptions): Promise<VSCodeServer> {
  const { vscodeFolder, dataFolder, settings = {}, environment = {} } = options;
  const port = options.port ?? (await freePort());
  // Without a token the server takes WebSockets from any page that is open in the developer's browser.
  const token = randomBytes(24).toString('hex');
  const userFolder = path.join(dataFolder, 'data', 'User');
  mkdirSync(userFolder, { recursive: true });
  writeFileSync(
    path.join(userFolder, 'settings.json'),
    JSON.stringify({ ...quietSettings, 'security.workspace.trust.enabled': options.workspaceTrust ?? false, ...settings }),
  );
  for (const extension of options.installedExtensions ?? []) {
    mkdirSync(path.join(dataFolder, 'extensions'), { recursive: true });
    // A link keeps it live: after a build, "Developer: Reload Window" shows the new one.
    symlinkSync(extension.folder, path.join(dataFolder, 'extensions', extension.id), 'junction');
  }

  const logFile = path.join(dataFolder, 'server.log');
  const log = openSync(logFile, 'w');
  const child = spawn(
    process.execPath,
    [
      path.join(vscodeFolder, 'out', 'server-main.js'),
      ...['--host', '127.0.0.1', '--port', String(port), '--connection-token', token],
      ...['--server-data-dir', dataFolder, '--telemetry-level', 'off'],
      '--accept-server-license-terms',
      '--disable-getting-started-override',
      ...(options.workspaceTrust === true ? [] : ['--disable-workspace-trust']),
      ...(options.development === true ? ['--enable-smoke-test-driver'] : []),
    ],
    {
      stdio: ['ignore', log, log],
      // A group of its own, so that its extension hosts end with it.
      detached: true,
      env: {
        ...process.env,
        // An empty address keeps the workbench from asking an extension gallery.
        EXTENSIONS_GALLERY: '{"serviceUrl":""}',
        TMPDIR: dataFolder,
        XDG_RUNTIME_DIR: dataFolder,
        ...environment,
      },
    },
  );
  const { pid } = child;
  if (pid === undefined) throw new Error('the VS Code server could not be started');
  const exited = once(child, 'exit');

  const stop = async (): Promise<void> => {
    for (const [signal, wait] of [
      ['SIGTERM', stopTimeout],
      ['SIGKILL', 1000],
    ] as const) {
      try {
        process.kill(-pid, signal);
      } catch {
        return; // The whole group has ended.
      }
      await Promise.race([exited, sleep(wait)]);
    }
  };

  const base = `http://127.0.0.1:${String(port)}`;
  const end = Date.now() + startTimeout;
  for (;;) {
    const answers = await fetch(`${base}/version`).then(
      (response) => response.ok,
      () => false,
    );
    if (answers) break;
    if (child.exitCode !== null || Date.now() > end) {
      await stop();
      throw new Error(`the VS Code server did not start; see ${logFile}`);
    }
    await sleep(50);
  }

  return {
    base,
    pid,
    stop,
    remoteUri: (file) => `vscode-remote://127.0.0.1:${String(port)}${encodeURI(file)}`,
    workbenchUrl(opened, payload = []) {
      const kind = opened.endsWith('.code-workspace') ? 'workspace' : 'folder';
      const query = new URLSearchParams({ tkn: token, [kind]: opened });
      if (payload.length > 0) query.set('payload', JSON.stringify(payload));
      return `${base}/?${query.toString()}`;
    },
  };
}

import assert from 'node:assert/strict';
import type { Connection, PublishDiagnosticsParams } from 'vscode-languageserver';
import { defaultConfiguration } from '../core/configuration.ts';
import type { Workspace } from '../core/workspace.ts';
import { createService } from '../service.ts';
import { scanWorkspaceCommand } from './protocol.ts';
import { WorkspaceScan, type ScanContext } from './workspace-scan.ts';

const [first, second] = ['file:///a.conf', 'file:///b.conf'];
const open = 'server { listen 80; location / { add_header Access-Control-Allow-Origin null; return 200; } }';
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('a scan of the workspace', () => {
  it('looks at a changed file although another change came while it was read', async () => {
    let reading = (): Promise<string> => Promise.resolve('server { listen 80; }');
    const workspace: Workspace = {
      read: (uri) => (uri === first ? reading() : Promise.resolve('server { listen 80; }')),
      list: () => Promise.resolve([]),
      files: () => Promise.resolve([first, second]),
    };
    const shown = new Map<string, number>();
    let execute = (_: { command: string }): Promise<unknown> => Promise.resolve();
    const connection = {
      onExecuteCommand: (handler: (params: { command: string }, token: unknown, progress: unknown) => Promise<unknown>) => {
        const token = { onCancellationRequested: () => undefined };
        const progress = { begin: () => undefined, report: () => undefined, done: () => undefined };
        execute = (params) => handler(params, token, progress);
      },
      sendDiagnostics: ({ uri, diagnostics }: PublishDiagnosticsParams) => {
        shown.set(uri, diagnostics.length);
        return Promise.resolve();
      },
    } as unknown as Connection;
    const scan = new WorkspaceScan(connection, {
      ...{ workspace, service: createService({ workspace }), client: {}, documents: { get: () => undefined } },
      configurations: { of: () => Promise.resolve({ reports: true, configuration: defaultConfiguration }) },
      ...{ environment: { documentation: () => undefined }, readText: (uri: string) => workspace.read(uri) },
      log: { error: (what: string, error: unknown) => assert.fail(`${what}: ${String(error)}`) },
    } as unknown as ScanContext);
    await execute({ command: scanWorkspaceCommand });
    reading = async () => {
      reading = () => Promise.resolve(open);
      await pause(600);
      return open;
    };
    scan.changed([first]);
    await pause(400);
    scan.changed([second]);
    await pause(1000);
    scan.dispose();
    assert.ok((shown.get(first) ?? 0) > 0);
  });
});

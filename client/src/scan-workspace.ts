import * as vscode from 'vscode';
import { scanWorkspaceCommand } from '../../server/src/lsp/protocol.ts';
import type { ScanResult } from '../../server/src/lsp/protocol.ts';
import type { ServerControl } from './server-control.ts';

let scans = 0;

/** Looks at every file of the workspace; its problems stay in the Problems view until they are fixed. */
export async function scanWorkspace(server: ServerControl): Promise<ScanResult | undefined> {
  if (vscode.workspace.workspaceFolders === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Open a folder first: there is no workspace to scan.'));
    return undefined;
  }
  const title = vscode.l10n.t('Scanning the workspace for CORS mistakes');
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token): Promise<ScanResult | undefined> => {
      const client = await server.client();
      if (client === undefined) return undefined;
      const { WorkDoneProgress } = await import('vscode-languageclient');
      const workDoneToken = `cors-lint-scan-${++scans}`;
      let percent = 0;
      const listener = client.onProgress(WorkDoneProgress.type, workDoneToken, (report) => {
        if (report.kind !== 'report') return;
        const { percentage = percent, message } = report;
        progress.report({ increment: percentage - percent, ...(message !== undefined && { message }) });
        percent = percentage;
      });
      try {
        const params = { command: scanWorkspaceCommand, arguments: [title], workDoneToken };
        return await client.sendRequest<ScanResult>('workspace/executeCommand', params, token);
      } catch (error) {
        // A request that was cancelled may end with an error; what was found until then is shown.
        if (token.isCancellationRequested) return undefined;
        throw error;
      } finally {
        listener.dispose();
      }
    },
  );
  if (result !== undefined && !result.cancelled) void tell(result);
  return result;
}

async function tell({ files, filesWithProblems, problems }: ScanResult): Promise<void> {
  if (problems === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No CORS problem in {0} files.', files));
    return;
  }
  const show = vscode.l10n.t('Show Problems');
  const message = vscode.l10n.t('{0} CORS problems in {1} of {2} files.', problems, filesWithProblems, files);
  if ((await vscode.window.showInformationMessage(message, show)) === show) {
    await vscode.commands.executeCommand('workbench.actions.view.problems');
  }
}

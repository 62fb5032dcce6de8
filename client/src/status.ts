import * as vscode from 'vscode';
import { languageIds } from './languages.ts';

export type ServerState = 'waiting' | 'starting' | 'running' | 'failed';

const restart: vscode.Command = { command: 'corsLint.restartServer', title: vscode.l10n.t('Restart') };
const showLog: vscode.Command = { command: 'corsLint.showLog', title: vscode.l10n.t('Show log') };

/** The entry among the languages' statuses that answers "is it running?". */
export class StatusItem implements vscode.Disposable {
  readonly #item: vscode.LanguageStatusItem;

  constructor() {
    this.#item = vscode.languages.createLanguageStatusItem(
      'corsLint.server',
      languageIds.map((language) => ({ language })),
    );
    this.#item.name = 'CORS Lint';
    this.show('waiting');
  }

  show(state: ServerState): void {
    const item = this.#item;
    item.busy = state === 'starting';
    item.severity = state === 'failed' ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
    item.text = 'CORS Lint';
    switch (state) {
      case 'waiting':
        item.detail = vscode.l10n.t('starts with the first file that mentions CORS');
        item.command = showLog;
        break;
      case 'starting':
        item.detail = vscode.l10n.t('starting');
        item.command = showLog;
        break;
      case 'running':
        item.detail = vscode.l10n.t('running');
        item.command = restart;
        break;
      case 'failed':
        item.detail = vscode.l10n.t('not running, see the log');
        item.command = restart;
        break;
    }
  }

  dispose(): void {
    this.#item.dispose();
  }
}

import * as vscode from 'vscode';
import { documentSelector, isServerConfiguration, mayBeAboutCors } from './languages.ts';
import { configurationSchemes } from './schemes.ts';

/** How long after the last keystroke a document is looked at again, in milliseconds. */
const settleTime = 300;

/**
 * Calls `needed` once, with the first open document that can be about CORS: by its name (nginx.conf, .htaccess), or by
 * a quick look at the text of a file in one of our languages. Until then a plain program costs no server process.
 */
export function watchForCors(needed: () => void): vscode.Disposable {
  const subscriptions: vscode.Disposable[] = [];
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const stop = (): void => {
    for (const subscription of subscriptions.splice(0)) subscription.dispose();
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
  };
  const consider = (document: vscode.TextDocument): boolean => {
    if (vscode.languages.match(documentSelector(configurationSchemes()), document) === 0) return false;
    if (!isServerConfiguration(document.uri.path) && !mayBeAboutCors(document.getText(), document.uri.path)) return false;
    stop();
    needed();
    return true;
  };
  if (vscode.workspace.textDocuments.some(consider)) return new vscode.Disposable(stop);
  subscriptions.push(
    vscode.workspace.onDidOpenTextDocument(consider),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      const key = document.uri.toString();
      clearTimeout(timers.get(key));
      timers.set(
        key,
        setTimeout(() => {
          timers.delete(key);
          if (!document.isClosed) consider(document);
        }, settleTime),
      );
    }),
  );
  return new vscode.Disposable(stop);
}

import * as vscode from 'vscode';
import type { vsdiag } from 'vscode-languageclient';

/** Opens a rule's page; takes its id. */
export const openCommand = 'corsLint.openRuleDocumentation';

/** The address that opens a rule's bundled page. It works without a network and in every workspace. */
function documentationLink(ruleId: string): vscode.Uri {
  return vscode.Uri.parse(`command:${openCommand}?${encodeURIComponent(JSON.stringify([ruleId]))}`);
}

/** Lets the rule's name in a diagnostic open the page that is in the extension, shown as a page and not as a source. */
export function linkToBundledDocumentation<T extends vsdiag.DocumentDiagnosticReport | null | undefined>(report: T): T {
  // The kind is `full` wherever there are items; an unchanged report has none.
  if (report && 'items' in report) linkEachToBundledDocumentation(report.items);
  return report;
}

/** The same for diagnostics that the server sends by itself. */
export function linkEachToBundledDocumentation(diagnostics: readonly vscode.Diagnostic[]): void {
  for (const diagnostic of diagnostics) {
    const { code } = diagnostic;
    const ruleId = typeof code === 'object' ? code.value : code;
    if (typeof ruleId === 'string') diagnostic.code = { value: ruleId, target: documentationLink(ruleId) };
  }
}

/** Opens a rule's page from the folder that the build fills. */
export class RuleDocumentation implements vscode.Disposable {
  readonly #command: vscode.Disposable;

  constructor(extensionUri: vscode.Uri) {
    this.#command = vscode.commands.registerCommand(openCommand, async (ruleId: unknown) => {
      // An id from outside must not lead out of the folder.
      if (typeof ruleId !== 'string' || !/^[a-z0-9-]+$/.test(ruleId)) return;
      const page = vscode.Uri.joinPath(extensionUri, 'dist', 'rules', `${ruleId}.md`);
      await vscode.commands.executeCommand('markdown.showPreview', page);
    });
  }

  dispose(): void {
    this.#command.dispose();
  }
}

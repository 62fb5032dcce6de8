import * as vscode from 'vscode';
import type { vsdiag } from 'vscode-languageclient';

/** Opens a rule's page; takes its id. */
export const openCommand = 'corsLint.openRuleDocumentation';

/** Of the addresses of pages, as in `cors-lint-rule:/missing-always.md`. */
const scheme = 'cors-lint-rule';

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

/** Shows the pages about the rules. The package holds them as one file, which takes half of the room that sixty take. */
export class RuleDocumentation implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #file: vscode.Uri;
  readonly #registrations: vscode.Disposable;
  #pages: Promise<Readonly<Record<string, string>>> | undefined;

  constructor(extensionUri: vscode.Uri) {
    this.#file = vscode.Uri.joinPath(extensionUri, 'dist', 'rule-pages.json');
    this.#registrations = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.commands.registerCommand(openCommand, async (ruleId: unknown) => {
        if (typeof ruleId !== 'string' || !/^[a-z0-9-]+$/.test(ruleId)) return;
        await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.from({ scheme, path: `/${ruleId}.md` }));
      }),
    );
  }

  async provideTextDocumentContent({ path }: vscode.Uri): Promise<string | undefined> {
    this.#pages ??= this.#read();
    return (await this.#pages)[path.replace(/^\/|\.md$/g, '')];
  }

  async #read(): Promise<Readonly<Record<string, string>>> {
    const bytes = await vscode.workspace.fs.readFile(this.#file);
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, string>;
  }

  dispose(): void {
    this.#registrations.dispose();
  }
}

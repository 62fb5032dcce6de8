import { CodeActionKind, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { CodeAction, CodeActionParams, Connection, Diagnostic } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { safeFixOf } from '../core/fix-all.ts';
import type { Authoring } from '../core/authoring.ts';
import type { FileEdit, Finding, Fix } from '../core/finding.ts';
import type { TextRange } from '../core/text.ts';
import type { Service } from '../service.ts';
import type { DiagnosticContext } from './diagnostics.ts';
import { toDiagnostic, diagnosticSource } from './diagnostics.ts';
import { toTextRange } from './documents.ts';
import { fixAllEdits } from './fix-all.ts';
import type { Linter } from './linter.ts';
import type { DocumentConfigurations } from './document-configuration.ts';
import { toWorkspaceEdit } from './workspace-edit.ts';

/** Our own kind below `source.fixAll`, for `editor.codeActionsOnSave`. */
const fixAllKind = `${CodeActionKind.SourceFixAll}.corsLint`;

export const codeActionKinds = [CodeActionKind.QuickFix, fixAllKind];

/** Whether a client that asks for `only` these kinds wants one of `kind`; a kind holds all kinds below it. */
export function wants(only: readonly string[] | undefined, kind: string): boolean {
  if (only === undefined) return true;
  return only.some((wanted) => wanted === '' || wanted === kind || kind.startsWith(`${wanted}.`));
}

/** An action before its edits are made: what the client keeps in `data` until it resolves the action. */
interface ActionData {
  readonly uri: string;
  readonly version: number;
  /** The place of the action in the list that the same version and finding give again. */
  readonly fixAll?: true;
  readonly finding?: { readonly ruleId: string; readonly range: TextRange };
  readonly fix?: number;
  readonly disable?: 'next-line' | 'file';
}

interface OfferedAction {
  readonly action: CodeAction;
  readonly data: ActionData;
}

export interface CodeActionContext extends DiagnosticContext {
  readonly service: Service;
  readonly linter: Linter;
  readonly configurations: DocumentConfigurations;
}

/** Answers `textDocument/codeAction` and `codeAction/resolve`. */
export function provideCodeActions(connection: Connection, context: CodeActionContext): void {
  connection.onCodeAction(async (params, token) => {
    const document = context.documents.get(params.textDocument.uri);
    if (document === undefined || !context.client.takesCodeActionLiterals) return [];
    const offered = await offerActions(document, params, context);
    const actions: CodeAction[] = [];
    for (const { action, data } of offered) {
      if (token.isCancellationRequested) return [];
      if (context.client.resolvesCodeActionEdits) actions.push({ ...action, data });
      else actions.push({ ...action, edit: await toWorkspaceEdit(await editsOf(data, context), context) });
    }
    return actions;
  });
  connection.onCodeActionResolve(async (action) => {
    const data: unknown = action.data;
    if (!isActionData(data)) return action;
    return { ...action, edit: await toWorkspaceEdit(await editsOf(data, context), context) };
  });
}

function isActionData(data: unknown): data is ActionData {
  return typeof data === 'object' && data !== null && 'uri' in data && 'version' in data;
}

async function offerActions(
  document: TextDocument,
  { range, context: asked }: CodeActionParams,
  context: CodeActionContext,
): Promise<readonly OfferedAction[]> {
  const quickFixes = wants(asked.only, CodeActionKind.QuickFix);
  // On save a client asks for `source.fixAll` alone; the light bulb asks for everything but source actions.
  const fixAll = asked.only !== undefined && wants(asked.only, fixAllKind);
  if (!quickFixes && !fixAll) return [];
  const selection = toTextRange(document, range);
  const shown = await context.linter.lint(document);
  // Most of the places where a cursor comes to stand have no finding.
  if (shown === undefined || (!fixAll && !shown.findings.some((each) => meets(each.place.range, selection)))) return [];
  const linted = await context.linter.lint(document, 'with');
  if (linted === undefined || linted.version !== document.version) return [];
  const { version, findings } = linted;
  const data = { uri: document.uri, version };
  const offered: OfferedAction[] = [];
  if (quickFixes) {
    const met = findings.filter((each) => meets(each.place.range, selection));
    const authoring = met.length === 0 ? undefined : (await context.service.read(context.documents.source(document)))?.extraction.authoring;
    if (document.version !== version) return [];
    for (const finding of met) {
      const diagnostic = diagnosticOf(finding, document, asked.diagnostics, context);
      offered.push(...offerFixes(finding, data, diagnostic, context), ...offerSuppressions(finding, data, diagnostic, authoring));
    }
  }
  if (fixAll && findings.some((finding) => safeFixOf(finding, document.uri) !== undefined)) {
    offered.push({
      action: { title: 'Apply all safe CORS fixes', kind: fixAllKind },
      data: { ...data, fixAll: true },
    });
  }
  return offered;
}

/** The cursor at either end of a finding counts as inside. */
function meets(a: TextRange, b: TextRange): boolean {
  return a.start <= b.end && b.start <= a.end;
}

/** The client's own diagnostic of a finding, so that the editor shows which problem an action is for. */
function diagnosticOf(finding: Finding, document: TextDocument, known: readonly Diagnostic[], context: CodeActionContext): Diagnostic {
  const own = toDiagnostic(finding, document, context);
  const { start, end } = own.range;
  return (
    known.find(
      ({ source, code, range }) =>
        source === diagnosticSource &&
        code === finding.ruleId &&
        range.start.line === start.line &&
        range.start.character === start.character &&
        range.end.line === end.line &&
        range.end.character === end.character,
    ) ?? own
  );
}

function offerFixes(
  finding: Finding,
  at: { readonly uri: string; readonly version: number },
  diagnostic: Diagnostic,
  context: CodeActionContext,
): readonly OfferedAction[] {
  const { ruleId } = finding;
  const data = { ...at, finding: { ruleId, range: finding.place.range } };
  const common = { kind: CodeActionKind.QuickFix, diagnostics: [diagnostic] };
  const preferred = safeFixOf(finding, at.uri);
  return finding.fixes.map((fix, index) => {
    const action: CodeAction = { title: fix.title, ...common };
    if (fix === preferred && context.client.showsPreferredActions) action.isPreferred = true;
    return { action, data: { ...data, fix: index } };
  });
}

/** Comments that switch the rule off, where the language has room for one. Never preferred, never part of fix-all. */
function offerSuppressions(
  { ruleId, place: { range } }: Finding,
  at: { readonly uri: string; readonly version: number },
  diagnostic: Diagnostic,
  authoring: Authoring | undefined,
): readonly OfferedAction[] {
  return (['next-line', 'file'] as const).flatMap((scope) => {
    if (authoring?.disableComment(range.start, scope, ruleId) === undefined) return [];
    const title = `Disable ${ruleId} for this ${scope === 'file' ? 'file' : 'line'}`;
    return [
      {
        action: { title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic] },
        data: { ...at, finding: { ruleId, range }, disable: scope },
      },
    ];
  });
}

/** The document that an action was made for, still at the same version. Anything else is stale and has no edits. */
function sameVersion({ uri, version }: ActionData, context: CodeActionContext): TextDocument {
  const document = context.documents.get(uri);
  if (document?.version !== version) throw new ResponseError(LSPErrorCodes.ContentModified, 'the document has changed');
  return document;
}

async function editsOf(data: ActionData, context: CodeActionContext): Promise<readonly FileEdit[]> {
  const document = sameVersion(data, context);
  if (data.fixAll === true) return fixAllEdits(document, context);
  const linted = await context.linter.lint(document, 'with');
  const finding = linted?.findings.find(
    (each) =>
      each.ruleId === data.finding?.ruleId &&
      each.place.range.start === data.finding.range.start &&
      each.place.range.end === data.finding.range.end,
  );
  sameVersion(data, context);
  if (finding === undefined) return [];
  if (data.disable !== undefined) return disableEdits(document, finding, data.disable, context);
  const fix: Fix | undefined = data.fix === undefined ? undefined : finding.fixes[data.fix];
  return fix?.edits ?? [];
}

async function disableEdits(
  document: TextDocument,
  finding: Finding,
  scope: 'next-line' | 'file',
  context: CodeActionContext,
): Promise<readonly FileEdit[]> {
  const reading = await context.service.read(context.documents.source(document));
  const edit = reading?.extraction.authoring.disableComment(finding.place.range.start, scope, finding.ruleId);
  return edit === undefined ? [] : [edit];
}

import type { CancellationToken, Connection } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Configuration } from '../core/configuration.ts';
import { causingRules, explainMessage } from '../cors/explain/explain.ts';
import { signalOf } from './cancellation.ts';
import type { DiagnosticContext } from './diagnostics.ts';
import { toRange } from './documents.ts';
import { explainedFixRequest, explainErrorRequest } from './protocol.ts';
import type { CausingPlace, ExplainedFixParams, ExplainedFixResult, ExplainErrorParams, ExplainErrorResult } from './protocol.ts';
import { toWorkspaceEdit } from './workspace-edit.ts';
import { lintableFiles, lintFile, type LintedFile, type WorkspaceLintContext } from './workspace-lint.ts';

/** A cause may be a finding that the profile does not show. */
const strict = (configuration: Configuration): Configuration => ({ ...configuration, profile: 'strict' });

/** Answers what a console message means, with the places of the workspace that cause it and their fixes. */
export function provideExplanations(connection: Connection, context: WorkspaceLintContext & DiagnosticContext): void {
  connection.onRequest(explainErrorRequest, async ({ text }: ExplainErrorParams, token: CancellationToken): Promise<ExplainErrorResult> => {
    const explanation = explainMessage(text);
    if (!explanation.recognised) return { explanation, places: [] };
    const signal = signalOf(token);
    const wanted = causingRules(explanation);
    const places: CausingPlace[] = [];
    for (const uri of wanted.size === 0 ? [] : await lintableFiles(context.workspace)) {
      if (signal.aborted) break;
      places.push(...placesIn(await lintFile(uri, context, signal, strict), wanted));
    }
    return { explanation, places };
  });
  connection.onRequest(explainedFixRequest, async (params: ExplainedFixParams): Promise<ExplainedFixResult> => {
    const linted = await lintFile(params.uri, context, new AbortController().signal, strict);
    const document = TextDocument.create(params.uri, '', 0, linted.text ?? '');
    const start = document.offsetAt(params.range.start);
    const end = document.offsetAt(params.range.end);
    const finding = linted.findings.find(
      ({ ruleId, place: { range } }) => ruleId === params.ruleId && range.start === start && range.end === end,
    );
    const fix = finding?.fixes.find(({ title }) => title === params.title);
    return fix === undefined ? null : toWorkspaceEdit(fix.edits, context);
  });
}

function placesIn({ uri, text = '', findings }: LintedFile, wanted: ReadonlySet<string>): readonly CausingPlace[] {
  const document = TextDocument.create(uri, '', 0, text);
  return findings
    .filter(({ ruleId }) => wanted.has(ruleId))
    .map(({ ruleId, place, message, fixes }) => ({
      uri,
      range: toRange(document, place.range),
      ruleId,
      message,
      fixes: fixes.map(({ title }) => title),
    }));
}

import * as vscode from 'vscode';
import type { Explanation } from '../../server/src/cors/explain/explain.ts';
import type { CausingPlace, ExplainErrorResult } from '../../server/src/lsp/protocol.ts';
import { openCommand as openRuleCommand } from './rule-documentation.ts';

/** Opens a place: a URI and a range. */
export const openPlaceCommand = 'corsLint.openPlace';
/** Applies a fix of a place: the place, and the fix's title. */
export const applyFixCommand = 'corsLint.applyExplainedFix';

/** The commands that links of the page may run, and no others. */
export const pageCommands = [openPlaceCommand, applyFixCommand, openRuleCommand];

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Text of ours, in which `code` is marked as in Markdown. */
function prose(text: string): string {
  return escape(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function link(command: string, args: readonly unknown[], label: string): string {
  return `<a href="command:${command}?${escape(encodeURIComponent(JSON.stringify(args)))}">${escape(label)}</a>`;
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}

function section(title: string, body: string): string {
  return `<section><h2>${escape(title)}</h2>${body}</section>`;
}

/** The page that answers a message. It holds no script: its links are commands, and everything in it is escaped. */
export function explanationPage(message: string, { explanation, places }: ExplainErrorResult, nonce: string): string {
  const body = explanation.recognised
    ? recognised(explanation, places)
    : `<p>${escape(vscode.l10n.t('This message is not recognised, so nothing is said about its cause.'))}</p>`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'">
<title>${escape(vscode.l10n.t('What the browser means'))}</title>
<style nonce="${nonce}">
body { max-width: 52em; padding: 0 1.5em 2em; line-height: 1.5; color: var(--vscode-editor-foreground); }
h1 { font-size: 1.5em; font-weight: 600; }
h2 { font-size: 1.1em; font-weight: 600; margin-top: 1.8em; }
blockquote { margin: 0; padding: .4em 1em; border-left: 4px solid var(--vscode-textBlockQuote-border); background: var(--vscode-textBlockQuote-background); overflow-wrap: anywhere; }
code, pre { font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); }
pre { padding: .8em 1em; background: var(--vscode-textCodeBlock-background); border: 1px solid var(--vscode-contrastBorder, transparent); white-space: pre-wrap; overflow-wrap: anywhere; }
a { color: var(--vscode-textLink-foreground); }
a:hover, a:focus { color: var(--vscode-textLink-activeForeground); text-decoration: underline; }
a:focus { outline: 1px solid var(--vscode-focusBorder); outline-offset: 1px; }
li { margin: .3em 0; }
.source { color: var(--vscode-descriptionForeground); }
</style>
</head>
<body>
<main>
<h1>${escape(vscode.l10n.t('What the browser means'))}</h1>
<blockquote>${escape(message)}</blockquote>
${body}
${section(vscode.l10n.t('What to check in any case'), list(explanation.generalChecks.map(prose)))}
</main>
</body>
</html>`;
}

function recognised(explanation: Explanation, places: readonly CausingPlace[]): string {
  const { meaning, executed, causes, commands, source } = explanation;
  const rules = (ids: readonly string[]): string => ids.map((id) => link(openRuleCommand, [id], id)).join(', ');
  return [
    `<p>${prose(meaning)} <strong>${prose(executed)}</strong></p>`,
    section(
      vscode.l10n.t('Places in this workspace that can cause it'),
      places.length === 0
        ? `<p>${escape(vscode.l10n.t('No file here is known to cause it.'))}</p>`
        : list(places.map((place) => `${placeLink(place)} ${prose(place.message)}${fixes(place)}`)),
    ),
    causes.length === 0
      ? ''
      : section(
          vscode.l10n.t('What usually causes it'),
          list(causes.map((cause) => prose(cause.text) + (cause.rules.length > 0 ? ` (${rules(cause.rules)})` : ''))),
        ),
    commands.length === 0
      ? ''
      : section(vscode.l10n.t('The same exchange without a browser'), commands.map((command) => `<pre>${escape(command)}</pre>`).join('')),
    `<p class="source">${escape(vscode.l10n.t('The wording is known from: {0}', source))}</p>`,
  ].join('\n');
}

function placeLink({ uri, range }: CausingPlace): string {
  const path = vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
  return link(openPlaceCommand, [uri, range], `${path}:${range.start.line + 1}`);
}

function fixes({ uri, range, ruleId, fixes: titles }: CausingPlace): string {
  if (titles.length === 0) return '';
  return list(titles.map((title) => `${escape(vscode.l10n.t('Fix:'))} ${link(applyFixCommand, [{ uri, range, ruleId, title }], title)}`));
}

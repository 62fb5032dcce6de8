import * as vscode from 'vscode';
import type { Words } from './messages.ts';

/** The page's document. All of its behaviour is in `dist/simulator.js`; nothing inline runs, and nothing is loaded from elsewhere. */
export function pageOf(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const { t } = vscode.l10n;
  const asset = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString();
  const nonce = randomNonce();
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  const field = (id: string, label: string, control: string, hint?: string): string => `
      <div class="field">
        <label for="${id}">${escaped(label)}</label>
        ${control}
        ${hint === undefined ? '' : `<p class="hint" id="${id}-hint">${escaped(hint)}</p>`}
        <p class="problem" id="${id}-problem" role="alert" hidden></p>
      </div>`;
  const input = (id: string, attributes = '', describedBy = `${id}-hint ${id}-problem`): string =>
    `<input id="${id}" type="text" spellcheck="false" autocomplete="off" aria-describedby="${describedBy}" ${attributes}>`;
  const preset = (id: string, label: string): string =>
    `<button type="button" id="preset-${id}" aria-pressed="false">${escaped(label)}</button>`;
  const option = (value: string, text: string): string => `<option value="${value}">${escaped(text)}</option>`;
  return `<!DOCTYPE html>
<html lang="${escaped(vscode.env.language)}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="${escaped(asset('simulator-style.css'))}">
    <title>${escaped(t('Simulate a request'))}</title>
  </head>
  <body data-words="${escaped(JSON.stringify(words()))}">
    <h1 id="title">${escaped(t('Simulate a request'))}</h1>
    <form id="form" aria-labelledby="title">
      ${field('place', t('Place in the file'), '<select id="place"></select>')}
      ${field(
        'origin',
        t('Origin of the page'),
        `${input('origin')}
        <div class="presets" role="group" aria-label="${escaped(t('Origins to try'))}">
          ${preset('honest', t('Honest'))}${preset('lookalike', t('Lookalike'))}${preset('null', 'null')}${preset('none', t('No origin'))}
        </div>`,
        t('An origin such as https://app.example.com; null for a sandboxed frame; none for a request without it.'),
      )}
      ${field('address', t('Path or address'), input('address'), t('/path, or https://server/path where the name of the server matters.'))}
      <div class="row">
        ${field('method', t('Method'), `${input('method', 'list="methods"', 'method-problem')}<datalist id="methods">${methods.map((name) => `<option value="${name}"></option>`).join('')}</datalist>`)}
        ${field(
          'credentials',
          t('Credentials'),
          `<select id="credentials">${option('same-origin', t('same-origin: none to other sites'))}${option('include', t('include: with cookies'))}${option('omit', t('omit: never'))}</select>`,
        )}
        ${field('status', t('Status'), input('status', 'inputmode="numeric" size="5"'), t('Empty: as the configuration decides.'))}
      </div>
      ${field(
        'headers',
        t('Request headers'),
        '<textarea id="headers" rows="2" spellcheck="false" aria-describedby="headers-hint headers-problem"></textarea>',
        t('One a line, as in "Content-Type: application/json".'),
      )}
    </form>
    <div id="verdict" role="status" aria-live="polite"></div>
    <main id="exchanges" aria-label="${escaped(t('Exchange'))}"></main>
    <div id="notice" class="unseen" role="status" aria-live="polite"></div>
    <script nonce="${nonce}" src="${escaped(asset('simulator.js'))}"></script>
  </body>
</html>`;
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

function words(): Words {
  const { t } = vscode.l10n;
  return {
    anyPlace: t('another one, by its path'),
    allowed: t('Allowed'),
    blocked: t('Blocked'),
    unknown: t('Cannot be decided'),
    passed: t('passed'),
    failed: t('failed'),
    undecided: t('not known'),
    preflight: t('Preflight'),
    actual: t('Actual request'),
    request: t('Request'),
    response: t('Response'),
    name: t('Header'),
    value: t('Value'),
    writtenBy: t('Written by'),
    noHeaders: t('No Access-Control header and no Vary.'),
    notKnown: t('(not known)'),
    statusNotKnown: t('status not known'),
    status: t('status'),
    mayBeSent: t('may be sent as well'),
    mayAdd: t('The application behind this server may add lines.'),
    steps: t('What the browser checks'),
    noCheck: t('The browser makes no check.'),
    console: t("In the browser's console"),
    curl: t('The same with curl'),
    copy: t('Copy'),
    copied: t('Copied.'),
    mayRead: t('The page may read:'),
    everyOther: t('every other header'),
    line: t('line'),
    notOurs: t('This file is neither nginx or Apache configuration nor JavaScript or TypeScript, or it is closed.'),
    executed: t('The page cannot read the response. The server has executed the request all the same.'),
    notSent: t('The preflight fails, so the request itself is never sent.'),
  };
}

/** Text inside HTML, in an attribute's value as well. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function randomNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

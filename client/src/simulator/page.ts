import { env, l10n, Uri, type Webview } from 'vscode';
import type { Words } from './messages.ts';

/** The page's document. All of its behaviour is in `dist/simulator.js`; nothing inline runs, and nothing is loaded from elsewhere. */
export function pageOf(webview: Webview, extensionUri: Uri): string {
  const asset = (name: string): string => webview.asWebviewUri(Uri.joinPath(extensionUri, 'dist', name)).toString();
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
<html lang="${escaped(env.language)}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="${escaped(asset('simulator-style.css'))}">
    <title>${escaped(l10n.t('Simulate a request'))}</title>
  </head>
  <body data-words="${escaped(JSON.stringify(words()))}">
    <h1 id="title">${escaped(l10n.t('Simulate a request'))}</h1>
    <form id="form" aria-labelledby="title">
      ${field('place', l10n.t('Place in the file'), '<select id="place"></select>')}
      ${field(
        'origin',
        l10n.t('Origin of the page'),
        `${input('origin')}
        <div class="presets" role="group" aria-label="${escaped(l10n.t('Origins to try'))}">
          ${preset('honest', l10n.t('Honest'))}${preset('lookalike', l10n.t('Lookalike'))}${preset('null', 'null')}${preset('none', l10n.t('No origin'))}
        </div>`,
        l10n.t('An origin such as https://app.example.com; null for a sandboxed frame; none for a request without it.'),
      )}
      <div class="row request-line">
        ${field('method', l10n.t('Method'), `${input('method', 'list="methods"', 'method-problem')}<datalist id="methods">${methods.map((name) => `<option value="${name}"></option>`).join('')}</datalist>`)}
        ${field('address', l10n.t('Path or address'), input('address'), l10n.t('/path, or https://server/path where the name of the server matters.'))}
      </div>
      <div class="row">
        ${field(
          'credentials',
          l10n.t('Credentials'),
          `<select id="credentials">${option('same-origin', l10n.t('same-origin: none to other sites'))}${option('include', l10n.t('include: with cookies'))}${option('omit', l10n.t('omit: never'))}</select>`,
        )}
        ${field('status', l10n.t('Status'), input('status', 'inputmode="numeric" size="5"'), l10n.t('Empty: as the configuration decides.'))}
      </div>
      ${field(
        'headers',
        l10n.t('Request headers'),
        '<textarea id="headers" rows="2" spellcheck="false" aria-describedby="headers-hint headers-problem"></textarea>',
        l10n.t('One a line, as in "Content-Type: application/json".'),
      )}
    </form>
    <div id="verdict" role="status" aria-live="polite"></div>
    <main id="exchanges" aria-label="${escaped(l10n.t('Exchange'))}"></main>
    <div id="notice" class="unseen" role="status" aria-live="polite"></div>
    <script nonce="${nonce}" src="${escaped(asset('simulator.js'))}"></script>
  </body>
</html>`;
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

function words(): Words {
  return {
    anyPlace: l10n.t('another one, by its path'),
    allowed: l10n.t('Allowed'),
    blocked: l10n.t('Blocked'),
    unknown: l10n.t('Cannot be decided'),
    passed: l10n.t('passed'),
    failed: l10n.t('failed'),
    undecided: l10n.t('not known'),
    preflight: l10n.t('Preflight'),
    actual: l10n.t('Actual request'),
    request: l10n.t('Request'),
    response: l10n.t('Response'),
    name: l10n.t('Header'),
    value: l10n.t('Value'),
    writtenBy: l10n.t('Written by'),
    noHeaders: l10n.t('No Access-Control header and no Vary.'),
    notKnown: l10n.t('(not known)'),
    statusNotKnown: l10n.t('status not known'),
    status: l10n.t('status'),
    mayBeSent: l10n.t('may be sent as well'),
    mayAdd: l10n.t('The application behind this server may add lines.'),
    steps: l10n.t('What the browser checks'),
    noCheck: l10n.t('The browser makes no check.'),
    console: l10n.t("In the browser's console"),
    curl: l10n.t('The same with curl'),
    copy: l10n.t('Copy'),
    copied: l10n.t('Copied.'),
    mayRead: l10n.t('The page may read:'),
    everyOther: l10n.t('every other header'),
    line: l10n.t('line'),
    notSimulated: l10n.t('Not simulated'),
    notOurs: l10n.t(
      'This file is neither nginx or Apache configuration nor JavaScript, TypeScript or a Kubernetes manifest, or it is closed.',
    ),
    executed: l10n.t('The page cannot read the response. The server has executed the request all the same.'),
    notSent: l10n.t('The preflight fails, so the request itself is never sent.'),
  };
}

/** Text inside HTML, in an attribute's value as well. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function randomNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

import * as vscode from 'vscode';
import type { Refusal } from '../../server/src/core/authoring.ts';
import { isInsecureOrigin, readHeaderNames, readMethods, readOrigins } from '../../server/src/cors/wanted-policy.ts';
import type { TypedList, WantedPolicy } from '../../server/src/cors/wanted-policy.ts';
import { configurationFormsRequest, insertConfigurationRequest } from '../../server/src/lsp/protocol.ts';
import type { ConfigurationFormsResult, InsertConfigurationResult } from '../../server/src/lsp/protocol.ts';
import type { ServerControl } from './server-control.ts';

/** Methods that pages may use only when they are allowed; GET, HEAD and POST always pass (behaviour 4.5). */
const offeredMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const usualMethods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** Asks for a policy and writes it at the cursor, in the form that serves in production. */
export async function insertConfiguration(server: ServerControl): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const client = editor && (await server.client());
  if (!editor || !client) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Open the server configuration or program that the policy belongs into first.'),
    );
    return;
  }
  const uri = client.code2ProtocolConverter.asUri(editor.document.uri);
  const position = client.code2ProtocolConverter.asPosition(editor.selection.active);
  const offered = await client.sendRequest<ConfigurationFormsResult | null>(configurationFormsRequest, { uri, position });
  if (offered === null) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'CORS Lint writes policies into programs of Express, Fastify, Koa, Hono and NestJS, nginx and Apache configuration. This file is none.',
      ),
    );
    return;
  }
  if (offered.refusal) {
    void vscode.window.showWarningMessage(inWords(offered.refusal));
    return;
  }
  const form = await pickForm(offered);
  const wanted = form && (await askForPolicy(offered.language));
  if (!form || !wanted) return;
  const result = await client.sendRequest<InsertConfigurationResult>(insertConfigurationRequest, { uri, position, form, wanted });
  if ('refused' in result) {
    void vscode.window.showWarningMessage(inWords(result));
    return;
  }
  const edit = await client.protocol2CodeConverter.asWorkspaceEdit(result.edit);
  if (!(await vscode.workspace.applyEdit(edit)))
    void vscode.window.showErrorMessage(vscode.l10n.t('The file has changed in the meantime. Try again.'));
}

/** The server's sentence in the editor's language; `npm run docs` collects these sentences beside the client's own. */
function inWords({ refused, about }: Refusal): string {
  return about === undefined
    ? vscode.l10n.t(refused)
    : vscode.l10n.t(
        refused.replace(about, () => '{0}'),
        about,
      );
}

async function pickForm({ language, forms }: ConfigurationFormsResult): Promise<string | undefined> {
  const [only, ...others] = forms;
  if (others.length === 0) return only?.id;
  const items = forms.map(({ id, title }) => ({ id, label: vscode.l10n.t(title) }));
  const picked = await vscode.window.showQuickPick(items, {
    title: titleFor(language),
    placeHolder: vscode.l10n.t('How is the policy to be written?'),
  });
  return picked?.id;
}

function titleFor(language: string): string {
  return vscode.l10n.t('CORS configuration for {0}', language);
}

/** Asks in four steps; undefined where one is left by Escape. */
async function askForPolicy(language: string): Promise<WantedPolicy | undefined> {
  const title = titleFor(language);
  const origins = await askForList(
    {
      title,
      prompt: vscode.l10n.t('Origins that may read the responses, separated by commas: scheme, host and port, as browsers send them.'),
      placeHolder: 'https://app.example.com, https://admin.example.com',
    },
    checkOrigins,
    readOrigins,
  );
  if (origins === undefined) return undefined;
  const cookies = await vscode.window.showQuickPick(
    [
      {
        label: vscode.l10n.t('With credentials'),
        description: vscode.l10n.t('pages send cookies or HTTP authentication along'),
        credentials: true,
      },
      {
        label: vscode.l10n.t('Without credentials'),
        description: vscode.l10n.t('pages are anonymous, or send a token in a header'),
        credentials: false,
      },
    ],
    { title, placeHolder: vscode.l10n.t('Do pages send credentials?') },
  );
  if (cookies === undefined) return undefined;
  const methods = await vscode.window.showQuickPick(
    offeredMethods.map((label) => ({ label, picked: usualMethods.has(label) })),
    { title, placeHolder: vscode.l10n.t('Methods that pages may use'), canPickMany: true },
  );
  if (methods === undefined) return undefined;
  const headers = await askForList(
    {
      title,
      value: 'Content-Type, Authorization',
      prompt: vscode.l10n.t('Request headers that pages may set, separated by commas. Empty: only those that need no permission.'),
      placeHolder: 'Content-Type, Authorization, X-Request-ID',
    },
    checkHeaders,
    readHeaderNames,
  );
  if (headers === undefined) return undefined;
  const named = readMethods(methods.map(({ label }) => label).join(' '));
  return { origins, credentials: cookies.credentials, methods: named.ok ? named.entries : [], headers };
}

async function askForList(
  options: vscode.InputBoxOptions,
  check: (text: string) => string | vscode.InputBoxValidationMessage | undefined,
  read: (text: string) => TypedList,
): Promise<readonly string[] | undefined> {
  const text = await vscode.window.showInputBox({ ...options, ignoreFocusOut: true, validateInput: check });
  if (text === undefined) return undefined;
  const typed = read(text);
  return typed.ok ? typed.entries : undefined;
}

function checkOrigins(text: string): string | vscode.InputBoxValidationMessage | undefined {
  const typed = readOrigins(text);
  if (!typed.ok) {
    const { offender, suggestion } = typed;
    if (offender === '*') return vscode.l10n.t('"*" lets every site read. Name the origins that may.');
    if (offender === 'null') return vscode.l10n.t('Every page can have the origin "null". Name the origins that may read.');
    return suggestion === undefined
      ? vscode.l10n.t('No browser sends "{0}" as an origin. Write one like https://app.example.com.', offender)
      : vscode.l10n.t('No browser sends "{0}" as an origin. Write {1}.', offender, suggestion);
  }
  if (typed.entries.length === 0) return vscode.l10n.t('Name at least one origin.');
  const insecure = typed.entries.find(isInsecureOrigin);
  if (insecure === undefined) return undefined;
  const message = vscode.l10n.t('{0} is not encrypted: anybody on the network can pretend to be it.', insecure);
  return { message, severity: vscode.InputBoxValidationSeverity.Warning };
}

function checkHeaders(text: string): string | undefined {
  const typed = readHeaderNames(text);
  if (typed.ok) return undefined;
  return typed.suggestion === undefined
    ? vscode.l10n.t('"{0}" is no request header that can be allowed.', typed.offender)
    : vscode.l10n.t('"{0}" is no header name. Write {1}.', typed.offender, typed.suggestion);
}

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { open, replaceText, restoring, until } from './editor.ts';

/** Asks a provider until one of ours has registered and answers; the editor cancels requests while others register. */
async function ask<T>(what: string, command: string, ...args: readonly unknown[]): Promise<readonly T[]> {
  return until(what, async () => {
    try {
      const answer = await vscode.commands.executeCommand<readonly T[]>(command, ...args);
      return answer.length > 0 ? answer : undefined;
    } catch (error) {
      if (String(error).includes('Cancel')) return undefined;
      throw error;
    }
  });
}

/** The labels of our suggestions at the `|` of a text that the document is given, and what taking one makes of it. */
async function complete(
  document: vscode.TextDocument,
  marked: string,
  label: string,
): Promise<{ readonly labels: string[]; readonly after: string }> {
  const offset = marked.indexOf('|');
  await replaceText(document, marked.replace('|', ''));
  const position = document.positionAt(offset);
  const item = await until(`“${label}”`, async () => {
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      position,
    );
    const items = list.items.filter((each) => each.sortText !== undefined && /^\d{3}$/.test(each.sortText));
    const found = items.find((each) => each.label === label);
    return found && { found, labels: items.map((each) => (typeof each.label === 'string' ? each.label : each.label.label)) };
  });
  const { range, insertText } = item.found;
  const replaced = range instanceof vscode.Range ? range : range?.replacing;
  assert.ok(replaced && typeof insertText === 'string');
  const text = document.getText();
  return {
    labels: item.labels,
    after: text.slice(0, document.offsetAt(replaced.start)) + insertText + text.slice(document.offsetAt(replaced.end)),
  };
}

const nameOf = (uri: vscode.Uri): string => uri.path.split('/').slice(-2).join('/');
const places = (found: readonly (vscode.Location | vscode.LocationLink)[]): readonly { readonly name: string; readonly line: number }[] =>
  found.map((each) =>
    'targetUri' in each
      ? { name: nameOf(each.targetUri), line: each.targetRange.start.line }
      : { name: nameOf(each.uri), line: each.range.start.line },
  );

describe('suggestions', () => {
  it('in nginx: names, and the variables of origin maps first', async () => {
    const document = await open('nginx/sites/api.conf');
    const text = document.getText();
    await restoring(document, async () => {
      const name = text.replace('proxy_pass', 'add_header Access-Con|trol\n        proxy_pass');
      const taken = await complete(document, name, 'Access-Control-Allow-Origin');
      assert.equal(taken.after, text.replace('proxy_pass', 'add_header Access-Control-Allow-Origin\n        proxy_pass'));
      const value = text.replace('proxy_pass', 'add_header Access-Control-Allow-Origin $| always;\n        proxy_pass');
      const { labels, after } = await complete(document, value, '$cors_origin');
      assert.deepEqual(labels.slice(0, 2), ['$cors_origin', '$http_origin']);
      assert.match(after, /Allow-Origin \$cors_origin always;/);
    });
  });

  it('in Apache: the variables of the file', async () => {
    const document = await open('apache/.htaccess');
    await restoring(document, async () => {
      const { after } = await complete(document, 'SetEnvIf Origin "a" OK=$0\nHeader set Access-Control-Allow-Origin "%{|"\n', '%{OK}e');
      assert.equal(after, 'SetEnvIf Origin "a" OK=$0\nHeader set Access-Control-Allow-Origin "%{OK}e"\n');
    });
  });

  it('in TypeScript: options of cors with their documentation', async () => {
    const document = await open('api/server.ts');
    const text = document.getText();
    await restoring(document, async () => {
      const { labels, after } = await complete(document, text.replace('origin: true, credentials: true', 'origin: true, |'), 'maxAge');
      assert.ok(!labels.includes('origin'), 'what is there already is not offered again');
      assert.equal(after, text.replace('origin: true, credentials: true', 'origin: true, maxAge: '));
    });
  });
});

describe('going from name to name', () => {
  it('leads from a variable to its map, and from a proxy to the application', async () => {
    const document = await open('nginx/sites/api.conf');
    const text = document.getText();
    await restoring(document, async () => {
      await replaceText(document, text.replace('proxy_pass', 'add_header Vary $cors_origin;\n        proxy_pass'));
      const at = document.positionAt(document.getText().lastIndexOf('$cors_origin') + 3);
      const variable = await ask<vscode.Location>('the definition', 'vscode.executeDefinitionProvider', document.uri, at);
      assert.deepEqual(places(variable), [{ name: 'sites/api.conf', line: 0 }]);
    });
    const proxy = document.positionAt(text.indexOf('127.0.0.1'));
    const application = await ask<vscode.Location>('the application', 'vscode.executeDefinitionProvider', document.uri, proxy);
    assert.deepEqual(
      places(application).map(({ name }) => name),
      ['api/server.ts'],
    );
  });

  it('links an include to every file that it means', async () => {
    const document = await open('nginx/sites/api.conf');
    const links = await ask<vscode.DocumentLink>('the links', 'vscode.executeLinkProvider', document.uri);
    const ours = links.filter(({ range }) => document.getText(range) === 'shared/*.conf');
    assert.deepEqual(
      ours.map(({ target }) => target && nameOf(target)),
      ['shared/gzip.conf', 'shared/keepalive.conf'],
    );
  });
});

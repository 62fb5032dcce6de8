import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  CompletionRequest,
  DefinitionRequest,
  DocumentLinkRequest,
  DocumentSymbolRequest,
  ReferencesRequest,
} from 'vscode-languageserver/node';
import type { CompletionItem, DocumentLink, DocumentSymbol, Location, LocationLink, Position, TextEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { plainCapabilities, TestClient } from './client.ts';

const uri = 'file:///workspace/nginx.conf';

/** A text without its cursor, and where that was. */
function cursor(marked: string): { readonly text: string; readonly position: Position } {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  return { text, position: TextDocument.create(uri, '', 1, text).positionAt(offset) };
}

describe('names and values while they are written', () => {
  let client: TestClient;
  afterEach(async () => {
    assert.equal(await client.stop(), 0);
  });

  const complete = async (marked: string, languageId = 'nginx', of = uri): Promise<readonly CompletionItem[]> => {
    const { text, position } = cursor(marked);
    await client.open(of, text, languageId);
    const items = await client.connection.sendRequest(CompletionRequest.type, { textDocument: { uri: of }, position });
    await client.close(of);
    return Array.isArray(items) ? items : (items?.items ?? []);
  };
  const accepted = (marked: string, item: CompletionItem | undefined): string => {
    assert.ok(item?.textEdit);
    return TextDocument.applyEdits(TextDocument.create(uri, '', 1, cursor(marked).text), [item.textEdit as TextEdit]);
  };

  it('are announced with the characters that ask for them', async () => {
    client = await TestClient.start();
    const { capabilities } = client.initialized;
    assert.equal(capabilities.completionProvider?.resolveProvider, false);
    for (const each of ['-', '$', '"', "'", '%', '=']) assert.ok(capabilities.completionProvider.triggerCharacters?.includes(each), each);
    assert.equal(capabilities.definitionProvider, true);
    assert.equal(capabilities.referencesProvider, true);
    assert.deepEqual(capabilities.documentLinkProvider, { resolveProvider: false });
  });

  it('replace the whole word, in their order, with their documentation', async () => {
    client = await TestClient.start();
    const marked = 'server { add_header Access-Con|trol-Max *; }';
    const items = await complete(marked);
    const [first] = items;
    assert.equal(accepted(marked, first), 'server { add_header Access-Control-Allow-Origin *; }');
    assert.deepEqual(
      items.map(({ sortText }) => sortText),
      items.map(({ sortText }) => sortText).sort(),
    );
    assert.deepEqual(Object.keys(first?.documentation ?? {}).sort(), ['kind', 'value']);
    assert.equal(first?.documentation && typeof first.documentation === 'object' && first.documentation.kind, 'markdown');
  });

  it('leave a tab stop, and show a variable’s origin as plain text', async () => {
    client = await TestClient.start();
    const marked = 'map $http_origin $cors {}\nmap $*evil*_[x](y) $b {}\nserver { add_header Access-Control-Allow-Origin |; }';
    const items = await complete(marked);
    assert.deepEqual(
      items.slice(0, 2).map(({ label }) => label),
      ['$cors', '$http_origin'],
    );
    const evil = items.find(({ label }) => label === '$b');
    assert.match(evil?.detail ?? '', /\[x\]\(y\)/);
    assert.equal(evil?.documentation, undefined, 'text of the file is in nothing that is Markdown');
    const origin = items.find(({ label }) => label.startsWith('https:'));
    assert.equal(origin?.insertTextFormat, 2);
    assert.match(accepted(marked, origin), /Allow-Origin https:\/\/\$\{1:app\.example\.com\};/);
  });

  it('are plain for a client that announces nothing', async () => {
    client = await TestClient.start({ capabilities: plainCapabilities });
    const marked = 'server { add_header Access-Control-Allow-Origin |; }';
    const origin = (await complete(marked)).find(({ label }) => label.startsWith('https:'));
    assert.equal(origin?.insertTextFormat, undefined);
    assert.match(accepted(marked, origin), /Allow-Origin https:\/\/app\.example\.com;/);
    const [name] = await complete('add_header |');
    assert.ok(name?.documentation && typeof name.documentation === 'object');
    assert.equal(name.documentation.kind, 'plaintext');
    assert.doesNotMatch(name.documentation.value, /`|\]\(/);
  });

  it('are offered in Apache and in programs, and nowhere else', async () => {
    client = await TestClient.start();
    const file = (name: string): string => `file:///workspace/${name}`;
    assert.ok((await complete('Header always set Acc|', 'apacheconf', file('.htaccess'))).length > 0);
    const program = (code: string): string => `const app = require('express')(); const cors = require('cors');\n${code}`;
    assert.ok((await complete(program("app.use((req, res) => res.set('|'));"), 'javascript', file('a.js'))).length > 0);
    assert.ok((await complete(program('app.use(cors({ | }));'), 'javascript', file('b.js'))).length > 0);
    assert.deepEqual(await complete(program('const a = { | };'), 'javascript', file('c.js')), []);
    assert.deepEqual(await complete("element.style.set('|')", 'javascript', file('d.js')), []);
    assert.deepEqual(await complete('Options |', 'apacheconf', file('.htaccess')), []);
    assert.deepEqual(await complete('server { listen | }'), []);
  });
});

describe('names and where they come from', () => {
  let client: TestClient;
  let folder: string;
  const files: Readonly<Record<string, string>> = {
    'nginx.conf': `http {
  include conf.d/*.conf;
  server {
    location / {
      add_header Access-Control-Allow-Origin $cors_origin always;
      proxy_pass http://127.0.0.1:3000;
    }
  }
}
`,
    'conf.d/a.conf': 'map $http_origin $cors_origin { default ""; }\n',
    'conf.d/b.conf': '# nothing\n',
    'api/app.js': "const app = require('express')();\napp.listen(process.env.PORT || 3000);\n",
  };
  const at = (name: string): string => pathToFileURL(path.join(folder, name)).href;
  const positionOf = (name: string, text: string): Position => {
    const offset = files[name]?.indexOf(text) ?? -1;
    assert.ok(offset >= 0);
    return TextDocument.create('', '', 1, files[name] ?? '').positionAt(offset + 1);
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'cors-lint-navigation-'));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
  });
  afterEach(async () => {
    assert.equal(await client.stop(), 0);
    rmSync(folder, { recursive: true, force: true });
  });

  it('lead to other files and to the application behind a proxy', async () => {
    client = await TestClient.start({ folderUri: pathToFileURL(folder).href });
    await client.open(at('nginx.conf'), files['nginx.conf'] ?? '');
    const definition = async (text: string): Promise<LocationLink[]> =>
      (await client.connection.sendRequest(DefinitionRequest.type, {
        textDocument: { uri: at('nginx.conf') },
        position: positionOf('nginx.conf', text),
      })) as LocationLink[];
    const [variable, ...others] = await definition('$cors_origin');
    assert.deepEqual([variable?.targetUri, variable?.targetRange.start, others], [at('conf.d/a.conf'), { line: 0, character: 17 }, []]);
    assert.equal(variable?.originSelectionRange?.start.line, 4);
    const application = await definition('127.0.0.1');
    assert.deepEqual(
      application.map(({ targetUri, targetRange }) => [targetUri, targetRange.start]),
      [[at('api/app.js'), { line: 1, character: 0 }]],
    );
    const includes = await definition('conf.d');
    assert.deepEqual(
      includes.map(({ targetUri }) => targetUri),
      [at('conf.d/a.conf'), at('conf.d/b.conf')],
    );
    const references = await client.connection.sendRequest(ReferencesRequest.type, {
      textDocument: { uri: at('nginx.conf') },
      position: positionOf('nginx.conf', '$cors_origin'),
      context: { includeDeclaration: true },
    });
    assert.deepEqual(references?.map((each) => each.uri).sort(), [at('conf.d/a.conf'), at('nginx.conf')]);
  });

  it('are plain locations for a client without links', async () => {
    client = await TestClient.start({ folderUri: pathToFileURL(folder).href, capabilities: plainCapabilities });
    await client.open(at('nginx.conf'), files['nginx.conf'] ?? '');
    const [location] = (await client.connection.sendRequest(DefinitionRequest.type, {
      textDocument: { uri: at('nginx.conf') },
      position: positionOf('nginx.conf', '$cors_origin'),
    })) as Location[];
    assert.equal(location?.uri, at('conf.d/a.conf'));
  });

  it('link an include to each file that it means', async () => {
    client = await TestClient.start({ folderUri: pathToFileURL(folder).href });
    await client.open(at('nginx.conf'), files['nginx.conf'] ?? '');
    const links: DocumentLink[] | null = await client.connection.sendRequest(DocumentLinkRequest.type, {
      textDocument: { uri: at('nginx.conf') },
    });
    assert.deepEqual(
      links?.map(({ target }) => target),
      [at('conf.d/a.conf'), at('conf.d/b.conf')],
    );
    assert.deepEqual(links[0]?.range, { start: { line: 1, character: 10 }, end: { line: 1, character: 23 } });
  });

  it('make the outline of a configuration, also of one without CORS', async () => {
    client = await TestClient.start();
    await client.open(uri, 'http { server { listen 80; location /a { return 204; } } }');
    const [http] = (await client.connection.sendRequest(DocumentSymbolRequest.type, { textDocument: { uri } })) as DocumentSymbol[];
    const [server] = http?.children ?? [];
    assert.deepEqual([http?.name, server?.name, server?.detail, server?.children?.[0]?.name], ['http', 'server', '80', 'location /a']);
  });

  it('in programs are left to the editor', async () => {
    client = await TestClient.start({ folderUri: pathToFileURL(folder).href });
    await client.open(at('api/app.js'), files['api/app.js'] ?? '', 'javascript');
    const textDocument = { uri: at('api/app.js') };
    const position = positionOf('api/app.js', 'app.listen');
    assert.equal(await client.connection.sendRequest(DefinitionRequest.type, { textDocument, position }), null);
    assert.equal(await client.connection.sendRequest(DocumentLinkRequest.type, { textDocument }), null);
    assert.equal(await client.connection.sendRequest(DocumentSymbolRequest.type, { textDocument }), null);
  });
});

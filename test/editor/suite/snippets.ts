import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { rulesOf, until, untilRules } from './editor.ts';

interface Snippet {
  readonly prefix: string;
  readonly body: readonly string[];
}

/** Where the snippets of a language belong, each at its prefix in guillemets. */
const programs: Readonly<Record<string, string>> = {
  nginx: `http {
    «cors-map»
    server {
        location /api/ {
            «cors»
            root /srv/www;
        }
    }
}
`,
  apacheconf: '«cors»\n«cors-preflight»\n',
};

const routes = "app.get('/items', (req, res) => res.json([]));";
/** Programs for JavaScript and TypeScript, by the prefix of their snippet: each holds one policy. */
const applications: Readonly<Record<string, string>> = {
  cors: `import cors from 'cors';\nimport express from 'express';\nconst app = express();\n«cors»\n${routes}\n`,
  'cors-by-hand': `import express from 'express';\nconst app = express();\n«cors-by-hand»\n${routes}\n`,
  'cors-fastify': `import cors from '@fastify/cors';\nimport Fastify from 'fastify';\nconst app = Fastify();\n«cors-fastify»\napp.get('/items', async () => []);\n`,
  'cors-koa': `import cors from '@koa/cors';\nimport Koa from 'koa';\nconst app = new Koa();\n«cors-koa»\napp.use((ctx) => {\n  ctx.body = [];\n});\n`,
  'cors-hono': `import { Hono } from 'hono';\nimport { cors } from 'hono/cors';\nconst app = new Hono();\n«cors-hono»\napp.get('/items', (c) => c.json([]));\n`,
  'cors-nestjs': `import { NestFactory } from '@nestjs/core';\nimport { AppModule } from './app.module';\nconst app = await NestFactory.create(AppModule);\n«cors-nestjs»\nawait app.listen(3000);\n`,
};

/** What the extension contributes: a language, a snippet's name, and the snippet. */
async function contributed(): Promise<readonly (readonly [language: string, name: string, snippet: Snippet])[]> {
  const extension = vscode.extensions.getExtension('cors-lint.cors-lint');
  assert.ok(extension, 'the extension is installed');
  const { contributes } = extension.packageJSON as {
    readonly contributes: { readonly snippets: readonly { readonly language: string; readonly path: string }[] };
  };
  const found = await Promise.all(
    contributes.snippets.map(async ({ language, path }) => {
      const text = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension.extensionUri, path));
      const snippets = JSON.parse(new TextDecoder().decode(text)) as Readonly<Record<string, Snippet>>;
      return Object.entries(snippets).map(([name, snippet]) => [language, name, snippet] as const);
    }),
  );
  return found.flat();
}

/** The defaults of a snippet's tab stops, in the order of their numbers. */
function defaultsOf({ body }: Snippet): readonly string[] {
  return [...body.join('\n').matchAll(/\$\{\d+:((?:\\.|[^}\\])*)\}/g)].map(([, text = '']) => text.replace(/\\(.)/gs, '$1'));
}

/** Selects a snippet's place and expands the snippet there, as the editor does for its prefix. */
async function expand(editor: vscode.TextEditor, name: string, { prefix }: Snippet): Promise<void> {
  const { document } = editor;
  const mark = `«${prefix}»`;
  const start = document.getText().indexOf(mark);
  assert.ok(start >= 0, `there is a place for ${mark}`);
  editor.selection = new vscode.Selection(document.positionAt(start), document.positionAt(start + mark.length));
  await vscode.commands.executeCommand('editor.action.insertSnippet', { langId: document.languageId, name });
  await until(`${name} to be expanded`, () => (document.getText().includes(mark) ? undefined : true));
}

const selected = (editor: vscode.TextEditor): string => editor.document.getText(editor.selection);

/** The texts that are selected one after the other when Tab is pressed. */
async function walkStops(editor: vscode.TextEditor, expected: readonly string[]): Promise<void> {
  for (const [index, text] of expected.entries()) {
    if (index > 0) await vscode.commands.executeCommand('jumpToNextSnippetPlaceholder');
    await until(`the tab stop ${text}`, () => (selected(editor) === text ? true : undefined));
  }
}

/** The place and text of the first origin that a snippet proposes. */
function originIn(text: string): { readonly start: number; readonly length: number } {
  const found = /https(?=:\/\/app)/.exec(text);
  assert.ok(found, 'the text names an origin');
  return { start: found.index, length: found[0].length };
}

describe('snippets', () => {
  it('are expanded with their tab stops, and what they write is clean', async () => {
    const all = await contributed();
    assert.equal(all.length, 16);
    for (const [language, name, snippet] of all) {
      const content = programs[language] ?? applications[snippet.prefix];
      assert.ok(content !== undefined, `there is a program for ${snippet.prefix} in ${language}`);
      const document = await vscode.workspace.openTextDocument({ language, content });
      const editor = await vscode.window.showTextDocument(document);
      // The one that is looked at comes last: its tab stops are those that Tab goes to.
      for (const [of, other, each] of all)
        if (of === language && other !== name && content.includes(`«${each.prefix}»`)) await expand(editor, other, each);
      await expand(editor, name, snippet);
      await walkStops(editor, defaultsOf(snippet));
      assert.doesNotMatch(document.getText(), /[«»\t]|\$\{\d/, `${language}: ${name}`);

      // A default that is wrong is reported, so the text is understood; put right, nothing is left.
      const { start, length } = originIn(document.getText());
      const range = new vscode.Range(document.positionAt(start), document.positionAt(start + length));
      assert.ok(await editor.edit((edit) => edit.replace(range, 'http')));
      await untilRules(document, ['insecure-origin-allowed']);
      await vscode.commands.executeCommand('undo');
      await untilRules(document, []);
      assert.deepEqual(rulesOf(document), []);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
  });
});

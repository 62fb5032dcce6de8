/**
 * The reduced parser is the whole parser: the same trees, node by node, on real files, on broken ones and after
 * incremental edits. It is compared with the `typescript` package it was cut from.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import * as whole from 'typescript';
import { seeded, pick } from '../../tools/random.ts';
import { shakeable, slimTypeScript, slimTypeScriptModule } from '../../scripts/slim-typescript.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
type Parser = Pick<
  typeof whole,
  'createSourceFile' | 'updateSourceFile' | 'forEachChild' | 'createTextChangeRange' | 'createTextSpan' | 'getTokenPosOfNode'
>;

/** A tree as lines of kind, position, flags and text, with the messages of its syntax errors. */
function dump(ts: Parser, file: whole.SourceFile): string[] {
  const lines: string[] = [];
  const visit = (node: whole.Node): void => {
    const text = (node as { text?: unknown }).text;
    const words = node === file || typeof text !== 'string' ? '' : JSON.stringify(text);
    const parent = node === file || (node.parent as whole.Node | undefined) !== undefined;
    lines.push(`${node.kind} ${node.pos} ${ts.getTokenPosOfNode(node, file)} ${node.end} ${node.flags} ${parent} ${words}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: whole.Diagnostic[] };
  for (const error of parseDiagnostics) lines.push(`${error.start} ${error.length} ${error.code} ${JSON.stringify(error.messageText)}`);
  return lines;
}

function assertSame(ours: string[], theirs: string[], where: string): void {
  const at = theirs.findIndex((line, index) => line !== ours[index]);
  if (at < 0 && ours.length === theirs.length) return;
  assert.fail(`${where}: line ${at} is ${ours[at]} where TypeScript has ${theirs[at]}`);
}

/** Files of many authors: sources, type declarations and the fixtures of this project, at most 60 kB each. */
function sampleFiles(): string[] {
  const found: string[] = [];
  const walk = (folder: string, depth: number): void => {
    let taken = 0;
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory() && depth > 0) walk(name, depth - 1);
      else if (entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name) && taken++ < 2) found.push(name);
    }
  };
  walk(path.join(root, 'node_modules'), 3);
  const stride = Math.max(1, Math.floor(found.length / 400));
  return found.filter((_, index) => index % stride === 0).filter((name) => readFileSync(name).length < 60_000);
}

/** Small texts with the syntax that real files seldom hold. */
const snippets: [name: string, text: string][] = [
  ['half.ts', 'app.use(cors({ origin:'],
  ['half.js', 'const a = { ...b, c: [1, , 2], get d() { return `x${y`'],
  ['jsx.js', 'const a = <A b={c} {...d}>text // no comment <B/></A>;'],
  ['tsx.tsx', 'const f = <T,>(x: T) => <p>{x}</p>;'],
  ['assertion.ts', 'const a = <string>b satisfies C as const;'],
  ['decorators.ts', '@A() export class B { @C() private d?: string; constructor(@E() readonly f: G) {} }'],
  ['flow.js', '// @flow\nfunction a(b: ?string): Array<number> { return (b: any); }'],
  ['regex.js', 'a = /[/]\\/(?<n>x)/dgimsuy; b = a / b / c; d = /(/; e = /\\p{Foo}/u;'],
  ['module.mts', 'import a = require("b"); import type { C } from "d" with { type: "json" }; export = a; export * as e from "f";'],
  ['using.ts', 'await using a = b; for await (const c of d) {} label: while (1) break label; enum E { A = 1 << 2, B = `x` }'],
  ['escape.js', '"\\u{1F600} \\x41 \\8"; `\\u{110000}`; 0x1n; 1_000; 0o17; 08; \u2028 a\u0000b'],
  ['hashbang.cjs', '#!/usr/bin/env node\nreturn 1'],
  ['unicode.js', 'const größe = "ü", 变量 = µ.ℯ; 𠮷野 = été\u00a0+ \\u{61}\\u0308b; a\u200db = №; × = 1'],
  ['conflict.ts', 'a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\nd'],
];

describe('the reduced TypeScript parser', () => {
  let slim: Parser;
  const { ScriptKind } = whole;
  const kindOf = (name: string): whole.ScriptKind =>
    /\.tsx$/.test(name) ? ScriptKind.TSX : /\.[cm]?ts$/.test(name) ? ScriptKind.TS : /\.jsx$/.test(name) ? ScriptKind.JSX : ScriptKind.JS;
  const parseWith = (ts: Parser, name: string, text: string): whole.SourceFile =>
    ts.createSourceFile(
      name,
      text,
      { languageVersion: whole.ScriptTarget.Latest, jsDocParsingMode: whole.JSDocParsingMode.ParseNone },
      true,
      kindOf(name),
    );

  before(async function () {
    this.timeout(60_000);
    slim = (await import(pathToFileURL(await slimTypeScriptModule()).href)) as Parser;
  });

  it('gives the same trees on files of many packages', function () {
    this.timeout(120_000);
    const files = sampleFiles();
    assert.ok(files.length > 80, `only ${files.length} files found`);
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      assertSame(dump(slim, parseWith(slim, file, text)), dump(whole, parseWith(whole, file, text)), file);
    }
  });

  for (const [name, text] of snippets)
    it(`gives the same tree for ${name}`, () => {
      assertSame(dump(slim, parseWith(slim, name, text)), dump(whole, parseWith(whole, name, text)), name);
    });

  it('takes every character in a name that TypeScript takes: the engine knows them, and newer ones', function () {
    this.timeout(30_000);
    const codes = Array.from({ length: 0x10ffff }, (_, code) => code).filter((code) => code > 127);
    const taken = (passes: (code: number) => boolean): string[] => codes.filter(passes).map((code) => String.fromCodePoint(code));
    const starts = taken((code) => whole.isIdentifierStart(code, whole.ScriptTarget.Latest));
    const parts = taken((code) => whole.isIdentifierPart(code, whole.ScriptTarget.Latest));
    assert.ok(starts.length > 130_000 && parts.length > starts.length, `only ${starts.length} and ${parts.length} found`);
    // One in eight is enough for the trees; a name is cheap at any length.
    const statements = starts.filter((_, index) => index % 8 === 0);
    const text = `${statements.join(';')};a${parts.join('')}`;
    assert.equal(parseWith(slim, 'names.js', text).statements.length, statements.length + 1);
    assertSame(dump(slim, parseWith(slim, 'names.js', text)), dump(whole, parseWith(whole, 'names.js', text)), 'names.js');
  });

  it('gives the same trees after random edits, parsed incrementally', function () {
    this.timeout(120_000);
    const seed = Number(process.env['SEED'] ?? 20_260_701);
    const next = seeded(seed);
    const pieces = [
      '(',
      ')',
      '{',
      '}',
      '`',
      '${',
      '"',
      "'",
      '/',
      '/*',
      '*/',
      '//',
      '<',
      '>',
      '=>',
      ',',
      ';',
      ' ',
      '\n',
      'await ',
      'a',
      '1',
      '.',
      '?.',
      '@',
      '#',
      'class ',
      'return ',
    ];
    const texts = [
      ...snippets,
      ...sampleFiles()
        .filter((_, index) => index % 12 === 0)
        .map((name) => [name, readFileSync(name, 'utf8').slice(0, 6000)] as [string, string]),
    ];
    let edits = 0;
    for (let round = 0; round < 100; round++) {
      const [name, original] = pick(next, texts);
      let text = original;
      let ours = parseWith(slim, name, text);
      let theirs = parseWith(whole, name, text);
      for (let step = 0; step < 12; step++) {
        const start = Math.floor(next() * (text.length + 1));
        const removed = Math.min(text.length - start, Math.floor(next() * 4));
        const inserted = next() < 0.75 ? pick(next, pieces) : '';
        text = text.slice(0, start) + inserted + text.slice(start + removed);
        const update = (ts: Parser, file: whole.SourceFile): whole.SourceFile =>
          ts.updateSourceFile(file, text, ts.createTextChangeRange(ts.createTextSpan(start, removed), inserted.length));
        ours = update(slim, ours);
        theirs = update(whole, theirs);
        assertSame(dump(slim, ours), dump(whole, theirs), `seed ${seed}, ${name}, round ${round}, edit ${step}`);
        edits++;
      }
    }
    assert.equal(edits, 1200);
  });

  it('replaces the package in a bundle, and only through the facade', async function () {
    this.timeout(60_000);
    const options: BuildOptions & { write: false } = {
      bundle: true,
      write: false,
      minify: true,
      format: 'esm',
      platform: 'browser',
      logLevel: 'silent',
      plugins: [slimTypeScript()],
    };
    const facade = await build({ ...options, entryPoints: [path.join(root, 'server/src/languages/javascript/syntax.ts')] });
    const size = facade.outputFiles[0]?.contents.length ?? 0;
    assert.ok(size > 100_000 && size < 500_000, `the bundle has ${size} bytes`);
    const direct = build({
      ...options,
      stdin: {
        contents: "import { parseConfigFileTextToJson } from 'typescript'; console.log(parseConfigFileTextToJson)",
        resolveDir: root,
      },
    });
    await assert.rejects(direct, /only syntax\.ts may import typescript/);
  });

  const layouts: [what: string, source: string, message: RegExp][] = [
    ['another wrapper', 'module.exports = {};', /not two statements/],
    ['no messages', 'var ts = {}; ((module) => { "use strict"; function createSourceFile() {} })({})', /diagnostic messages/],
    ['an unknown statement', 'var ts = {}; ((module) => { register(1); })({})', /the statement register/],
    ['a loop', 'var ts = {}; ((module) => { for (;;) {} })({})', /at top level/],
  ];
  for (const [what, source, message] of layouts)
    it(`refuses a file with ${what}`, () => {
      assert.throws(() => shakeable(source, ['createSourceFile']), message);
    });
});

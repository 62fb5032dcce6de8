import assert from 'node:assert/strict';
import fc from 'fast-check';
import '../../../../test/property-seed.ts';
import { reparse, reparseStatements } from './reparse.ts';
import * as ts from './syntax.ts';

/** Flags that TypeScript sets while it looks for errors, at different times in a fresh and in a reused tree. */
const aboutErrors = ts.NodeFlags.ThisNodeHasError | ts.NodeFlags.ThisNodeOrAnySubNodesHasError | ts.NodeFlags.HasAggregatedChildData;

/** A tree as text, to compare an incremental parse with a fresh one. Every node must have its parent. */
function dump(file: ts.SourceFile): string {
  const lines: string[] = [];
  const visit = (node: ts.Node, parent: ts.Node | undefined): void => {
    if (parent) assert.ok(node.parent === parent, 'a node has its parent');
    const flags = node === file ? 0 : node.flags & ~aboutErrors;
    lines.push(`${ts.SyntaxKind[node.kind]} ${node.pos} ${ts.startOf(node, file)} ${node.end} ${flags}`);
    ts.forEachChild(
      node,
      (child) => visit(child, node),
      (list) => {
        lines.push(`list ${list.pos} ${list.end}`);
        for (const child of list) visit(child, node);
      },
    );
  };
  visit(file, undefined);
  return lines.join('\n');
}

/** Holds that a tree is the one of a fresh parse. */
function same(file: ts.SourceFile, text: string): ts.SourceFile {
  assert.equal(file.text, text);
  assert.equal(dump(file), dump(ts.parse(text, file.fileName)));
  return file;
}

const program = `#!/usr/bin/env node
import express from 'express';
/* before */ const app = express(); // behind
app.use((req, res, next) => {
  res.set(\`x-\${req.method}\`, /[/*]/.test(req.url) ? 'a' : "b");
  next()
})
function find(id) { return store.get(id) }
class Store extends Base { @log() get(id: string) { return this.#all.get(id); } #all = new Map<string, Order>() }
app.get('/orders/:id', async (req, res) => { res.json(await find(req.params.id)) })
;[1, 2].forEach((each) => app.get(\`/\${each}\`, (req, res) => res.end()))
label: for (const a of b) { if (a) continue label; }
export default app
export const view = <T,>(a: T) => ({ a })
app.listen(3000)
`;

describe('parsing after an edit', () => {
  const edits: [before: string, after: string][] = [
    ['app.use(cors());', 'app.use(cors({ origin: true }));'],
    ['const a = 1;\nconst b = 2;', 'const b = 2;'],
    ['', 'a'],
    ['aaaa', 'aa'],
    ['f(`a`)', 'f(`a${'],
    ['x = <A/>; y', 'x = <A; y'],
    ['import a from "b"; await c', 'await c'],
    ["f = /id: s) { g() } k; l;\nj('/a')", "f = /id: s) { g() } k; l;j('/a')"],
  ];
  // The same where there is so much around that the statements of the change are parsed alone.
  const around = 'statement(of, the, file)\n'.repeat(20);
  for (const [before, after] of edits)
    for (const [behind, what] of [
      ['', ''],
      [around, ' among others'],
    ] as const)
      it(`reparses ${JSON.stringify(before)} as ${JSON.stringify(after)}${what}`, () => {
        const text = behind + after + behind;
        same(reparse(ts.parse(behind + before + behind, 'a.js'), text), text);
      });

  it('reads a regular expression to the end of its line, however much of it is parsed', () => {
    const before = ts.parse(`)u{sr/bin/env node\n${around}`, 'a.ts');
    const text = `*/${before.text}`;
    same(reparse(before, text), text);
  });

  it('keeps the file when nothing changed', () => {
    const file = ts.parse('a', 'a.ts');
    assert.equal(reparse(file, 'a'), file);
  });

  it('keeps the nodes of the other statements', () => {
    const text = program.repeat(4);
    const before = ts.parse(text, 'a.ts');
    const kept = new Set(before.statements);
    const at = text.indexOf('find(req', program.length);
    const edited = `${text.slice(0, at)}await ${text.slice(at)}`;
    const after = same(reparse(before, edited), edited);
    assert.equal(after.statements.filter((each) => !kept.has(each)).length, 2);
    assert.notEqual(after, before);
  });

  const fragment = fc.constantFrom(
    ...['{', '}', '(', ')', '[', ']', '`', '${', '/*', '*/', '//', '/', "'", '"', '\n', ' ', ';', ',', '.', '=>', '<', '>', '=', '@', '#'],
    ...[
      'await x',
      'async ',
      'import a from "b"\n',
      'export ',
      'x',
      '1',
      'function ',
      'class A ',
      'declare ',
      'type A = ',
      'return ',
      'let ',
    ],
  );
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.nat({ max: 12 }),
    inserted: fc.oneof(fragment, fc.constant('')),
    // Bodies of functions that nobody looks into are moved later, by all of the edits together.
    looked: fc.boolean(),
  });

  it('gives the tree of a fresh parse, whatever is typed', function () {
    this.timeout(60_000);
    let alone = 0;
    let typed = 0;
    fc.assert(
      fc.property(fc.constantFrom('a.ts', 'a.js', 'a.tsx', 'a.mts'), fc.array(edit, { minLength: 1, maxLength: 8 }), (name, changes) => {
        let file = ts.parse(program.repeat(3), name);
        for (const { at, removed, inserted, looked } of changes) {
          const start = Math.floor(at * file.text.length);
          const text = file.text.slice(0, start) + inserted + file.text.slice(start + removed);
          const parsed = reparseStatements(file, text);
          typed++;
          if (parsed) alone++;
          // TypeScript's own reuse is not what is tested here; in odd places it differs from a fresh parse by a comma.
          file = parsed ?? ts.parse(text, name);
          if (looked) same(file, text);
        }
        same(file, file.text);
      }),
      { numRuns: 120 },
    );
    assert.ok(alone > typed / 2, `${String(alone)} of ${String(typed)} edits were parsed alone`);
  });
});

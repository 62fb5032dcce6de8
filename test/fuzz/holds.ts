import assert from 'node:assert/strict';
import type { OutlineItem } from '../../server/src/core/language.ts';
import type { Finding } from '../../server/src/core/finding.ts';
import { applyEdits, type Place, type TextRange } from '../../server/src/core/text.ts';
import { parse as parseApache } from '../../server/src/languages/apache/parse.ts';
import * as ts from '../../server/src/languages/javascript/syntax.ts';
import { parse as parseNginx } from '../../server/src/languages/nginx/parse.ts';
import { createService } from '../../server/src/service.ts';
import type { Syntax } from './corpus.ts';

const nowhere = { read: async () => undefined, list: async () => undefined, files: async () => [] };

const uris: Readonly<Record<Syntax, string>> = {
  nginx: 'file:///w/nginx.conf',
  apache: 'file:///w/.htaccess',
  javascript: 'file:///w/app.ts',
};

/** How long the analysis of one text may take in milliseconds, on a machine that is busy with other things. */
const mostTime = 4000;

function assertInside(text: string, range: TextRange, what: string): void {
  assert.ok(
    0 <= range.start && range.start <= range.end && range.end <= text.length,
    `${what} ${range.start}-${range.end} is outside of ${text.length}`,
  );
}

function assertCovers(text: string, tokens: readonly TextRange[]): void {
  assert.equal(tokens.map(({ start, end }) => text.slice(start, end)).join(''), text, 'the tokens do not join to the text');
  for (const token of tokens) assertInside(text, token, 'a token');
}

/**
 * TypeScript has no list of tokens, and its recovery may skip a few characters: the statements follow each other up to the
 * end, and children lie inside of their parents.
 */
function assertTree(text: string): void {
  const file = ts.parse(text, 'app.ts');
  assert.equal(file.text, text);
  let at = 0;
  for (const node of [...file.statements, file.endOfFileToken]) {
    assert.ok(node.pos >= at, 'two statements overlap');
    at = node.end;
  }
  assert.equal(at, text.length, 'the tree does not reach the end of the text');
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, (child) => {
      assert.ok(node.pos <= child.pos && child.pos <= child.end && child.end <= node.end, 'a child is outside of its parent');
      visit(child);
    });
  };
  visit(file);
  for (const comment of ts.commentsOf(file)) assertInside(text, comment, 'a comment');
}

const parsers: Readonly<Record<Syntax, (text: string) => void>> = {
  nginx: (text) => assertCovers(text, parseNginx(text).tokens),
  apache: (text) =>
    assertCovers(
      text,
      parseApache(text).tokens.map((token) => token.range),
    ),
  javascript: assertTree,
};

function assertFinding(text: string, uri: string, finding: Finding): void {
  const inside = (place: Place, what: string): void => {
    if (place.uri === uri) assertInside(text, place.range, `${what} of ${finding.ruleId}`);
  };
  inside(finding.place, 'the place');
  for (const { place } of finding.related) inside(place, 'a related place');
  for (const fix of finding.fixes) {
    for (const edit of fix.edits) inside(edit, `an edit of "${fix.title}"`);
    applyEdits(
      text,
      fix.edits.filter((edit) => edit.uri === uri),
    );
  }
}

/**
 * Whatever a text is: its tokens join to it again, the analysis throws nothing and ends soon, every position lies inside
 * of the text, and the edits of a fix can be applied. Answers with the number of findings; throws an AssertionError, or
 * what the analysis threw.
 */
export async function assertHolds(text: string, syntax: Syntax): Promise<number> {
  parsers[syntax](text);
  const uri = uris[syntax];
  const service = createService({ workspace: nowhere });
  const started = performance.now();
  const { findings, suppressed } = await service.lint(
    { uri, text },
    { configuration: { profile: 'strict', rules: {}, trustedDomains: [] } },
  );
  for (const finding of [...findings, ...suppressed.map((each) => each.finding)]) assertFinding(text, uri, finding);
  const analysis = await service.analyse({ uri, text });
  for (const comment of analysis?.extraction.comments ?? []) assertInside(text, comment, 'a comment');
  const outline = [...(analysis?.extraction.outline ?? [])];
  for (let item: OutlineItem | undefined = outline.pop(); item; item = outline.pop()) {
    assertInside(text, item.place.range, 'an entry of the outline');
    outline.push(...item.children);
  }
  const took = performance.now() - started;
  assert.ok(took < mostTime, `the analysis took ${took.toFixed(0)} ms`);
  return findings.length;
}

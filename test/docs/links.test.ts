import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const projectFolder = path.resolve(import.meta.dirname, '../..');

/** The pages that people read, relative to the project. */
const pages = [
  ...readdirSync(projectFolder).filter((name) => name.endsWith('.md')),
  ...readdirSync(path.join(projectFolder, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join('docs', name)),
];

/** The anchors of a page's headings as GitHub makes them. */
function anchors(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase());
  return new Set(headings.map((heading) => heading.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')));
}

describe('links in the documentation', () => {
  for (const page of pages) {
    it(page, () => {
      const text = readFileSync(path.join(projectFolder, page), 'utf8').replace(/```[\s\S]*?```/g, '');
      for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const [file = '', anchor] = target.split('#');
        const linked = file === '' ? path.join(projectFolder, page) : path.join(projectFolder, path.dirname(page), file);
        assert.ok(existsSync(linked), `${target} leads nowhere`);
        if (anchor !== undefined && linked.endsWith('.md'))
          assert.ok(anchors(readFileSync(linked, 'utf8')).has(anchor), `${target} has no such heading`);
      }
    });
  }
});

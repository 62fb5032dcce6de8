/**
 * `npm run new-rule ID`: writes the folder of a new rule with everything that the tests ask of one, and names it in the list
 * of rules. The new rule's fixtures fail until its check is written.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const rulesFolder = path.resolve(import.meta.dirname, '../server/src/rules');

const [id = ''] = process.argv.slice(2);
if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id)) {
  console.error('usage: npm run new-rule ID, an id such as missing-vary-origin that reads well after "allow"');
  process.exit(2);
}
const folder = path.join(rulesFolder, id);
if (existsSync(folder)) {
  console.error(`there is a rule ${id} already`);
  process.exit(2);
}
const variable = id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const rule = `import type { Finding } from '../../core/finding.ts';
import type { Rule } from '../../core/rule.ts';

export const ${variable}: Rule = {
  id: '${id}',
  category: 'response',
  level: 'warning',
  languages: ['nginx'],
  summary: 'One sentence about the mistake.',
  fix: 'none',
  *check({ views }): Iterable<Finding> {
    for (const view of views) void view;
  },
};
`;

const page = `# ${id}

## What it does

Finds …

## Why is this bad

1. A page …

## Example

\`\`\`nginx
server {
    listen 80;
}
\`\`\`

## Use instead

\`\`\`nginx
server {
    listen 80;
}
\`\`\`

## Fix safety

There is no fix, because …

## References

- Fetch standard, [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check)
`;

const bad = `server {
    add_header Access-Control-Allow-Origin https://app.example.com;
    #                                      ^^^^^^^^^^^^^^^^^^^^^^^ warning: a part of the message
}
`;
const good = bad.replace(/^ +#.*\n/m, '');

function write(file: string, text: string): void {
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
  console.log(`wrote ${path.relative(process.cwd(), target)}`);
}

write('rule.ts', rule);
write('rule.md', page);
write('fixtures/nginx/bad-plain.conf', bad);
write('fixtures/nginx/good-plain.conf', good);

const listFile = path.join(rulesFolder, 'index.ts');
const list = readFileSync(listFile, 'utf8');
const imports = [...list.matchAll(/^import \{.*\n/gm), ...list.matchAll(/^import type .*\n/gm)].map((match) => match[0]);
const added = `import { ${variable} } from './${id}/rule.ts';\n`;
const sorted = [...imports, added].sort((a, b) => importPath(a).localeCompare(importPath(b)));
const rest = list.replace(/^import .*\n/gm, '').trimStart();
writeFileSync(listFile, `${sorted.join('')}\n${rest.replace(/,\n\];/, `,\n  ${variable},\n];`)}`);
console.log(
  `added ${variable} at the end of the list in ${path.relative(process.cwd(), listFile)}; move it to its category, then run npm run docs`,
);

function importPath(line: string): string {
  return /from '(.*)'/.exec(line)?.[1] ?? '';
}

/**
 * Writes what follows from the list of rules: the table in README.md, the index docs/rules.md, the summary under the title
 * of each rule's page, the settings and the simulator's menu in package.json and the JSON schema of the configuration file; the editor's snippets from the forms
 * in which policies are written, and the list of the client's strings for translators. With `--check` nothing is written, and the exit
 * status is 1 where a file differs from what it would be.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { getL10nJson } from '@vscode/l10n-dev';
import { whenSimulated } from '../client/src/languages.ts';
import { configurationSchema } from '../server/src/config/schema.ts';
import { ruleLevels } from '../server/src/config/shape.ts';
import type { Rule, RuleCategory } from '../server/src/core/rule.ts';
import { dialects } from '../server/src/languages/index.ts';
import { rules } from '../server/src/rules/index.ts';
import { snippetContributions, snippetFiles } from './snippets.ts';

const projectFolder = path.resolve(import.meta.dirname, '..');

/** The headings of the catalogue, in its order. */
const categories: readonly (readonly [RuleCategory, string])[] = [
  ['readers', 'Who may read the response'],
  ['caches', 'Caches'],
  ['preflight', 'Preflight'],
  ['response', 'The response itself'],
  ['request', 'The request'],
];

/** The headings of a rule's page, in their order. */
const headings: readonly string[] = ['What it does', 'Why is this bad', 'Example', 'Use instead', 'Fix safety', 'References'];

function languageNames(rule: Rule): string {
  return dialects
    .filter((dialect) => rule.languages.includes(dialect.id))
    .map((dialect) => dialect.displayName)
    .join(', ');
}

const pageOf = (rule: Rule): string => `server/src/rules/${rule.id}/rule.md`;

function table(linkBase: string, wanted: readonly Rule[]): string {
  const rows = wanted.map(
    (rule) => `| [\`${rule.id}\`](${linkBase}${pageOf(rule)}) | ${rule.level} | ${languageNames(rule)} | ${rule.fix} | ${rule.summary} |`,
  );
  return ['| rule | level | languages | fix | the mistake |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

/** The text between the markers `<!-- begin NAME -->` and `<!-- end NAME -->` replaced. Throws where they are missing. */
function betweenMarkers(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the markers of "${name}" are missing`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

/** A rule's page with the summary under its title. Throws where a heading is missing or out of order. */
function withSummary(rule: Rule, page: string): string {
  const found = [...page.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
  if (found.join('|') !== headings.join('|')) throw new Error(`${pageOf(rule)}: the headings are to be ${headings.join(', ')}`);
  const [title, first] = [`# ${rule.id}\n`, `## ${headings[0] ?? ''}`];
  if (!page.startsWith(title)) throw new Error(`${pageOf(rule)}: the title is to be ${rule.id}`);
  const fix = rule.fix === 'none' ? 'no fix' : `${rule.fix} fix`;
  const summary = `${rule.summary}\n\n**${rule.level}** · ${languageNames(rule)} · ${fix}`;
  return `${title}\n${summary}\n\n${page.slice(page.indexOf(first))}`;
}

/** Narrowing without a cast: whether a parsed JSON value is an object. */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of keys; throws where an object is missing on the way. */
function at(value: unknown, ...keys: readonly string[]): Record<string, unknown> {
  const found = keys.reduce((inside: unknown, key) => (isObject(inside) ? inside[key] : undefined), value);
  if (!isObject(found)) throw new Error(`package.json has no ${keys.join('.')}`);
  return found;
}

/** The manifest with one setting a rule. */
function withSettings(manifest: string): string {
  const parsed: unknown = JSON.parse(manifest);
  const setting = at(parsed, 'contributes', 'configuration', 'properties', 'corsLint.rules');
  setting['properties'] = Object.fromEntries(
    rules.map((rule) => [rule.id, { enum: ruleLevels, description: `${rule.summary} (${languageNames(rule)})` }]),
  );
  setting['additionalProperties'] = false;
  at(parsed, 'contributes')['snippets'] = snippetContributions;
  at(parsed, 'contributes', 'menus')['editor/context'] = [
    { command: 'corsLint.simulate', when: whenSimulated, group: '1_modification@99' },
  ];
  at(parsed, 'contributes')['jsonValidation'] = [{ fileMatch: 'cors-lint.config.json', url: './schemas/cors-lint.config.schema.json' }];
  return `${JSON.stringify(parsed, undefined, 2)}\n`;
}

function index(): string {
  const sections = categories.map(([category, title]) => {
    const wanted = rules.filter((rule) => rule.category === category);
    return wanted.length === 0 ? '' : `## ${title}\n\n${table('../', wanted)}\n`;
  });
  const intro =
    'This page is generated (`npm run docs`). A level is the highest at which the rule reports; a safe fix is applied by ' +
    '`--fix` and by fix-all, an unsafe one only when somebody chooses it.';
  return ['# Rules\n', `${intro}\n`, ...sections.filter((section) => section !== '')].join('\n');
}

/** The strings that the client shows, by themselves, for translators. */
async function clientStrings(): Promise<string> {
  const folder = path.join(projectFolder, 'client', 'src');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
    .map((name) => ({ extension: '.ts' as const, contents: readFileSync(path.join(folder, name), 'utf8') }));
  return `${JSON.stringify({ ...(await getL10nJson(sources)), ...serverStrings() }, undefined, 2)}\n`;
}

/** What the server says to "Insert a correct configuration" and the client translates: why not there, and the forms. */
function serverStrings(): Readonly<Record<string, string>> {
  const folder = path.join(projectFolder, 'server', 'src');
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?:languages.\w+.(?:insertion|index)|lsp.insert-configuration|\Wservice|^service)\.ts$/.test(name))
    .sort()
    .flatMap((name) => [...readFileSync(path.join(folder, name), 'utf8').matchAll(/(?:\brefused|\btitle):\s+(['`])(.+?)\1/g)])
    .map(([, , text = '']) => text.replace(/\$\{[^}]*\}/, '{0}'));
  return Object.fromEntries(found.map((text) => [text, text]));
}

/** Every generated file with its text. */
async function generate(): Promise<ReadonlyMap<string, string>> {
  const read = (file: string): string => readFileSync(path.join(projectFolder, file), 'utf8');
  return new Map([
    ['README.md', betweenMarkers(read('README.md'), 'rules', table('', rules))],
    ['docs/rules.md', index()],
    ['package.json', withSettings(read('package.json'))],
    ['schemas/cors-lint.config.schema.json', `${JSON.stringify(configurationSchema(rules), undefined, 2)}\n`],
    ...snippetFiles,
    ['l10n/bundle.l10n.json', await clientStrings()],
    ...rules.map((rule) => [pageOf(rule), withSummary(rule, read(pageOf(rule)))] as const),
  ]);
}

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
for (const [file, text] of await generate()) {
  const target = path.join(projectFolder, file);
  if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
  if (values.check === true) {
    console.log(`${file} is not what the sources make it; run npm run docs`);
    process.exitCode = 1;
  } else {
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
    console.log(`wrote ${file}`);
  }
}

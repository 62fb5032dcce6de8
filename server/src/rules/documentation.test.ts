import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { defaultConfiguration } from '../core/configuration.ts';
import { createService } from '../service.ts';
import { drawFindings } from './fixture.ts';
import { rules } from './index.ts';

const HEADINGS = ['What it does', 'Why is this bad', 'Example', 'Use instead', 'Fix safety', 'References'];
const NAMES: Readonly<Record<string, string>> = {
  nginx: 'nginx.conf',
  apache: '.htaccess',
  js: 'app.js',
  ts: 'app.ts',
  json: 'package.json',
};

interface Section {
  readonly heading: string;
  readonly text: string;
}

function sectionsOf(markdown: string): readonly Section[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((part) => ({ heading: part.slice(0, part.indexOf('\n')).trim(), text: part.slice(part.indexOf('\n')) }));
}

function examplesOf(sections: readonly Section[], heading: string): readonly { readonly language: string; readonly code: string }[] {
  const text = sections.find((section) => section.heading === heading)?.text ?? '';
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({ language, code }));
}

/** Lints an example in a project of its own; a first comment `// package.json: "name": "range"` declares a dependency. */
async function lint(language: string, code: string) {
  const name = NAMES[language];
  assert.ok(name, `an example in ${language} has no file name`);
  const dependency = /^\/\/ package\.json: (.*)$/m.exec(code)?.[1];
  const files: Readonly<Record<string, string>> =
    dependency === undefined ? {} : { 'file:///project/package.json': `{ "dependencies": { ${dependency} } }` };
  const service = createService({
    workspace: { read: async (uri) => files[uri], list: async () => Object.keys(files), files: async () => Object.keys(files) },
  });
  const { findings } = await service.lint(
    { uri: `file:///project/${name}`, text: code },
    { configuration: { ...defaultConfiguration, profile: 'strict' } },
  );
  return findings;
}

for (const rule of rules) {
  describe(`documentation of ${rule.id}`, () => {
    const markdown = readFileSync(new URL(`${rule.id}/rule.md`, import.meta.url), 'utf8');
    const sections = sectionsOf(markdown);

    it('has its headings', () => {
      assert.equal(markdown.split('\n')[0], `# ${rule.id}`);
      assert.deepEqual(
        sections.map((section) => section.heading),
        HEADINGS,
      );
    });

    for (const { language, code } of examplesOf(sections, 'Example')) {
      it(`reports its example in ${language}`, async () => {
        const findings = await lint(language, code);
        assert.ok(
          findings.some((finding) => finding.ruleId === rule.id),
          `found only ${findings.map((finding) => finding.ruleId).join(', ') || 'nothing'} in\n${code}`,
        );
      });
    }

    for (const { language, code } of examplesOf(sections, 'Use instead')) {
      it(`is silent about what to use instead in ${language}`, async () => {
        const own = (await lint(language, code)).filter((finding) => finding.ruleId === rule.id);
        assert.equal(
          drawFindings(
            code,
            own.map((finding) => ({ range: finding.place.range, level: finding.level, message: finding.message })),
          ),
          '',
        );
      });
    }
  });
}

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createRegistryFromGrammars } from 'vscode-tmgrammar-test/dist/common/index.js';
import { parseGrammarTestCase, runGrammarTestCase } from 'vscode-tmgrammar-test/dist/unit/index.js';
import type { TestFailure } from 'vscode-tmgrammar-test/dist/unit/index.js';

const folder = import.meta.dirname;
const syntaxes = path.resolve(folder, '../../syntaxes');

const grammarFiles = [
  { scopeName: 'source.nginx', file: 'nginx.tmLanguage.json' },
  { scopeName: 'source.apacheconf', file: 'apacheconf.tmLanguage.json' },
];

const registry = createRegistryFromGrammars([
  ...grammarFiles.map(({ scopeName, file }) => ({
    grammar: { path: file, scopeName },
    content: readFileSync(path.join(syntaxes, file), 'utf8'),
  })),
  // Lua is VS Code's own; here it only has to exist, so that an embedded block is entered and left.
  { grammar: { path: 'lua.json', scopeName: 'source.lua' }, content: '{"scopeName":"source.lua","patterns":[]}' },
]);

function describeFailure(failure: TestFailure, lines: readonly string[]): string {
  const line = failure.srcLine + 1;
  const expected = [...failure.missing, ...failure.unexpected.map((scope) => `not ${scope}`)].join(' ');
  return `line ${String(line)}, columns ${String(failure.start)}–${String(failure.end)} of ${JSON.stringify(lines[failure.srcLine])}: expected ${expected}, got ${failure.actual.join(' ')}`;
}

describe('TextMate grammars', () => {
  for (const name of readdirSync(folder).filter((entry) => !entry.endsWith('.ts'))) {
    it(name, async () => {
      const testCase = parseGrammarTestCase(readFileSync(path.join(folder, name), 'utf8'));
      assert.ok(testCase.assertions.length > 10, 'the file holds assertions');
      const failures = await runGrammarTestCase(registry, testCase);
      assert.deepEqual(failures.map((failure) => describeFailure(failure, testCase.source)), []);
    });
  }
});

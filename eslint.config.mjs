import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What a folder may not import, each with the reason that the message gives. */
const barred = {
  node: {
    regex: '^node:',
    message: 'Only the command line and the edges (lsp/node.ts, api.ts) know the system; use the Workspace interface.',
  },
  lsp: { regex: '^vscode', message: 'Only lsp/ and client/ know the editor and its protocol.' },
  typescript: { regex: '^typescript$', message: 'TypeScript is imported by languages/javascript/syntax.ts alone; import that file.' },
  languages: { regex: '/languages/', message: 'Rules and the model read policies and observations, never syntax trees.' },
  rules: { regex: '/rules/', message: 'Only the service and what presents findings know the rules.' },
  policy: { regex: '/policy/', message: 'The protocol does not know the model that is built on it.' },
  languageFolders: {
    regex: '/languages/(?!index\\.ts$)',
    message: 'A language is reached through the list in languages/index.ts, so that adding one touches its folder and that list.',
  },
  edges: { regex: '/(?:lsp|cli|client)/', message: 'The engine does not know who uses it.' },
};

/** @param {string[]} files @param {(keyof typeof barred)[]} names @param {string[]} [ignores] */
const layer = (files, names, ignores = []) => ({
  files,
  ignores: ['**/*.test.ts', ...ignores],
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: names.map((name) => barred[name]) }] },
});

export default defineConfig(
  { ignores: ['**/node_modules/', 'dist/', 'out/', '**/fixtures/', 'examples/', '.vscode-test/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A loop that ends by `break` or `return` says so.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
      // noUncheckedIndexedAccess asks for an answer at every index; an assertion with `!` would be the unchecked one.
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // Interfaces that answer with a promise are implemented by functions that happen to know at once.
      '@typescript-eslint/require-await': 'off',
      // Code points are what a spread string is wanted for here; nothing is shown as graphemes.
      '@typescript-eslint/no-misused-spread': 'off',
      // Nothing of the user's is ever run.
      'no-eval': 'error',
      'no-new-func': 'error',
      '@typescript-eslint/no-implied-eval': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'URL',
          property: 'canParse',
          message: 'Node 20 refuses names outside of ASCII once it has run often; use cors/parse-url.ts.',
        },
      ],
      eqeqeq: ['error', 'always'],
      'no-console': 'off',
    },
  },
  layer(['server/src/cors/**'], ['node', 'lsp', 'typescript', 'languages', 'rules', 'policy', 'edges']),
  layer(
    ['server/src/core/**', 'server/src/policy/**', 'server/src/workspace/**'],
    ['node', 'lsp', 'typescript', 'languages', 'rules', 'edges'],
  ),
  layer(['server/src/rules/**'], ['node', 'lsp', 'typescript', 'languages', 'edges']),
  layer(['server/src/languages/**'], ['node', 'lsp', 'typescript', 'rules', 'edges'], ['server/src/languages/javascript/syntax.ts']),
  layer(['server/src/*.ts', 'server/src/simulation/**'], ['node', 'lsp', 'typescript', 'languageFolders', 'edges'], ['server/src/api.ts']),
  layer(['server/src/lsp/**'], ['node', 'typescript', 'languageFolders'], ['server/src/lsp/node.ts']),
  layer(['server/src/cli/**'], ['lsp', 'typescript', 'languageFolders']),
  layer(['server/src/config/**'], ['node', 'lsp', 'typescript', 'languages', 'edges']),
  {
    // Mocha's describe and it take functions that use `this`, and a table of cases is worth an assertion.
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: '@types/mocha', name: ['describe', 'it'] }] },
      ],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        performance: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
);

/**
 * Bundles everything that is shipped into `dist/`:
 *
 * - `client.cjs`, `client.browser.cjs.js`: the extension in a desktop and in a browser (VS Code loads both as CommonJS);
 * - `server.cjs`, `cli.cjs`, `api.cjs` and `chunks/`: the language server, the command line and the library for Node, which
 *   share their code. What is imported lazily (parsers, automata) is a chunk of its own, so a file pays only for what it
 *   needs. They are CommonJS, which starts faster (`common-js.mjs`); `api.mjs` is the library's door for `import`. Two small files
 *   start `server-main.cjs` and `cli-main.cjs` with the code that V8 compiled of them before (`server/src/start`);
 * - `server.browser.js`: the server as one file for a worker, because a worker of an extension cannot load a second one;
 * - `simulator.js`, `simulator-style.css`: the simulator's page, which runs inside a web view;
 * - `rules/` and `rule-pages.json`: the documentation of the rules, for the links behind their ids.
 *
 * Options: `--watch` builds again on every change; `--types` also writes the declarations of `api.mjs`, `--types-only` nothing else;
 * `--metafile FILE` writes what esbuild knows of the bundles (`scripts/notices.mjs` and the benchmark read it).
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, context } from 'esbuild';
import { commonJs } from './common-js.mjs';
import { compactRefa } from './compact-refa.mjs';
import { protocolDoor } from './protocol-door.mjs';
import { slimTypeScript } from './slim-typescript.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');

const common = /** @satisfies {import('esbuild').BuildOptions} */ ({
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  minify: true,
  metafile: true,
  logLevel: 'warning',
  // A package's ES module is one that can be bundled; jsonc-parser's CommonJS form loads its parts at run time.
  mainFields: ['module', 'main'],
  sourcemap: 'linked',
  // The maps are for debugging this project; with the sources inside they would be larger than the code.
  sourcesContent: false,
  // Licences are collected in THIRD-PARTY-NOTICES.
  legalComments: 'none',
  plugins: [slimTypeScript(), compactRefa(), protocolDoor()],
});

/**
 * The bundles. `entryPoints` maps a name in `dist/` to its source.
 * @type {readonly import('esbuild').BuildOptions[]}
 */
export const bundles = [
  {
    ...common,
    entryPoints: { client: 'client/src/node.ts' },
    platform: 'node',
    format: 'cjs',
    target: 'node20.9',
    external: ['vscode'],
    outExtension: { '.js': '.cjs' },
  },
  {
    ...common,
    // This package is a module, so a browser's extension host takes `.js` for one and refuses it; and to every name it
    // appends `.js`. `package.json` names the file without the end.
    entryPoints: { 'client.browser.cjs': 'client/src/browser.ts' },
    platform: 'browser',
    format: 'cjs',
    target: 'es2022',
    external: ['vscode'],
  },
  {
    ...common,
    entryPoints: {
      server: 'server/src/start/server.ts',
      'server-main': 'server/src/lsp/node.ts',
      cli: 'server/src/start/cli.ts',
      'cli-main': 'server/src/cli/main.ts',
      api: 'server/src/api.ts',
    },
    platform: 'node',
    format: 'esm',
    target: 'node20.9',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    plugins: [...common.plugins, commonJs()],
  },
  {
    ...common,
    entryPoints: { 'server.browser': 'server/src/lsp/browser.ts' },
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
  },
  {
    ...common,
    entryPoints: { simulator: 'client/webview/simulator.ts', 'simulator-style': 'client/webview/simulator.css' },
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
  },
];

/**
 * The documentation that the links behind rule ids open: for other editors as `dist/rules/<id>.md`, and for the extension, whose package
 * has little room, all pages by their ids in `dist/rule-pages.json`.
 */
function copyRuleDocumentation() {
  const rules = path.join(root, 'server/src/rules');
  const target = path.join(dist, 'rules');
  mkdirSync(target, { recursive: true });
  /** @type {Record<string, string>} */
  const pages = {};
  for (const entry of readdirSync(rules, { withFileTypes: true })) {
    const page = path.join(rules, entry.name, 'rule.md');
    if (!entry.isDirectory() || !existsSync(page)) continue;
    copyFileSync(page, path.join(target, `${entry.name}.md`));
    pages[entry.name] = readFileSync(page, 'utf8');
  }
  writeFileSync(path.join(dist, 'rule-pages.json'), JSON.stringify(pages));
}

/** The declarations of the library, file by file as the sources are, below `dist/types/`. */
function writeTypes() {
  const compiler = path.join(root, 'node_modules/typescript/lib/tsc.js');
  const run = spawnSync(process.execPath, [compiler, '-p', 'scripts/tsconfig.types.json'], { cwd: root, stdio: 'inherit' });
  if (run.status !== 0) throw new Error('The declarations could not be written.');
  const types = path.join(dist, 'types');
  const reached = reachedFrom(path.join(types, 'api.d.ts'));
  for (const name of readdirSync(types, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(types, name);
    if (statSync(file).isFile() && !reached.has(file)) rmSync(file);
  }
}

/** The declarations that one of them needs, itself included: the compiler writes those of the whole engine. */
function reachedFrom(/** @type {string} */ entry, reached = /** @type {Set<string>} */ (new Set())) {
  if (reached.has(entry)) return reached;
  reached.add(entry);
  for (const [, target = ''] of readFileSync(entry, 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)\.ts'/g)) {
    reachedFrom(path.resolve(path.dirname(entry), `${target}.d.ts`), reached);
  }
  return reached;
}

/**
 * Builds every bundle. Answers with what esbuild knows about inputs and outputs, all bundles together.
 * @returns {Promise<import('esbuild').Metafile>}
 */
export async function buildAll() {
  const results = await Promise.all(bundles.map((options) => build(options)));
  copyRuleDocumentation();
  chmodSync(path.join(dist, 'cli.cjs'), 0o755);
  // Node finds the names of a CommonJS module that esbuild wrote.
  writeFileSync(path.join(dist, 'api.mjs'), "export * from './api.cjs';\n");
  /** @type {import('esbuild').Metafile} */
  const metafile = {
    inputs: Object.assign({}, ...results.map((result) => result.metafile?.inputs)),
    outputs: Object.assign({}, ...results.map((result) => result.metafile?.outputs)),
  };
  removeStaleChunks(metafile);
  return metafile;
}

/** Chunks are named by their content; those of the build before would be shipped along. */
function removeStaleChunks(/** @type {import('esbuild').Metafile} */ metafile) {
  const chunks = path.join(dist, 'chunks');
  if (!existsSync(chunks)) return;
  for (const name of readdirSync(chunks)) if (!metafile.outputs[`dist/chunks/${name}`]) rmSync(path.join(chunks, name));
}

async function watch() {
  for (const options of bundles) {
    const each = await context({ ...options, logLevel: 'info' });
    await each.watch();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { watch: { type: 'boolean' }, types: { type: 'boolean' }, 'types-only': { type: 'boolean' }, metafile: { type: 'string' } },
  });
  const started = performance.now();
  if (values['types-only']) {
    writeTypes();
    process.exit();
  }
  const metafile = await buildAll();
  if (values.metafile !== undefined) writeFileSync(values.metafile, JSON.stringify(metafile));
  if (values.types) writeTypes();
  const size = (/** @type {string} */ name) => `${name} ${Math.round((metafile.outputs[`dist/${name}`]?.bytes ?? 0) / 1024)} kB`;
  console.log(
    `built in ${((performance.now() - started) / 1000).toFixed(1)} s: ${['client.cjs', 'server-main.cjs', 'server.browser.js', 'cli-main.cjs'].map(size).join(', ')}`,
  );
  if (values.watch) await watch();
}

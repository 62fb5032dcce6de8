import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import { bundles } from '../../scripts/build.mjs';

const projectFolder = path.resolve(import.meta.dirname, '../..');

/** Node's loader tells every module that it loads, on standard error. */
const hooks = 'export async function load(url, context, next) { process._rawDebug(`loaded ${url}`); return next(url, context); }';
const data = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;
const registration = data(`import { register } from 'node:module'; register(${JSON.stringify(data(hooks))});`);

/** What is worth not loading, by the sources that it comes from. */
const heavy: Readonly<Record<string, RegExp>> = {
  automata: /node_modules\/refa\//,
  'the JavaScript parser': /slim-typescript/,
  'the nginx language': /languages\/nginx\/parse\.ts$/,
  'the Apache language': /languages\/apache\/parse\.ts$/,
  'the Express language': /languages\/express\/engine\.ts$/,
};

const rows: readonly { readonly name: string; readonly text: string; readonly loads: readonly string[] }[] = [
  { name: 'nginx.conf', text: 'server { add_header Access-Control-Allow-Origin https://a.example; }\n', loads: ['the nginx language'] },
  {
    name: 'nginx.conf',
    text: 'map $http_origin $o { ~a\\.example$ $http_origin; }\nserver { add_header Access-Control-Allow-Origin $o; }\n',
    loads: ['the nginx language', 'automata'],
  },
  { name: '.htaccess', text: 'Header set Access-Control-Allow-Origin "https://a.example"\n', loads: ['the Apache language'] },
  {
    name: 'app.js',
    text: "const cors = require('cors');\nconst app = require('express')();\napp.use(cors({ origin: 'https://a.example' }));\n",
    loads: ['the Express language', 'the JavaScript parser'],
  },
  { name: 'app.js', text: 'console.log(1);\n', loads: [] },
];

describe('the command line loads only what a file asks for', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cors-lint-lazy-'));
  let metafile: Metafile;

  before(async function () {
    this.timeout(60_000);
    const bundle = bundles.find((each) => each.splitting === true);
    assert.ok(bundle, 'the bundle for Node is split');
    metafile = (await build({ ...bundle, outdir: path.join(folder, 'dist'), metafile: true })).metafile;
    symlinkSync(path.join(projectFolder, 'node_modules'), path.join(folder, 'node_modules'));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [index, { name, text, loads }] of rows.entries()) {
    it(`${name}: ${loads.join(' and ') || 'nothing'}`, function () {
      this.timeout(30_000);
      const workspace = mkdtempSync(path.join(folder, `workspace-${index}-`));
      writeFileSync(path.join(workspace, name), text);
      const run = spawnSync(process.execPath, ['--import', registration, path.join(folder, 'dist/cli.mjs'), '--format', 'json', name], {
        cwd: workspace,
        encoding: 'utf8',
      });
      assert.ok(run.status === 0 || run.status === 1, run.stderr);
      assert.equal((JSON.parse(run.stdout) as unknown[]).length, 1, 'the file was linted');
      const loaded = new Set([...run.stderr.matchAll(/^loaded file:\/\/(.*\/dist\/.*)$/gm)].map((match) => path.basename(match[1] ?? '')));
      assert.ok(loaded.has('cli.mjs'), 'modules are seen as they are loaded');
      const inputs = Object.entries(metafile.outputs)
        .filter(([output]) => loaded.has(path.basename(output)))
        .flatMap(([, output]) => Object.entries(output.inputs))
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([input]) => input);
      const found = Object.entries(heavy).filter(([, source]) => inputs.some((input) => source.test(input)));
      assert.deepEqual(found.map(([what]) => what).sort(), [...loads].sort());
    });
  }

  it('knows what it looks for', () => {
    const all = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
    for (const [what, source] of Object.entries(heavy))
      assert.ok(
        all.some((input) => source.test(input)),
        `no source of ${what} is bundled`,
      );
    assert.ok(readFileSync(path.join(folder, 'dist/cli.mjs'), 'utf8').length > 0);
  });
});

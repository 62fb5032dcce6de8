import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import { bundles } from '../../scripts/build.mjs';

const projectFolder = path.resolve(import.meta.dirname, '../..');

/** Tells in the end every module that was loaded, on standard error. */
const witness = `process.on('exit', () => { for (const file of Object.keys(require.cache)) process._rawDebug('loaded ' + file); });`;

/** What is worth not loading, by the sources that it comes from. */
const heavy: Readonly<Record<string, RegExp>> = {
  automata: /cors\/origins\/automata\.ts$/,
  'the search for backtracking': /node_modules\/(?:refa|scslre)\//,
  'the JavaScript parser': /slim-typescript/,
  'the nginx language': /languages\/nginx\/parse\.ts$/,
  'the YAML parser': /node_modules\/yaml\//,
  'the Apache language': /languages\/apache\/parse\.ts$/,
  'the frameworks of JavaScript': /languages\/(?:javascript|express)\/engine\.ts$/,
};

const rows: readonly { readonly name: string; readonly text: string; readonly loads: readonly string[] }[] = [
  { name: 'nginx.conf', text: 'server { add_header Access-Control-Allow-Origin https://a.example; }\n', loads: ['the nginx language'] },
  {
    name: 'nginx.conf',
    text: 'map $http_origin $o { ~a\\.example$ $http_origin; }\nserver { add_header Access-Control-Allow-Origin $o; }\n',
    loads: ['the nginx language', 'automata'],
  },
  {
    name: 'nginx.conf',
    text: 'map $http_origin $o { "~^https://([a-z]+\\.)*a\\.example$" $http_origin; }\nserver { add_header Access-Control-Allow-Origin $o; }\n',
    loads: ['the nginx language', 'automata', 'the search for backtracking'],
  },
  { name: '.htaccess', text: 'Header set Access-Control-Allow-Origin "https://a.example"\n', loads: ['the Apache language'] },
  {
    name: 'app.js',
    text: "const cors = require('cors');\nconst app = require('express')();\napp.use(cors({ origin: 'https://a.example' }));\n",
    loads: ['the frameworks of JavaScript', 'the JavaScript parser'],
  },
  {
    name: 'ingress.yaml',
    text: 'kind: Ingress\nmetadata: { annotations: { nginx.ingress.kubernetes.io/enable-cors: "true" } }\n',
    loads: ['the YAML parser'],
  },
  {
    name: 'ingress.yaml',
    text: 'kind: Ingress\nmetadata:\n  annotations:\n    nginx.ingress.kubernetes.io/configuration-snippet: |\n      add_header Vary Origin;\n',
    loads: ['the YAML parser', 'the nginx language'],
  },
  { name: 'package.json', text: '{ "scripts": { "browser": "chromium --disable-web-security" } }\n', loads: [] },
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
    writeFileSync(path.join(folder, 'witness.cjs'), witness);
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
      const program = ['--require', path.join(folder, 'witness.cjs'), path.join(folder, 'dist/cli.cjs')];
      const run = spawnSync(process.execPath, [...program, '--format', 'json', name], {
        cwd: workspace,
        encoding: 'utf8',
      });
      assert.ok(run.status === 0 || run.status === 1, run.stderr);
      assert.equal((JSON.parse(run.stdout) as unknown[]).length, 1, 'the file was linted');
      const loaded = new Set([...run.stderr.matchAll(/^loaded (.*\/dist\/.*)$/gm)].map((match) => path.basename(match[1] ?? '')));
      assert.ok(loaded.has('cli.cjs'), 'modules are seen as they are loaded');
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
    assert.ok(readFileSync(path.join(folder, 'dist/cli.cjs'), 'utf8').length > 0);
  });
});

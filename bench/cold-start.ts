import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startLanguageServer } from './language-client.ts';
import { median, type Measure } from './statistics.ts';

const projectFolder = path.resolve(import.meta.dirname, '..');
const jsonServer = path.join(
  projectFolder,
  'tools/vscode/node_modules/code-server/lib/vscode/extensions/json-language-features/server/dist/node/jsonServerMain.js',
);

interface Case {
  readonly name: string;
  readonly module: string;
  readonly uri: string;
  readonly languageId: string;
  readonly text: string;
}

const ours = path.join(projectFolder, 'dist/server.cjs');

const json: Case = {
  name: "VS Code's JSON server",
  module: jsonServer,
  uri: 'file:///bench/a.json',
  languageId: 'json',
  text: '{ "a": [1, 2, ], "b": tru }\n',
};

const cases: readonly Case[] = [
  {
    name: 'nginx',
    module: ours,
    uri: 'file:///bench/nginx.conf',
    languageId: 'nginx',
    text: 'http { server { location / { add_header Access-Control-Allow-Origin $http_origin; add_header Access-Control-Allow-Credentials true; } } }\n',
  },
  {
    name: 'Express',
    module: ours,
    uri: 'file:///bench/app.ts',
    languageId: 'typescript',
    text: "import cors from 'cors';\nimport express from 'express';\nconst app = express();\napp.use(cors({ origin: true, credentials: true }));\n",
  },
  {
    name: 'Express with a pattern',
    module: ours,
    uri: 'file:///bench/app.ts',
    languageId: 'typescript',
    text: "import cors from 'cors';\nimport express from 'express';\nconst app = express();\napp.use(cors({ origin: /\\.shop\\.example/, credentials: true }));\n",
  },
];

/** From the start of the process to the first diagnostics, in milliseconds. Throws where there are none. */
async function firstDiagnostics({ module, uri, languageId, text }: Case, environment: NodeJS.ProcessEnv): Promise<number> {
  const started = performance.now();
  const client = startLanguageServer(module, ['--stdio'], environment);
  try {
    await client.initialize({ provideFormatter: false, handledSchemaProtocols: ['file'] });
    await client.open(uri, languageId, text);
    const report = await client.diagnose(uri);
    const took = performance.now() - started;
    if (report.kind !== 'full' || report.items.length === 0) throw new Error(`${module} reports nothing in ${uri}`);
    return took;
  } finally {
    await client.stop();
  }
}

/**
 * Cold start beside VS Code's JSON server, alternating, the median of `rounds` after one that fills the disk's cache and the folder
 * where what V8 compiled is kept: a folder of the benchmark's own, so that it does not count what this machine started before.
 */
export async function measureColdStart(rounds: number): Promise<readonly Measure[]> {
  const cache = mkdtempSync(path.join(tmpdir(), 'cors-lint-bench-cache-'));
  try {
    return await measureIn({ XDG_CACHE_HOME: cache }, rounds);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

async function measureIn(environment: NodeJS.ProcessEnv, rounds: number): Promise<readonly Measure[]> {
  const all = existsSync(jsonServer) ? [json, ...cases] : cases;
  const times = new Map<Case, number[]>(all.map((each) => [each, []]));
  for (let round = -1; round < rounds; round++) {
    for (const each of all) {
      const took = await firstDiagnostics(each, environment);
      if (round >= 0) times.get(each)?.push(took);
    }
  }
  const theirs = times.get(json);
  const reference = theirs && median(theirs);
  return [
    ...(reference === undefined ? [] : [{ name: `cold start, ${json.name}`, value: reference, unit: 'ms' }]),
    ...cases.flatMap((each): Measure[] => {
      const value = median(times.get(each) ?? []);
      const name = `cold start, ${each.name}`;
      const absolute: Measure = { name, value, unit: 'ms' };
      return reference === undefined
        ? [absolute]
        : [absolute, { name: `${name} against JSON`, value: value / reference, unit: '×', aim: 1.2 }];
    }),
  ];
}

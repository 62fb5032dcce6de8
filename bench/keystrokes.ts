import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import ts from 'typescript';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { apacheFile, expressFile, nginxFile } from './generate.ts';
import { startLanguageServer } from './language-client.ts';
import { percentile, type Measure } from './statistics.ts';
import { applyKeystroke, typing, type Keystroke } from './typing.ts';

const projectFolder = path.resolve(import.meta.dirname, '..');

const optionPhrases = ['    maxAge: 600,', "    methods: ['GET', 'PUT', 'DELETE'],", '    exposedHeaders: [`X-Total`],'];
const routePhrases = [
  "router.get('/status', (req, res) => { res.json({ ok: true }); });",
  "app.use('/old', cors({ origin: /\\.shop\\.example$/ }));",
];
const directivePhrases = [
  '            add_header X-Frame-Options DENY always;',
  '            proxy_buffering off;',
  '            if ($arg_debug) { return 403; }',
];

const hostPhrases = ['    Header always set X-Frame-Options DENY', '    RequestHeader unset Forwarded'];

export interface KeystrokeResult {
  /** From the key to the diagnostics in milliseconds, one a key. */
  readonly latencies: readonly number[];
  /** TypeScript's own incremental parse and one walk for the same key; empty where the file is no JavaScript. */
  readonly floor: readonly number[];
}

/** Parses incrementally and visits every node once: what any tool over TypeScript's parser pays at least. */
class Floor {
  #file: ts.SourceFile;

  constructor(name: string, text: string) {
    this.#file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, false);
  }

  /** Milliseconds for one key. */
  time(text: string, { offset, removed, text: inserted }: Keystroke): number {
    const started = performance.now();
    this.#file = ts.updateSourceFile(this.#file, text, ts.createTextChangeRange(ts.createTextSpan(offset, removed), inserted.length));
    let nodes = 0;
    const visit = (node: ts.Node): void => {
      nodes++;
      ts.forEachChild(node, visit);
    };
    visit(this.#file);
    const took = performance.now() - started;
    if (nodes === 0) throw new Error('nothing was parsed');
    return took;
  }
}

/**
 * Types into an open document over stdio: a change, then a pull of its diagnostics, as the editor does it. The floor is
 * measured on the same keys in between, so that both meet the same machine.
 */
export async function typeInto(uri: string, languageId: string, original: string, keys: readonly Keystroke[]): Promise<KeystrokeResult> {
  const client = startLanguageServer(path.join(projectFolder, 'dist/server.cjs'), ['--stdio']);
  const latencies: number[] = [];
  const floor: number[] = [];
  try {
    await client.initialize();
    await client.open(uri, languageId, original);
    await client.diagnose(uri);
    const baseline = languageId === 'typescript' ? new Floor(path.basename(uri), original) : undefined;
    let text = original;
    for (const [index, key] of keys.entries()) {
      const document = TextDocument.create(uri, languageId, index, text);
      const range = { start: document.positionAt(key.offset), end: document.positionAt(key.offset + key.removed) };
      text = applyKeystroke(text, key);
      const started = performance.now();
      void client.connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version: index + 2 },
        contentChanges: [{ range, text: key.text }],
      });
      await client.diagnose(uri);
      latencies.push(performance.now() - started);
      if (baseline) floor.push(baseline.time(text, key));
      await sleep(key.pause);
    }
  } finally {
    await client.stop();
  }
  return { latencies, floor };
}

function summary(name: string, { latencies, floor }: KeystrokeResult, aims: { readonly p95?: number; readonly ratio?: number }): Measure[] {
  const [p50, p95] = [percentile(latencies, 0.5), percentile(latencies, 0.95)];
  const lines: Measure[] = [
    { name: `${name}, p50`, value: p50, unit: 'ms' },
    { name: `${name}, p95`, value: p95, unit: 'ms', ...(aims.p95 !== undefined && { aim: aims.p95 }) },
  ];
  if (floor.length > 0 && aims.ratio !== undefined) {
    const [floor50, floor95] = [percentile(floor, 0.5), percentile(floor, 0.95)];
    const against = (share: string, ours: number, theirs: number, aim: number): Measure => ({
      name: `${name}, ${share} against TypeScript alone`,
      value: ours / theirs,
      unit: '×',
      aim,
      remark: `updateSourceFile and a walk: ${theirs.toFixed(1)} ms`,
    });
    lines.push(against('p50', p50, floor50, aims.ratio), against('p95', p95, floor95, aims.ratio));
  }
  return lines;
}

/** Keystroke to diagnostics in the three files that the aims speak of, and in Apache's configuration. `count` keys each. */
export async function measureKeystrokes(count: number, seed: number): Promise<readonly Measure[]> {
  const measures: Measure[] = [];
  for (const lines of [1000, 5000]) {
    const text = expressFile(lines, seed);
    const keys = [...typing(text, '// options', optionPhrases, Math.ceil(count / 2), seed)];
    const written = keys.reduce(applyKeystroke, text);
    keys.push(...typing(written, '// routes', routePhrases, Math.floor(count / 2), seed + 1));
    const result = await typeInto('file:///bench/app.ts', 'typescript', text, keys);
    measures.push(...summary(`a key in ${lines} lines of Express`, result, { ratio: 1.5 }));
  }
  const nginx = nginxFile(2000, seed);
  const nginxKeys = typing(nginx, '# location 7-2', directivePhrases, count, seed);
  const inNginx = await typeInto('file:///bench/nginx.conf', 'nginx', nginx, nginxKeys);
  measures.push(...summary('a key in 2000 lines of nginx.conf', inNginx, { p95: 10 }));
  const apache = apacheFile(2000, seed);
  const apacheKeys = typing(apache, '# host 7', hostPhrases, count, seed);
  const inApache = await typeInto('file:///bench/httpd.conf', 'apacheconf', apache, apacheKeys);
  measures.push(...summary('a key in 2000 lines of httpd.conf', inApache, {}));
  return measures;
}

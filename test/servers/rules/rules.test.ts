import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultConfiguration } from '../../../server/src/core/configuration.ts';
import { applyEdits } from '../../../server/src/core/text.ts';
import type { Workspace } from '../../../server/src/core/workspace.ts';
import {
  judgeActual,
  judgePreflight,
  needsPreflight,
  preflightFor,
  type FetchRequest,
  type FetchResponse,
} from '../../../server/src/cors/fetch.ts';
import { readFixture } from '../../../server/src/rules/fixture.ts';
import { createService } from '../../../server/src/service.ts';
import { findProgram } from '../../setup/programs.ts';
import { freePort, send, startApache, startNginx, startUpstream, values, type ClientResponse } from '../programs.ts';
import { honest, hostile, scenarios, type Scenario } from './scenarios.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const rulesFolder = path.join(here, '../../../server/src/rules');
const expressFolder = path.join(here, '../../express');

interface Running {
  readonly port: number;
  stop(): Promise<void>;
}

const nothingElse: Workspace = { read: async () => undefined, list: async () => undefined, files: async () => [] };

/** The bad text of a scenario, and the same text after the first fix of each of the rule's findings. */
async function texts(scenario: Scenario): Promise<{ bad: string; fixed: string }> {
  const fixture = path.join(rulesFolder, scenario.rule, 'fixtures', scenario.language, scenario.fixture);
  const file = statSync(fixture).isDirectory() ? path.join(fixture, '.htaccess') : fixture;
  const bad = readFixture(readFileSync(file, 'utf8')).text;
  const uri = pathToFileURL(file).href;
  const { findings } = await createService({ workspace: nothingElse }).lint(
    { uri, text: bad },
    { configuration: { ...defaultConfiguration, profile: 'strict' } },
  );
  const edits = findings.filter((finding) => finding.ruleId === scenario.rule).flatMap((finding) => finding.fixes[0]?.edits ?? []);
  assert.ok(edits.length > 0, `${scenario.rule} offers no fix for ${scenario.fixture}`);
  return { bad, fixed: applyEdits(bad, edits) };
}

async function start(scenario: Scenario, text: string, upstreamPort: number, version: string): Promise<Running> {
  const files = {
    'www/index.html': 'ok',
    'www/api/200': 'ok',
    'www/data/200': 'ok',
    htpasswd: 'user:{PLAIN}pass\n',
    'htpasswd-apache': 'user:$apr1$saltsalt$xx013OFx2cRtDjpNeiZXf.\n',
  };
  if (scenario.language === 'nginx') {
    return startNginx(
      ({ port, folder }) =>
        text
          .replaceAll('listen 80;', `listen 127.0.0.1:${String(port)};`)
          .replaceAll('http://127.0.0.1:3000', `http://127.0.0.1:${String(upstreamPort)}`)
          .replaceAll('/etc/nginx/htpasswd', `${folder}/htpasswd`)
          .replaceAll('/srv/www', `${folder}/www`),
      { files },
    );
  }
  if (scenario.language === 'apache') {
    const htaccess = !scenario.fixture.endsWith('.conf');
    return startApache(
      ({ port, folder }) =>
        htaccess
          ? `DocumentRoot "${folder}/www"\n<Directory "${folder}/www">\nAllowOverride All\nRequire all granted\n</Directory>\n`
          : `DocumentRoot "${folder}/www"\n<Directory "${folder}/www">\nRequire all granted\n</Directory>\n${text
              .replaceAll('*:80', `127.0.0.1:${String(port)}`)
              .replaceAll('ServerName api.example.com', `DocumentRoot "${folder}/www"`)
              .replaceAll('/etc/httpd/htpasswd', `${folder}/htpasswd-apache`)}`,
      { files: htaccess ? { ...files, 'www/.htaccess': text } : files },
    );
  }
  return startExpress(text.replace("from 'express'", `from '${version}'`));
}

/** Runs an application against the real packages of test/express. */
async function startExpress(text: string): Promise<Running> {
  const port = await freePort();
  const folder = path.join(expressFolder, 'node_modules', '.rule-fixtures');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${String(port)}.mjs`);
  writeFileSync(file, text.replace('app.listen(3000)', `app.listen(${String(port)}, '127.0.0.1')`));
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) {
      child.kill();
      await once(child, 'exit');
    }
    rmSync(file, { force: true });
  };
  for (let tries = 0; ; tries++) {
    try {
      await send(port);
      return { port, stop };
    } catch {
      if (child.exitCode !== null || tries > 200) {
        await stop();
        throw new Error(`the application did not start:\n${errors}`);
      }
      await delay(25);
    }
  }
}

const asFetch = (response: ClientResponse): FetchResponse => ({
  status: response.status,
  headers: response.headers,
  maybe: [],
  complete: true,
});

/** What a page at `origin` gets: the browser's verdict over the real server's answers. */
async function browse(
  server: Running,
  scenario: Scenario,
  origin: string,
  cached = scenario.cached,
): Promise<{ verdict: string; reason: string }> {
  const { path: target = '/', method = 'GET', headers = [], credentials = 'omit' } = scenario.request ?? {};
  const request: FetchRequest = { origin, method, headers, credentials };
  if (cached !== undefined && cached !== '') {
    const stored = await send(server.port, { path: target, headers: [['Origin', cached]] });
    const varies = values(stored, 'Vary').some((value) => /\borigin\b/i.test(value));
    if (!varies) return judgeActual(request, asFetch(stored));
  }
  if (needsPreflight(request)) {
    const preflight = preflightFor(request);
    const answer = await send(server.port, {
      method: 'OPTIONS',
      path: target,
      headers: [['Origin', origin], ...preflight.headers.filter(([name]) => name.toLowerCase() !== 'origin')],
    });
    const judgement = judgePreflight(request, asFetch(answer));
    if (judgement.verdict !== 'allowed') return judgement;
  }
  return judgeActual(request, asFetch(await send(server.port, { method, path: target, headers: [['Origin', origin], ...headers] })));
}

const missing: Readonly<Record<Scenario['language'], string | undefined>> = {
  nginx: findProgram('nginx') === undefined ? 'nginx is not installed' : undefined,
  apache: findProgram('apache2') === undefined ? 'httpd is not installed' : undefined,
  express: existsSync(path.join(expressFolder, 'node_modules', 'express5')) ? undefined : 'the packages of test/express are not installed',
};

describe('the mistakes of the rules, on the real servers', function () {
  this.timeout(20_000);
  let upstream: Running;
  before(async () => {
    upstream = await startUpstream((request) => ({ status: Number(/\d{3}/.exec(request.url ?? '')?.[0] ?? 200), headers: [] }));
  });
  after(async () => {
    await upstream.stop();
  });

  const runs = scenarios.flatMap((scenario) =>
    (scenario.language === 'express' ? ['express4', 'express5'] : [scenario.language]).map((server) => ({ scenario, server })),
  );
  for (const { scenario, server } of runs) {
    it(`${scenario.rule}: ${scenario.fixture} on ${server} is a ${scenario.mistake}, and its fix ends it`, async function () {
      const why = missing[scenario.language];
      if (why !== undefined) {
        this.test!.title += ` (skipped: ${why})`;
        this.skip();
      }
      const { bad, fixed } = await texts(scenario);
      const wrong = await start(scenario, bad, upstream.port, server);
      try {
        const { verdict, reason } = await browse(wrong, scenario, scenario.origin);
        assert.equal(verdict, scenario.mistake === 'hole' ? 'allowed' : 'blocked', `the bad configuration: ${reason}`);
      } finally {
        await wrong.stop();
      }
      const right = await start(scenario, fixed, upstream.port, server);
      try {
        const good = await browse(right, scenario, scenario.honest ?? honest);
        assert.equal(good.verdict, 'allowed', `the honest origin: ${good.reason}\n${fixed}`);
        for (const origin of [hostile, 'null', ...(scenario.mistake === 'hole' ? [scenario.origin] : [])]) {
          const refused = await browse(right, scenario, origin, '');
          assert.equal(refused.verdict, 'blocked', `${origin}: ${refused.reason}\n${fixed}`);
        }
      } finally {
        await right.stop();
      }
    });
  }
});

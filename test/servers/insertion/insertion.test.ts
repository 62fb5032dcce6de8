import assert from 'node:assert/strict';
import { defaultConfiguration } from '../../../server/src/core/configuration.ts';
import { applyEdits } from '../../../server/src/core/text.ts';
import type { Workspace } from '../../../server/src/core/workspace.ts';
import type { WantedPolicy } from '../../../server/src/cors/wanted-policy.ts';
import { createService } from '../../../server/src/service.ts';
import { findProgram } from '../../setup/programs.ts';
import { browse, type PageRequest } from '../browse.ts';
import { startExpress, whyNoExpress } from '../express-application.ts';
import { send, startApache, startNginx, startUpstream, values } from '../programs.ts';
import { bases, type Base } from './bases.ts';

const honest = 'https://app.example.com';
const second = 'https://admin.example.com:8443';
const hostile = [
  'https://evil.example',
  'https://app.example.com.evil.example',
  'https://appxexample.com',
  'http://app.example.com',
  'null',
];

const policies: readonly (readonly [title: string, wanted: WantedPolicy])[] = [
  [
    'two origins with cookies',
    { origins: [honest, second], credentials: true, methods: ['GET', 'POST', 'PUT'], headers: ['Authorization', 'X-Token'] },
  ],
  ['one origin without cookies', { origins: [honest], credentials: false, methods: ['GET', 'PUT'], headers: ['X-Token'] }],
  ['an origin that only reads', { origins: [honest], credentials: false, methods: [], headers: [] }],
];

interface Running {
  readonly port: number;
  stop(): Promise<void>;
}

const missing: Readonly<Record<Base['server'], string | undefined>> = {
  nginx: findProgram('nginx') === undefined ? 'nginx is not installed' : undefined,
  '.htaccess': findProgram('apache2') === undefined ? 'httpd is not installed' : undefined,
  httpd: findProgram('apache2') === undefined ? 'httpd is not installed' : undefined,
  express: whyNoExpress,
};

const uris: Readonly<Record<Base['server'], string>> = {
  nginx: 'file:///etc/nginx/conf.d/site.conf',
  '.htaccess': 'file:///srv/www/.htaccess',
  httpd: 'file:///etc/httpd/conf/httpd.conf',
  express: 'file:///app/app.js',
};

const nothingElse: Workspace = { read: async () => undefined, list: async () => undefined, files: async () => [] };

async function written(base: Base, wanted: WantedPolicy): Promise<string> {
  const uri = uris[base.server];
  const text = base.text.replace('‸', '');
  const service = createService({ workspace: nothingElse });
  // nginx's text stands in `http`, and is analysed as the file that is included there.
  const insertion = await service.insertConfiguration({ uri, text }, { offset: base.text.indexOf('‸'), wanted, form: base.form });
  assert.ok(!('refused' in insertion), JSON.stringify(insertion));
  const after = applyEdits(text, insertion.edits);
  const { findings } = await service.lint({ uri, text: after }, { configuration: { ...defaultConfiguration, profile: 'strict' } });
  assert.deepEqual(
    findings.map((finding) => `${finding.ruleId}: ${finding.message}`),
    [],
    after,
  );
  return after;
}

function start(base: Base, text: string, upstreamPort: number, version: string): Promise<Running> {
  const local = (folder: string): string =>
    text
      .replaceAll('http://127.0.0.1:3000', `http://127.0.0.1:${String(upstreamPort)}`)
      .replaceAll('/etc/nginx/htpasswd', `${folder}/htpasswd`)
      .replaceAll('/srv/www', `${folder}/www`);
  switch (base.server) {
    case 'nginx':
      return startNginx(({ port, folder }) => local(folder).replaceAll('listen 80;', `listen 127.0.0.1:${String(port)};`), {
        files: { 'www/index.html': 'ok', htpasswd: 'user:{PLAIN}pass\n' },
      });
    case '.htaccess':
      return startApache(
        ({ folder }) =>
          `DocumentRoot "${folder}/www"\n<Directory "${folder}/www">\nAllowOverride All\nOptions FollowSymLinks\nRequire all granted\n</Directory>\n`,
        { files: { 'www/index.html': 'ok', 'www/.htaccess': text } },
      );
    case 'httpd':
      return startApache(({ port, folder }) => local(folder).replaceAll('*:80', `127.0.0.1:${String(port)}`));
    case 'express':
      return startExpress(text.replace("'express'", `'${version}'`), text.includes('require(') ? 'cjs' : 'mjs');
  }
}

async function verdict(server: Running, request: Partial<PageRequest> & { readonly path: string }): Promise<string> {
  const judgement = await browse(server.port, { origin: honest, method: 'GET', headers: [], credentials: 'omit', ...request });
  return judgement.verdict === 'allowed' ? 'allowed' : `${judgement.verdict}: ${judgement.reason}`;
}

async function judge(server: Running, base: Base, wanted: WantedPolicy): Promise<void> {
  for (const path of [base.path, base.failing]) {
    for (const origin of wanted.origins) {
      const credentials = wanted.credentials ? 'include' : 'omit';
      assert.equal(await verdict(server, { path, origin, credentials }), 'allowed', `${origin} reads ${path}`);
      if (!wanted.methods.includes('PUT')) continue;
      const [last = ''] = wanted.headers.slice(-1);
      const put = { path, origin, credentials, method: 'PUT', headers: [[last, '1']] } as const;
      assert.equal(await verdict(server, put), 'allowed', `${origin} puts to ${path}`);
      assert.match(await verdict(server, { ...put, method: 'DELETE' }), /^blocked/, `${origin} may not delete ${path}`);
      assert.match(await verdict(server, { ...put, headers: [['X-Other', '1']] }), /^blocked/, `${origin} may not send X-Other to ${path}`);
    }
    if (!wanted.credentials) assert.match(await verdict(server, { path, credentials: 'include' }), /^blocked/, 'no cookies');
    for (const origin of hostile) {
      assert.match(await verdict(server, { path, origin }), /^blocked/, `${origin} reads ${path}`);
      assert.match(await verdict(server, { path, origin, method: 'PUT', headers: [['X-Token', '1']] }), /^blocked/, `${origin} puts`);
    }
    for (const headers of [[], [['Origin', honest]], [['Origin', 'https://evil.example']]] as const) {
      const response = await send(server.port, { path, headers });
      assert.ok(
        values(response, 'Vary').some((value) => /\borigin\b/i.test(value)),
        `Vary at ${path} for ${JSON.stringify(headers)}: ${String(response.status)}`,
      );
    }
  }
  const { status } = await send(server.port, { path: base.path });
  assert.equal(status, base.login ? 401 : 200);
  assert.ok((await send(server.port, { path: base.failing })).status >= 400);
}

describe('a written policy, on the real servers', function () {
  this.timeout(30_000);
  let upstream: Running;
  before(async () => {
    // An application that lets every site read: the server before it must not pass that on.
    upstream = await startUpstream((request) => ({
      status: Number(/\d{3}/.exec(request.url ?? '')?.[0] ?? 200),
      headers: [
        ['Access-Control-Allow-Origin', '*'],
        ['Access-Control-Allow-Credentials', 'true'],
        ['Vary', 'Accept-Encoding'],
      ],
    }));
  });
  after(async () => {
    await upstream.stop();
  });

  const runs = bases.flatMap((base) =>
    policies.flatMap(([title, wanted]) =>
      (base.server === 'express' ? ['express4', 'express5'] : [base.server]).map((version) => ({ base, title, wanted, version })),
    ),
  );
  for (const { base, title, wanted, version } of runs) {
    it(`${version}, ${base.title}: ${title}`, async function () {
      const why = missing[base.server];
      if (why !== undefined) {
        this.test!.title += ` (skipped: ${why})`;
        this.skip();
      }
      const text = await written(base, wanted);
      const server = await start(base, text, upstream.port, version);
      try {
        await judge(server, base, wanted);
      } catch (error) {
        if (error instanceof Error) error.message += `\n${text}`;
        throw error;
      } finally {
        await server.stop();
      }
    });
  }
});

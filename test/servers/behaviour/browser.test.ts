/** The facts about the browser that no single exchange shows (docs/behaviour.md, section 4), observed on Chromium. */
import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { neverPlainHttp } from '../../../server/src/cors/local-http.ts';
import { findProgram, whyMissing } from '../../setup/programs.ts';
import { CorsBrowser, sandboxedFrame } from '../chromium/browser.ts';
import type { PageFetch } from '../chromium/browser.ts';
import { ScriptedServer } from '../chromium/scripted-server.ts';
import { startUpstream } from '../programs.ts';
import type { HeaderLine } from '../programs.ts';

describe('Chromium behaves as docs/behaviour.md says', function () {
  this.timeout(30_000);
  const api = new ScriptedServer();
  const site = new ScriptedServer(sandboxedFrame);
  let apiPort = 0;
  let sitePort = 0;
  let siteOrigin = '';
  let browser: CorsBrowser | undefined;
  let paths = 0;

  before(async function () {
    const missing = whyMissing('chromium');
    if (missing !== undefined) {
      console.log(`      Chromium: all observations skipped: ${missing}`);
      this.skip();
    }
    apiPort = await api.start();
    sitePort = await site.start();
    siteOrigin = `http://127.0.0.1:${String(sitePort)}`;
    browser = await CorsBrowser.open(findProgram('chromium') ?? '', `${siteOrigin}/`);
  });

  after(async () => {
    if (browser === undefined) return;
    await browser.close();
    await Promise.all([api.stop(), site.stop()]);
  });

  const one = (url: string, more: Partial<PageFetch> = {}): PageFetch => ({
    url,
    method: 'GET',
    headers: [],
    credentials: 'same-origin',
    ...more,
  });

  /** Fetches from the page and says whether the page could read the response. */
  async function readable(request: PageFetch): Promise<boolean> {
    const [result] = (await browser?.fetch('page', [request])) ?? [];
    return result?.allowed === true;
  }

  const maxAges: readonly (readonly [value: string | undefined, preflightsOfTwo: number])[] = [
    [undefined, 1],
    ['600', 1],
    ['86400', 1],
    ['0', 2],
    ['-1', 2],
    ['junk', 1],
    ['10m', 1],
  ];
  for (const [value, preflights] of maxAges) {
    it(`4.6: Access-Control-Max-Age ${value ?? 'absent'}: preflights for two requests: ${String(preflights)}`, async () => {
      const path = `/max-age/${String(paths++)}`;
      const headers: HeaderLine[] = [
        ['Access-Control-Allow-Origin', siteOrigin],
        ['Access-Control-Allow-Methods', 'PUT'],
        ...(value === undefined ? [] : [['Access-Control-Max-Age', value] as const]),
      ];
      api.script(path, { preflight: { status: 204, headers }, actual: { status: 200, headers } });
      const request = one(`http://127.0.0.1:${String(apiPort)}${path}`, { method: 'PUT' });
      assert.deepEqual([await readable(request), await readable(request)], [true, true]);
      assert.equal(api.received(path).preflights, preflights);
    });
  }

  it('4.6: after six seconds a preflight with junk or nothing in Access-Control-Max-Age is asked for again, one with 600 is not', async () => {
    const values = [undefined, 'junk', '600'];
    const scripted = values.map((value): string => {
      const path = `/max-age/${String(paths++)}`;
      const headers: HeaderLine[] = [
        ['Access-Control-Allow-Origin', siteOrigin],
        ['Access-Control-Allow-Methods', 'PUT'],
        ...(value === undefined ? [] : [['Access-Control-Max-Age', value] as const]),
      ];
      api.script(path, { preflight: { status: 204, headers }, actual: { status: 200, headers } });
      return path;
    });
    const ask = async (): Promise<void> => {
      const requests = scripted.map((path) => one(`http://127.0.0.1:${String(apiPort)}${path}`, { method: 'PUT' }));
      const results = await browser?.fetch('page', requests);
      assert.ok(results?.every(({ allowed }) => allowed));
    };
    await ask();
    await delay(6000);
    await ask();
    assert.deepEqual(
      scripted.map((path) => api.received(path).preflights),
      [2, 2, 1],
    );
  });

  const sites: readonly (readonly [page: string, cookie: string])[] = [
    ['dashboard.cors-lint.com', 'lax=1; strict=1; unspecified=1'],
    ['dashboard.cors-lint.net', 'none'],
  ];
  for (const [page, cookie] of sites) {
    it(`4.9: a page of ${page} sends api.cors-lint.com the cookies: ${cookie}`, async () => {
      assert.ok(browser !== undefined);
      const origin = `http://${page}:${String(sitePort)}`;
      const set = `/set/${String(paths++)}`;
      const path = `/cookies/${String(paths++)}`;
      const allowed: HeaderLine[] = [
        ['Access-Control-Allow-Origin', origin],
        ['Access-Control-Allow-Credentials', 'true'],
      ];
      const cookies = ['lax=1; SameSite=Lax', 'strict=1; SameSite=Strict', 'unspecified=1'].map((text): HeaderLine => [
        'Set-Cookie',
        `${text}; Path=/`,
      ]);
      const answer = { status: 200, headers: allowed };
      const apiOrigin = `http://api.cors-lint.com:${String(apiPort)}`;
      api.script(set, { preflight: answer, actual: { status: 200, headers: [...cookies, ['Content-Type', 'text/html']] } });
      api.script(path, { preflight: answer, actual: answer });
      // The site itself sets its cookies, in a visit of its own.
      await browser.visit(apiOrigin + set);
      await browser.visit(`${origin}/`);
      assert.equal(await readable(one(apiOrigin + path, { credentials: 'include' })), true);
      assert.equal(api.received(path).actual?.headers['cookie'] ?? 'none', cookie);
    });
  }

  const hosts: readonly (readonly [host: string, sent: string | undefined])[] = [
    ...[...'!"$&\'()+,;=`{}~_-'].map((character) => [`myapp.com${character}.evil.com`, `myapp.com${character}.evil.com`] as const),
    ['m\u00fcller.com', 'xn--mller-kva.com'],
    ['UPPER.com', 'upper.com'],
    ['a*b.com', undefined],
    ['a|b.com', undefined],
  ];
  for (const [host, sent] of hosts) {
    it(`4.10: a page of http://${host} ${sent === undefined ? 'cannot be loaded, or not under that name' : `sends Origin: http://${sent}`}`, async () => {
      assert.ok(browser !== undefined);
      const path = `/host/${String(paths++)}`;
      const answer = { status: 200, headers: [['Access-Control-Allow-Origin', '*']] } as const;
      api.script(path, { preflight: answer, actual: answer });
      const loaded = await browser.visit(`http://${host}:${String(sitePort)}/`).then(
        () => true,
        () => false,
      );
      if (loaded) assert.equal(await readable(one(`http://127.0.0.1:${String(apiPort)}${path}`)), true);
      const origin = loaded ? api.received(path).actual?.headers['origin'] : undefined;
      if (sent === undefined) assert.notEqual(origin, `http://${host}:${String(sitePort)}`);
      else assert.equal(origin, `http://${sent}:${String(sitePort)}`);
    });
  }

  it('4.13: pages below names on the preload list are asked for over TLS, and others are not', async () => {
    const names = /\(\?:(app\|[a-z|]+)\)/.exec(neverPlainHttp)?.[1]?.split('|') ?? [];
    assert.ok(names.length > 20);
    // Nobody answers: what the browser says first is all that is wanted.
    const firstBytes = new Set<number | undefined>();
    const listener = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (data) => {
        firstBytes.add(data[0]);
        socket.destroy();
      });
    });
    const port = await new Promise<number>((resolve) => {
      listener.listen(0, '127.0.0.1', () => resolve((listener.address() as AddressInfo).port));
    });
    const visitor = await CorsBrowser.open(findProgram('chromium') ?? '', `${siteOrigin}/`);
    const [tls, get] = [0x16, 'G'.charCodeAt(0)];
    try {
      for (const [name, first] of [...names.map((each) => [each, tls] as const), ['io', get] as const, ['cloud', get] as const]) {
        firstBytes.clear();
        // The browser's own page about the one before may come in between.
        for (let attempt = 0; firstBytes.size === 0 && attempt < 5; attempt++)
          await visitor.visit(`http://shop.vercel.${name}:${String(port)}/`).catch(() => undefined);
        assert.deepEqual([...firstBytes], [first], name);
      }
    } finally {
      await visitor.close();
      listener.close();
    }
  });

  const networks: readonly (readonly [permission: boolean, header: boolean])[] = [
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ];
  for (const [permission, header] of networks) {
    it(`4.11: a public page ${permission ? 'that the user lets' : 'without permission'} reaches the local network${permission ? '' : ' never'}, ${header ? 'with' : 'without'} Access-Control-Allow-Private-Network`, async () => {
      assert.ok(browser !== undefined);
      const page = `/public/${String(paths++)}`;
      const path = `/local/${String(paths++)}`;
      const document: HeaderLine[] = [
        ['Content-Type', 'text/html'],
        ['Content-Security-Policy', 'treat-as-public-address'],
      ];
      const headers: HeaderLine[] = [
        ['Access-Control-Allow-Origin', siteOrigin],
        ['Access-Control-Allow-Methods', 'PUT'],
        ...(header ? [['Access-Control-Allow-Private-Network', 'true'] as const] : []),
      ];
      site.script(page, { preflight: { status: 204, headers: [] }, actual: { status: 200, headers: document } });
      api.script(path, { preflight: { status: 204, headers }, actual: { status: 200, headers } });
      if (permission) await browser.allowLocalNetwork();
      try {
        await browser.visit(siteOrigin + page);
        assert.equal(await readable(one(`http://127.0.0.1:${String(apiPort)}${path}`, { method: 'PUT' })), permission);
      } finally {
        await browser.forgetPermissions();
        await browser.visit(`${siteOrigin}/`);
      }
      const { preflights, preflight } = api.received(path);
      assert.equal(preflights, permission ? 1 : 0);
      assert.equal(preflight?.headers['access-control-request-private-network'], undefined);
    });
  }

  const caches: readonly (readonly [vary: 'never' | 'with an Origin' | 'always', readable: boolean])[] = [
    ['never', false],
    ['with an Origin', false],
    ['always', true],
  ];
  for (const [vary, expected] of caches) {
    it(`4.12: Vary: Origin sent ${vary}: a CORS fetch after a load without CORS is ${expected ? 'allowed' : 'blocked'}`, async () => {
      assert.ok(browser !== undefined);
      const application = await startUpstream((request) => {
        const { origin } = request.headers;
        const headers: HeaderLine[] = [['Cache-Control', 'max-age=60']];
        if (vary === 'always' || (vary === 'with an Origin' && origin !== undefined)) headers.push(['Vary', 'Origin']);
        if (origin !== undefined) headers.push(['Access-Control-Allow-Origin', origin]);
        return { status: 200, headers };
      });
      try {
        await browser.visit(`${siteOrigin}/`);
        const url = `http://127.0.0.1:${String(application.port)}/resource`;
        assert.equal(await readable(one(url, { mode: 'no-cors' })), true);
        assert.equal(await readable(one(url)), expected);
      } finally {
        await application.stop();
      }
    });
  }
});

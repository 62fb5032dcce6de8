/**
 * The verdicts of `fetch.ts` against a real Chromium: the same verdict, the same preflight, the same readable headers
 * and the same words in the console, except for the deviations that `deviations.ts` names.
 */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { DeviationName } from '../../../server/src/cors/deviations.ts';
import { explainMessage } from '../../../server/src/cors/explain/explain.ts';
import { preflightFor } from '../../../server/src/cors/fetch.ts';
import type { Judgement } from '../../../server/src/cors/fetch.ts';
import { normaliseMethod } from '../../../server/src/cors/headers.ts';
import { chromiumConsoleLine } from '../../../server/src/cors/reasons.ts';
import { asciiLower } from '../../../server/src/cors/token.ts';
import { findProgram, whyMissing } from '../../setup/programs.ts';
import { CorsBrowser, sandboxedFrame } from './browser.ts';
import type { PageResult } from './browser.ts';
import { generateExchanges } from './generated-exchanges.ts';
import type { Exchange } from './generated-exchanges.ts';
import { predict, reasonNaming } from './prediction.ts';
import type { Prediction } from './prediction.ts';
import { ScriptedServer } from './scripted-server.ts';

const seed = Number(process.env['CORS_LINT_SEED'] ?? 20260101);
const generatedCount = Number(process.env['CORS_LINT_EXCHANGES'] ?? 500);
const largestBatch = 250;

describe('Chromium', function () {
  this.timeout(60_000);
  const api = new ScriptedServer();
  const site = new ScriptedServer(sandboxedFrame);
  let apiOrigin = '';
  let siteOrigin = '';
  let browser: CorsBrowser | undefined;
  let addresses = 0;

  /** Makes all exchanges at once, each at an address of its own, so that no preflight cache comes in between. */
  async function carryOut(exchanges: readonly Exchange[]): Promise<{ path: string; result: PageResult }[]> {
    assert.ok(browser !== undefined);
    const scripted = exchanges.map((exchange) => ({ exchange, path: `/exchange/${String(addresses++)}` }));
    for (const { exchange, path } of scripted) api.script(path, exchange.script);
    const results = new Map<string, PageResult>();
    for (const from of ['page', 'sandboxed frame'] as const) {
      const mine = scripted.filter(({ exchange }) => exchange.from === from);
      // Chromium refuses a page that has some thousand requests under way.
      for (let start = 0; start < mine.length; start += largestBatch) {
        const batch = mine.slice(start, start + largestBatch);
        const answers = await browser.fetch(
          from,
          batch.map(({ exchange: { method, headers, credentials }, path }) => ({ url: apiOrigin + path, method, headers, credentials })),
        );
        batch.forEach(({ path }, index) => {
          const answer = answers[index];
          if (answer !== undefined) results.set(path, answer);
        });
      }
    }
    return scripted.map(({ path }) => {
      const result = results.get(path);
      assert.ok(result !== undefined);
      return { path, result };
    });
  }

  /** The console message about an address; messages reach the test a moment after the results. */
  async function messagesAbout(path: string, expected: number): Promise<string[]> {
    assert.ok(browser !== undefined);
    for (let waited = 0; waited < 2000 && browser.messagesAbout(apiOrigin + path).length < expected; waited += 20) await delay(20);
    return browser.messagesAbout(apiOrigin + path);
  }

  before(async function () {
    const missing = whyMissing('chromium');
    if (missing !== undefined) {
      console.log(`      Chromium: ${String(generatedCount)} generated exchanges and ${String(rows.length)} rows skipped: ${missing}`);
      this.skip();
    }
    apiOrigin = `http://127.0.0.1:${String(await api.start())}`;
    siteOrigin = `http://127.0.0.1:${String(await site.start())}`;
    browser = await CorsBrowser.open(findProgram('chromium') ?? '', `${siteOrigin}/`);
  });

  after(async () => {
    if (browser === undefined) return;
    await browser.close();
    await Promise.all([api.stop(), site.stop()]);
  });

  /** Everything in which Chromium and the prediction differ; empty: nothing. */
  async function differences(exchange: Exchange, prediction: Prediction, path: string, result: PageResult): Promise<string[]> {
    const found: string[] = [];
    const expect = (what: string, predicted: unknown, seen: unknown): void => {
      if (predicted !== seen) found.push(`${what}: predicted ${JSON.stringify(predicted)}, Chromium ${JSON.stringify(seen)}`);
    };
    const { request, preflight, final } = prediction;
    const received = api.received(path);
    expect('verdict', final.verdict, result.allowed ? 'allowed' : 'blocked');
    expect('preflight sent', preflight !== undefined, received.preflight !== undefined);
    for (const [name, value] of preflightFor(request).headers) {
      if (received.preflight !== undefined) expect(`preflight ${name}`, value, received.preflight.headers[asciiLower(name)]);
    }
    expect('request sent', preflight === undefined || preflight.verdict === 'allowed', received.actual !== undefined);
    if (received.actual !== undefined) expect('method', normaliseMethod(exchange.method), received.actual.method);
    if (result.allowed) {
      if (result.status !== 204) expect('readable Content-Length', true, result.readable.includes('content-length'));
      const exposed = new Set(final.exposed.map(asciiLower));
      const sent = [...new Set(exchange.script.actual.headers.map(([name]) => asciiLower(name)))].sort();
      expect(
        'readable headers',
        sent.filter((name) => exposed.has(name)).join(),
        sent.filter((name) => result.readable.includes(name)).join(),
      );
    }
    const messages = await messagesAbout(path, final.verdict === 'blocked' ? 1 : 0);
    const named = messages.map(explainMessage).map((explained) => (explained.recognised ? explained.header : undefined))[0];
    const reason = reasonNaming(named, prediction, exchange);
    expect('console', final.verdict === 'blocked' ? chromiumConsoleLine(apiOrigin + path, request.origin, reason) : undefined, messages[0]);
    expect('console messages', final.verdict === 'blocked' ? 1 : 0, messages.length);
    for (const message of messages) {
      const explained = explainMessage(message);
      expect('explained code', final.reasonCode, explained.recognised ? explained.code : 'not recognised');
      if (explained.recognised) {
        expect('explained address', apiOrigin + path, explained.url);
        expect('explained origin', request.origin, explained.origin);
        expect('explained stage', final === preflight, explained.preflight);
      }
    }
    return found;
  }

  it(`agrees on ${String(generatedCount)} generated exchanges (seed ${String(seed)})`, async () => {
    const exchanges = generateExchanges(seed, generatedCount, siteOrigin);
    const carriedOut = await carryOut(exchanges);
    const disagreements: string[] = [];
    const reasons = new Map<string, number>();
    const deviating = new Map<DeviationName, number>();
    for (const [index, exchange] of exchanges.entries()) {
      const { path, result } = carriedOut[index] ?? assert.fail();
      const prediction = predict(exchange, exchange.from === 'page' ? siteOrigin : 'null');
      const found = await differences(exchange, prediction, path, result);
      if (found.length > 0) disagreements.push(`exchange ${String(index)}: ${JSON.stringify(exchange)}\n    ${found.join('\n    ')}`);
      reasons.set(prediction.final.reasonCode, (reasons.get(prediction.final.reasonCode) ?? 0) + 1);
      if (prediction.differsFromStandard) for (const name of prediction.deviations) deviating.set(name, (deviating.get(name) ?? 0) + 1);
    }
    const list = (counts: ReadonlyMap<string, number>): string => [...counts].map(([name, count]) => `${name} ${String(count)}`).join(', ');
    console.log(
      `      Chromium ${browser?.version ?? ''}, seed ${String(seed)}: ${String(generatedCount - disagreements.length)} of ${String(generatedCount)} agree`,
    );
    console.log(`      reasons: ${list(reasons)}`);
    console.log(`      known deviations from the standard: ${list(deviating)}`);
    assert.equal(disagreements.length, 0, disagreements.slice(0, 5).join('\n'));
    // A generator that no longer reaches a reason would make the comparison worth less.
    for (const reason of [
      'allowed',
      'missing-allow-origin',
      'wildcard-with-credentials',
      'multiple-allow-origin',
      'invalid-allow-origin',
      'allow-origin-mismatch',
      'invalid-allow-credentials',
      'preflight-not-ok',
      'preflight-redirect',
      'malformed-allow-methods',
      'malformed-allow-headers',
      'method-not-allowed',
      'header-not-allowed',
    ]) {
      assert.ok((reasons.get(reason) ?? 0) > 0, `no exchange with the reason ${reason}`);
    }
  });

  /** Exchanges worth naming, and the verdict that each is about. `S` stands for the page's origin. */
  interface Row {
    readonly what: string;
    readonly method?: string;
    readonly headers?: Exchange['headers'];
    readonly credentials?: Exchange['credentials'];
    readonly preflight?: readonly string[];
    readonly actual?: readonly string[];
    readonly verdict: 'allowed' | 'blocked';
    readonly preflighted?: boolean;
    readonly deviation?: DeviationName;
  }
  const authorized: Exchange['headers'] = [['Authorization', 'Bearer t']];
  const rows: readonly Row[] = [
    {
      what: 'two identical Access-Control-Allow-Origin lines',
      actual: ['Access-Control-Allow-Origin: S', 'Access-Control-Allow-Origin: S'],
      verdict: 'blocked',
    },
    {
      what: 'a POST needs no Access-Control-Allow-Methods',
      method: 'POST',
      headers: [['X-A', '1']],
      preflight: ['Access-Control-Allow-Origin: S', 'Access-Control-Allow-Headers: x-a'],
      actual: ['Access-Control-Allow-Origin: S'],
      verdict: 'allowed',
      preflighted: true,
    },
    {
      what: 'a malformed method list breaks even POST',
      method: 'POST',
      headers: [['X-A', '1']],
      preflight: ['Access-Control-Allow-Origin: S', 'Access-Control-Allow-Headers: x-a', 'Access-Control-Allow-Methods: GET; POST'],
      verdict: 'blocked',
      preflighted: true,
    },
    {
      what: 'patch is sent in lower case and fails PATCH',
      method: 'patch',
      preflight: ['Access-Control-Allow-Origin: S', 'Access-Control-Allow-Methods: PATCH'],
      verdict: 'blocked',
      preflighted: true,
    },
    {
      what: 'credentials need Access-Control-Allow-Credentials on the preflight too',
      method: 'PUT',
      credentials: 'include',
      preflight: ['Access-Control-Allow-Origin: S', 'Access-Control-Allow-Methods: PUT'],
      actual: ['Access-Control-Allow-Origin: S', 'Access-Control-Allow-Credentials: true'],
      verdict: 'blocked',
      preflighted: true,
    },
    {
      what: 'Authorization behind *',
      headers: authorized,
      preflight: ['Access-Control-Allow-Origin: S', 'Access-Control-Allow-Headers: *'],
      actual: ['Access-Control-Allow-Origin: S'],
      verdict: 'allowed',
      preflighted: true,
      deviation: 'authorization-covered-by-wildcard',
    },
    {
      what: 'Authorization behind * with credentials',
      headers: authorized,
      credentials: 'include',
      preflight: ['Access-Control-Allow-Origin: S', 'Access-Control-Allow-Credentials: true', 'Access-Control-Allow-Headers: *'],
      verdict: 'blocked',
      preflighted: true,
    },
    ...(
      [
        'Device-Memory: 4',
        'DPR: 2.0',
        'Width: 100',
        'Viewport-Width: 100',
        'RTT: 100',
        'Downlink: 1.5',
        'ECT: 4g',
        'Save-Data: on',
        'Intervention: x',
      ] as const
    ).map((line): Row => {
      const [name = '', value = ''] = line.split(': ');
      return {
        what: line,
        headers: [[name, value]],
        actual: ['Access-Control-Allow-Origin: S'],
        verdict: 'allowed',
        preflighted: false,
        deviation: 'client-hints-need-no-preflight',
      };
    }),
    { what: 'Save-Data: off', headers: [['Save-Data', 'off']], verdict: 'blocked', preflighted: true },
    {
      what: 'User-Agent',
      headers: [['User-Agent', 'x']],
      actual: ['Access-Control-Allow-Origin: S'],
      verdict: 'allowed',
      preflighted: false,
      deviation: 'user-agent-needs-no-preflight',
    },
    {
      what: 'a header that belongs into a response',
      headers: [['Access-Control-Allow-Origin', '*']],
      actual: ['Access-Control-Allow-Origin: S'],
      verdict: 'blocked',
      preflighted: true,
    },
  ];

  for (const row of rows) {
    it(`${row.what}: ${row.verdict}${row.deviation === undefined ? '' : ` (${row.deviation})`}`, async () => {
      const lines = (texts: readonly string[] = []): [string, string][] =>
        texts.map((text) => {
          const colon = text.indexOf(': ');
          return [text.slice(0, colon), text.slice(colon + 2).replace(/^S$/, siteOrigin)];
        });
      const exchange: Exchange = {
        from: 'page',
        method: row.method ?? 'GET',
        headers: row.headers ?? [],
        credentials: row.credentials ?? 'same-origin',
        script: { preflight: { status: 204, headers: lines(row.preflight) }, actual: { status: 200, headers: lines(row.actual) } },
      };
      const [{ path, result } = assert.fail()] = await carryOut([exchange]);
      const prediction = predict(exchange, siteOrigin);
      assert.deepEqual(await differences(exchange, prediction, path, result), []);
      assert.equal(result.allowed ? 'allowed' : 'blocked', row.verdict);
      if (row.preflighted !== undefined) assert.equal(api.received(path).preflight !== undefined, row.preflighted);
      assert.deepEqual(prediction.deviations, row.deviation === undefined ? [] : [row.deviation]);
      assert.equal(prediction.differsFromStandard, row.deviation !== undefined);
    });
  }

  interface Redirect {
    readonly what: string;
    /** `A` stands for the API's origin, `L` for the same server under the name localhost, another origin. */
    readonly location: string;
    readonly allowsOrigin: boolean;
    /** Access-Control-Allow-Origin at the target; `S` stands for the page's origin. */
    readonly target: string;
    readonly judged: Judgement['reasonCode'];
    readonly verdict: 'allowed' | 'blocked';
    /** The Origin that the target sees; undefined: the request never gets there. */
    readonly originAtTarget: string | undefined;
  }
  const redirects: readonly Redirect[] = [
    {
      what: 'within the origin',
      location: '/target',
      allowsOrigin: true,
      target: 'S',
      judged: 'redirected',
      verdict: 'allowed',
      originAtTarget: 'S',
    },
    {
      what: 'without Access-Control-Allow-Origin',
      location: '/target',
      allowsOrigin: false,
      target: 'S',
      judged: 'missing-allow-origin',
      verdict: 'blocked',
      originAtTarget: undefined,
    },
    {
      what: 'to a second origin that allows the page',
      location: 'L/target',
      allowsOrigin: true,
      target: 'S',
      judged: 'redirected',
      verdict: 'blocked',
      originAtTarget: 'null',
    },
    {
      what: 'to a second origin that allows null',
      location: 'L/target',
      allowsOrigin: true,
      target: 'null',
      judged: 'redirected',
      verdict: 'allowed',
      originAtTarget: 'null',
    },
    {
      what: 'to an address with a password',
      location: 'http://u:p@127.0.0.1/target',
      allowsOrigin: true,
      target: 'S',
      judged: 'redirect-with-credentials',
      verdict: 'blocked',
      originAtTarget: undefined,
    },
    {
      what: 'to another scheme',
      location: 'ftp://127.0.0.1/target',
      allowsOrigin: true,
      target: 'S',
      judged: 'redirect-to-other-scheme',
      verdict: 'blocked',
      originAtTarget: undefined,
    },
  ];
  for (const row of redirects) {
    it(`a redirect ${row.what}: ${row.judged}, and in the end ${row.verdict}`, async () => {
      assert.ok(browser !== undefined);
      const page = (text: string): string => text.replace(/^S$/, siteOrigin);
      const target = `/target/${String(addresses++)}`;
      const location = row.location.replace('/target', target).replace(/^L/, apiOrigin.replace('127.0.0.1', 'localhost'));
      const answer = { status: 200, headers: [['Access-Control-Allow-Origin', page(row.target)]] } as const;
      api.script(target, { preflight: answer, actual: answer });
      const headers: [string, string][] = [
        ...(row.allowsOrigin ? [['Access-Control-Allow-Origin', siteOrigin] as [string, string]] : []),
        ['Location', location],
      ];
      const exchange: Exchange = {
        from: 'page',
        method: 'GET',
        headers: [],
        credentials: 'same-origin',
        script: { preflight: answer, actual: { status: 302, headers } },
      };
      const [{ path, result } = assert.fail()] = await carryOut([exchange]);
      const { final } = predict(exchange, siteOrigin);
      assert.equal(final.reasonCode, row.judged);
      assert.equal(result.allowed ? 'allowed' : 'blocked', row.verdict);
      assert.equal(api.received(target).actual?.headers['origin'], row.originAtTarget === undefined ? undefined : page(row.originAtTarget));
      const messages = await messagesAbout(path, row.verdict === 'blocked' ? 1 : 0);
      for (const message of messages) {
        if (final.verdict === 'blocked') assert.ok(message.endsWith(final.reason), message);
        const explained = explainMessage(message);
        assert.ok(explained.recognised);
        assert.equal(explained.redirectedFrom ?? explained.url, apiOrigin + path);
      }
      assert.equal(messages.length, row.verdict === 'blocked' ? 1 : 0);
    });
  }

  it('prints nothing about CORS that is not recognised', () => {
    const unexplained = (browser?.messages ?? []).filter(
      (message) => !explainMessage(message).recognised && !/status of [0-9]{3}/.test(message),
    );
    assert.deepEqual([...new Set(unexplained)], []);
    assert.ok((browser?.messages.length ?? 0) > 100);
  });
});

import assert from 'node:assert/strict';
import { oneOf, type Pattern } from '../cors/origins/origin-set.ts';
import { anyOf, everything } from './codes.ts';
import { all, always, literal, methodIs, not, originIn, requestDatum, test, unknown } from './condition.ts';
import type { Alternative, Condition, HeaderWrite, Policy, Step, Value } from './model.ts';
import { simulate, type SimulatedRequest } from './simulate.ts';

const uri = 'file:///f';
const placeAt = (start: number) => ({ uri, range: { start, end: start + 1 } });

const write = (name: string, value: Value | string, at = 0): Step => ({
  kind: 'write',
  write: {
    op: 'add',
    table: 'response',
    name,
    value: typeof value === 'string' ? literal(value) : value,
    place: placeAt(at),
    namePlace: placeAt(at),
    valuePlace: placeAt(at),
  } satisfies HeaderWrite,
});
const answer = (status: number, by: 'server' | 'application' = 'application'): Step => ({ kind: 'answer', status: anyOf(status), by });
const branch = (when: Condition, then: readonly Step[], otherwise: readonly Step[] = []): Step => ({
  kind: 'branch',
  when,
  then,
  otherwise,
});

const policy = (id: string, ...steps: readonly Step[]): Policy => ({
  id,
  language: 'express',
  title: id,
  kind: 'route',
  place: placeAt(0),
  extent: placeAt(0),
  steps,
  send: ({ tables }) => ({ lines: [...(tables.upstream ?? []), ...(tables.response ?? [])], withheld: [] }),
  fragment: false,
});

const run = (steps: readonly Step[], request: Partial<SimulatedRequest> = {}) =>
  simulateRouted([policy('only', ...steps)], [{ when: always, policy: 'only' }], request);

function simulateRouted(
  policies: readonly Policy[],
  routing: readonly Alternative[],
  request: Partial<SimulatedRequest> = {},
  language = 'nginx',
) {
  const whole: SimulatedRequest = {
    origin: 'https://a.example',
    method: 'GET',
    path: '/',
    headers: [],
    credentials: 'same-origin',
    ...request,
  };
  return simulate({ language: { id: language }, extraction: { policies, routing } }, whole);
}

const ALLOW = 'Access-Control-Allow-Origin';
const METHODS = 'Access-Control-Allow-Methods';

describe('simulate', () => {
  it('sends no preflight for a simple request and names who wrote each line', () => {
    const { exchanges, verdict, exposed } = run([write(ALLOW, '*', 7), write('Vary', 'Origin', 9), write('X-Other', '1'), answer(200)]);
    assert.deepEqual(
      exchanges.map(({ kind, request, response }) => [
        kind,
        request,
        response.status,
        response.headers,
        response.writtenBy.map((place) => place?.range.start),
        response.complete,
      ]),
      [
        [
          'actual',
          { method: 'GET', path: '/', headers: [['Origin', 'https://a.example']] },
          200,
          [
            [ALLOW, '*'],
            ['Vary', 'Origin'],
          ],
          [7, 9],
          true,
        ],
      ],
    );
    assert.equal(verdict, 'allowed');
    assert.ok(exposed.includes('Content-Type'));
  });

  it('takes a piece of another header out of the request', () => {
    const pattern: Pattern = { dialect: 'pcre', source: '^(https?://[^/]+)', flags: '' };
    const steps = [write(ALLOW, { kind: 'requestPart', datum: 'header:x-from', pattern, group: 1 }), answer(200)];
    const sent = (headers: SimulatedRequest['headers']) => run(steps, { headers, all: true }).exchanges.at(-1)?.response.headers;
    assert.deepEqual(sent([['X-From', 'https://a.example/page']]), [[ALLOW, 'https://a.example']]);
    assert.deepEqual(sent([['X-From', 'about:blank']]), [[ALLOW, '']]);
    assert.deepEqual(sent([]), [[ALLOW, '']]);
  });

  it('stops after a blocked preflight, unless all is asked for', () => {
    const steps = [write(ALLOW, '*'), answer(204)];
    const blocked = run(steps, { method: 'PUT' });
    assert.deepEqual([blocked.exchanges.length, blocked.verdict, blocked.reasonCode], [1, 'blocked', 'method-not-allowed']);
    const whole = run(steps, { method: 'PUT', all: true });
    assert.deepEqual(
      whole.exchanges.map(({ kind, verdict }) => [kind, verdict]),
      [
        ['preflight', 'blocked'],
        ['actual', 'allowed'],
      ],
    );
    assert.deepEqual([whole.verdict, whole.reasonCode, whole.exposed], ['blocked', 'method-not-allowed', []]);
  });

  it('answers the preflight and the actual request by their own methods', () => {
    const steps = [branch(methodIs('OPTIONS'), [write(ALLOW, '*'), write(METHODS, 'PUT'), answer(204)]), answer(200)];
    const { exchanges, verdict } = run(steps, { method: 'put' });
    assert.deepEqual(
      exchanges.map(({ request, response, verdict: each }) => [request.method, response.status, each]),
      [
        ['OPTIONS', 204, 'allowed'],
        ['PUT', 200, 'blocked'],
      ],
    );
    assert.equal(verdict, 'blocked');
  });

  it('sends no Origin, or none that is checked, where there is nothing to check', () => {
    const none = run([answer(200)], { origin: undefined, method: 'PUT' });
    assert.deepEqual([none.exchanges.length, none.verdict, none.exchanges[0]?.request.headers], [1, 'allowed', []]);
    const server = { scheme: 'https', hostname: 'a.example', host: 'a.example', origin: 'https://a.example' };
    const same = run([answer(200)], { server, method: 'PUT' });
    assert.deepEqual(
      [same.exchanges.length, same.verdict, same.exchanges[0]?.request.headers],
      [1, 'allowed', [['Origin', 'https://a.example']]],
    );
    assert.deepEqual(run([answer(200)], { server }).exchanges[0]?.request.headers, []);
  });

  it('decides by the Origin, null included', () => {
    const steps = [branch(originIn(oneOf(['null'])), [write(ALLOW, { kind: 'origin', absent: '' })]), answer(200)];
    assert.equal(run(steps, { origin: 'null' }).verdict, 'allowed');
    assert.equal(run(steps).verdict, 'blocked');
  });

  it('says what is certain where something is not known', () => {
    const doubt = unknown('u', 'environment');
    const steps = [write('Vary', 'Accept'), branch(doubt, [write(ALLOW, '*'), answer(200)], [answer(401)])];
    const [exchange] = run(steps).exchanges;
    assert.ok(exchange);
    assert.deepEqual(exchange.response.headers, [['Vary', 'Accept']]);
    assert.deepEqual([exchange.response.maybe, exchange.response.status, exchange.response.complete], [[ALLOW], null, true]);
    assert.deepEqual(
      [exchange.verdict, exchange.reasonCode, exchange.response.unknowns],
      ['unknown', 'unknown-allow-origin', ['environment']],
    );
    assert.match(exchange.reason, /It depends on an environment variable\.$/);
  });

  it('knows that a line is sent whose value it does not know', () => {
    const doubt = unknown('u', 'unresolved');
    const [exchange] = run([branch(doubt, [write(ALLOW, 'https://a.example', 1)], [write(ALLOW, '*', 2)]), answer(200)]).exchanges;
    assert.ok(exchange);
    assert.deepEqual(exchange.response.headers, [[ALLOW, null]]);
    assert.deepEqual(exchange.response.writtenBy, [null]);
    assert.deepEqual(exchange.response.maybe, []);
    // Each of the two values alone lets the page read.
    assert.equal(exchange.verdict, 'allowed');
  });

  it('is certain of a verdict that all cases share', () => {
    const doubt = unknown('u', 'unresolved');
    assert.equal(run([branch(doubt, [write(ALLOW, 'https://b.example')]), answer(200)]).verdict, 'blocked');
  });

  it('keeps common lines of several of one name', () => {
    const [exchange] = run([
      write('Vary', 'A'),
      branch(unknown('u', 'unresolved'), [write('Vary', 'B')]),
      write('Vary', 'C'),
      answer(200),
    ]).exchanges;
    assert.ok(exchange);
    assert.deepEqual(exchange.response.headers, [
      ['Vary', 'A'],
      ['Vary', 'C'],
    ]);
    assert.deepEqual(exchange.response.maybe, ['Vary']);
  });

  it('leaves what an upstream may add open, but not what is hidden', () => {
    const upstream = (hidden: readonly string[]): Step => ({ kind: 'upstream', by: 'upstream', hidden });
    const configure = (...respond: readonly Step[]): Step => ({ kind: 'configure', configuration: { respond } });
    const open = run([configure(write(ALLOW, '*')), upstream([])]);
    assert.deepEqual([open.verdict, open.exchanges[0]?.response.complete, open.exchanges[0]?.response.status], ['unknown', false, null]);
    const closed = run([configure(write(ALLOW, '*')), upstream(['access-control-allow-origin'])]);
    assert.deepEqual([closed.verdict, closed.exchanges[0]?.response.complete], ['allowed', false]);
  });

  it('takes the status from outside only where the configuration leaves it open', () => {
    const open: Step = { kind: 'answer', status: everything, by: 'application' };
    assert.equal(run([open]).exchanges[0]?.response.status, null);
    assert.equal(run([open], { status: 503 }).exchanges[0]?.response.status, 503);
    assert.equal(run([answer(200)], { status: 503 }).exchanges[0]?.response.status, 200);
  });

  it('goes to the first server where none is named', () => {
    const policies = [policy('a', write(ALLOW, 'https://a.example'), answer(200)), policy('b', answer(200))];
    const host = (name: string) => test(requestDatum('host'), oneOf([name]));
    const path = test(requestDatum('path'), { kind: 'prefix', text: '/' });
    const routing: readonly Alternative[] = [
      { when: all(host('a.test'), path), policy: 'a' },
      { when: all(not(host('a.test')), path), policy: 'b' },
    ];
    assert.equal(simulateRouted(policies, routing).verdict, 'allowed');
    const server = { scheme: 'https', hostname: 'b.test', host: 'b.test', origin: 'https://b.test' };
    assert.equal(simulateRouted(policies, routing, { server }).verdict, 'blocked');
  });

  it('compares decoded paths for servers and raw ones for frameworks', () => {
    const policies = [policy('a', write(ALLOW, '*'), answer(200)), policy('b', answer(200))];
    const routing: readonly Alternative[] = [
      { when: test(requestDatum('path'), oneOf(['/a b/c'])), policy: 'a' },
      { when: always, policy: 'b' },
    ];
    assert.equal(simulateRouted(policies, routing, { path: '/a%20b//c?x=1' }).verdict, 'allowed');
    assert.equal(simulateRouted(policies, routing, { path: '/a%20b//c?x=1' }, 'express').verdict, 'blocked');
  });

  it('knows that a request without cookies and headers of its own is nobody\u2019s', () => {
    const authentication = { place: placeAt(0), name: 'auth', confidence: 'proven' as const };
    const steps = [branch({ kind: 'authenticated', authentication }, [write(ALLOW, '*'), answer(200)], [answer(401)])];
    assert.equal(run(steps).exchanges[0]?.response.status, 401);
    const asked = run(steps, { headers: [['Authorization', 'x']], all: true }).exchanges;
    assert.deepEqual(
      asked.map(({ response }) => [response.status, response.unknowns]),
      [
        [401, []],
        [null, ['credentials']],
      ],
    );
  });

  it('says so where nothing answers, and where no place of the file does', () => {
    assert.deepEqual(run([{ kind: 'hang', place: placeAt(0) }]).reasonCode, 'no-answer');
    const outside = simulateRouted([policy('a', answer(200))], []);
    assert.deepEqual(
      [outside.verdict, outside.exchanges[0]?.response.unknowns, outside.exchanges[0]?.response.complete],
      ['unknown', ['outside'], false],
    );
    assert.equal(simulateRouted([], []).verdict, 'unknown');
  });
});

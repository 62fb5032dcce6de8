/** What has to be seen of each kind of mistake, on the bad text's server and on the fixed one's. */
import assert from 'node:assert/strict';
import type { Finding } from '../../../server/src/core/finding.ts';
import type { ClientResponse } from '../programs.ts';
import { Browser, exchangeKey, foreign, hostile, readableHeaders, type Exchange, type Outcome } from './exchanges.ts';
import type { Effect, Expectation } from './expectations.ts';

/** One text on its server, or the server's words where it does not start. */
export type Side = { readonly port: number } | { readonly refusal: string };

export interface Seen {
  readonly expected: Expectation;
  readonly findings: readonly Finding[];
  /** Origins that the text means. */
  readonly honest: readonly string[];
  /** Origins that prove the findings. */
  readonly witnesses: readonly string[];
  readonly exchanges: readonly Exchange[];
  readonly bad: Side;
  /** Undefined where the rule has no fix. */
  readonly fixed: Side | undefined;
}

/** Throws an AssertionError where a mistake, or what its fix does, is not seen. */
export async function judge(seen: Seen): Promise<void> {
  const bad = await outcomesOf(seen.bad, seen);
  const fixed = seen.fixed && (await outcomesOf(seen.fixed, seen));
  const story = { ...seen, before: bad, after: fixed };
  await EFFECTS[seen.expected.effect](story);
  if (!fixed) return;
  const safe = seen.findings.every((finding) => finding.fixes[0]?.applicability === 'safe');
  for (const exchange of seen.exchanges) {
    const [before, after] = [bad.get(exchangeKey(exchange)), fixed.get(exchangeKey(exchange))];
    if (!before || !after) continue;
    if ([...foreign, ...seen.witnesses].includes(exchange.origin) && !isOpen(after)) {
      assert.ok(before.allowed || !after.allowed, `the fix lets in ${exchangeKey(exchange)}`);
      if (after.preflight) assert.ok(before.sent || !after.sent, `the fix lets the preflight through of ${exchangeKey(exchange)}`);
    }
    if (safe && seen.honest.includes(exchange.origin) && before.allowed)
      assert.ok(after.allowed, `the safe fix shuts out ${exchangeKey(exchange)}: ${after.reason}`);
  }
}

/** The answer says `*`, which the author wrote: every page is meant. */
function isOpen({ response, preflight }: Outcome): boolean {
  return [response, preflight].some((each) => allowOrigins(each).join() === '*');
}

type Outcomes = ReadonlyMap<string, Outcome>;

interface Story extends Seen {
  readonly before: Outcomes;
  readonly after: Outcomes | undefined;
}

/** So many requests are under way at once. */
const together = 10;

/** What every page gets; of a server that did not start nobody gets anything. */
async function outcomesOf(side: Side, { exchanges }: Seen): Promise<Outcomes> {
  const outcomes = new Map<string, Outcome>();
  const browser = 'port' in side ? new Browser(side.port) : undefined;
  const nothing: Outcome = { allowed: false, sent: false, reason: 'no server', response: undefined, preflight: undefined };
  for (let at = 0; at < exchanges.length; at += together) {
    const some = exchanges.slice(at, at + together);
    const answers = await Promise.all(some.map(async (each) => (browser ? browser.fetch(each) : nothing)));
    some.forEach((each, index) => outcomes.set(exchangeKey(each), answers[index] ?? nothing));
  }
  return outcomes;
}

const EFFECTS: Readonly<Record<Effect, (story: Story) => Promise<void> | void>> = {
  hole(story) {
    const { witnesses, honest, exchanges, before, after } = story;
    assert.ok(witnesses.length > 0, 'the findings have no witness');
    for (const witness of witnesses)
      assert.ok(somebody(story, before, [witness]), `${witness} does not read\n${told(story, before, [witness])}`);
    if (!after) return;
    const stranger = exchanges.find((each) => [...witnesses, ...foreign].includes(each.origin) && after.get(exchangeKey(each))?.allowed);
    assert.ok(!stranger, `after the fix ${stranger && exchangeKey(stranger)} still reads`);
    if (somebody(story, before, honest))
      assert.ok(somebody(story, after, honest), `nobody honest reads after the fix\n${told(story, after, honest)}`);
  },
  sends({ witnesses, exchanges, before, after }) {
    const asked = exchanges.filter((each) => witnesses.includes(each.origin) && each.credentials === 'include' && each.method === 'PUT');
    const passing = (outcomes: Outcomes | undefined): readonly Outcome[] =>
      asked.flatMap((each) => {
        const outcome = outcomes?.get(exchangeKey(each));
        return outcome?.sent === true ? [outcome] : [];
      });
    assert.ok(passing(before).length > 0, `no preflight of ${witnesses.join()} passes`);
    assert.ok(!passing(before).some((each) => each.allowed), 'it reads as well');
    assert.equal(passing(after).length, 0, 'after the fix the preflight still passes');
  },
  open(story) {
    const { exchanges, before, after } = story;
    assert.ok(
      exchanges.some((each) => each.origin === hostile && before.get(exchangeKey(each))?.allowed),
      'no site reads',
    );
    const cookies = exchanges.find(
      (each) => each.origin === hostile && each.credentials === 'include' && after?.get(exchangeKey(each))?.allowed,
    );
    assert.ok(!cookies, 'after the fix a hostile page reads with cookies');
    if (after) assert.ok(somebody(story, after, story.honest), 'nobody honest reads after the fix');
  },
  async 'every-subdomain'({ honest, exchanges, bad }) {
    assert.ok('port' in bad);
    const browser = new Browser(bad.port);
    const names = honest.flatMap((origin) => [
      origin.replace('://', '://nobody-made-this.'),
      origin.replace(/:\/\/[^.]+\.(?=.*\.)/, '://nobody-made-this.'),
    ]);
    for (const exchange of exchanges.filter((each) => each.origin === honest[0] && each.credentials === 'include'))
      for (const origin of names) if ((await browser.fetch({ ...exchange, origin })).allowed) return;
    assert.fail(`none of ${names.join(', ')} reads with credentials`);
  },
  async chosen({ exchanges, bad, fixed }) {
    assert.ok(await choosable(bad, exchanges), 'the page does not choose the allowed origin');
    if (fixed) assert.ok(!(await choosable(fixed, exchanges)), 'the page still chooses the allowed origin');
  },
  breakage(story) {
    const { honest, exchanges, before, after } = story;
    const own = exchanges.filter((each) => honest.includes(each.origin));
    const broken = own.filter((each) => !before.get(exchangeKey(each))?.allowed);
    assert.ok(broken.length > 0, 'nothing fails');
    if (after)
      assert.ok(
        broken.some((each) => after.get(exchangeKey(each))?.allowed),
        `nothing that failed works after the fix\n${told(story, after, honest)}`,
      );
  },
  async 'no-origin'({ exchanges, bad, fixed }) {
    assert.ok(await breaksWithoutOrigin(bad, exchanges), 'requests without Origin are answered rightly');
    if (fixed) assert.ok(!(await breaksWithoutOrigin(fixed, exchanges)), 'requests without Origin still break');
  },
  async 'in-turn'({ honest, exchanges, bad, fixed }) {
    assert.ok((await turns(bad, honest, exchanges)).has('both'), 'no request is allowed and refused in turn');
    if (!fixed) return;
    const answers = await turns(fixed, honest, exchanges);
    assert.ok(!answers.has('both') && answers.has('allowed'), `after the fix: ${[...answers].join()}`);
  },
  async cache(story) {
    assert.ok(await spoilt(story, story.bad), 'no stored answer spoils another page');
    if (story.fixed) assert.equal(await spoilt(story, story.fixed), undefined);
  },
  alike({ exchanges, before, after }) {
    assert.ok(after, 'there is no fix');
    const sent = (outcome: Outcome | undefined): unknown => {
      const answers = [outcome?.response, outcome?.preflight];
      assert.ok(answers.some(Boolean), 'no answer comes');
      return { allowed: outcome?.allowed, status: answers.map((each) => each?.status), allowOrigin: answers.map(allowOrigins) };
    };
    for (const key of exchanges.map(exchangeKey)) assert.deepEqual(sent(after.get(key)), sent(before.get(key)), key);
  },
  answer(story) {
    const { exchanges, before, after, expected } = story;
    if (!after) return;
    const changed = exchanges.filter((each) => {
      const [old, fresh] = [before.get(exchangeKey(each)), after.get(exchangeKey(each))];
      assert.ok(old?.allowed || !fresh?.allowed, `the fix lets in ${exchangeKey(each)}`);
      return old && fresh && partsOf(each, old, expected.about ?? '') !== partsOf(each, fresh, expected.about ?? '');
    });
    assert.ok(changed.length > 0, `no answer differs in ${expected.about ?? ''}`);
  },
  async refused({ exchanges, bad, fixed }) {
    assert.ok(await isRefused(bad, exchanges), 'the server takes the text');
    if (fixed)
      assert.ok(!(await isRefused(fixed, exchanges)), `the server refuses the fixed text: ${'refusal' in fixed ? fixed.refusal : ''}`);
  },
};

function somebody({ exchanges }: Story, outcomes: Outcomes, origins: readonly string[]): boolean {
  return exchanges.some((each) => origins.includes(each.origin) && outcomes.get(exchangeKey(each))?.allowed);
}

/** The outcomes of some origins, for messages. */
function told({ exchanges }: Story, outcomes: Outcomes, origins: readonly string[]): string {
  return exchanges
    .filter((each) => origins.includes(each.origin))
    .slice(0, 8)
    .map((each) => `${exchangeKey(each)}: ${outcomes.get(exchangeKey(each))?.reason ?? ''}`)
    .join('\n');
}

function pathsIn(exchanges: readonly Exchange[]): readonly string[] {
  return [...new Set(exchanges.map((each) => each.path))];
}

function allowOrigins(response: ClientResponse | undefined): readonly string[] {
  return (response?.headers ?? []).flatMap(([name, value]) => (name.toLowerCase() === 'access-control-allow-origin' ? [value] : []));
}

/** Whether words that a page puts into everything that it can choose come back as an allowed origin. */
async function choosable(side: Side, exchanges: readonly Exchange[]): Promise<boolean> {
  if (!('port' in side)) return false;
  const browser = new Browser(side.port);
  const chosen = [
    ['Referer', 'https://chosen.example/'],
    ['Cookie', 'tenant=chosen; origin=https://chosen.example'],
    ['X-From', 'https://chosen.example'],
    ['Host', 'chosen.example'],
  ] as const;
  for (const path of pathsIn(exchanges)) {
    const response = await browser.ask('GET', `${path}?origin=https://chosen.example&from=https://chosen.example`, chosen);
    if (allowOrigins(response).some((value) => value.includes('chosen'))) return true;
  }
  return false;
}

async function breaksWithoutOrigin(side: Side, exchanges: readonly Exchange[]): Promise<boolean> {
  if (!('port' in side)) return true;
  const browser = new Browser(side.port);
  for (const path of pathsIn(exchanges)) {
    const response = await browser.ask('GET', path, []);
    // Where the process would end, the request is never answered.
    if (!response || response.status === 500 || allowOrigins(response).some((value) => value === 'undefined' || value === '(null)'))
      return true;
  }
  return false;
}

/** Of the same requests sent again and again: whether they are `allowed`, `refused`, or `both` in turn. */
async function turns(side: Side, honest: readonly string[], exchanges: readonly Exchange[]): Promise<ReadonlySet<string>> {
  assert.ok('port' in side);
  const answers = new Set<string>();
  for (const exchange of exchanges.filter((each) => honest.includes(each.origin) && each.method === 'GET' && each.headers.length === 0)) {
    const allowed = new Set<boolean>();
    for (let time = 0; time < 4; time++) allowed.add((await new Browser(side.port).fetch(exchange)).allowed);
    answers.add(allowed.size > 1 ? 'both' : allowed.has(true) ? 'allowed' : 'refused');
  }
  return answers;
}

/** A page's request that works, and does not where a cache holds the answer to another page or to none. */
async function spoilt({ exchanges, honest, before }: Story, side: Side): Promise<string | undefined> {
  assert.ok('port' in side);
  const browser = new Browser(side.port);
  for (const exchange of exchanges) {
    if (
      !honest.includes(exchange.origin) ||
      exchange.method !== 'GET' ||
      exchange.headers.length > 0 ||
      !before.get(exchangeKey(exchange))?.allowed
    )
      continue;
    for (const stored of [undefined, hostile, ...honest])
      if (!(await browser.fetchCached(exchange, stored)))
        return `${exchangeKey(exchange)} is refused where the answer to ${stored ?? 'no Origin'} is stored`;
  }
  return undefined;
}

/** What of an outcome an `answer` is about. */
function partsOf(exchange: Exchange, { response, preflight }: Outcome, about: string): string {
  if (about === 'status') return `${String(preflight?.status)} ${String(response?.status)}`;
  if (about === 'exposed') return response ? readableHeaders(exchange, response).join() : '';
  const lines = [...(preflight?.headers ?? []), ...(response?.headers ?? [])];
  return JSON.stringify(lines.filter(([name]) => name.toLowerCase() === about));
}

async function isRefused(side: Side, exchanges: readonly Exchange[]): Promise<boolean> {
  if (!('port' in side)) return true;
  const browser = new Browser(side.port);
  for (const path of pathsIn(exchanges)) if ((await browser.ask('GET', path, []))?.status !== 500) return false;
  return true;
}

import assert from 'node:assert/strict';
import { rules } from '../../../server/src/rules/index.ts';
import { startUpstream } from '../programs.ts';
import { judge, type Side } from './effects.ts';
import { errorPagesOf, foreign, honestOrigins, pathsOf, requestsOf, type Exchange } from './exchanges.ts';
import { expectations, unserved, type Expectation } from './expectations.ts';
import { badFiles, findingsOf, fixedFiles, servedFixtures, type FixtureFiles, type ServedFixture } from './fixtures.ts';
import { ApplicationHost, missing, serve, type Serving } from './serving.ts';

/** Whom the application behind the proxies lets in that decides itself. */
const admitted = ['https://app.example.com', 'https://admin.example.com', 'http://app.example.com'];

const textOf = ({ main, files }: FixtureFiles): string => files[main] ?? '';

/** The version that the fixture's package.json asks for; both where it says nothing. */
function serversOf({ language }: ServedFixture, { files }: FixtureFiles): readonly string[] {
  if (language !== 'express') return [language];
  const major = /"express": *"[~^]?(\d)/.exec(files['package.json'] ?? '')?.[1];
  return major === undefined ? ['express4', 'express5'] : [`express${major}`];
}

describe('the bad and the fixed fixtures of the rules, on the real servers', function () {
  this.timeout(60_000);
  let plain: Awaited<ReturnType<typeof startUpstream>>;
  let deciding: typeof plain;
  const hosts = new Map<string, ApplicationHost>();

  before(async () => {
    const status = (url = ''): number => Number(/\d{3}/.exec(url)?.[0] ?? 200);
    plain = await startUpstream(({ url }) => ({ status: status(url), headers: [] }));
    // An application that decides by the Origin that it sees.
    deciding = await startUpstream(({ url, headers: { origin } }) => ({
      status: status(url),
      headers: [
        ['Vary', 'Origin'],
        ...(origin !== undefined && admitted.includes(origin) ? [['Access-Control-Allow-Origin', origin] as const] : []),
      ],
    }));
    if (missing.express === undefined) for (const version of ['express4', 'express5']) hosts.set(version, new ApplicationHost(version));
  });
  after(async () => {
    await plain.stop();
    await deciding.stop();
    for (const host of hosts.values()) await host.stop();
  });

  const all = servedFixtures();
  const whyUnserved = ({ rule, language, name }: ServedFixture): string | undefined =>
    unserved[`${rule}/${language}/${name}`] ?? unserved[`${rule}/${language}`];

  it('says of every rule about responses what its mistake does', () => {
    const responses = rules.filter((rule) => rule.category !== 'request').map((rule) => rule.id);
    const listed = all.filter((fixture) => whyUnserved(fixture) === undefined).map((fixture) => fixture.rule);
    assert.deepEqual(
      [...new Set(listed)].filter((id) => !(id in expectations)),
      [],
    );
    assert.deepEqual(
      Object.keys(expectations).filter((id) => !responses.includes(id)),
      [],
    );
  });

  it(`names among those that are not served only fixtures that are there (${all.filter(whyUnserved).length} of ${all.length})`, () => {
    const names = new Set(all.flatMap(({ rule, language, name }) => [`${rule}/${language}/${name}`, `${rule}/${language}`]));
    assert.deepEqual(
      Object.keys(unserved).filter((key) => !names.has(key)),
      [],
    );
  });

  async function start(
    fixture: ServedFixture,
    files: FixtureFiles,
    expected: Expectation,
    server: string,
  ): Promise<Side & Partial<Serving>> {
    try {
      if (fixture.language === 'express') {
        const host = hosts.get(server);
        assert.ok(host);
        return await host.serve(files);
      }
      const text = textOf(files);
      const documents = [...pathsOf(fixture.language, text).filter((path) => /200|font|json/.test(path)), ...errorPagesOf(text)];
      return await serve(fixture.language, files, documents, (expected.upstreamDecides ? deciding : plain).port);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return { refusal: error instanceof Error ? error.message : String(error) };
    }
  }

  for (const fixture of all.filter((each) => whyUnserved(each) === undefined)) {
    const { rule, language, name } = fixture;
    const bad = badFiles(fixture);
    for (const server of serversOf(fixture, bad)) {
      it(`${rule}: ${name} on ${server}`, async function () {
        const why = missing[language];
        if (why !== undefined) {
          this.test!.title += ` (skipped: ${why})`;
          this.skip();
        }
        const row = expectations[rule];
        const expected = row?.except?.[`${language}/${name}`] ?? row;
        assert.ok(expected);
        const fixed = fixedFiles(fixture);
        const findings = await findingsOf(fixture);
        // What holds a server up is not sent to it.
        const proofs = expected.effect === 'alike' ? [] : findings.flatMap((finding) => finding.witness ?? []);
        const witnesses = [...new Set(proofs)];
        const text = textOf(bad) + textOf(fixed ?? bad);
        const named = expected.upstreamDecides ? [...honestOrigins(text), ...admitted] : honestOrigins(text);
        const honest = [...new Set(named)].filter((origin) => !witnesses.includes(origin));
        const origins = [...new Set([...honest, ...witnesses, ...foreign])];
        const exchanges = requestsOf(language, text).flatMap((request) =>
          origins.flatMap((origin) => (['omit', 'include'] as const).map((credentials): Exchange => ({ ...request, origin, credentials }))),
        );
        const running: (Side & Partial<Serving>)[] = [await start(fixture, bad, expected, server)];
        try {
          if (fixed) running.push(await start(fixture, fixed, expected, server));
          const [before, after] = running;
          assert.ok(before);
          if (fixed && after && 'refusal' in after && expected.effect !== 'refused')
            assert.fail(`the fixed text does not start: ${after.refusal}`);
          if ('refusal' in before && !['refused', 'breakage'].includes(expected.effect))
            assert.fail(`it does not start: ${before.refusal}`);
          await judge({ expected, findings, honest, witnesses, exchanges, bad: before, fixed: after });
        } finally {
          for (const each of running) await each.stop?.();
        }
      });
    }
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { AutomataOrigins } from './automata.ts';
import { intendedDomains, registrableDomain } from './intent.ts';
import { judge, type Foreign, type Judgement } from './judge.ts';
import { canonicalKey, contains, framed, matching, oneOf, union, type OriginSet } from './origin-set.ts';

const js = (source: string, flags = ''): OriginSet => matching({ dialect: 'javascript', source, flags });
const pcre = (source: string, flags = ''): OriginSet => matching({ dialect: 'pcre', source, flags });
const label = (set: OriginSet): string => canonicalKey(set).slice(0, 80);

describe('what an origin check means', () => {
  const rows: readonly [OriginSet, { domains?: string[]; hosts?: string[]; sharedSuffixes?: string[] }][] = [
    [js('^https:\\/\\/acme\\.io$'), { domains: ['acme.io'] }],
    [js('^https:\\/\\/app.acme.io$'), { domains: ['acme.io'] }],
    [js('acme\\.co\\.uk$'), { domains: ['acme.co.uk'] }],
    [js('^https?://(?:.+\\.)?acme\\.(?:io|com)$'), { domains: ['acme.io', 'acme.com'] }],
    [js('^https://([a-z0-9-]+\\.)*ACME\\.io$', 'i'), { domains: ['acme.io'] }],
    [js('^https://my\\.team\\.vercel\\.app$'), { domains: ['team.vercel.app'] }],
    [js('\\.vercel\\.app$'), { sharedSuffixes: ['vercel.app'] }],
    [js('^https://app-[a-z0-9]+\\.vercel\\.app$'), { sharedSuffixes: ['vercel.app'] }],
    [js('^https://app-[a-z0-9]+-team\\.vercel\\.app$'), { sharedSuffixes: ['vercel.app'] }],
    // Each is in the private part of the public suffix list.
    ...['web.app', 'firebaseapp.com', 'azurewebsites.net', 'onrender.com', 'fly.dev', 'a.run.app'].map(
      (suffix): [OriginSet, { sharedSuffixes: string[] }] => [
        js(`^https://[a-z-]+\\.${suffix.replaceAll('.', '\\.')}$`),
        { sharedSuffixes: [suffix] },
      ],
    ),
    // The hoster's own name, below which everybody gets one.
    ...['up.railway.app', 's3.amazonaws.com', 'web.core.windows.net'].map(
      (suffix): [OriginSet, { domains: string[]; sharedSuffixes: string[] }] => {
        const domain = suffix.split('.').slice(-2).join('.');
        return [js(`^https://.*\\.${domain.replaceAll('.', '\\.')}$`), { domains: [domain], sharedSuffixes: [suffix] }];
      },
    ),
    [js('^https://docs\\.railway\\.app$'), { domains: ['railway.app'] }],
    [js('^https://.*\\.docs\\.railway\\.app$'), { domains: ['railway.app'] }],
    [js('localhost'), { hosts: ['localhost'] }],
    [js('^http://localhost:\\d+$'), { hosts: ['localhost'] }],
    [js('^http://127\\.0\\.0\\.1(:\\d+)?$'), { hosts: ['127.0.0.1'] }],
    [js('^http://api$'), { hosts: ['api'] }],
    [js('^http://intranet\\.local$'), { hosts: ['intranet.local'] }],
    [js('\\.corp\\.internal$'), { domains: ['corp.internal'] }],
    [js('^(?=https://).*acme\\.io$'), { domains: ['acme.io'] }],
    [js('^(?!.*evil\\.com).*acme\\.io$'), { domains: ['acme.io'] }],
    [js('.*'), {}],
    [js('^https://acme\\.[a-z]+$'), {}],
    [pcre('^https://(?:www\\.)?+acme\\.io\\z'), { domains: ['acme.io'] }],
    [oneOf(['https://a.acme.io', 'http://localhost:3000', 'null']), { domains: ['acme.io'], hosts: ['localhost'] }],
    [{ kind: 'suffix', text: '.acme.io' }, { domains: ['acme.io'] }],
    [{ kind: 'prefix', text: 'https://acme' }, {}],
    [{ kind: 'part', part: 'hostname', of: { kind: 'suffix', text: 'acme.io' } }, { domains: ['acme.io'] }],
    [union([js('^https://a\\.io$'), js('^https://b\\.io$')]), { domains: ['a.io', 'b.io'] }],
    [{ kind: 'complement', of: js('evil\\.com') }, {}],
  ];
  for (const [set, expected] of rows) {
    it(label(set), () => {
      const { domains, hosts, sharedSuffixes } = intendedDomains(set);
      assert.deepEqual({ domains, hosts, sharedSuffixes }, { domains: [], hosts: [], sharedSuffixes: [], ...expected });
    });
  }

  it('knows that names below a hoster are sold', () => {
    for (const suffix of ['up.railway.app', 's3.amazonaws.com', 'web.core.windows.net'])
      assert.equal(registrableDomain(`evil.${suffix}`), `evil.${suffix}`);
  });

  it('takes trusted domains as meant, shared suffixes included', () => {
    const intent = intendedDomains(js('\\.vercel\\.app$'), { trustedDomains: ['vercel.app', 'acme.io'] });
    assert.deepEqual([intent.domains, intent.sharedSuffixes], [['vercel.app', 'acme.io'], []]);
    assert.equal(contains(intent.set, 'https://x.acme.io:8443'), true);
    assert.equal(contains(intent.set, 'https://xacme.io'), false);
    assert.deepEqual(intendedDomains(js('\\.railway\\.app$'), { trustedDomains: ['railway.app'] }).sharedSuffixes, []);
  });
});

describe('who else gets in', () => {
  const origins = new AutomataOrigins();
  type Kind = Foreign['kind'] | 'unregistrable dot';
  const rows: readonly [OriginSet, Kind, string?][] = [
    [js('^https:\\/\\/acme\\.io$'), 'none'],
    [js('^https:\\/\\/acme\\.io(:\\d+)?$'), 'none'],
    [js('^https:\\/\\/acme\\.io:\\d+'), 'none'],
    [js('^https:\\/\\/(?:.+\\.)?acme\\.io$'), 'none'],
    [js('\\.acme\\.io$'), 'none'],
    [js('^http://localhost:\\d+$'), 'none'],
    [js('^http://192\\.168\\.\\d+\\.\\d+$'), 'none'],
    [js('^capacitor://localhost$'), 'none'],
    [oneOf(['https://a.io', 'null']), 'none'],
    [{ kind: 'suffix', text: '.acme.io' }, 'none'],
    [js('^https:\\/\\/acme\\.io'), 'suffix', 'https://acme.io.evil.com'],
    [js('https?:\\/\\/acme\\.io'), 'suffix', 'https://acme.io.evil.com'],
    [js('^https:\\/\\/acme\\.io|https:\\/\\/acme\\.com$'), 'suffix', 'https://acme.io.evil.com'],
    [js('^https:\\/\\/myapp\\.com(?![a-z0-9.-])'), 'suffix', 'https://myapp.com_.evil.com'],
    [js('localhost'), 'suffix', 'https://localhost.evil.com'],
    [js('^http://192\\.168\\.'), 'suffix', 'http://192.168.evil.com'],
    [{ kind: 'prefix', text: 'https://acme.io' }, 'suffix', 'https://acme.io.evil.com'],
    [{ kind: 'prefix', text: 'https://acme' }, 'suffix', 'https://acme.evil.com'],
    [js('acme\\.io$'), 'lookalike', 'https://evil-acme.io'],
    [js('^https:\\/\\/.*acme\\.io$'), 'lookalike', 'https://evil-acme.io'],
    [js('^https:\\/\\/[a-z]*acme\\.io$'), 'lookalike', 'https://evilacme.io'],
    [{ kind: 'suffix', text: 'acme.io' }, 'lookalike', 'https://evil-acme.io'],
    [{ kind: 'contains', text: 'acme.io' }, 'lookalike', 'https://evil-acme.io'],
    [{ kind: 'part', part: 'hostname', of: { kind: 'suffix', text: 'acme.io' } }, 'lookalike', 'https://evil-acme.io'],
    [js('^https:\\/\\/app.acme.io$'), 'dot', 'https://appxacme.io'],
    [js('^https:\\/\\/.+.acme.io$'), 'dot'],
    [js('^https:\\/\\/acme.io$'), 'unregistrable dot'],
    [js('\\.vercel\\.app$'), 'shared-suffix', 'https://evil.vercel.app'],
    [js('^https:\\/\\/app-[a-z]+\\.netlify\\.app$'), 'shared-suffix'],
    [js('\\.railway\\.app$'), 'shared-suffix', 'https://evil.up.railway.app'],
    [js('^https://.*\\.replit\\.dev$'), 'shared-suffix', 'https://evil.e.replit.dev'],
    [{ kind: 'part', part: 'hostname', of: { kind: 'suffix', text: '.railway.app' } }, 'shared-suffix', 'https://evil.up.railway.app'],
    [js('^https://[a-z]+\\.amazonaws\\.com$'), 'none'],
    [js('^https://.*\\.amazonaws\\.com$'), 'shared-suffix', 'https://evil.s3.amazonaws.com'],
    [union([js('\\.railway\\.app$'), js('\\.acme\\.io$')]), 'shared-suffix', 'https://evil.up.railway.app'],
    [js('^https://deploy-preview-[0-9]+--.*\\.netlify\\.app$'), 'shared-suffix', 'https://deploy-preview-0--evil.netlify.app'],
    [js('^https://deploy-preview-[0-9]+--acme\\.netlify\\.app$'), 'none'],
    [js('^https://(?:[a-z0-9-]+--)?acme\\.netlify\\.app$'), 'none'],
    [js('^https://.*acme\\.netlify\\.app$'), 'lookalike', 'https://evil-acme.netlify.app'],
    [js('^https://[a-z0-9-]+--site--acme\\.aem\\.(?:live|page)$'), 'none'],
    [js('^https://[a-z0-9-]+--acme\\.vercel\\.app$'), 'shared-suffix'],
    [js('^https?://[\\d.]+$'), 'address', 'https://203.0.113.66'],
    [js('^http://(\\d{1,3}\\.){3}\\d{1,3}:3000$'), 'address', 'http://203.0.113.66:3000'],
    [js('^https?://(?:[\\d.]+|localhost|.*\\.acme\\.io)(:\\d+)?$'), 'address'],
    [js('^https?://(?:10|192)(?:\\.\\d+){3}$'), 'none'],
    [js('^https://[a-z]+-acme\\.vercel\\.app$'), 'shared-suffix', 'https://evil-acme.vercel.app'],
    [js('^https://acme\\.github\\.io$'), 'none'],
    [js('acme\\.github\\.io$'), 'lookalike', 'https://evil-acme.github.io'],
    [js('^http://\\[::1\\](?::\\d+)?$'), 'none'],
    [js('^http://\\[::1\\]'), 'none'],
    [js('^https://\\[2001:db8::[0-9a-f]+\\]$'), 'none'],
    [js('^http://127\\.0\\.0\\.1$'), 'none'],
    [js('^http://127\\.0\\.0\\.1'), 'suffix', 'http://127.0.0.1.evil.com'],
    [js('^(?:capacitor|ionic)://localhost$'), 'none'],
    [js('^chrome-extension://[a-p]{32}$'), 'none'],
    [js('^https://acme\\.io:'), 'none'],
    [js('^https://acme\\.io:8443'), 'none'],
    [js('^http://localhost:3000'), 'none'],
    [pcre('^https?://(.*\\.)?acme\\.io([^.a-zA-Z0-9-]+.*)?$'), 'suffix', 'https://acme.io_.evil.com'],
    [js('^http://localhost'), 'suffix', 'http://localhost.evil.com'],
    [js('^http://api:\\d+$'), 'none'],
    [js('^http://api'), 'suffix', 'http://api.evil.com'],
    [js('^https://acme\\.io(?::\\d+)?(?:/|$)'), 'none'],
    [{ kind: 'piece', piece: { take: 'last', count: 2, separator: '.' }, of: oneOf(['acme.io']) }, 'none'],
    [framed('', '-GET', js('^https://acme\\.io-GET$')), 'none'],
    [framed('', '-GET', js('^https://.*acme\\.io-GET$')), 'lookalike'],
    [
      {
        kind: 'part',
        part: 'hostname',
        of: { kind: 'piece', piece: { take: 'last', count: 2, separator: '.' }, of: oneOf(['acme.io']) },
      },
      'none',
    ],
    [js('\\.vercel\\.app'), 'suffix', 'https://app.vercel.app.evil.com'],
    [js('.*'), 'anything', 'https://evil.com'],
    [js('^https?:\\/\\/'), 'anything', 'https://evil.com'],
    [js('^https:\\/\\/acme\\.io$|.*'), 'anything', 'https://evil.com'],
    [{ kind: 'all' }, 'anything', 'https://evil.com'],
    [js('^https://acme\\.io/$'), 'none'],
    [js('('), 'undecided'],
    [pcre('^https://(?>acme\\.)io'), 'suffix', 'https://acme.io.evil.com'],
    [pcre('https?://(localhost|.*\\.example\\.com)'), 'suffix'],
  ];
  for (const [set, kind, witness] of rows) {
    it(`${label(set)}: ${kind}`, () => {
      const { foreign } = judge(origins, set, intendedDomains(set));
      assert.equal(foreign.kind === 'dot' && !foreign.registrable ? 'unregistrable dot' : foreign.kind, kind);
      if (!('witness' in foreign)) return;
      assert.equal(contains(set, foreign.witness), true, 'the real check accepts the witness');
      assert.equal(contains(intendedDomains(set).set, foreign.witness), false, 'nobody meant the witness');
      if (foreign.kind !== 'address' && (foreign.kind !== 'dot' || foreign.registrable))
        assert.notEqual(registrableDomain(new URL(foreign.witness).hostname), undefined);
      if (witness !== undefined) assert.equal(foreign.witness, witness);
    });
  }

  const others: readonly [OriginSet, Partial<Omit<Judgement, 'foreign'>>][] = [
    [js('^https:\\/\\/acme\\.io$'), { nullWitness: false, insecureWitness: false, everySubdomain: false, matchesNothing: false }],
    [js('.*'), { nullWitness: 'null', everySubdomain: false }],
    [js('null|^https://acme\\.io$'), { nullWitness: 'null' }],
    [js('^https?://acme\\.io$'), { insecureWitness: 'http://acme.io' }],
    [oneOf(['http://acme.io']), { insecureWitness: 'http://acme.io' }],
    [js('^http://localhost(:\\d+)?$'), { insecureWitness: false }],
    [js('^https?://(?:[a-z]+\\.)?shop\\.vercel\\.app$'), { insecureWitness: false }],
    [js('^https?://shop\\.(?:dev|io)$'), { insecureWitness: 'http://shop.io' }],
    [
      oneOf([
        'http://192.168.1.2',
        'http://10.0.0.1:80',
        'http://api:3000',
        'http://x.local',
        'http://a.test',
        'http://[::1]:80',
        'http://172.31.0.1',
        'http://169.254.1.1',
      ]),
      { insecureWitness: false },
    ],
    [oneOf(['http://172.32.0.1']), { insecureWitness: 'http://172.32.0.1' }],
    [js('^https://(?:.+\\.)?acme\\.io$'), { everySubdomain: true }],
    [{ kind: 'suffix', text: '.acme.io' }, { everySubdomain: true }],
    [js('^https://[a-z]{1,3}\\.acme\\.io$'), { everySubdomain: false }],
    [js('^https://acme\\.io/$'), { matchesNothing: true, nullWitness: false, insecureWitness: false }],
    [js('('), { matchesNothing: undefined, nullWitness: undefined, insecureWitness: undefined }],
  ];
  for (const [set, expected] of others) {
    it(`${label(set)}: ${JSON.stringify(expected)}`, () => {
      const judgement = judge(origins, set, intendedDomains(set));
      for (const [name, value] of Object.entries(expected)) assert.equal(judgement[name as keyof Judgement], value, name);
    });
  }

  it('judges a pattern beside a list of hundreds', () => {
    const values = Array.from({ length: 300 }, (_, index) => `https://www.site${index}x${index * 7}.com`);
    const set = union([oneOf(values), js('acme\\.io$')]);
    const { foreign } = judge(origins, set, intendedDomains(set));
    assert.deepEqual(foreign, { kind: 'lookalike', witness: 'https://evil-acme.io' });
    const list = judge(origins, oneOf(values), intendedDomains(oneOf(values)));
    assert.deepEqual([list.foreign.kind, list.insecureWitness, list.matchesNothing], ['none', false, false]);
  });
});

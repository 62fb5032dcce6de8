import assert from 'node:assert/strict';
import { defaultConfiguration } from './core/configuration.ts';
import type { Rule } from './core/rule.ts';
import type { Workspace } from './core/workspace.ts';
import { rules as allRules } from './rules/index.ts';
import { createService, type Service } from './service.ts';

const uri = 'file:///etc/nginx/nginx.conf';
const included = 'file:///etc/nginx/cors.inc';
const text = 'http { server { listen 80; location / { include cors.inc; return 200; } } }';
const anyone = 'add_header Access-Control-Allow-Origin "*" always;';
const one = 'add_header Access-Control-Allow-Origin "https://a.example" always;';

function serviceOver(disk: Map<string, string>, rules?: readonly Rule[]): Service {
  const workspace: Workspace = {
    read: (file) => Promise.resolve(disk.get(file)),
    list: () => Promise.resolve([]),
    files: () => Promise.resolve([...disk.keys()]),
  };
  return createService({ workspace, ...(rules && { rules }) });
}

describe('readings of a document', () => {
  const document = { uri, text };
  let disk: Map<string, string>;
  let service: Service;
  const policies = async (): Promise<string> => JSON.stringify((await service.read(document))?.extraction.policies);

  beforeEach(() => {
    disk = new Map([[included, anyone]]);
    service = serviceOver(disk);
  });

  it('are shared by all who ask about one version', async () => {
    const reading = await service.read(document);
    const analysis = await service.analyse(document);
    assert.equal(analysis?.extraction, reading?.extraction);
    assert.equal(await service.analyse(document), analysis);
    assert.equal(await service.read({ ...document }), reading);
  });

  it('are made anew for another text', async () => {
    const reading = await service.read(document);
    assert.notEqual(await service.read({ uri, text: `${text}\n` }), reading);
  });

  const changes: readonly (readonly [what: string, change: () => Promise<void>])[] = [
    [
      'another document is edited',
      async () => {
        await service.lint({ uri: included, text: one });
      },
    ],
    [
      'a file changes on the disk',
      () => {
        disk.set(included, one);
        service.changed(included);
        return Promise.resolve();
      },
    ],
    [
      'everything may have changed',
      () => {
        disk.set(included, one);
        service.changed();
        return Promise.resolve();
      },
    ],
  ];
  for (const [what, change] of changes) {
    it(`are made anew where ${what}`, async () => {
      assert.match(await policies(), /"\*"/);
      await change();
      assert.match(await policies(), /https:\/\/a\.example/);
    });
  }

  it('of a cancelled question are asked for again', async () => {
    const abort = new AbortController();
    abort.abort();
    assert.equal(await service.analyse(document, { signal: abort.signal }), undefined);
    assert.notEqual(await service.analyse(document), undefined);
  });
});

describe('findings while a file is typed in', () => {
  const application =
    "const express = require('express');\nconst app = express();\napp.use(require('cors')({ origin: '*', credentials: true }));\n";
  const versions: readonly (readonly [what: string, text: string, edit: (text: string) => string, fixes: 'with' | 'without'])[] = [
    ['white space', application, (text) => `\n${text}`, 'without'],
    ['a comment among the options', application, (text) => text.replace('{ ', '{ /* both */ '), 'without'],
    ['a statement about something else', application, (text) => `${text}start(process.argv);\n`, 'without'],
    ['an option', application, (text) => text.replace("'*'", 'true'), 'with'],
    ['a route', application, (text) => `${text}app.get('/', (req, res) => res.json({}));\n`, 'with'],
  ];
  for (const [what, before, edit, fixes] of versions)
    it(`are ${fixes === 'without' ? 'carried over' : 'found anew'} after ${what}`, async () => {
      const service = serviceOver(new Map());
      const file = 'file:///app.js';
      await service.lint({ uri: file, text: before }, { fixes: 'without' });
      const typed = await service.lint({ uri: file, text: edit(before) }, { fixes: 'without' });
      assert.equal(typed.fixes, fixes);
      const fresh = await service.lint({ uri: 'file:///new/app.js', text: edit(before) });
      assert.ok(fresh.findings.some((finding) => finding.fixes.length > 0));
      const asked = await service.lint({ uri: file, text: edit(before) });
      assert.equal(JSON.stringify(asked).replaceAll(file, 'file:///new/app.js'), JSON.stringify(fresh));
    });

  const openPattern = "const app = require('express')();\napp.use(require('cors')({ origin: /\\.acme\\.io/, credentials: true }));\n";
  const loop = openPattern.replace('\\.acme\\.io', '^https:\\/\\/(?:[a-z]+)*\\.acme\\.io$');
  for (const [ruleId, text] of [
    ['unanchored-origin-regex', openPattern],
    ['redos-origin-regex', loop],
  ] as const)
    it(`wait for no other spelling of a pattern: ${ruleId}`, async () => {
      const service = serviceOver(new Map());
      const document = { uri: 'file:///app.js', text };
      const found = await service.lint(document, { fixes: 'without' });
      const finding = found.findings.find((each) => each.ruleId === ruleId);
      assert.deepEqual([found.fixes, finding?.fixes], ['without', []]);
      const asked = await service.lint(document);
      const fixed = asked.findings.find((each) => each.ruleId === ruleId);
      assert.ok(asked.fixes === 'with' && fixed && fixed.fixes.length > 0);
      assert.deepEqual({ ...fixed, fixes: [] }, finding);
    });

  describe('and what was typed is taken back', () => {
    // What is allowed is judged in the file that says whom, with the credentials of the other.
    const text = `http { server { listen 80; location / { include cors.inc; ${anyone} return 200; } } }`;
    const document = { uri, text };
    let checks: number;
    let disk: Map<string, string>;
    let service: Service;
    const lint = async (version: string, fixes: 'with' | 'without' = 'without'): Promise<string> =>
      JSON.stringify((await service.lint({ uri, text: version }, { fixes })).findings);

    beforeEach(() => {
      checks = 0;
      const counted = (rule: Rule): Rule => ({
        ...rule,
        check: (context) => {
          checks++;
          return rule.check(context);
        },
      });
      disk = new Map([[included, 'add_header Access-Control-Allow-Credentials true always;']]);
      service = serviceOver(disk, allRules.map(counted));
    });

    it('are those of the version before, for which nothing is done again', async () => {
      const before = await lint(text);
      const typed = await lint(text.replace('return 200', 'return 404'));
      const asked = checks;
      assert.equal(await lint(text), before);
      assert.equal(await lint(text.replace('return 200', 'return 404')), typed);
      assert.equal(checks, asked);
    });

    const changes: readonly (readonly [what: string, change: () => Promise<unknown>])[] = [
      ['a file that it includes is edited', () => service.lint({ uri: included, text: one })],
      [
        'a file changes on the disk',
        () => {
          disk.set(included, one);
          service.changed(included);
          return Promise.resolve();
        },
      ],
    ];
    for (const [what, change] of changes)
      it(`are found anew where ${what}`, async () => {
        const before = await lint(text);
        assert.match(before, /wildcard-with-credentials/);
        await lint(`${text}\n`);
        await change();
        assert.doesNotMatch(await lint(text), /wildcard-with-credentials/);
      });

    it('are found anew for other settings, and for their fixes', async () => {
      await service.lint(document, { fixes: 'without' });
      const strict = await service.lint(document, { configuration: { ...defaultConfiguration, profile: 'strict' }, fixes: 'without' });
      const asked = checks;
      assert.equal((await service.lint(document, { fixes: 'with' })).fixes, 'with');
      assert.ok(checks > asked);
      assert.ok(strict.findings.length > 0);
    });
  });

  it('are those of a router once, however often it is put into itself', async () => {
    const service = serviceOver(new Map());
    const text = "const router = require('express').Router();\nrouter.get('/a', router.get('/b', send));\nrouter.use('/c', router);\n";
    const analysis = await service.analyse({ uri: 'file:///routes.js', text }, { evenUnrelated: true });
    assert.ok(analysis && analysis.views.length < 6, `${analysis?.views.length} policies`);
  });
});

describe('answers of a moment ago', () => {
  it('are given once more, but for those made while another file changed', async () => {
    let runs = 0;
    let disturb = true;
    const [some] = allRules;
    assert.ok(some);
    const counting: Rule = {
      ...some,
      languages: ['nginx'],
      check: () => {
        runs++;
        if (disturb) service.edited({ uri: included, text: one });
        disturb = false;
        return [];
      },
    };
    const service = serviceOver(new Map([[included, anyone]]), [counting]);
    for (const expected of [1, 2, 2]) {
      await service.lint({ uri, text });
      assert.equal(runs, expected);
    }
  });
});

describe('fixes of a file', () => {
  it('hold each edit once, where several servers include the file', async () => {
    const servers = 'http { server { listen 80; include cors.inc; } server { listen 81; include cors.inc; } }';
    const location = `location / {\n  root /srv;\n  ${one}\n}\n`;
    const { findings } = await serviceOver(new Map([[uri, servers]])).lint(
      { uri: included, text: location, languageId: 'nginx' },
      { configuration: { ...defaultConfiguration, profile: 'strict' } },
    );
    const fix = findings.find(({ ruleId }) => ruleId === 'missing-preflight-handler')?.fixes[0];
    assert.equal(fix?.edits.length, 1);
  });
});

import assert from 'node:assert/strict';
import type { Workspace } from './core/workspace.ts';
import { createService, type Service } from './service.ts';

const uri = 'file:///etc/nginx/nginx.conf';
const included = 'file:///etc/nginx/cors.inc';
const text = 'http { server { listen 80; location / { include cors.inc; return 200; } } }';
const anyone = 'add_header Access-Control-Allow-Origin "*" always;';
const one = 'add_header Access-Control-Allow-Origin "https://a.example" always;';

function serviceOver(disk: Map<string, string>): Service {
  const workspace: Workspace = {
    read: (file) => Promise.resolve(disk.get(file)),
    list: () => Promise.resolve([]),
    files: () => Promise.resolve([...disk.keys()]),
  };
  return createService({ workspace });
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

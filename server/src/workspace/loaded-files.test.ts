import assert from 'node:assert/strict';
import type { Workspace } from '../core/workspace.ts';
import { LoadedFiles } from './loaded-files.ts';

const workspace: Workspace = {
  read: (uri) => Promise.resolve(uri.includes('gone') ? undefined : `text of ${uri}`),
  list: () => Promise.resolve(['file:///a']),
  files: () => Promise.resolve(['file:///a', 'file:///b.txt']),
};

describe('loaded files', () => {
  it('loads what an analysis asks for until it asks for nothing new', async () => {
    const files = new LoadedFiles(workspace, (uri) => !uri.endsWith('.txt'));
    const answer = await files.settle(() => [
      files.read('file:///a')?.text,
      files.read('file:///gone')?.text,
      files.list('file:///'),
      files.candidates(),
    ]);
    assert.deepEqual(answer, ['text of file:///a', undefined, ['file:///a'], ['file:///a']]);
  });

  it('follows a chain of files, and not for ever', async () => {
    const files = new LoadedFiles(workspace, () => true);
    let deepest = 0;
    await files.settle(() => {
      for (deepest = 0; files.read(`file:///${deepest}`) !== undefined; deepest++);
    });
    assert.ok(deepest >= 20 && deepest < 100, String(deepest));
  });

  it('bounds what one analysis loads, and not what a scan of many files does', async () => {
    const files = new LoadedFiles(workspace, () => true);
    const most = await files.settle(
      () => Array.from({ length: 1000 }, (_, index) => files.read(`file:///x${index}`)).filter(Boolean).length,
    );
    assert.equal(most, 400);
    for (let index = 0; index < 4000; index++) {
      files.put({ uri: `file:///own${index}`, text: '' });
      assert.ok(await files.settle(() => files.read(`file:///import${index}`)), `the import of file ${index} is followed`);
    }
  });

  it('keeps the identity of a file as long as its text', () => {
    const files = new LoadedFiles(workspace, () => true);
    const first = files.put({ uri: 'file:///a', text: 'x' });
    assert.equal(files.put({ uri: 'file:///a', text: 'x' }), first);
    assert.notEqual(files.put({ uri: 'file:///a', text: 'y' }), first);
  });

  const happenings: readonly (readonly [what: string, happen: (files: LoadedFiles) => void])[] = [
    [
      'was dropped',
      (files) => {
        files.forget('file:///a');
      },
    ],
    [
      'was put in place',
      (files) => {
        files.put({ uri: 'file:///a', text: 'new' });
      },
    ],
  ];
  for (const [what, happen] of happenings)
    it(`takes nothing older of a file that ${what} while it was read`, async () => {
      const texts = ['old', 'new'];
      const read: Workspace['read'] = () =>
        new Promise((resolve) => {
          setImmediate(() => {
            resolve(texts.shift());
          });
        });
      const files = new LoadedFiles({ ...workspace, read }, () => true);
      const answer = files.settle(() => files.read('file:///a')?.text);
      happen(files);
      assert.equal(await answer, 'new');
    });

  it('takes no older listing where something changed while it was made', async () => {
    let listings: (readonly string[])[] = [];
    const later = (): Promise<readonly string[]> =>
      new Promise((resolve) => {
        setImmediate(() => {
          resolve(listings.shift() ?? []);
        });
      });
    const asking: readonly ((files: LoadedFiles) => readonly string[])[] = [
      (files) => files.list('file:///'),
      (files) => files.candidates(),
    ];
    for (const ask of asking) {
      listings = [['file:///old'], ['file:///new']];
      const files = new LoadedFiles({ ...workspace, list: later, files: later }, () => true);
      const answer = files.settle(() => ask(files));
      files.forget('file:///new');
      assert.deepEqual(await answer, ['file:///new']);
    }
  });
});

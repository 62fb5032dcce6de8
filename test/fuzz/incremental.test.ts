import assert from 'node:assert/strict';
import { expressFile } from '../../bench/generate.ts';
import { pick, seeded } from '../../tools/random.ts';
import { applyKeystroke, typing, type Keystroke } from '../../bench/typing.ts';
import { readCorpus } from './corpus.ts';
import { createService, type Service } from '../../server/src/service.ts';

const service: Service = createService({
  workspace: {
    read: () => Promise.resolve(undefined),
    list: () => Promise.resolve([]),
    files: () => Promise.resolve([]),
  },
});

/** The findings of a text under a name, with the name taken out. */
async function findingsOf(uri: string, text: string): Promise<string> {
  const { findings } = await service.lint({ uri, text });
  return JSON.stringify(findings).replaceAll(uri, 'file:///it');
}

/** Pieces that a hand leaves in a text: names, brackets, quotes and whole statements. */
const pieces = ['x', '(', ')', '{', '}', "'", '`', '/*', '*/', ' ', '\n', ';', 'res', "res.set('Access-Control-Allow-Origin', '*');", '=>'];

function randomEdit(next: () => number, text: string): Keystroke {
  const offset = Math.floor(next() * (text.length + 1));
  const removed = next() < 0.4 ? Math.min(text.length - offset, 1 + Math.floor(next() * 12)) : 0;
  return { offset, removed, text: removed > 0 && next() < 0.5 ? '' : pick(next, pieces), pause: 0 };
}

/** Every version is analysed once as the next of its file, and once as a file that was never seen. */
async function assertSame(name: string, seed: number, original: string, edits: (text: string) => Iterable<Keystroke>): Promise<void> {
  const extension = /\.\w+$/.exec(name)?.[0] ?? '.ts';
  let text = original;
  let version = 0;
  await findingsOf(`file:///kept${extension}`, text);
  for (const edit of edits(text)) {
    text = applyKeystroke(text, edit);
    const kept = await findingsOf(`file:///kept${extension}`, text);
    const fresh = await findingsOf(`file:///fresh-${seed}-${version++}${extension}`, text);
    assert.equal(kept, fresh, `${name}, seed ${seed}, edit ${version}:\n${text}`);
  }
}

describe('what is kept between two versions of a file', () => {
  const seed = Number(process.env['SEED'] ?? 20_261_124);

  it('changes no finding while an application is typed', async function () {
    this.timeout(60_000);
    const phrases = [
      "router.get('/status', (req, res) => { res.json({ ok: true }); });",
      "app.use('/old', cors({ origin: /a.example/ }));",
    ];
    await assertSame('application.ts', seed, expressFile(100, seed), (text) => typing(text, '// routes', phrases, 80, seed));
  });

  it('changes no finding under random edits of fixtures and examples', async function () {
    this.timeout(120_000);
    const next = seeded(seed);
    const corpus = readCorpus().filter(({ syntax }) => syntax === 'javascript');
    assert.ok(corpus.length > 50);
    for (let round = 0; round < 40; round++) {
      const { name, text } = pick(next, corpus);
      await assertSame(name, seed + round, text, function* (original) {
        let current = original;
        for (let count = 0; count < 6; count++) {
          const edit = randomEdit(next, current);
          current = applyKeystroke(current, edit);
          yield edit;
        }
      });
    }
  });
});

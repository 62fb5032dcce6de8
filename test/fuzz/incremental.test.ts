import assert from 'node:assert/strict';
import path from 'node:path';
import { expressFile } from '../../bench/generate.ts';
import { pick, seeded } from '../../tools/random.ts';
import { applyKeystroke, typing, type Keystroke } from '../../bench/typing.ts';
import { readCorpus, type Syntax } from './corpus.ts';
import { createService, type Service } from '../../server/src/service.ts';

const service: Service = createService({
  workspace: {
    read: () => Promise.resolve(undefined),
    list: () => Promise.resolve([]),
    files: () => Promise.resolve([]),
  },
});

/** The findings of a text in a folder, with the folder taken out; those without fixes have been carried over from an earlier version. */
async function findingsOf(
  folder: string,
  name: string,
  text: string,
  fixes: 'with' | 'without',
): Promise<{ said: string; carried: boolean }> {
  const result = await service.lint({ uri: `${folder}/${path.basename(name)}`, text }, { fixes });
  const findings = result.findings.map((finding) => (fixes === 'without' ? { ...finding, fixes: [] } : finding));
  return { said: JSON.stringify(findings).replaceAll(folder, 'file:///it'), carried: result.fixes === 'without' };
}

/** Pieces that a hand leaves in a text: names, brackets, quotes and whole statements. */
const pieces: Readonly<Record<Syntax, readonly string[]>> = {
  javascript: ['x', '(', ')', '{', '}', "'", '`', '/*', '*/', ' ', '\n', ';', 'res', "res.set('Access-Control-Allow-Origin', '*');", '=>'],
  nginx: [
    'x',
    '{',
    '}',
    '"',
    '#',
    ' ',
    '\n',
    ';',
    '$http_origin',
    'add_header Vary Origin always;',
    'if ($request_method = OPTIONS) {',
    '~',
  ],
  apache: ['x', '<', '>', '"', '#', ' ', '\n', '\\\n', '%{HTTP_ORIGIN}e', '\nHeader merge Vary Origin\n', '\n</Location>\n', '^'],
};

function randomEdit(next: () => number, text: string, syntax: Syntax): Keystroke {
  const offset = Math.floor(next() * (text.length + 1));
  const removed = next() < 0.4 ? Math.min(text.length - offset, 1 + Math.floor(next() * 12)) : 0;
  return { offset, removed, text: removed > 0 && next() < 0.5 ? '' : pick(next, pieces[syntax]), pause: 0 };
}

/**
 * Every version is analysed as the next of its file and as a file that was never seen, with fixes and without. Answers with how many were
 * carried over.
 */
async function assertSame(name: string, seed: number, original: string, edits: (text: string) => Iterable<Keystroke>): Promise<number> {
  const inFolder = (folder: string, fixes: 'with' | 'without') => findingsOf(`file:///${folder}`, name, text, fixes);
  let text = original;
  let version = 0;
  let carried = 0;
  await inFolder('kept', 'with');
  await inFolder('typed', 'without');
  for (const edit of edits(text)) {
    text = applyKeystroke(text, edit);
    const fresh = `fresh-${seed}-${version++}`;
    const says = `${name}, seed ${seed}, edit ${version}:\n${text}`;
    assert.equal((await inFolder('kept', 'with')).said, (await inFolder(fresh, 'with')).said, says);
    const typed = await inFolder('typed', 'without');
    assert.equal(typed.said, (await inFolder(fresh, 'without')).said, says);
    if (typed.carried) carried++;
    // Whoever asks for a fix then gets it as well.
    if (version % 5 === 0) assert.equal((await inFolder('typed', 'with')).said, (await inFolder(fresh, 'with')).said, says);
  }
  return carried;
}

describe('what is kept between two versions of a file', () => {
  const seed = Number(process.env['SEED'] ?? 20_261_124);

  it('changes no finding while an application is typed', async function () {
    this.timeout(60_000);
    const phrases = [
      "router.get('/status', (req, res) => { res.json({ ok: true }); });",
      "app.use('/old', cors({ origin: /a.example/ }));",
    ];
    const carried = await assertSame('application.ts', seed, expressFile(100, seed), (text) =>
      typing(text, '// routes', phrases, 80, seed),
    );
    assert.ok(carried > 30, `${carried} of 80 carried over`);
  });

  for (const syntax of ['javascript', 'nginx', 'apache'] as const)
    it(`changes no finding under random edits of fixtures and examples: ${syntax}`, async function () {
      this.timeout(120_000);
      const next = seeded(seed);
      const corpus = readCorpus().filter((each) => each.syntax === syntax);
      assert.ok(corpus.length > 5);
      let carried = 0;
      for (let round = 0; round < 40; round++) {
        const { name, text } = pick(next, corpus);
        carried += await assertSame(name, seed + round, text, function* (original) {
          let current = original;
          for (let count = 0; count < 6; count++) {
            const edit = randomEdit(next, current, syntax);
            current = applyKeystroke(current, edit);
            yield edit;
          }
        });
      }
      assert.ok(carried > 40, `${carried} of 240 carried over`);
    });
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { nginxWarning, program } from './command.ts';

describe('what was compiled is kept from one start to the next', () => {
  let home: string;
  let project: string;

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'cors-lint-start-'));
    project = mkdtempSync(path.join(tmpdir(), 'cors-lint-project-'));
    writeFileSync(path.join(project, 'nginx.conf'), nginxWarning);
  });

  afterEach(() => {
    rmSync(home, { recursive: true, force: true });
    rmSync(project, { recursive: true, force: true });
  });

  /** What one start prints. */
  const start = (env: NodeJS.ProcessEnv = {}): string => {
    const run = spawnSync(process.execPath, [program, '--format', 'json', '.'], {
      cwd: project,
      encoding: 'utf8',
      env: { ...process.env, XDG_CACHE_HOME: home, LOCALAPPDATA: home, HOME: home, ...env },
    });
    assert.equal(run.stderr, '');
    assert.match(run.stdout, /missing-always/);
    return run.stdout;
  };

  /** The files that are kept, by path. */
  const kept = (): readonly string[] =>
    readdirSync(home, { recursive: true, encoding: 'utf8' })
      .map((name) => path.join(home, name))
      .filter((file) => statSync(file).isFile());

  const startsOf = (file: string): number => readFileSync(file).readUInt32LE(4);
  const folder = (): string => path.dirname(kept()[0] ?? assert.fail('nothing is kept'));

  it('for the first starts, each adding what the ones before did not need', () => {
    const first = start();
    const files = kept();
    assert.ok(files.length > 3, `${files.length} files`);
    for (const counted of [2, 3, 4, 4]) {
      assert.equal(start(), first);
      assert.deepEqual(kept(), files);
      assert.deepEqual([...new Set(files.map(startsOf))], [counted]);
    }
  });

  it('and once on every later day', () => {
    for (const _ of [1, 2, 3, 4]) start();
    for (const file of kept()) {
      const bytes = readFileSync(file);
      bytes.writeUInt32LE(bytes.readUInt32LE(8) - 1, 8);
      writeFileSync(file, bytes);
    }
    for (const counted of [5, 5]) {
      start();
      assert.deepEqual([...new Set(kept().map(startsOf))], [counted]);
    }
  });

  it('only where nobody else can write', function () {
    // Windows has no such bits to look at.
    if (process.getuid === undefined) this.skip();
    start();
    assert.equal(statSync(folder()).mode & 0o777, 0o700);
    for (const file of kept()) assert.equal(statSync(file).mode & 0o777, 0o600);
    chmodSync(folder(), 0o777);
    start();
    assert.deepEqual([...new Set(kept().map(startsOf))], [1], 'a folder of everybody is left alone');
  });

  const damages: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
    'a byte is another': (bytes) => Buffer.from(bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 0xff : byte))),
    'the end is missing': (bytes) => bytes.subarray(0, bytes.length >> 1),
    'all is missing': () => Buffer.alloc(0),
    'it is of something else': () => Buffer.from('a text of somebody who named a file like one of these'),
  };
  for (const [damage, make] of Object.entries(damages)) {
    it(`and made again where ${damage}`, () => {
      const first = start();
      for (const file of kept()) writeFileSync(file, make(readFileSync(file)));
      assert.equal(start(), first);
      assert.deepEqual([...new Set(kept().map(startsOf))], [1]);
    });
  }

  it('unless Node is told not to', () => {
    start({ NODE_DISABLE_COMPILE_CACHE: '1' });
    assert.deepEqual(kept(), []);
  });

  it('unless there is no place for it', () => {
    const file = path.join(home, 'file');
    writeFileSync(file, '');
    start({ XDG_CACHE_HOME: file, LOCALAPPDATA: file, HOME: file });
    assert.deepEqual(kept(), [file]);
  });

  it('until nobody has needed it for a month', () => {
    start();
    const other = path.join(path.dirname(folder()), 'another-v8');
    mkdirSync(other);
    const old = path.join(other, 'old');
    writeFileSync(old, '');
    const long = Date.now() / 1000 - 40 * 86_400;
    utimesSync(old, long, long);
    for (const file of kept()) if (file !== old) rmSync(file);
    start();
    assert.equal(existsSync(old), false);
  });
});

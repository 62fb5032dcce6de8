import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { walk } from './walk.ts';

describe('walk', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(path.join(tmpdir(), 'cors-lint-walk-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (...files: readonly (string | readonly [name: string, text: string])[]): void => {
    for (const file of files) {
      const [name, text] = typeof file === 'string' ? [file, ''] : file;
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), text);
    }
  };
  const found = (paths: readonly string[] = ['.'], ignored: readonly string[] = []): readonly string[] =>
    walk(paths, { cwd: root, wanted: (file) => file.endsWith('.conf'), ignored }).files.map((file) => path.relative(root, file));

  it('honours nested ignore files, the nearest one first', () => {
    write(
      'a.conf',
      'out/b.conf',
      'out/keep.conf',
      'sub/c.conf',
      'sub/deep/d.conf',
      ['.gitignore', 'out/*\n!out/keep.conf\nd.conf\n'],
      ['sub/.gitignore', '!d.conf\nc.conf\n'],
    );
    assert.deepEqual(found(), ['a.conf', 'out/keep.conf', 'sub/deep/d.conf']);
  });

  it('honours them for names that begin with two dots', () => {
    write('..a.conf', '..data/b.conf', '..data/c.conf', ['.gitignore', '..a.conf\nb.conf\n']);
    assert.deepEqual(found(), ['..data/c.conf']);
  });

  it('honours ignore files above the folder, up to the repository', () => {
    write('.git/HEAD', ['.git/info/exclude', 'x.conf\n'], ['.gitignore', '*.tmp.conf\n'], 'sub/a.conf', 'sub/a.tmp.conf', 'sub/x.conf');
    assert.deepEqual(found(['sub']), ['sub/a.conf']);
  });

  it('enters a folder that is named although it is ignored, and takes a file that is named', () => {
    write('.git/HEAD', ['.gitignore', 'dist/\nb.conf\n'], 'dist/a.conf', 'b.conf');
    assert.deepEqual(found(), []);
    assert.deepEqual(found(['dist', 'b.conf']), ['b.conf', 'dist/a.conf']);
  });

  it('never enters node_modules and the like', () => {
    write('node_modules/a.conf', '.git/a.conf', '.hidden/b.conf');
    assert.deepEqual(found(), ['.hidden/b.conf']);
  });

  it('leaves out what is ignored on the command line, named files too', () => {
    write('a.conf', 'b/c.conf');
    assert.deepEqual(found(['.', 'a.conf'], ['a.conf', 'b/']), []);
  });

  it('takes each file once, however it is reached', () => {
    write('available/a.conf');
    mkdirSync(path.join(root, 'enabled'));
    symlinkSync('../available/a.conf', path.join(root, 'enabled/a.conf'));
    symlinkSync('../nowhere.conf', path.join(root, 'enabled/gone.conf'));
    symlinkSync('..', path.join(root, 'enabled/up'));
    assert.deepEqual(found(), ['available/a.conf']);
    assert.deepEqual(found(['enabled']), ['enabled/a.conf']);
    assert.deepEqual(found(['.', 'available', 'available/a.conf']), ['available/a.conf']);
  });

  it('names paths that are not there and goes on', () => {
    write('a.conf');
    const { files, problems } = walk(['gone', 'a.conf'], { cwd: root, wanted: () => true });
    assert.equal(files.length, 1);
    assert.deepEqual(problems, [{ path: 'gone', message: 'no such file or folder', folder: false }]);
  });
});

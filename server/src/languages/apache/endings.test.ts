import assert from 'node:assert/strict';
import { endApart, endingsOf } from './endings.ts';

/** Rows: the name or pattern of a section, whether it is a pattern, and how the names end that it covers. */
const rows: readonly (readonly [name: string, regex: boolean, endings: readonly string[] | undefined])[] = [
  ['\\.(eot|otf|tt[cf]|woff2?)$', true, ['.eot', '.otf', '.ttc', '.ttf', '.woff', '.woff2']],
  ['.+\\.(PDF|(?:j|s)html?)$', true, ['.pdf', '.jhtm', '.jhtml', '.shtm', '.shtml']],
  ['(?i)\\.js$', true, ['.js']],
  ['a\\.js$|\\.css$', true, ['a.js', '.css']],
  ['\\.(css|js)', true, undefined],
  ['\\.(css|js)?$', true, ['.', '.css', '.js']],
  ['(css|js)?$', true, undefined],
  ['\\.[a-z]+$', true, undefined],
  ['\\.mp\\d$', true, undefined],
  ['\\.x{2}$', true, undefined],
  ['\\.x??$', true, undefined],
  ['.(gif|png)$', true, ['gif', 'png']],
  ['.+(\\.gif)?$', true, undefined],
  ['\\.js$|\\.css', true, undefined],
  ['a\\.(?!js)$', true, undefined],
  ['\\.js)$', true, undefined],
  ['\\.(js$', true, undefined],
  ['\\.js\\$', true, undefined],
  ['*.gif', false, ['.gif']],
  ['x[12].html', false, ['.html']],
  ['wp-login.php', false, ['wp-login.php']],
  ['*', false, undefined],
];

describe('endings of file names', () => {
  for (const [name, regex, expected] of rows)
    it(`${regex ? 'FilesMatch' : 'Files'} ${name}`, () => assert.deepEqual(endingsOf(name, regex), expected));

  it('are apart where no name has both', () => {
    assert.equal(endApart(['.eot', '.ttf'], ['.html']), true);
    assert.equal(endApart(['.js'], ['main.js']), false);
    assert.equal(endApart(['main.js'], ['.js', '.css']), false);
    assert.equal(endApart(['.js'], undefined), false);
    assert.equal(endApart(undefined, ['.js']), false);
    assert.equal(endApart(undefined, undefined), false);
  });
});

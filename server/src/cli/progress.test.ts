import assert from 'node:assert/strict';
import { bar, Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

describe('progress', () => {
  const terminal = (errIsTerminal: boolean, written: string[]): Terminal => ({
    cwd: '/',
    env: {},
    out: () => undefined,
    err: (text) => void written.push(text),
    input: () => Promise.resolve(''),
    outIsTerminal: false,
    errIsTerminal,
    columns: undefined,
  });
  const scan = (errIsTerminal: boolean, milliseconds: number): string => {
    const written: string[] = [];
    let now = 0;
    const progress = new Progress(terminal(errIsTerminal, written), () => now);
    progress.show(0, undefined);
    for (let done = 0; done < 10; done++) {
      progress.show(done, 10);
      now += milliseconds / 10;
    }
    progress.end();
    return written.join('');
  };

  it('shows nothing of a short scan, and nothing where there is no terminal', () => {
    assert.equal(scan(true, 900), '');
    assert.equal(scan(false, 9000), '');
  });

  it('draws a bar on one line and takes it away', () => {
    const written = scan(true, 9000);
    assert.ok(written.includes(bar(5, 10)));
    assert.doesNotMatch(written, /\n/);
    assert.ok(written.endsWith('\r\u001B[K'));
  });

  it('fills up', () => {
    assert.equal(bar(0, 10), `[${'░'.repeat(30)}] 0/10 files`);
    assert.equal(bar(5, 10), `[${'█'.repeat(15)}${'░'.repeat(15)}] 5/10 files`);
    assert.equal(bar(10, 10), `[${'█'.repeat(30)}] 10/10 files`);
  });
});

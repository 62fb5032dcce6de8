import type { Terminal } from './terminal.ts';

/** A scan shorter than this shows nothing. In milliseconds. */
const QUIET = 1000;
/** Between two drawings, in milliseconds. */
const INTERVAL = 80;
const WIDTH = 30;

/** A bar on the terminal's standard error, for scans that last. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #clock: () => number;
  readonly #started: number;
  #drawn = 0;

  /** `clock` tells milliseconds. */
  constructor(terminal: Terminal, clock: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#started = clock();
  }

  /** `total` is undefined while files are still being looked for. */
  show(done: number, total: number | undefined): void {
    if (!this.#terminal.errIsTerminal) return;
    const now = this.#clock();
    if (now - this.#started < QUIET || now - this.#drawn < INTERVAL) return;
    this.#drawn = now;
    this.#terminal.err(`\r\u001B[K${total === undefined ? 'looking for files…' : bar(done, total)}`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#drawn > 0) this.#terminal.err('\r\u001B[K');
  }
}

/** `[██████░░░░] 12/34 files`. */
export function bar(done: number, total: number): string {
  const filled = total === 0 ? WIDTH : Math.floor((done / total) * WIDTH);
  return `[${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}] ${done}/${total} files`;
}

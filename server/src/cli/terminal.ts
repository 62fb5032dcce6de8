import { writeSync } from 'node:fs';

/** What a command sees of the process that runs it; tests give it their own. */
export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes to standard output. Holds only the document that was asked for. */
  out(text: string): void;
  /** Writes to standard error: notes, problems, progress. */
  err(text: string): void;
  /** Standard input to its end. */
  input(): Promise<string>;
  /** Whether standard output, and standard error, is a terminal. */
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Columns of the terminal; undefined where it is none. */
  readonly columns: number | undefined;
}

/** 0: no error-level finding. 1: findings. 2: wrong use, or a path that cannot be read. */
export type ExitStatus = 0 | 1 | 2;

/** The real process. A reader that goes away (`| head`) ends the output and is no error. */
export function processTerminal(): Terminal {
  const closed = { out: false, err: false };
  const onError = (which: 'out' | 'err') => (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed[which] = true;
  };
  process.stdout.on('error', onError('out'));
  process.stderr.on('error', onError('err'));
  return {
    cwd: process.cwd(),
    env: process.env,
    out(text) {
      if (!closed.out) process.stdout.write(text);
    },
    err(text) {
      if (closed.err) return;
      // A progress bar has to appear while the event loop is busy, so a terminal is written to at once.
      if (process.stderr.isTTY) writeAtOnce(text);
      else process.stderr.write(text);
    },
    async input() {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString('utf8');
    },
    outIsTerminal: process.stdout.isTTY,
    errIsTerminal: process.stderr.isTTY,
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  };
}

function writeAtOnce(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // A terminal that cannot take more just now loses a line of progress, nothing else.
  }
}

/** Whether to colour: as the terminal is, unless `NO_COLOR`, `FORCE_COLOR` or `--no-color` say otherwise. */
export function usesColour(terminal: Terminal, noColour: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = terminal.env;
  if (noColour || (NO_COLOR !== undefined && NO_COLOR !== '')) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  return terminal.outIsTerminal && TERM !== 'dumb';
}

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'blue' | 'cyan' | 'green';
export type Paint = (style: Style, text: string) => string;

const codes: Readonly<Record<Style, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
  green: [32, 39],
};

/** Colours text for a terminal, or leaves it as it is. */
export function paintFor(coloured: boolean): Paint {
  return (style, text) => (coloured && text !== '' ? `\u001B[${codes[style][0]}m${text}\u001B[${codes[style][1]}m` : text);
}

/**
 * A text of the user's files made harmless for a terminal: controls, which could move the cursor or change the title, and
 * characters that turn the direction of writing are shown as escapes. Tabs become `tab`.
 */
export function harmless(text: string, tab = '\t'): string {
  return text
    .replace(
      /(?!\t)[\p{Cc}\p{Bidi_Control}\uFEFF]/gu,
      (character) => `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
    )
    .replaceAll('\t', tab);
}

/** `1 file`, `2 files`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Lines around a change that a diff shows. */
const CONTEXT = 3;

interface Edit {
  readonly kind: 'keep' | 'delete' | 'insert';
  readonly line: string;
}

/**
 * The difference of two texts as `diff -u` prints it, for `patch -p1` and `git apply`; empty where they are equal. Lines keep
 * their own ends.
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const edits = editsBetween(linesOf(before), linesOf(after));
  return `--- ${nameOf('a', path)}\n+++ ${nameOf('b', path)}\n${hunksOf(edits).join('')}`;
}

/** The name of a file in a diff's head: git quotes what is not plain. */
function nameOf(side: 'a' | 'b', path: string): string {
  const name = path.startsWith('/') ? path : `${side}/${path}`;
  // eslint-disable-next-line no-control-regex -- control characters are what git quotes
  if (!/[\u0000-\u001F"\\\u007F-\uFFFF]/.test(name)) return /\s/.test(name) ? `${name}\t` : name;
  const bytes = [...Buffer.from(name, 'utf8')].map((byte) =>
    byte === 0x22 || byte === 0x5c
      ? `\\${String.fromCharCode(byte)}`
      : byte >= 0x20 && byte < 0x7f
        ? String.fromCharCode(byte)
        : `\\${byte.toString(8).padStart(3, '0')}`,
  );
  return `"${bytes.join('')}"`;
}

/** Lines with their line feeds; the last may have none. */
function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** The shortest edit script by lines (Myers' greedy algorithm), after equal heads and tails are taken off. */
function editsBetween(before: readonly string[], after: readonly string[]): readonly Edit[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before[before.length - 1 - tail] === after[after.length - 1 - tail])
    tail++;
  const keep = (line: string): Edit => ({ kind: 'keep', line });
  return [
    ...before.slice(0, head).map(keep),
    ...shortest(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(keep),
  ];
}

function shortest(a: readonly string[], b: readonly string[]): readonly Edit[] {
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: ReadonlyMap<number, number>[] = [];
  const at = (map: ReadonlyMap<number, number>, diagonal: number): number => map.get(diagonal) ?? -1;
  const down = (map: ReadonlyMap<number, number>, diagonal: number, steps: number): boolean =>
    diagonal === -steps || (diagonal !== steps && at(map, diagonal - 1) < at(map, diagonal + 1));
  for (let steps = 0; ; steps++) {
    trace.push(new Map(furthest));
    for (let diagonal = -steps; diagonal <= steps; diagonal += 2) {
      let x = down(furthest, diagonal, steps) ? at(furthest, diagonal + 1) : at(furthest, diagonal - 1) + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      furthest.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return backtrack(a, b, trace, steps, at, down);
    }
  }
}

function backtrack(
  a: readonly string[],
  b: readonly string[],
  trace: readonly ReadonlyMap<number, number>[],
  last: number,
  at: (map: ReadonlyMap<number, number>, diagonal: number) => number,
  down: (map: ReadonlyMap<number, number>, diagonal: number, steps: number) => boolean,
): readonly Edit[] {
  const edits: Edit[] = [];
  let x = a.length;
  let y = b.length;
  for (let steps = last; steps >= 0; steps--) {
    const furthest = trace[steps] ?? new Map<number, number>();
    const diagonal = x - y;
    const inserted = down(furthest, diagonal, steps);
    const previous = inserted ? diagonal + 1 : diagonal - 1;
    const fromX = steps === 0 ? 0 : at(furthest, previous);
    const fromY = steps === 0 ? 0 : fromX - previous;
    for (; x > fromX && y > fromY; y--) edits.push({ kind: 'keep', line: a[--x] ?? '' });
    if (steps === 0) break;
    if (inserted) edits.push({ kind: 'insert', line: b[--y] ?? '' });
    else edits.push({ kind: 'delete', line: a[--x] ?? '' });
  }
  return edits.reverse();
}

function hunksOf(edits: readonly Edit[]): readonly string[] {
  const hunks: string[] = [];
  let index = 0;
  let oldLine = 1;
  let newLine = 1;
  const pass = (edit: Edit): void => {
    if (edit.kind !== 'insert') oldLine++;
    if (edit.kind !== 'delete') newLine++;
  };
  while (index < edits.length) {
    const change = edits.findIndex((edit, at) => at >= index && edit.kind !== 'keep');
    if (change < 0) break;
    const start = Math.max(index, change - CONTEXT);
    for (; index < start; index++) pass(edits[index] ?? { kind: 'keep', line: '' });
    const end = hunkEnd(edits, change);
    const hunk = edits.slice(start, end);
    const oldCount = hunk.filter((edit) => edit.kind !== 'insert').length;
    const newCount = hunk.filter((edit) => edit.kind !== 'delete').length;
    hunks.push(`@@ -${range(oldLine, oldCount)} +${range(newLine, newCount)} @@\n${hunk.map(print).join('')}`);
    for (; index < end; index++) pass(edits[index] ?? { kind: 'keep', line: '' });
  }
  return hunks;
}

/** A hunk goes on as long as the next change is near enough for the contexts to meet. */
function hunkEnd(edits: readonly Edit[], change: number): number {
  let last = change;
  for (let at = change; at < edits.length && at - last <= CONTEXT * 2; at++) if (edits[at]?.kind !== 'keep') last = at;
  return Math.min(edits.length, last + CONTEXT + 1);
}

/** An empty range stands at the line before it. */
function range(line: number, count: number): string {
  return count === 1 ? String(line) : `${count === 0 ? line - 1 : line},${count}`;
}

const signs = { keep: ' ', delete: '-', insert: '+' } as const;

function print({ kind, line }: Edit): string {
  return line.endsWith('\n') ? signs[kind] + line : `${signs[kind]}${line}\n\\ No newline at end of file\n`;
}

/** The value below which a share of the values lies (nearest rank). The list must not be empty. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (found === undefined) throw new RangeError('There is no percentile of nothing.');
  return found;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** One line of the benchmark's table. Without an aim a line only informs. */
export interface Measure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly aim?: number;
  readonly remark?: string;
}

export const isMet = ({ value, aim }: Measure): boolean => aim === undefined || value <= aim;

/** Measures as a table in plain text. */
export function drawTable(measures: readonly Measure[]): string {
  const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
  const rows = measures.map((measure) => [
    measure.name,
    `${digits(measure.value)} ${measure.unit}`,
    measure.aim === undefined ? '' : `≤ ${measure.aim} ${measure.unit}`,
    measure.aim === undefined ? '' : isMet(measure) ? 'met' : 'NOT MET',
    measure.remark ?? '',
  ]);
  const all = [['measure', 'value', 'aim', '', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

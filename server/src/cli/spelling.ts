import { nearest } from '../cors/near-miss.ts';

/** Something the user wrote that cannot be: told in one line, exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** ` Did you mean "…"?` with the nearest right spelling, or the choices where there are few, or nothing. */
export function didYouMean(written: string, choices: readonly string[]): string {
  const limit = Math.max(2, Math.floor(written.length / 3));
  const near = nearest(written, choices, limit) ?? choices.find((choice) => choice.startsWith(written) && written.length > 1);
  if (near !== undefined) return ` Did you mean "${near}"?`;
  return choices.length > 0 && choices.length <= 10 ? ` Use one of: ${choices.join(', ')}.` : '';
}

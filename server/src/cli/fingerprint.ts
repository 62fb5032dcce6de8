import { createHash } from 'node:crypto';
import { Lines } from './positions.ts';
import type { LintedFile } from './result.ts';

/**
 * What a finding is known by when its lines move: its rule and the text of its line without white space, and its number
 * among equal ones in the file. One hash for each message, in order.
 */
export function fingerprintsOf(file: LintedFile): readonly string[] {
  const lines = new Lines(file.output ?? file.source);
  const seen = new Map<string, number>();
  return file.messages.map((message) => {
    const key = `${message.ruleId}\n${lines.line(message.line).replace(/\s+/g, '')}`;
    const number = seen.get(key) ?? 0;
    seen.set(key, number + 1);
    return createHash('sha256').update(`${key}\n${number}`).digest('hex').slice(0, 24);
  });
}

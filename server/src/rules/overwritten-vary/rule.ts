import type { Rule } from '../../core/rule.ts';
import { report } from '../report.ts';
import { offer } from '../report.ts';
import { placeKey } from '../../core/text.ts';

export const overwrittenVary: Rule = {
  id: 'overwritten-vary',
  category: 'caches',
  level: 'warning',
  languages: ['express', 'apache'],
  summary: 'A write of Vary erases another one.',
  fix: 'safe',
  *check({ observations, authoring, language }) {
    const writes = observations.flatMap((each) => (each.kind === 'headerWritten' && each.write.name.toLowerCase() === 'vary' ? [each.write] : []));
    const reported = new Set<string>();
    for (const [index, write] of writes.entries()) {
      if (write.op !== 'set' || reported.has(placeKey(write.place))) continue;
      const earlier = writes.slice(0, index).find((other) => other.place.uri === write.place.uri && other.table === write.table && other.op !== 'unset' && text(other) !== text(write));
      if (!earlier && language !== 'apache') continue;
      reported.add(placeKey(write.place));
      yield report(
        'overwritten-vary',
        earlier ? 'warning' : 'info',
        write.place,
        `This replaces every Vary that the response already has${earlier ? '' : ', such as that of compression or of an application behind the server'}, and caches mix up what it told apart. Add to Vary instead.`,
        {
          related: earlier ? [{ place: earlier.place, message: 'This Vary is erased.' }] : [],
          fixes: offer('Add to Vary instead of replacing it', 'safe', authoring.mergeVary(write)),
        },
      );
    }
  },
};

function text(write: { readonly value: { readonly kind: string; readonly text?: string } }): string | undefined {
  return write.value.kind === 'literal' ? write.value.text?.toLowerCase() : undefined;
}

import type { Finding } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import type { HeaderLine, HeaderWrite } from '../../policy/model.ts';
import { proven } from '../evidence.ts';
import { offer, report } from '../report.ts';
import { linesOf } from '../sent-lines.ts';

export const overwrittenVary: Rule = {
  id: 'overwritten-vary',
  category: 'caches',
  level: 'warning',
  languages: ['express', 'apache', 'fastify', 'koa', 'nestjs'],
  summary: 'A write of Vary erases another one.',
  fix: 'safe',
  *check(context) {
    const reported = new Set<string>();
    for (const { actual } of context.views) {
      for (const { line, write } of linesOf(proven(actual), 'Vary')) {
        const erased = line.replaced?.find((each) => itemsOf(each).some((item) => !itemsOf(line).includes(item)));
        if (!erased || reported.has(placeKey(write.place))) continue;
        reported.add(placeKey(write.place));
        yield overwriting(context, write, erased);
      }
    }
    if (context.language !== 'apache') return;
    for (const { write } of context.observations.flatMap((each) => (each.kind === 'headerWritten' ? [each] : []))) {
      // What the server and applications add lies in the table of `Header set`, and not in that of `Header always set`.
      if (write.op !== 'set' || write.table !== 'onsuccess' || write.name.toLowerCase() !== 'vary' || reported.has(placeKey(write.place)))
        continue;
      reported.add(placeKey(write.place));
      yield overwriting(context, write, undefined);
    }
  },
};

function overwriting({ authoring }: RuleContext, write: HeaderWrite, erased: HeaderLine | undefined): Finding {
  const earlier = erased?.writes.at(-1)?.place;
  const what = erased ? `\`Vary: ${namesOf(erased).join(', ')}\`` : 'every Vary that compression or an application has set';
  return report(
    'overwritten-vary',
    erased ? 'warning' : 'info',
    write.place,
    `This erases ${what}, so a cache may give an answer to a reader that it was not made for. Add to Vary instead.`,
    {
      related: earlier ? [{ place: earlier, message: 'This Vary is erased.' }] : [],
      fixes: offer('Add to Vary instead of replacing it', 'safe', authoring.mergeVary(write)),
    },
  );
}

/** The names in a constant Vary as they are written; none where it is not constant. */
function namesOf({ value }: HeaderLine): readonly string[] {
  return value.kind === 'literal'
    ? value.text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')
    : [];
}

const itemsOf = (line: HeaderLine): readonly string[] => namesOf(line).map((name) => name.toLowerCase());

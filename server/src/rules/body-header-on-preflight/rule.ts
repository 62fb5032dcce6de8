import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import { offer, report } from '../report.ts';

export const bodyHeaderOnPreflight: Rule = {
  id: 'body-header-on-preflight',
  category: 'preflight',
  level: 'info',
  languages: ['nginx'],
  summary: '`add_header` writes Content-Type or Content-Length, which nginx sends itself.',
  fix: 'safe',
  *check({ observations, authoring }) {
    const reported = new Set<string>();
    for (const observation of observations) {
      if (observation.kind !== 'headerWritten' || observation.write.table !== 'nginx') continue;
      const { write } = observation;
      if (!['content-type', 'content-length'].includes(write.name.toLowerCase()) || reported.has(placeKey(write.place))) continue;
      reported.add(placeKey(write.place));
      yield report(
        'body-header-on-preflight',
        'info',
        write.place,
        `${malformed(write)}nginx sends ${write.name} itself, so this is a second line where there is a body, and without one, as with 204, it speaks of nothing. Remove this line.`,
        {
          tags: ['unnecessary'],
          fixes: offer('Remove this line', 'safe', authoring.remove(write)),
        },
      );
    }
  },
};

/** The recipe that everybody copies lacks a semicolon. */
function malformed({ name, value }: HeaderWrite): string {
  return name.toLowerCase() === 'content-type' && value.kind === 'literal' && /^[^;\s]+\s+charset=/i.test(value.text)
    ? `\`${value.text}\` lacks a \`;\` and is no media type, and `
    : '';
}

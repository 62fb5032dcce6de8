import type { Rule } from '../../core/rule.ts';
import { placeKey } from '../../core/text.ts';
import { parseTokenList } from '../../cors/token.ts';
import type { Observation } from '../../policy/observation.ts';
import { isReadFromPages } from '../preflight-evidence.ts';
import { offer, report } from '../report.ts';
import { sentTexts } from '../sent-lines.ts';
import { listed, them } from '../words.ts';

type RequestHeaderRead = Extract<Observation, { readonly kind: 'requestHeaderRead' }>;

export const headerNotAllowed: Rule = {
  id: 'header-not-allowed',
  category: 'preflight',
  level: 'warning',
  languages: ['express', 'nginx', 'fastify', 'koa', 'nestjs', 'hono'],
  summary: 'The program reads a request header that Access-Control-Allow-Headers leaves out.',
  fix: 'unsafe',
  yieldsTo: ['invalid-token-list', 'wildcard-ignored-with-credentials', 'authorization-behind-wildcard'],
  *check({ views, observations, authoring }) {
    for (const sent of sentTexts({ views }, 'Access-Control-Allow-Headers')) {
      const list = parseTokenList(sent.text);
      if (!list.ok || list.tokens.includes('*')) continue;
      const allowed = new Set(list.tokens.map((token) => token.toLowerCase()));
      const reads = observations.flatMap((each) =>
        each.kind === 'requestHeaderRead' && sent.answering.some((view) => isReadFromPages(view, each)) ? [each] : [],
      );
      const left = reads.filter((read) => !allowed.has(read.name.toLowerCase()));
      if (left.length === 0) continue;
      const names = [...new Map(left.map((read) => [read.name.toLowerCase(), canonical(read.name)])).values()];
      const text = [...list.tokens, ...names].join(sent.text.includes(', ') || list.tokens.length < 2 ? ', ' : ',');
      yield report(
        'header-not-allowed',
        'warning',
        sent.place,
        `The program reads ${listed(names)}, which this list leaves out, so pages that send ${them(names)} fail the preflight. Add ${them(names)}.`,
        {
          related: readAt(left)
            .slice(0, 5)
            .map((read) => ({ place: read.place, message: `${canonical(read.name)} is read here.` })),
          fixes: offer(`Add ${names.join(', ')}`, 'unsafe', authoring.replaceText(sent.place, text)),
        },
      );
    }
  },
};

/** Each place once: a function that several routes call reads for all of them. */
function readAt(reads: readonly RequestHeaderRead[]): readonly RequestHeaderRead[] {
  return [...new Map(reads.map((read) => [`${read.name.toLowerCase()} ${placeKey(read.place)}`, read])).values()];
}

/** `x-api-key` as it is usually written. */
function canonical(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

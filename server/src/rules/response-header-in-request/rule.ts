import type { Rule } from '../../core/rule.ts';
import { corsRequestHeader, corsResponseHeader } from '../../cors/headers.ts';
import { offer, report } from '../report.ts';

export const responseHeaderInRequest: Rule = {
  id: 'response-header-in-request',
  category: 'request',
  level: 'warning',
  languages: ['javascript'],
  summary: 'A page sends a header that belongs to the response, or one that browsers drop.',
  fix: 'safe',
  *check({ observations, authoring }) {
    for (const request of observations) {
      if (request.kind !== 'clientRequest') continue;
      for (const header of request.headers) {
        const fixes = offer('Remove the header', 'safe', authoring.rewrite(header.property, ''));
        if (corsResponseHeader(header.name) !== undefined) {
          yield report(
            'response-header-in-request',
            'warning',
            header.place,
            `\`${header.name}\` belongs to the server's response. Sent with the request it forces a preflight that most servers refuse. Remove it, and allow the origin on the server.`,
            { fixes },
          );
        } else if (corsRequestHeader(header.name) !== undefined) {
          yield report(
            'response-header-in-request',
            'warning',
            header.place,
            `Browsers set \`${header.name}\` themselves and drop this one. Remove it.`,
            { fixes },
          );
        }
      }
    }
  },
};

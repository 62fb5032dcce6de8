import type { Rule } from '../../core/rule.ts';
import { offer, report, HEADER_LANGUAGES } from '../report.ts';
import { joinedTexts, joinedTo, sentTexts } from '../sent-lines.ts';

export const invalidCredentialsValue: Rule = {
  id: 'invalid-credentials-value',
  category: 'response',
  level: 'error',
  languages: HEADER_LANGUAGES,
  summary: 'Access-Control-Allow-Credentials is not exactly `true`.',
  fix: 'safe',
  *check(context) {
    for (const sent of sentTexts(context, 'Access-Control-Allow-Credentials')) {
      if (sent.text === 'true' || sent.text === '') continue;
      const remove = offer('Remove the header', 'safe', context.authoring.remove(sent.write));
      if (sent.text.trim().toLowerCase() === 'false') {
        yield report(
          'invalid-credentials-value',
          'info',
          sent.place,
          '`true` is the only value that this header has; browsers treat any other like no header. Remove it.',
          { fixes: remove },
        );
      } else {
        yield report(
          'invalid-credentials-value',
          'error',
          sent.place,
          `Browsers accept exactly \`true\`, so \`${sent.text}\` allows no credentials. Write \`true\`.`,
          {
            fixes: [...offer('Write true', 'unsafe', context.authoring.replaceText(sent.place, 'true')), ...remove],
          },
        );
      }
    }
    for (const { text, write, earlier } of joinedTexts(context, 'Access-Control-Allow-Credentials')) {
      yield report(
        'invalid-credentials-value',
        'error',
        write.place,
        `Browsers accept exactly \`true\`, and this line is joined to another: \`${text}\` allows no credentials. Send it once.`,
        { related: joinedTo(earlier), fixes: offer('Remove this line', 'unsafe', context.authoring.remove(write)) },
      );
    }
  },
};

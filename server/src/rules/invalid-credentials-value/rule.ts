import type { Rule, RuleContext } from '../../core/rule.ts';
import { samePlace } from '../../core/text.ts';
import type { ResponseCase } from '../../policy/evaluate.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import { linesNamed, readersOf, type Readers } from '../../policy/view.ts';
import { admitsEverySite } from '../origin-readers.ts';
import { offer, report, HEADER_LANGUAGES } from '../report.ts';
import { joinedTexts, joinedTo, linesOf, sentTexts } from '../sent-lines.ts';

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
      const removal = allowsNone(context, sent.write) ? context.authoring.remove(sent.write) : undefined;
      const remove = offer('Remove the header', hidesAnother(context, sent.write) ? 'unsafe' : 'safe', removal);
      if (sent.text.trim().toLowerCase() === 'false') {
        yield report(
          'invalid-credentials-value',
          'info',
          sent.place,
          '`true` is the only value that this header has; browsers treat any other like no header. Remove it.',
          { fixes: remove },
        );
      } else {
        const wrong = `Browsers accept exactly \`true\`, so \`${sent.text}\` allows no credentials`;
        const correct = offer('Write true', 'unsafe', context.authoring.replaceText(sent.place, 'true'));
        yield opensToEverySite(context, sent.write)
          ? report(
              'invalid-credentials-value',
              'error',
              sent.place,
              `${wrong}, and with \`true\` every site would get them here. Remove it, or allow a fixed list of origins and write \`true\`.`,
              { fixes: [...remove, ...correct] },
            )
          : report('invalid-credentials-value', 'error', sent.place, `${wrong}. Write \`true\`, or remove it.`, {
              fixes: [...correct, ...remove],
            });
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

/** Whether a write allows nobody credentials in any case: `x ? 'true' : 'false'` does in one of them. */
function allowsNone({ views }: RuleContext, write: HeaderWrite): boolean {
  const responses = views.flatMap((view) => view.all);
  return [...linesOf(responses, 'Access-Control-Allow-Credentials')].every(
    ({ line: { value }, write: { place } }) => !samePlace(place, write.place) || (value.kind === 'literal' && value.text !== 'true'),
  );
}

/** Whether a write keeps back what an application behind it sends, which may be `true`. */
function hidesAnother({ views }: RuleContext, write: HeaderWrite): boolean {
  return views
    .flatMap((view) => view.all)
    .some(
      ({ complete, hidden, lines }) =>
        !complete &&
        hidden.includes('access-control-allow-credentials') &&
        lines.some((line) => line.writes.some((each) => samePlace(each.place, write.place))),
    );
}

/** Whether the header, if it said `true`, would allow credentials to every site. */
function opensToEverySite({ views, origins }: RuleContext, write: HeaderWrite): boolean {
  const isSent = ({ lines, withheld }: ResponseCase): boolean =>
    [...lines, ...withheld].some((line) => line.writes.some((each) => samePlace(each.place, write.place)));
  return views
    .flatMap((view) => view.all)
    .filter((each) => each.when.originPresent !== false && linesNamed(each, 'Access-Control-Allow-Origin').length > 0 && isSent(each))
    .map((response) => readersOf(response, origins))
    .some((each) => each !== undefined && (each.wildcard || isReflected(each)));
}

function isReflected(readers: Readers): boolean {
  return readers.line.value.kind !== 'literal' && admitsEverySite(readers);
}

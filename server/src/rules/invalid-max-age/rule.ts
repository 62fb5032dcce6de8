import type { Rule } from '../../core/rule.ts';
import { parseMaxAge } from '../../cors/max-age.ts';
import { offer, report, SERVER_LANGUAGES } from '../report.ts';
import { joinedTexts, joinedTo, sentTexts } from '../sent-lines.ts';

export const invalidMaxAge: Rule = {
  id: 'invalid-max-age',
  category: 'preflight',
  level: 'warning',
  languages: SERVER_LANGUAGES,
  summary: 'Access-Control-Max-Age is not a whole number of seconds.',
  fix: 'unsafe',
  *check(context) {
    for (const sent of sentTexts(context, 'Access-Control-Max-Age')) {
      if (parseMaxAge(sent.text).kind !== 'invalid' || /^\s*-?\d+\s*$/.test(sent.text)) continue;
      const seconds = secondsIn(sent.text);
      yield report(
        'invalid-max-age',
        'warning',
        sent.place,
        `\`${sent.text}\` is not a whole number of seconds, so browsers ask again after 5 seconds. Write a number.`,
        {
          fixes:
            seconds === undefined ? [] : offer(`Write ${seconds}`, 'unsafe', context.authoring.replaceText(sent.place, String(seconds))),
        },
      );
    }
    for (const { text, write, earlier } of joinedTexts(context, 'Access-Control-Max-Age')) {
      if (parseMaxAge(text).kind !== 'invalid') continue;
      yield report(
        'invalid-max-age',
        'warning',
        write.place,
        `This line is joined to another, and \`${text}\` is no number of seconds: browsers ask again after 5 seconds. Send one number.`,
        { related: joinedTo(earlier), fixes: offer('Remove this line', 'unsafe', context.authoring.remove(write)) },
      );
    }
  },
};

const SECONDS_IN: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };

/**
 * The seconds that a text such as `600s`, `24h` or `0.5 day` means, without what is less than one; undefined where nothing is left, since
 * 0 keeps nothing.
 */
function secondsIn(text: string): number | undefined {
  const [, number, unit = 's'] = /^(?!\s*-).*?(\d*\.?\d+)(?:\s*([smhdw]))?/i.exec(text) ?? [];
  const seconds = Math.floor(Number(number) * (SECONDS_IN[unit.toLowerCase()] ?? 1));
  return seconds > 0 ? seconds : undefined;
}

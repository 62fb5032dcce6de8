import type { Rule } from '../../core/rule.ts';
import { offer, report } from '../report.ts';

export const webSecurityDisabled: Rule = {
  id: 'web-security-disabled',
  category: 'request',
  level: 'warning',
  languages: ['javascript', 'npm'],
  summary: 'A browser is started without the same-origin policy.',
  fix: 'unsafe',
  *check({ observations, authoring }) {
    for (const argument of observations) {
      if (argument.kind !== 'launchArgument' || argument.test) continue;
      const { place, amongWords } = argument;
      yield report(
        'web-security-disabled',
        'warning',
        place,
        `\`${argument.text}\` switches the same-origin policy off: whatever this browser opens can read every site that its user is logged in to. Allow the origin on the server instead.`,
        { fixes: offer('Remove the switch', 'unsafe', amongWords ? [{ ...amongWords, text: '' }] : authoring.rewrite(place, '')) },
      );
    }
  },
};

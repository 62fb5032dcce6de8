import type { Rule } from '../../core/rule.ts';
import { offer, report } from '../report.ts';

export const corsNotCalled: Rule = {
  id: 'cors-not-called',
  category: 'response',
  level: 'error',
  languages: ['express', 'koa', 'nestjs', 'hono'],
  summary: '`app.use(cors)` without the call answers no request.',
  fix: 'unsafe',
  *check({ file, observations, authoring }) {
    for (const observation of observations) {
      if (observation.kind !== 'notCalled') continue;
      const { place, status } = observation;
      const code = place.uri === file.uri ? file.text.slice(place.range.start, place.range.end) : '';
      // The package may go by another name.
      const isSimple = /^[\w$.]+$|^require\([^()]*\)$/.test(code);
      const name = isSimple ? code : observation.name;
      yield report(
        'cors-not-called',
        'error',
        place,
        `\`${name}\` is passed without being called: it never calls next, and every request ${status === undefined ? 'hangs' : `is answered ${status}`}. Write \`${name}()\`.`,
        { fixes: offer(`Call it: ${name}()`, 'unsafe', isSimple ? authoring.rewrite(place, `${name}()`) : undefined) },
      );
    }
  },
};

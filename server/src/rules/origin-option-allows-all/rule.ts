import type { Rule } from '../../core/rule.ts';
import { offer, report } from '../report.ts';

/** Packages that let everything pass which they do not know, with those that hand their options to one of them. */
const packages: ReadonlySet<string> = new Set(['cors', '@fastify/cors', '@nestjs/core', '@nestjs/websockets', 'socket.io']);

export const originOptionAllowsAll: Rule = {
  id: 'origin-option-allows-all',
  category: 'readers',
  level: 'error',
  languages: ['express', 'fastify', 'nestjs', 'socketio'],
  summary: 'The cors package takes this value of `origin` for "every origin".',
  fix: 'unsafe',
  *check({ observations, authoring }) {
    for (const option of observations) {
      if (option.kind !== 'corsOption' || option.name !== 'origin' || !packages.has(option.package)) continue;
      const element = option.elements?.find(
        (each) =>
          each.type === 'function' || (each.type === 'boolean' && each.text === 'true') || each.type === 'object' || each.type === 'set',
      );
      const what =
        option.valueType === 'set'
          ? 'a Set'
          : option.valueType === 'object'
            ? 'a plain object'
            : element
              ? `an array that holds ${element.type === 'boolean' ? '`true`' : `a ${element.type}`}`
              : undefined;
      if (what === undefined) continue;
      const place = element?.place ?? option.valuePlace;
      yield report(
        'origin-option-allows-all',
        'error',
        place,
        `${option.package === '@fastify/cors' ? '@fastify/cors' : 'The cors package'} does not know ${what} and lets every origin pass. Give it an array of origins, or one function.`,
        {
          witness: 'https://evil.example',
          fixes:
            option.valueType === 'set' ? offer('Spread the Set into an array', 'unsafe', authoring.spreadIntoArray(option.valuePlace)) : [],
        },
      );
    }
  },
};

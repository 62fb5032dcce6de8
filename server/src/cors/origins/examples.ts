import { isSerializedOrigin } from './automata.ts';
import { contains, type OriginSet } from './origin-set.ts';
import { OPEN, templatesOf } from './templates.ts';

/** Templates that are filled in: a check with more alternatives is like its first ones. */
const MAX_EXAMPLES = 8;

/**
 * Origins that a check lets in, made of its own texts with what it leaves open filled in. Often there are some, and then no
 * search is needed to see that a set around them holds anything.
 */
export function examplesOf(set: OriginSet): readonly string[] {
  const texts = new Set(['https://evil.com', ...templatesOf(set).slice(0, MAX_EXAMPLES).map(filled)]);
  return [...texts].filter((text) => /^https?:/.test(text) && isSerializedOrigin(text) && contains(set, text) === true);
}

function filled(template: string): string {
  return withScheme(template).replace(/:\0$/, ':8080').replace(/\/\0$/, '/evil.com').replace(/\0$/, '.evil.com').replaceAll(OPEN, 'evil');
}

function withScheme(template: string): string {
  if (template.startsWith(`${OPEN}://`)) return `https${template.slice(1)}`;
  return template.includes('//') ? template : `https://${template}`;
}

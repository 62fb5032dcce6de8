import type { Language } from '../../core/language.ts';
import { switchedOff } from '../browser-switch.ts';

/** npm's package.json, for the scripts in it that start a browser. The JSON parser is loaded on demand. */
export const npm: Language = {
  id: 'npm',
  displayName: 'package.json',
  editorIds: [],
  // JSON has none: nothing is ever found that would be one.
  comments: { line: '//', block: false, trailing: false },
  claims: (uri) => (/\/package\.json$/i.test(uri) && !uri.includes('/node_modules/') ? 'maybe' : 'no'),
  recognises: (text) => text.includes(switchedOff),
  mayMatter: (text) => text.includes(switchedOff),
  load: async () => (await import('./engine.ts')).engine,
};

import type { Language } from '../../core/language.ts';
import { claimsName, recognisesText } from './recognise.ts';

/** What a text about CORS holds: headers, the Origin, or access control that a preflight meets in an outer file's place. */
const relevant = /header|access-control|cors|origin|require/i;

export const apache: Language = {
  id: 'apache',
  displayName: 'Apache',
  editorIds: ['apacheconf', 'apache'],
  comments: { line: '#', block: false, trailing: false },
  configuration: true,
  configurationForms: [{ id: 'apache', title: 'Header in this section, with SetEnvIf for the origins' }],
  claims: claimsName,
  recognises: recognisesText,
  mayMatter: (text) => relevant.test(text),
  load: async () => (await import('./engine.ts')).engine,
};

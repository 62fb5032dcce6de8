import type { Language } from '../../core/language.ts';
import { claimsName, looksLikeNginx } from './recognise.ts';

/** What has to stand in a text before it can say anything about CORS. */
const relevant = /access-control|origin|add_header|more_set_headers|more_clear_headers|hide_header|include/i;

/** nginx configuration. The parser and the extraction are loaded on demand. */
export const nginx: Language = {
  id: 'nginx',
  displayName: 'nginx',
  editorIds: ['nginx', 'NGINX'],
  comments: { line: '#', block: false, trailing: true },
  configuration: true,
  configurationForms: [{ id: 'nginx', title: 'add_header in this location or server, with a map of the origins' }],
  claims: claimsName,
  recognises: looksLikeNginx,
  mayMatter: (text) => relevant.test(text),
  load: async () => (await import('./engine.ts')).engine,
};

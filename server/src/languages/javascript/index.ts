/** JavaScript and TypeScript, with the frameworks that files of theirs may use. */
import type { Language } from '../../core/language.ts';
import type { Framework } from './framework.ts';
import { aboutCors } from './words.ts';

/** Generated declarations and bundles say nothing about a program. */
const skipped = /(\.d\.[cm]?ts|[.-](min|bundle)\.[cm]?js)$/i;

/** The language of JavaScript files. A request is offered to the frameworks' applications in the order of the list. */
export function javascript(frameworks: readonly Framework[]): Language {
  const names = new RegExp(frameworks.map((framework) => framework.mentions.source).join('|'), 'i');
  const mentions = new RegExp(`${aboutCors.source}|${names.source}`, 'i');
  return {
    id: 'javascript',
    displayName: 'JavaScript',
    frameworks,
    editorIds: ['javascript', 'javascriptreact', 'typescript', 'typescriptreact'],
    comments: { line: '//', block: true, trailing: true },
    claims: (uri) => (/\.[cm]?[jt]sx?$/i.test(uri) && !skipped.test(uri) && !uri.includes('/node_modules/') ? 'yes' : 'no'),
    recognises: () => false,
    mayMatter: (text) => mentions.test(text),
    load: async () => {
      const [{ engineOf }, ...engines] = await Promise.all([import('./engine.ts'), ...frameworks.map((framework) => framework.load())]);
      return engineOf(engines, names);
    },
  };
}

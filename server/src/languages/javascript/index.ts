/** JavaScript and TypeScript, with the frameworks that files of theirs may use. */
import type { Language } from '../../core/language.ts';
import type { Framework } from './framework.ts';
import { isGenerated } from './generated.ts';
import { aboutCors } from './words.ts';

const script = /\.[cm]?[jt]sx?$/i;
/** Generated declarations and bundles say nothing about a program, and packages are somebody else's. */
const skipped = /(\.d\.[cm]?ts|[.-](min|bundle)\.[cm]?js)$|\/node_modules\//i;

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
    claims: (uri) => (script.test(uri) && !skipped.test(uri) ? 'yes' : 'no'),
    generated: (uri, text) => script.test(uri) && (skipped.test(uri) || isGenerated(text)),
    recognises: () => false,
    mayMatter: (text) => mentions.test(text),
    load: async () => {
      const [{ engineOf }, ...engines] = await Promise.all([import('./engine.ts'), ...frameworks.map((framework) => framework.load())]);
      return engineOf(engines, names);
    },
  };
}

/** Express and what it shares with Node's own servers: files of JavaScript and TypeScript. */
import type { Language } from '../../core/language.ts';

/** Generated declarations and bundles say nothing about a program. */
const skipped = /(\.d\.[cm]?ts|[.-](min|bundle)\.[cm]?js)$/i;
const mentions =
  /access-control|cors|\bexpress\b|credentials|web-security|createserver|setrequestheader|\borigin["'`]?\s*[:,]|["'`]patch["'`]/i;

export const express: Language = {
  id: 'express',
  displayName: 'Express',
  editorIds: ['javascript', 'javascriptreact', 'typescript', 'typescriptreact'],
  comments: { line: '//', block: true, trailing: true },
  claims: (uri) => (/\.[cm]?[jt]sx?$/i.test(uri) && !skipped.test(uri) && !uri.includes('/node_modules/') ? 'yes' : 'no'),
  recognises: () => false,
  mayMatter: (text) => mentions.test(text),
  load: async () => (await import('./engine.ts')).engine,
};

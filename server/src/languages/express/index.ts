/** Express and Node's own servers. */
import type { Framework } from '../javascript/framework.ts';

export const express: Framework = {
  id: 'express',
  displayName: 'Express',
  configurationForms: [
    { id: 'cors-package', title: 'Express with the cors package' },
    { id: 'by-hand', title: 'Express middleware written by hand' },
  ],
  mentions: /\bexpress\b/,
  load: async () => (await import('./engine.ts')).engine,
};

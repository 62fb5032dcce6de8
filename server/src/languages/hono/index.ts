/** Hono with its own CORS middleware. */
import type { Framework } from '../javascript/framework.ts';

export const hono: Framework = {
  id: 'hono',
  displayName: 'Hono',
  mentions: /\bhono\b/,
  load: async () => (await import('./engine.ts')).engine,
};

/** Hono with its own CORS middleware. */
import type { Framework } from '../javascript/framework.ts';

export const hono: Framework = {
  id: 'hono',
  displayName: 'Hono',
  configurationForms: [{ id: 'hono-cors', title: 'Hono with hono/cors' }],
  mentions: /\bhono\b/,
  load: async () => (await import('./engine.ts')).engine,
};

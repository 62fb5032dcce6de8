/** Koa with its CORS packages and @koa/router. */
import type { Framework } from '../javascript/framework.ts';

export const koa: Framework = {
  id: 'koa',
  displayName: 'Koa',
  configurationForms: [{ id: 'koa-cors', title: 'Koa with @koa/cors' }],
  mentions: /\bkoa\b/,
  load: async () => (await import('./engine.ts')).engine,
};

/** Fastify with @fastify/cors. */
import type { Framework } from '../javascript/framework.ts';

export const fastify: Framework = {
  id: 'fastify',
  displayName: 'Fastify',
  configurationForms: [{ id: 'fastify-cors', title: 'Fastify with @fastify/cors' }],
  mentions: /\bfastify/,
  load: async () => (await import('./engine.ts')).engine,
};

/** Handlers that get a `Request` and give back a `Response`: Workers, Deno, Bun, routes of Next.js, functions at the edge. */
import type { Framework } from '../javascript/framework.ts';

export const fetchHandlers: Framework = {
  id: 'fetch',
  displayName: 'Fetch handlers',
  mentions: /\bDeno\.serve\(/,
  load: async () => (await import('./engine.ts')).engine,
};

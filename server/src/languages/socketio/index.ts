/** socket.io, whose `cors` option is the cors package's. */
import type { Framework } from '../javascript/framework.ts';

export const socketio: Framework = {
  id: 'socketio',
  displayName: 'socket.io',
  mentions: /\bsocket\.io\b/,
  load: async () => (await import('./engine.ts')).engine,
};

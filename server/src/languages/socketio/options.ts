/** Options of a socket.io server. */
import type { Place } from '../../core/text.ts';
import { CorsMiddleware } from '../express/cors-package.ts';
import type { JsValue } from '../javascript/values.ts';
import type { SocketServer } from './policies.ts';

/** The server that options make; undefined where they have no `cors`, so that no CORS header is sent (behaviour 10.1). */
export function socketServer(options: JsValue | undefined, place: Place): SocketServer | undefined {
  if (options?.kind !== 'object') return undefined;
  const { properties } = options.contents.value;
  const cors = properties.get('cors');
  if (!cors || cors.value.kind === 'undefined' || cors.value.kind === 'null') return undefined;
  if (cors.value.kind === 'boolean' && !cors.value.value) return undefined;
  const path = properties.get('path')?.value;
  return {
    cors: new CorsMiddleware(cors.value, cors.property ?? place),
    path: path?.kind === 'string' ? path.text.replace(/\/$/, '') : '/socket.io',
  };
}

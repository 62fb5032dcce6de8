/** The programs of every framework, with the requests that each of them gets. */
import type { Request } from '../../express/conformance.ts';
import { fastifyPrograms } from './fastify.ts';
import { fetchPrograms } from './fetch.ts';
import { honoPrograms } from './hono.ts';
import { koaPrograms } from './koa.ts';
import { nestPrograms } from './nestjs.ts';
import { type Program, requests } from './program.ts';
import { socketPrograms, socketRequests } from './socketio.ts';

export const programs: Readonly<Record<string, { readonly list: readonly Program[]; readonly asked: readonly Request[] }>> = {
  Fastify: { list: fastifyPrograms, asked: requests },
  Hono: { list: honoPrograms, asked: requests },
  'the Fetch API': { list: fetchPrograms, asked: requests },
  Koa: { list: koaPrograms, asked: requests },
  NestJS: { list: nestPrograms, asked: requests },
  'socket.io': { list: socketPrograms, asked: socketRequests },
};

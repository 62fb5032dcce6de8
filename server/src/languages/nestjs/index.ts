/** NestJS on Express or Fastify, and its gateways on socket.io. */
import type { Framework } from '../javascript/framework.ts';

export const nestjs: Framework = {
  id: 'nestjs',
  displayName: 'NestJS',
  configurationForms: [{ id: 'nestjs-cors', title: 'NestJS with enableCors' }],
  mentions: /@nestjs\/|\benableCors\b/,
  load: async () => (await import('./engine.ts')).engine,
};

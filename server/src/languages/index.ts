import type { Dialect, Language } from '../core/language.ts';
import { apache } from './apache/index.ts';
import { express } from './express/index.ts';
import { fastify } from './fastify/index.ts';
import { fetchHandlers } from './fetch/index.ts';
import { hono } from './hono/index.ts';
import { ingress } from './ingress/index.ts';
import { javascript } from './javascript/index.ts';
import { koa } from './koa/index.ts';
import { nestjs } from './nestjs/index.ts';
import { nginx } from './nginx/index.ts';
import { npm } from './npm/index.ts';
import { socketio } from './socketio/index.ts';

/** Every language, in the order in which a file is offered to them. */
export const languages: readonly Language[] = [
  nginx,
  apache,
  ingress,
  javascript([socketio, nestjs, express, fastify, koa, hono, fetchHandlers]),
  npm,
];

/** Every language and framework that a policy can be written in, for tables. */
export const dialects: readonly Dialect[] = languages.flatMap((language) => [language, ...(language.frameworks ?? [])]);

/** Longer texts are generated, not written, and are of no language. In UTF-16 code units; more bytes than that are not read. */
export const LONGEST_TEXT = 4 * 1024 * 1024;

/** The language of a file: by the editor's id, by name, and where the name leaves it open by content. */
export function languageOf(uri: string, text: string, editorId?: string): Language | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const byId = editorId === undefined ? undefined : languages.find((language) => language.editorIds.includes(editorId));
  if (byId) return byId;
  const claims = languages.map((language) => [language, language.claims(uri)] as const);
  const certain = claims.find(([, claim]) => claim === 'yes');
  if (certain) return certain[0];
  return claims.find(([language, claim]) => claim === 'maybe' && language.recognises(text))?.[0];
}

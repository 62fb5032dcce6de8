import type { Applicability, FileEdit, Finding, Fix, Level } from '../core/finding.ts';
import type { LanguageId } from '../core/language.ts';
import { snippetOf } from '../core/snippet.ts';
import { placeKey, type Place } from '../core/text.ts';
import type { Setting } from '../policy/model.ts';

/** Every language in which responses are written. */
export const SERVER_LANGUAGES: readonly LanguageId[] = [
  'express',
  'nginx',
  'apache',
  'fastify',
  'koa',
  'nestjs',
  'hono',
  'fetch',
  'socketio',
];
/** Those in which a server's own text writes header lines and reads those of requests; socket.io has the options of a package alone. */
export const HEADER_LANGUAGES: readonly LanguageId[] = SERVER_LANGUAGES.filter((language) => language !== 'socketio');
/** The languages of applications, written in JavaScript or TypeScript. */
export const APPLICATION_LANGUAGES: readonly LanguageId[] = ['express', 'fastify', 'koa', 'nestjs', 'hono', 'fetch', 'socketio'];

/** A finding; proven, without related places and fixes unless `more` says otherwise. */
export function report(
  ruleId: string,
  level: Level,
  place: Place,
  message: string,
  more: Partial<Pick<Finding, 'cause' | 'confidence' | 'level' | 'witness' | 'related' | 'fixes' | 'tags'>> = {},
): Finding {
  return { ruleId, level, confidence: 'proven', message, place, related: [], fixes: [], ...more };
}

/** The level of a mistake, or of one that is only there where somebody has set what it takes for granted. */
export function levelWhereSet(level: Level, settings: readonly Setting[]): Pick<Finding, 'level' | 'confidence'> {
  if (settings.length === 0) return { level, confidence: 'proven' };
  return { level: level === 'error' ? 'warning' : level, confidence: 'likely' };
}

/** A fix, where the language found edits for it. Each edit once: several policies may be written by one piece of text. */
export function offer(title: string, applicability: Applicability, edits: readonly FileEdit[] | undefined): readonly Fix[] {
  if (edits === undefined || edits.length === 0) return [];
  return [{ title, applicability, edits: [...new Map(edits.map((edit) => [`${placeKey(edit)} ${edit.text}`, edit])).values()] }];
}

/**
 * A fix whose edits hold a text that somebody has to fill in: a tab stop in editors that have them, and never safe. `stop` is
 * the text as the edits spell it.
 */
export function offerToFillIn(title: string, edits: readonly FileEdit[] | undefined, stop: string): readonly Fix[] {
  if (!edits?.some((edit) => edit.text.includes(stop))) return [];
  return offer(
    title,
    'unsafe',
    edits.map((edit) => (edit.text.includes(stop) ? { ...edit, snippet: snippetOf(edit.text, [stop]) } : edit)),
  );
}

/** The origin that stands where only the author knows the right one. */
export const PLACEHOLDER_ORIGIN = 'https://app.example.com';

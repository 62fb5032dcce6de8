import type { Applicability, FileEdit, Finding, Fix, Level } from '../core/finding.ts';
import type { LanguageId } from '../core/language.ts';
import type { Place } from '../core/text.ts';

/** Every language in which responses are written. */
export const SERVER_LANGUAGES: readonly LanguageId[] = ['express', 'nginx', 'apache', 'fastify', 'koa', 'nestjs', 'hono', 'socketio'];
/** The languages of applications, written in JavaScript or TypeScript. */
export const APPLICATION_LANGUAGES: readonly LanguageId[] = ['express', 'fastify', 'koa', 'nestjs', 'hono', 'socketio'];

/** A finding; proven, without related places and fixes unless `more` says otherwise. */
export function report(
  ruleId: string,
  level: Level,
  place: Place,
  message: string,
  more: Partial<Pick<Finding, 'cause' | 'confidence' | 'witness' | 'related' | 'fixes' | 'tags'>> = {},
): Finding {
  return { ruleId, level, confidence: 'proven', message, place, related: [], fixes: [], ...more };
}

/** A fix, where the language found edits for it. */
export function offer(title: string, applicability: Applicability, edits: readonly FileEdit[] | undefined): readonly Fix[] {
  return edits === undefined || edits.length === 0 ? [] : [{ title, applicability, edits }];
}

import type { Language } from '../core/language.ts';
import { apache } from './apache/index.ts';
import { express } from './express/index.ts';
import { nginx } from './nginx/index.ts';

/** Every language, in the order in which a file is offered to them. */
export const languages: readonly Language[] = [nginx, apache, express];

/** The language of a file: by the editor's id, by name, and where the name leaves it open by content. */
export function languageOf(uri: string, text: string, editorId?: string): Language | undefined {
  const byId = editorId === undefined ? undefined : languages.find((language) => language.editorIds.includes(editorId));
  if (byId) return byId;
  const claims = languages.map((language) => [language, language.claims(uri)] as const);
  const certain = claims.find(([, claim]) => claim === 'yes');
  if (certain) return certain[0];
  return claims.find(([language, claim]) => claim === 'maybe' && language.recognises(text))?.[0];
}

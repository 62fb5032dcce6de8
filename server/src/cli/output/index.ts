import type { Format } from '../commands.ts';
import type { Formatter } from './format.ts';

/** Every format; only the one that is asked for is loaded. */
export const formatters: Readonly<Record<Format, () => Promise<Formatter>>> = {
  stylish: async () => (await import('./stylish.ts')).formatStylish,
  json: async () => (await import('./json.ts')).formatJson,
  sarif: async () => (await import('./sarif.ts')).formatSarif,
  github: async () => (await import('./github.ts')).formatGithub,
  junit: async () => (await import('./junit.ts')).formatJunit,
  compact: async () => (await import('./compact.ts')).formatCompact,
};

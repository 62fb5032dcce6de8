/** A generated configuration: lines with the constructs in them. */
import type { Construct } from './constructs.ts';

/** Lines of configuration that stand together; what shrinking takes away as one. */
export interface Chunk {
  readonly lines: readonly string[];
  readonly tags: readonly Construct[];
  /** Chunks inside, for a section: `lines` then holds its first and last line. */
  readonly inside?: readonly Chunk[];
}

export type CaseKind = 'htaccess' | 'server';

/** One generated configuration. */
export interface Case {
  readonly seed: number;
  readonly kind: CaseKind;
  /** The server's own lines, or the .htaccess of the document root. */
  readonly root: readonly Chunk[];
  /** The .htaccess of the folder `sub`; empty where there is none. */
  readonly sub: readonly Chunk[];
  readonly crlf: boolean;
}

/** Texts in a configuration that depend on where the server runs. */
export const placeholders = { folder: '@FOLDER@', upstream: '@UPSTREAM@', definition: '@DEFINED@' } as const;

export const origins = {
  allowed: 'https://app.example',
  second: 'https://admin.example',
  hostile: ['https://app.example.evil.test', 'https://appxexample', 'http://app.example', 'https://evil.test', 'https://APP.example'],
};

export function textOf(chunks: readonly Chunk[], indent = ''): string {
  return chunks
    .map((chunk) => {
      if (chunk.inside === undefined) return chunk.lines.map((line) => `${indent}${line}\n`).join('');
      const [first, last] = chunk.lines;
      return `${indent}${first ?? ''}\n${textOf(chunk.inside, `${indent}  `)}${indent}${last ?? ''}\n`;
    })
    .join('');
}

export function tagsOf(chunks: readonly Chunk[]): readonly Construct[] {
  return chunks.flatMap((chunk) => [...chunk.tags, ...tagsOf(chunk.inside ?? [])]);
}

export const chunk = (line: string | readonly string[], ...tags: Construct[]): Chunk => ({
  lines: typeof line === 'string' ? [line] : line,
  tags,
});

import type { Alternative, Policy } from '../policy/model.ts';
import type { Observation } from '../policy/observation.ts';
import type { Authoring } from './authoring.ts';
import type { SourceFile, SourceFiles } from './files.ts';
import type { Place, TextRange } from './text.ts';

export type LanguageId = 'express' | 'nginx' | 'apache' | 'fastify' | 'koa' | 'nestjs' | 'hono' | 'socketio';

export interface CommentSyntax {
  /** What starts a comment: `#`, `//`. Block comments `/* … *\/` are recognised where `block` is true. */
  readonly line: string;
  readonly block: boolean;
  /** Whether a comment may stand behind code on the same line. Not in Apache (behaviour 2.8). */
  readonly trailing: boolean;
}

/** What a language makes of one file. Nothing here is ever thrown: a text that cannot be read gives an empty one. */
export interface Extraction {
  readonly policies: readonly Policy[];
  /** How a request finds its policy, in order; for simulation. */
  readonly routing: readonly Alternative[];
  readonly observations: readonly Observation[];
  /** Comments of the file with their delimiters, in order; suppressions are read from them. */
  readonly comments: readonly TextRange[];
  readonly outline: readonly OutlineItem[];
  readonly authoring: Authoring;
}

/** One entry of a file's structure: a block, a section, a route. */
export interface OutlineItem {
  readonly name: string;
  readonly detail?: string;
  readonly kind: 'block' | 'directive' | 'route' | 'variable';
  readonly place: Place;
  readonly namePlace: Place;
  readonly children: readonly OutlineItem[];
}

/** A language's parser and extraction, once loaded. */
export interface LanguageEngine {
  /** Extracts the policy model. Synchronous, repeatable, never throws. Parses are cached per SourceFile object. */
  extract(file: SourceFile, files: SourceFiles): Extraction;
}

/** A language as the list knows it: cheap, without its parser. */
export interface Language {
  readonly id: LanguageId;
  readonly displayName: string;
  /** Language ids of editors that are this language. */
  readonly editorIds: readonly string[];
  readonly comments: CommentSyntax;
  /** Whether the name alone decides: `yes`, `no`, or `maybe` where the content has to be asked. */
  claims(uri: string): 'yes' | 'no' | 'maybe';
  /** For `maybe`: whether the text is of this language. Looks at the first few kilobytes only. */
  recognises(text: string): boolean;
  /** Cheap check that the text can hold anything about CORS at all; false must be certain. */
  mayMatter(text: string): boolean;
  load(): Promise<LanguageEngine>;
}

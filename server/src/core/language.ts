import type { Alternative, Policy } from '../policy/model.ts';
import type { Observation } from '../policy/observation.ts';
import type { Authoring } from './authoring.ts';
import type { Expectation } from './expectation.ts';
import type { SourceFile, SourceFiles } from './files.ts';
import type { FileLink, NamedPlace } from './navigation.ts';
import type { Place, TextRange } from './text.ts';

/** What policies are written in: server configurations, frameworks of JavaScript, and for what runs in browsers JavaScript itself and npm's scripts. */
export type LanguageId =
  'nginx' | 'apache' | 'ingress' | 'javascript' | 'express' | 'fastify' | 'koa' | 'nestjs' | 'hono' | 'fetch' | 'socketio' | 'npm';

/** One way to write a policy in a language, as an editor offers it. */
export interface ConfigurationForm {
  readonly id: string;
  /** For a menu. */
  readonly title: string;
}

/** A language or a framework, as tables name it. */
export interface Dialect {
  readonly id: LanguageId;
  readonly displayName: string;
  /** The forms in which its authoring writes a whole policy; absent where it has none. */
  readonly configurationForms?: readonly ConfigurationForm[];
}

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
  /** Made when it is asked for. */
  readonly outline: readonly OutlineItem[];
  readonly authoring: Authoring;
}

/** An extraction that may not be needed: where its basis says what that of an earlier version said, so does all of it. */
export interface Outset {
  /** Plain data, with the places in it: where two are the same but for those, the extractions are. */
  readonly basis: unknown;
  /** As of the extraction. */
  readonly comments: readonly TextRange[];
  /** The whole extraction. To be asked for at once: nothing of the file may have been parsed again in between. */
  extract(): Extraction;
}

/** That of a language whose extractions have no halves: they are compared themselves. */
export function outsetOf(extraction: Extraction): Outset {
  const { policies, observations, routing, comments } = extraction;
  return { basis: [policies, observations, routing], comments, extract: () => extraction };
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

/**
 * A stretch of a file that can be analysed by itself, such as one of several servers. What is found in it depends on its own
 * text and on its surroundings alone, so it stays as long as both do, wherever other parts move it.
 */
export interface Part {
  readonly range: TextRange;
  /** Equal for two versions of a file exactly where nothing around the part has changed that it depends on. */
  readonly surroundings: string;
  /** Extracts the file as if the other parts were blank. Places are those of the whole file. */
  extract(files: SourceFiles): Extraction;
}

/** A language's parser and extraction, once loaded. */
export interface LanguageEngine {
  /** Loads what only some texts of the language need; asked before anything else about a text. */
  prepare?(text: string): Promise<void>;
  /** Extracts the policy model. Synchronous, repeatable, never throws. Parses are cached per SourceFile object. */
  extract(file: SourceFile, files: SourceFiles): Extraction;
  /** The same in two halves, where the first can tell that nothing has changed. */
  begin?(file: SourceFile, files: SourceFiles): Outset;
  /** The files that a file draws on may hold mere values, of which nothing is said until something is answered with them. */
  readonly importsValues?: true;
  /** Whether a file can have findings at all, with the files that it draws on; false must be certain. */
  mayMatter?(file: SourceFile, files: SourceFiles): boolean;
  /** The parts of a file, two or more and in order; undefined where it can only be analysed as a whole. */
  divide?(file: SourceFile, files: SourceFiles): readonly Part[] | undefined;
  /** What concerns CORS and is expected at an offset; undefined anywhere else, in comments too. As repeatable as `extract`. */
  expectedAt?(file: SourceFile, files: SourceFiles, offset: number): Expectation | undefined;
  /** Every name in the file and in what the server reads together with it. */
  names?(file: SourceFile, files: SourceFiles): readonly NamedPlace[];
  /** The includes of the file itself. */
  links?(file: SourceFile, files: SourceFiles): readonly FileLink[];
}

/** A language as the list knows it: cheap, without its parser. */
export interface Language extends Dialect {
  /** Frameworks whose policies its files hold, beside those of the language itself. */
  readonly frameworks?: readonly Dialect[];
  /** Language ids of editors that are this language. */
  readonly editorIds: readonly string[];
  readonly comments: CommentSyntax;
  /** A server's configuration: editors have no outline, links and definitions of their own for it, as they have for programs. */
  readonly configuration?: true;
  /** Whether the name alone decides: `yes`, `no`, or `maybe` where the content has to be asked. */
  claims(uri: string): 'yes' | 'no' | 'maybe';
  /** Whether nobody wrote a file, by its name or its content: it is left alone. */
  generated?(uri: string, text: string): boolean;
  /** For `maybe`: whether the text is of this language. Looks at the first few kilobytes only. */
  recognises(text: string): boolean;
  /** Cheap check that the text can hold anything about CORS at all; false must be certain. */
  mayMatter(text: string): boolean;
  load(): Promise<LanguageEngine>;
}

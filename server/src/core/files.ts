/** One version of a file's text. A new version is a new object, so caches may be keyed by identity (WeakMap). */
export interface SourceFile {
  readonly uri: string;
  readonly text: string;
  /** The editor's language id, where an editor has one. */
  readonly languageId?: string;
}

/**
 * The other files that an analysis may look at. Reading is synchronous: a file that is not loaded yet is answered with
 * `undefined` and remembered; the service loads what was asked for and analyses again until nothing new is asked
 * (`service.ts`). An extraction therefore has to be repeatable and must not keep state between calls.
 */
export interface SourceFiles {
  /** The file, or undefined where it does not exist, cannot be read, or is not loaded yet. */
  read(uri: string): SourceFile | undefined;
  /** URIs of the entries of a folder (files and folders; a folder ends in `/`), empty where it is unknown. */
  list(folderUri: string): readonly string[];
  /** URIs of the workspace's files that this language claims by name, for finding who includes a fragment. */
  candidates(): readonly string[];
  /** Something that was asked for is still to be loaded: the analysis will be repeated, so it may stop here. */
  readonly isWaiting?: boolean;
}

/**
 * Requests from the server to a client that reads files for it: in the browser and on virtual file systems there is no
 * other way. A client announces them with `initializationOptions.readsFiles`. Plain names and types, because the client
 * and the server have their own copies of the protocol's classes.
 */

/** Text of a file as UTF-8, null where it cannot be read. */
export const readFileRequest = 'corsLint/readFile';
/** URIs of a folder's entries (folders end in `/`), null where it cannot be listed. */
export const readFolderRequest = 'corsLint/readFolder';
/** URIs of the workspace's files, without those that the editor's settings exclude. No parameters. */
export const listFilesRequest = 'corsLint/listFiles';

export interface FileParams {
  readonly uri: string;
}
export type ReadFileResult = string | null;
export type ReadFolderResult = string[] | null;
export type ListFilesResult = string[];

/** What our own client says at `initialize`; any other client may leave all of it away. */
export interface InitializationOptions {
  /** Whether the client answers the requests above. */
  readonly readsFiles?: boolean;
  /** Whether the client has the simulator, which code lenses open. */
  readonly simulates?: boolean;
  /** Editor settings for a client that does not answer `workspace/configuration`. */
  readonly settings?: unknown;
}

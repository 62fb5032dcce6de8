import { ProtocolRequestType, ProtocolRequestType0 } from 'vscode-languageserver';

/**
 * Requests from the server to a client that reads files for it: in the browser and on virtual file systems there is no
 * other way. A client announces them with `initializationOptions.readsFiles`.
 */
export const ReadFileRequest = new ProtocolRequestType<{ uri: string }, string | null, never, void, void>('corsLint/readFile');

/** URIs of a folder's entries (folders end in `/`), null where it cannot be listed. */
export const ReadFolderRequest = new ProtocolRequestType<{ uri: string }, string[] | null, never, void, void>(
  'corsLint/readFolder',
);

/** URIs of the workspace's files, without those that the editor's settings exclude. */
export const ListFilesRequest = new ProtocolRequestType0<string[], never, void, void>('corsLint/listFiles');

/** What our own client says at `initialize`; any other client may leave all of it away. */
export interface InitializationOptions {
  /** Whether the client answers the requests above. */
  readonly readsFiles?: boolean;
  /** Editor settings for a client that does not answer `workspace/configuration`. */
  readonly settings?: unknown;
}

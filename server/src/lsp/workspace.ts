import type { Connection } from 'vscode-languageserver';
import type { Workspace } from '../core/workspace.ts';
import type { OpenDocuments } from './documents.ts';
import { listFilesRequest, readFileRequest, readFolderRequest } from './protocol.ts';
import type { FileParams, ListFilesResult, ReadFileResult, ReadFolderResult } from './protocol.ts';

/** The workspace as the client sees it: virtual file systems, and all of them in a browser. */
export function clientWorkspace(connection: Connection): Workspace {
  const ask = async <T>(method: string, params?: FileParams): Promise<T | undefined> => {
    try {
      return await connection.sendRequest<T>(method, params);
    } catch {
      // A file that is gone, and a client that ends meanwhile, are answers and not errors.
      return undefined;
    }
  };
  return {
    read: async (uri) => (await ask<ReadFileResult>(readFileRequest, { uri })) ?? undefined,
    list: async (uri) => (await ask<ReadFolderResult>(readFolderRequest, { uri })) ?? undefined,
    files: async () => (await ask<ListFilesResult>(listFilesRequest)) ?? [],
  };
}

/** Where the files of a workspace come from. */
export interface FileSources {
  /** Reads `file:` URIs; absent in a browser. */
  readonly disk: Workspace | undefined;
  /** The client's view, where it reads files for the server. */
  readonly client: Workspace | undefined;
  /** Whether some folder of the workspace is on a file system that only the client knows. */
  readonly virtualFolders: boolean;
}

/** The workspace of the server. What is open in the editor hides what is on disk. */
export function serverWorkspace(documents: OpenDocuments, { disk, client, virtualFolders }: FileSources): Workspace {
  const sourceOf = (uri: string): Workspace | undefined => (disk !== undefined && uri.startsWith('file:') ? disk : client);
  return {
    read: async (uri) => {
      const open = documents.get(uri);
      return open === undefined ? sourceOf(uri)?.read(uri) : open.getText();
    },
    list: async (uri) => sourceOf(uri)?.list(uri),
    files: async () => {
      const listings = await Promise.all([disk?.files(), disk === undefined || virtualFolders ? client?.files() : undefined]);
      const open = documents.all().map((document) => document.uri);
      return [...new Set([...listings.flatMap((files) => files ?? []), ...open])];
    },
  };
}

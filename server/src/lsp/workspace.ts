import type { Connection } from 'vscode-languageserver';
import type { Workspace } from '../core/workspace.ts';
import { withoutIgnored } from '../workspace/ignored-files.ts';
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
  const read = async (uri: string): Promise<string | undefined> => (await ask<ReadFileResult>(readFileRequest, { uri })) ?? undefined;
  return {
    read,
    list: async (uri) => (await ask<ReadFolderResult>(readFolderRequest, { uri })) ?? undefined,
    files: async () => withoutIgnored((await ask<ListFilesResult>(listFilesRequest)) ?? [], read),
  };
}

/** Where the files of a workspace come from. */
export interface FileSources {
  /** Reads `file:` URIs; absent in a browser. */
  readonly disk: Workspace | undefined;
  /** The client's view, where it reads files for the server. */
  readonly client: Workspace | undefined;
  /** Whether some folder of the workspace is on a file system that only the client knows. */
  readonly hasVirtualFolders: () => boolean;
}

/** The workspace of the server. What is open in the editor hides what is on disk. */
export function serverWorkspace(documents: OpenDocuments, { disk, client, hasVirtualFolders }: FileSources): Workspace {
  const sourceOf = (uri: string): Workspace | undefined => (disk !== undefined && uri.startsWith('file:') ? disk : client);
  return {
    read: async (uri) => {
      const open = documents.get(uri);
      return open === undefined ? sourceOf(uri)?.read(uri) : open.getText();
    },
    list: async (uri) => sourceOf(uri)?.list(uri),
    files: async () => {
      const listings = await Promise.all([disk?.files(), disk === undefined || hasVirtualFolders() ? client?.files() : undefined]);
      const open = documents.all().map((document) => document.uri);
      return [...new Set([...listings.flatMap((files) => files ?? []), ...open])];
    },
  };
}

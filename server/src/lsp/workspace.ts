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

/**
 * The workspace of the server: what is open in the editor hides what is on disk; `file:` comes from the disk where
 * there is one, everything else from the client, where it reads files for us.
 */
export function serverWorkspace(
  documents: OpenDocuments,
  disk: Workspace | undefined,
  client: Workspace | undefined,
): Workspace {
  const sourceOf = (uri: string): Workspace | undefined =>
    disk !== undefined && uri.startsWith('file:') ? disk : client;
  return {
    read: async (uri) => {
      const open = documents.get(uri);
      return open === undefined ? sourceOf(uri)?.read(uri) : open.getText();
    },
    list: async (uri) => sourceOf(uri)?.list(uri),
    files: async () => {
      // The client knows which files its user hides; only without it does the server look itself.
      const files = (await (client ?? disk)?.files()) ?? [];
      return [...new Set([...files, ...documents.all().map((document) => document.uri)])];
    },
  };
}

import type { Connection } from 'vscode-languageserver';
import type { Workspace } from '../core/workspace.ts';
import type { OpenDocuments } from './documents.ts';
import { ListFilesRequest, ReadFileRequest, ReadFolderRequest } from './protocol.ts';

/** The workspace as the client sees it: virtual file systems, and all of them in a browser. */
export function clientWorkspace(connection: Connection): Workspace {
  // A file that is gone, and a client that ends meanwhile, are both answers and not errors.
  const unlessRefused = <T, R>(request: Promise<T>, refused: R): Promise<T | R> => request.catch(() => refused);
  return {
    read: async (uri) => (await unlessRefused(connection.sendRequest(ReadFileRequest, { uri }), null)) ?? undefined,
    list: async (uri) => (await unlessRefused(connection.sendRequest(ReadFolderRequest, { uri }), null)) ?? undefined,
    files: () => unlessRefused(connection.sendRequest(ListFilesRequest), []),
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

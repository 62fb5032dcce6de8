import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { filesOfInterest, listFilesRequest, readFileRequest, readFolderRequest } from '../../server/src/lsp/protocol.ts';
import type { FileParams, ListFilesResult, ReadFileResult, ReadFolderResult } from '../../server/src/lsp/protocol.ts';

/** How many files the server is told of; a larger workspace is known in part. */
const mostFiles = 20_000;

/** Files above this size, in bytes, are nobody's hand-written configuration. */
const largestFile = 4 << 20;

/** Reads files for the server: it has no disk in a browser, and nobody has one on a virtual file system. */
export function answerFileRequests(client: BaseLanguageClient): void {
  client.onRequest(readFileRequest, async ({ uri: text }: FileParams): Promise<ReadFileResult> => {
    try {
      const uri = vscode.Uri.parse(text);
      if ((await vscode.workspace.fs.stat(uri)).size > largestFile) return null;
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    } catch {
      return null;
    }
  });
  client.onRequest(readFolderRequest, async ({ uri: text }: FileParams): Promise<ReadFolderResult> => {
    try {
      const uri = vscode.Uri.parse(text);
      const entries = await vscode.workspace.fs.readDirectory(uri);
      return entries.map(([name, type]) => {
        const isFolder = (type & vscode.FileType.Directory) !== 0;
        return vscode.Uri.joinPath(uri, name).toString() + (isFolder ? '/' : '');
      });
    } catch {
      return null;
    }
  });
  client.onRequest(listFilesRequest, async (): Promise<ListFilesResult> => {
    const files = await vscode.workspace.findFiles(filesOfInterest, '**/node_modules/**', mostFiles);
    return files.map((uri) => uri.toString());
  });
}

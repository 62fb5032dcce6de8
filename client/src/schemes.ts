import * as vscode from 'vscode';

/**
 * Schemes of files that somebody edits: those on disk, new ones, and those of the workspace's own (possibly virtual)
 * file systems. The old side of a diff and an output channel have others.
 */
export function configurationSchemes(): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return [...new Set(['file', 'untitled', ...folders.map((folder) => folder.uri.scheme)])];
}

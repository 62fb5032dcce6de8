/**
 * The only way in which the engine sees a file system: the command line reads the disk, the editor its open documents
 * first, a test a map. Asynchronous; every failure is an answer, never an exception.
 */
export interface Workspace {
  /** The text of a file, or undefined where it cannot be read. */
  read(uri: string): Promise<string | undefined>;
  /** URIs of a folder's entries (folders end in `/`), or undefined where it cannot be listed. */
  list(folderUri: string): Promise<readonly string[] | undefined>;
  /** URIs of the workspace's files, without those that ignore files exclude; may be bounded. */
  files(): Promise<readonly string[]>;
}

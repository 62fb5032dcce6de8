import type { Workspace } from '../core/workspace.ts';

/** What differs between the server as a process and the server in a browser's worker. */
export interface ServerEnvironment {
  /**
   * Reads `file:` URIs without asking the client, below these folders, which may come and go. Absent in the browser.
   */
  readonly openDisk?: (folderUris: ReadonlySet<string>) => Workspace;
  /** Told whenever a document was analysed. */
  readonly answered?: () => void;
  /** The address of a rule's documentation, undefined where there is none to point to. */
  documentation(ruleId: string): string | undefined;
}

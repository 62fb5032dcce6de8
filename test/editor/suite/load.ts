/** What a window shows: one folder (`test/editor/fixtures`), or several (`test/editor/workspace`). */
export type Opened = 'folder' | 'workspace';

/** Registers the tests for such a window with mocha's globals. */
export async function loadTests(opened: Opened): Promise<void> {
  await (opened === 'workspace' ? import('./folders.ts') : import('./suites.ts'));
}

/** What the extension host hands back to the process that started the editor. */
export interface HostTest {
  readonly suite: string;
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** In milliseconds. */
  readonly duration: number;
  readonly message: string | undefined;
}

export interface HostResult {
  readonly tests: readonly HostTest[];
  /** Why the suite could not run at all. */
  readonly error: string | undefined;
}

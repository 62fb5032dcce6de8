import { WorkDoneProgressReporter } from 'vscode-languageserver';
import type { CancellationToken, Connection } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { mayMatter } from '../service.ts';
import { toDiagnostic, withRelated } from './diagnostics.ts';
import type { DiagnosticContext } from './diagnostics.ts';
import type { Log } from './log.ts';
import { scanWorkspaceCommand, type ScanResult } from './protocol.ts';
import { lintableFiles, lintFile, type LintedFile, type WorkspaceLintContext } from './workspace-lint.ts';

/** How long after a change the closed files are looked at again, in milliseconds: a checkout changes many at once. */
const settleTime = 300;

export interface ScanContext extends DiagnosticContext, WorkspaceLintContext {
  readonly log: Log;
}

/** What is known of a file since it was looked at last. */
interface Scanned {
  /** Whether problems of it were pushed. */
  readonly shown: boolean;
  /** Whether its text can be about CORS, so that a change elsewhere may change its problems. */
  readonly matters: boolean;
}

/**
 * Problems of files that are not open, from a scan of the workspace on. They are pushed; those of an open document are
 * pulled or pushed by whoever serves documents, so a file's problems are never there twice.
 */
export class WorkspaceScan {
  readonly #connection: Connection;
  readonly #context: ScanContext;
  /** Files of the scans so far; undefined before the first. */
  #files: Map<string, Scanned> | undefined;
  /** Files that have changed since they were looked at. */
  readonly #changed = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #recheck: AbortController | undefined;

  constructor(connection: Connection, context: ScanContext) {
    this.#connection = connection;
    this.#context = context;
    connection.onExecuteCommand(async ({ command, arguments: given }, token, progress) => {
      if (command !== scanWorkspaceCommand) return undefined;
      const [title] = (given ?? []) as readonly unknown[];
      return this.#scan(typeof title === 'string' ? title : 'Scanning the workspace for CORS mistakes', token, progress);
    });
  }

  async #scan(title: string, token: CancellationToken, progress: WorkDoneProgressReporter): Promise<ScanResult> {
    const { workspace, client } = this.#context;
    const abort = new AbortController();
    token.onCancellationRequested(() => {
      abort.abort();
    });
    const cancelled = (): boolean => abort.signal.aborted;
    // A client that gave no token may still show what the server starts.
    const own =
      WorkDoneProgressReporter.isNullInstance(progress) && client.showsProgress
        ? await this.#connection.window.createWorkDoneProgress()
        : undefined;
    own?.token.onCancellationRequested(() => {
      abort.abort();
    });
    const shown = own ?? progress;
    shown.begin(title, 0, undefined, true);
    try {
      const uris = await lintableFiles(workspace);
      const files = (this.#files ??= new Map<string, Scanned>());
      let [done, percent, problems, filesWithProblems] = [0, 0, 0, 0];
      for (const uri of uris) {
        if (cancelled()) break;
        const linted = await lintFile(uri, this.#context, abort.signal);
        if (cancelled()) break;
        await this.#show(linted, files);
        done++;
        problems += linted.findings.length;
        if (linted.findings.length > 0) filesWithProblems++;
        const now = Math.floor((100 * done) / uris.length);
        if (now > percent) shown.report((percent = now), `${done} / ${uris.length}`);
        // Reading from the disk never gives the connection a turn, and a request to stop has to be heard.
        if (done % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      }
      if (!cancelled()) await this.#forget(new Set(uris), files);
      return { files: done, problems, filesWithProblems, cancelled: cancelled() };
    } finally {
      shown.done();
    }
  }

  /** Something that findings of closed files may rest on has changed: these files, a setting. */
  changed(uris: readonly string[]): void {
    if (this.#files === undefined) return;
    for (const uri of uris) this.#changed.add(uri);
    // What is looked at just now may be older than the change.
    this.#recheck?.abort();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#again().catch((error: unknown) => {
        this.#context.log.error('Could not look at the workspace again', error);
      });
    }, settleTime);
  }

  /** From now on the document's own problems are shown. */
  async opened(uri: string): Promise<void> {
    const known = this.#files?.get(uri);
    if (known?.shown !== true) return;
    this.#files?.set(uri, { ...known, shown: false });
    await this.#connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  /** Problems of a scanned file stay when its editor closes. */
  closed(uri: string): void {
    if (this.#files?.has(uri) === true) this.changed([uri]);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#recheck?.abort();
  }

  async #again(): Promise<void> {
    const files = this.#files;
    if (files === undefined) return;
    const { signal } = (this.#recheck = new AbortController());
    const superseded = (): boolean => signal.aborted;
    const uris = await lintableFiles(this.#context.workspace);
    for (const uri of uris) {
      if (superseded()) return;
      const known = files.get(uri);
      if (known?.matters === false && !this.#changed.has(uri)) continue;
      if (this.#context.documents.get(uri) !== undefined) continue;
      const linted = await lintFile(uri, this.#context, signal);
      if (superseded()) return;
      this.#changed.delete(uri);
      await this.#show(linted, files);
    }
    if (!superseded()) await this.#forget(new Set(uris), files);
  }

  /** Problems of files that are gone, or that are ignored by now, go with them. */
  async #forget(present: ReadonlySet<string>, files: Map<string, Scanned>): Promise<void> {
    for (const [uri, { shown }] of files) {
      if (present.has(uri)) continue;
      files.delete(uri);
      if (shown) await this.#connection.sendDiagnostics({ uri, diagnostics: [] });
    }
  }

  async #show({ uri, text, findings }: LintedFile, files: Map<string, Scanned>): Promise<void> {
    const isOpen = (): boolean => this.#context.documents.get(uri) !== undefined;
    const matters = text !== undefined && mayMatter(text);
    if (isOpen() || (findings.length === 0 && files.get(uri)?.shown !== true)) {
      files.set(uri, { shown: false, matters });
      return;
    }
    const document = TextDocument.create(uri, '', 0, text ?? '');
    const plain = findings.map((finding) => toDiagnostic(finding, document, this.#context));
    const diagnostics = await withRelated(findings, plain, this.#context);
    if (isOpen()) return;
    files.set(uri, { shown: diagnostics.length > 0, matters });
    await this.#connection.sendDiagnostics({ uri, diagnostics });
  }
}

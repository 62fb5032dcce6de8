import type { SourceFile, SourceFiles } from '../core/files.ts';
import type { Workspace } from '../core/workspace.ts';

/** How often an analysis may ask for further files before it has to do with those it has. */
const MOST_ROUNDS = 24;
/** How many files one analysis may look at that no analysis before it looked at. */
const MOST_FILES = 400;
/** Past this many files everything is dropped, parsed trees included: a scan goes over any number of them. */
const MOST_KEPT = 1500;

/**
 * Files that are loaded on demand: a synchronous analysis asks, is answered with what is there, and is repeated once the
 * rest has been loaded. Kept between analyses until `forget`.
 */
export class LoadedFiles implements SourceFiles {
  readonly #workspace: Workspace;
  readonly #files = new Map<string, SourceFile | undefined>();
  readonly #folders = new Map<string, readonly string[]>();
  readonly #wanted = new Set<string>();
  readonly #wantedFolders = new Set<string>();
  readonly #claims: (uri: string) => boolean;
  #candidates: readonly string[] | undefined;
  /** How many more files the analysis under way may load. */
  #budget = MOST_FILES;
  #wantsCandidates = false;
  /** The analysis under way is not repeated, whatever it asks for. */
  #isLast = false;
  #version = 0;
  /** How often a file's text was put in place or dropped from outside. */
  #changes = 0;
  #forgotten = 0;
  /** How many versions of a file's own text were put in place. */
  readonly #put = new Map<string, number>();

  /** `claims` tells which files of the workspace count as candidates. */
  constructor(workspace: Workspace, claims: (uri: string) => boolean) {
    this.#workspace = workspace;
    this.#claims = claims;
  }

  read(uri: string): SourceFile | undefined {
    if (!this.#files.has(uri) && this.#wanted.size < this.#budget) this.#wanted.add(uri);
    return this.#files.get(uri);
  }

  list(folderUri: string): readonly string[] {
    const entries = this.#folders.get(folderUri);
    if (!entries) this.#wantedFolders.add(folderUri);
    return entries ?? [];
  }

  candidates(): readonly string[] {
    if (!this.#candidates) this.#wantsCandidates = true;
    return this.#candidates ?? [];
  }

  get isWaiting(): boolean {
    return !this.#isLast && (this.#wanted.size > 0 || this.#wantedFolders.size > 0 || this.#wantsCandidates);
  }

  /** Another number whenever anything is answered differently than before. */
  get version(): number {
    return this.#version;
  }

  /** Another number whenever something changed from outside: what an analysis read before may be older than what it reads after it. */
  get changes(): number {
    return this.#changes;
  }

  /** `version` for everything but the text of one file. */
  versionBeside(uri: string): number {
    return this.#version - (this.#put.get(uri) ?? 0);
  }

  /** Puts a file's present text in place, so that its identity lasts as long as its text. */
  put(file: SourceFile): SourceFile {
    const known = this.#files.get(file.uri);
    if (known?.text === file.text && known.languageId === file.languageId) return known;
    if (this.#files.size >= MOST_KEPT) {
      this.#version++;
      this.#files.clear();
    }
    this.#version++;
    this.#changes++;
    this.#put.set(file.uri, (this.#put.get(file.uri) ?? 0) + 1);
    this.#files.set(file.uri, file);
    return file;
  }

  /** Puts a file's present text in place of another that some analysis was answered with, or of none. */
  update(file: SourceFile): void {
    if (this.#files.has(file.uri)) this.put(file);
  }

  /** Drops what is known of a file, or of everything, after a change on disk. */
  forget(uri?: string): void {
    this.#version++;
    this.#changes++;
    this.#forgotten++;
    if (uri === undefined) this.#files.clear();
    else this.#files.delete(uri);
    this.#folders.clear();
    this.#candidates = undefined;
  }

  /** Runs an analysis, loads what it asked for, and runs it again until it asks for nothing new. */
  async settle<T>(analyse: () => T, signal?: AbortSignal): Promise<T> {
    this.#budget = MOST_FILES;
    for (let round = 0; ; round++) {
      this.#isLast = round >= MOST_ROUNDS;
      const result = analyse();
      this.#isLast = false;
      if (round >= MOST_ROUNDS || !(await this.#load()) || signal?.aborted === true) return result;
    }
  }

  async #load(): Promise<boolean> {
    const files = [...this.#wanted];
    this.#budget -= files.length;
    const folders = [...this.#wantedFolders];
    const candidates = this.#wantsCandidates;
    this.#wanted.clear();
    this.#wantedFolders.clear();
    this.#wantsCandidates = false;
    const forgotten = this.#forgotten;
    await Promise.all([
      ...files.map(async (uri) => {
        const text = await this.#workspace.read(uri);
        // What was put in place or dropped meanwhile is newer; what is missing then is asked for again.
        if (this.#files.has(uri) || this.#forgotten !== forgotten) return;
        this.#files.set(uri, text === undefined ? undefined : { uri, text });
      }),
      ...folders.map(async (uri) => {
        const entries = await this.#workspace.list(uri);
        if (this.#forgotten === forgotten) this.#folders.set(uri, entries ?? []);
      }),
    ]);
    if (candidates) {
      const files = await this.#workspace.files();
      if (this.#forgotten === forgotten) this.#candidates = files.filter((uri) => this.#claims(uri));
    }
    const isNew = files.length > 0 || folders.length > 0 || candidates;
    if (isNew) this.#version++;
    return isNew;
  }
}

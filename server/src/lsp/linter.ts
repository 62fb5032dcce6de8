import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Finding } from '../core/finding.ts';
import type { Suppression } from '../core/suppressions.ts';
import type { Service } from '../service.ts';
import type { OpenDocuments } from './documents.ts';
import type { ServerEnvironment } from './environment.ts';
import type { Log } from './log.ts';
import type { DocumentConfigurations } from './document-configuration.ts';

/** The findings of one version of a document. */
export interface Linted {
  readonly document: TextDocument;
  readonly version: number;
  readonly findings: readonly Finding[];
  /** Whether the findings have their fixes. */
  readonly fixes: 'with' | 'without';
  /** Comments that switch nothing off. */
  readonly unused: readonly Suppression[];
  /** Equal for two answers exactly when nothing that they rest on has changed in between. */
  readonly resultId: string;
}

/** Why a run is cancelled. Without a reason an error is made each time, with its stack. */
const superseded = 'superseded';

interface Running {
  readonly version: number;
  readonly generation: number;
  readonly abort: AbortController;
  readonly result: Promise<Linted | undefined>;
}

/**
 * Lints open documents, each version once: whoever asks for the same version shares one run, and a run whose version is superseded is
 * cancelled. Diagnostics need no fixes; where somebody asks for those that a run came without, the version is linted again.
 */
export class Linter {
  readonly #running = new Map<string, Running>();
  readonly #service: Service;
  readonly #documents: OpenDocuments;
  readonly #configurations: DocumentConfigurations;
  readonly #log: Log;
  readonly #environment: ServerEnvironment;
  /** Counts changes outside of a document that its findings may rest on: settings, other files. */
  #generation = 0;

  constructor(
    service: Service,
    documents: OpenDocuments,
    configurations: DocumentConfigurations,
    log: Log,
    environment: ServerEnvironment,
  ) {
    this.#service = service;
    this.#documents = documents;
    this.#configurations = configurations;
    this.#log = log;
    this.#environment = environment;
  }

  /** Findings of the document as it is now; undefined when it changed or closed before they were known. */
  lint(document: TextDocument, fixes: Linted['fixes'] = 'without'): Promise<Linted | undefined> {
    const known = this.#running.get(document.uri);
    const { version } = document;
    const generation = this.#generation;
    if (known?.version === version && known.generation === generation) {
      if (fixes === 'without') return known.result;
      const result = known.result.then((linted) =>
        linted?.fixes === 'without' ? this.#run(document, version, generation, fixes, known.abort.signal) : linted,
      );
      this.#running.set(document.uri, { ...known, result });
      return result;
    }
    known?.abort.abort(superseded);
    const abort = new AbortController();
    const result = this.#run(document, version, generation, fixes, abort.signal);
    this.#running.set(document.uri, { version, generation, abort, result });
    return result;
  }

  /** Cancels what runs for a document and forgets its findings. */
  forget(uri: string): void {
    this.#running.get(uri)?.abort.abort(superseded);
    this.#running.delete(uri);
  }

  /** Something that findings rest on has changed: settings, or another file. */
  invalidate(): void {
    this.#generation++;
  }

  async #run(
    document: TextDocument,
    version: number,
    generation: number,
    wanted: Linted['fixes'],
    signal: AbortSignal,
  ): Promise<Linted | undefined> {
    const source = this.#documents.source(document);
    const resultId = `${String(version)}.${String(generation)}`;
    const nothing: Linted = { document, version, findings: [], fixes: 'with', unused: [], resultId };
    try {
      const { reports, configuration } = await this.#configurations.of(document.uri);
      if (!reports) return nothing;
      const started = performance.now();
      const linted = await this.#service.lint(source, { configuration, signal, fixes: wanted });
      const { findings, fixes, unusedSuppressions: unused } = linted;
      // An aborted run answers early and empty, which is not the truth about the document.
      if (signal.aborted) return undefined;
      this.#log.debug(
        `${document.uri} version ${String(version)}: ${String(findings.length)} findings in ${(performance.now() - started).toFixed(1)} ms`,
      );
      return { document, version, findings, fixes, unused, resultId };
    } catch (error) {
      this.#log.error(`Could not lint ${document.uri}`, error);
      return nothing;
    } finally {
      this.#environment.answered?.();
    }
  }
}

import { Configurations, layered } from '../config/resolve.ts';
import { CONFIGURATION_FILE } from '../config/shape.ts';
import type { Configuration } from '../core/configuration.ts';
import type { Workspace } from '../core/workspace.ts';
import { rules } from '../rules/index.ts';
import type { ClientSettings } from './client-settings.ts';
import type { Log } from './log.ts';

/** What holds for one document. */
export interface DocumentConfiguration {
  /** False where the settings switch the extension off, or a configuration file leaves the document out. */
  readonly reports: boolean;
  readonly configuration: Configuration;
}

export function isConfigurationFile(uri: string): boolean {
  return uri.endsWith(`/${CONFIGURATION_FILE}`);
}

/** The nearest configuration file of a document, above the editor's settings for it. */
export class DocumentConfigurations {
  readonly #settings: ClientSettings;
  readonly #files: Configurations;
  readonly #log: Log;
  /** Problems that were logged already, so that they are told once and not at every keystroke. */
  readonly #told = new Set<string>();

  constructor(settings: ClientSettings, workspace: Workspace, log: Log) {
    this.#settings = settings;
    this.#files = new Configurations(
      workspace,
      rules.map((rule) => rule.id),
    );
    this.#log = log;
  }

  async of(uri: string): Promise<DocumentConfiguration> {
    const [settings, file] = await Promise.all([this.#settings.of(uri), this.#files.for(uri)]);
    for (const problem of file.problems) {
      const told = `${problem.uri}:${problem.line}:${problem.column}: ${problem.message}`;
      if (!this.#told.has(told)) this.#log.warn(told);
      this.#told.add(told);
    }
    return { reports: settings.enable && !file.ignored, configuration: layered(file.settings, settings) };
  }

  /** A configuration file has changed. */
  forget(): void {
    this.#files.forget();
    this.#told.clear();
  }
}

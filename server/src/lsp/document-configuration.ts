import { Configurations, layered } from '../config/resolve.ts';
import type { ConfigurationProblem } from '../config/problem.ts';
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
  readonly #warn: (configurationUri: string, message: string) => void;
  /** Problems that were told already, so that they are told once and not at every keystroke. */
  readonly #told = new Set<string>();

  /** `warn` shows somebody that a configuration file is not followed in everything that it says. */
  constructor(settings: ClientSettings, workspace: Workspace, log: Log, warn: (configurationUri: string, message: string) => void) {
    this.#settings = settings;
    this.#files = new Configurations(
      workspace,
      rules.map((rule) => rule.id),
    );
    this.#log = log;
    this.#warn = warn;
  }

  async of(uri: string): Promise<DocumentConfiguration> {
    const [settings, file] = await Promise.all([this.#settings.of(uri), this.#files.for(uri)]);
    this.#tell(file.problems);
    return { reports: settings.enable && !file.ignored, configuration: layered(file.settings, settings) };
  }

  /** Logs what was not told yet, and shows the first of it. */
  #tell(problems: readonly ConfigurationProblem[]): void {
    const places = problems.map((problem) => ({ problem, place: `${problem.uri}:${problem.line}:${problem.column}: ${problem.message}` }));
    const fresh = places.filter(({ place }) => !this.#told.has(place));
    for (const { place } of fresh) {
      this.#log.warn(place);
      this.#told.add(place);
    }
    const [first, ...others] = fresh;
    if (!first) return;
    const { uri, line, column, message } = first.problem;
    const name = decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
    const more = others.length > 0 ? ` The log names ${others.length} more.` : '';
    this.#warn(uri, `${name}:${line}:${column}: ${message} Until that is mended, this part of the file is not followed.${more}`);
  }

  /** A configuration file has changed. */
  forget(): void {
    this.#files.forget();
    this.#told.clear();
  }
}

import type { Configuration } from '../core/configuration.ts';
import type { Finding } from '../core/finding.ts';
import type { Workspace } from '../core/workspace.ts';
import { languages } from '../languages/index.ts';
import { mayMatter, type Service } from '../service.ts';
import type { DocumentConfigurations } from './document-configuration.ts';
import type { OpenDocuments } from './documents.ts';

export interface WorkspaceLintContext {
  readonly workspace: Workspace;
  readonly documents: OpenDocuments;
  readonly service: Service;
  readonly configurations: DocumentConfigurations;
}

/** The files of the workspace that some language may claim, without those that ignore files leave out. */
export async function lintableFiles(workspace: Workspace): Promise<readonly string[]> {
  const files = await workspace.files();
  return files.filter((uri) => languages.some((language) => language.claims(uri) !== 'no'));
}

/** A file of the workspace with what is found in it. */
export interface LintedFile {
  readonly uri: string;
  /** The text that the findings' offsets count in; undefined where the file cannot be read. */
  readonly text: string | undefined;
  readonly findings: readonly Finding[];
}

/**
 * Lints one file as it is, in an editor or on the disk, under the settings of its folder; `adapt` may change these. An
 * aborted run answers as if nothing were found.
 */
export async function lintFile(
  uri: string,
  { workspace, documents, service, configurations }: WorkspaceLintContext,
  signal: AbortSignal,
  adapt: (configuration: Configuration) => Configuration = (configuration) => configuration,
): Promise<LintedFile> {
  const document = documents.get(uri);
  const text = document?.getText() ?? (await workspace.read(uri));
  if (text === undefined || !mayMatter(text)) return { uri, text, findings: [] };
  const { reports, configuration } = await configurations.of(uri);
  if (!reports) return { uri, text, findings: [] };
  const source = document === undefined ? { uri, text } : documents.source(document);
  const { findings } = await service.lint(source, { configuration: adapt(configuration), signal });
  return { uri, text, findings };
}

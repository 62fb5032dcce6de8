import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Workspace } from '../core/workspace.ts';
import { languageOf } from '../languages/index.ts';
import type { Service } from '../service.ts';
import type { Client } from './client-capabilities.ts';
import type { ClientSettings } from './client-settings.ts';
import type { OpenDocuments, ReadText } from './documents.ts';
import type { ServerEnvironment } from './environment.ts';

/** What a feature of the server works with. */
export interface FeatureContext {
  readonly client: Client;
  readonly documents: OpenDocuments;
  readonly service: Service;
  readonly workspace: Workspace;
  readonly settings: ClientSettings;
  readonly environment: ServerEnvironment;
  readonly readText: ReadText;
}

/** An open document that is a server's configuration. */
export function openConfiguration(uri: string, { documents }: FeatureContext): TextDocument | undefined {
  const document = documents.get(uri);
  return document && languageOf(uri, document.getText(), document.languageId)?.configuration === true ? document : undefined;
}

import { DidChangeConfigurationNotification } from 'vscode-languageserver';
import type { Connection } from 'vscode-languageserver';
import type { Client } from './client-capabilities.ts';
import { defaultSettings, readSettings } from './settings.ts';
import type { EditorSettings } from './settings.ts';

/** The section of the editor's settings that is ours. */
const settingsSection = 'corsLint';

/**
 * The editor's settings by document, because a workspace with several folders may have some for each: asked of the client
 * once and again after each change.
 */
export class ClientSettings {
  readonly #connection: Connection;
  readonly #byDocument = new Map<string, Promise<EditorSettings>>();
  #asksClient = false;
  /** Of a client that does not answer `workspace/configuration`: what it sent last. */
  #sent: EditorSettings = defaultSettings;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  initialize(client: Client, initialSettings: unknown): void {
    this.#asksClient = client.answersConfiguration;
    this.#sent = readSettings(initialSettings);
  }

  async registerForChanges(client: Client): Promise<void> {
    if (!client.registersConfigurationChanges) return;
    await this.#connection.client.register(DidChangeConfigurationNotification.type, { section: settingsSection });
  }

  of(uri: string): Promise<EditorSettings> {
    if (!this.#asksClient) return Promise.resolve(this.#sent);
    let settings = this.#byDocument.get(uri);
    if (settings === undefined) {
      settings = this.#connection.workspace
        .getConfiguration({ scopeUri: uri, section: settingsSection })
        .then(readSettings, () => defaultSettings);
      this.#byDocument.set(uri, settings);
    }
    return settings;
  }

  /** `sent` is what the notification held: all settings, or null from a client that wants to be asked. */
  changed(sent: unknown): void {
    this.#byDocument.clear();
    if (typeof sent === 'object' && sent !== null && settingsSection in sent) this.#sent = readSettings(sent[settingsSection]);
  }

  forget(uri: string): void {
    this.#byDocument.delete(uri);
  }
}

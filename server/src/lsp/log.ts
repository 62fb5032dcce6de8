import type { RemoteConsole } from 'vscode-languageserver';

/** Writes to the client's log. Errors of our own are logged there and never shown as a failed request. */
export interface Log {
  debug(message: string): void;
  warn(message: string): void;
  error(what: string, error: unknown): void;
}

export function createLog(console: RemoteConsole): Log {
  return {
    debug: (message) => {
      console.debug(message);
    },
    warn: (message) => {
      console.warn(message);
    },
    error: (what, error) => {
      console.error(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    },
  };
}

import type { Place } from './text.ts';

/** A place where something gets a name, or where the name is used. */
export interface NamedPlace {
  /**
   * `port`: a server on this machine, listened on by a program and named by a proxy. The others are the configuration's own
   * words.
   */
  readonly kind: 'variable' | 'define' | 'upstream' | 'named location' | 'port';
  /** The name as the server compares it: in lower case where letter case does not count, the port's number. */
  readonly name: string;
  /** What the name holds within, where it does not hold everywhere: one server. */
  readonly scope?: string;
  readonly role: 'definition' | 'use';
  readonly place: Place;
}

/** An include, and the files of the workspace that it means. */
export interface FileLink {
  /** The path or pattern as written, without quotes. */
  readonly place: Place;
  /** URIs, in the order in which the server reads them. */
  readonly targets: readonly string[];
}

/** Whether two places speak of the same thing. */
export function sameName(a: NamedPlace, b: NamedPlace): boolean {
  return a.kind === b.kind && a.name === b.name && a.scope === b.scope;
}

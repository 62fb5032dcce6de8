import type { Place, TextEdit } from './text.ts';

export type Level = 'error' | 'warning' | 'info';

/** `proven`: the mistake holds whatever is unknown. `likely`: it rests on an assumption that the message names. */
export type Confidence = 'proven' | 'likely';

/**
 * `safe`: nobody who could not read before can read after, every origin that the author provably meant still can,
 * one file, no placeholder. Everything else is `unsafe` and applied only when somebody chooses it.
 */
export type Applicability = 'safe' | 'unsafe';

export interface FileEdit extends TextEdit {
  readonly uri: string;
}

export interface Fix {
  /** What the fix does, in the imperative, as an editor's menu shows it. */
  readonly title: string;
  readonly applicability: Applicability;
  readonly edits: readonly FileEdit[];
}

export interface RelatedPlace {
  readonly place: Place;
  readonly message: string;
}

export interface Finding {
  readonly ruleId: string;
  readonly level: Level;
  readonly confidence: Confidence;
  /** One sentence of fact, one of remedy. */
  readonly message: string;
  readonly place: Place;
  /** The node that the mistake is about, where it is larger than `place`: a block whose first line is underlined. */
  readonly cause?: Place;
  /** A serialized origin that proves the finding. */
  readonly witness?: string;
  readonly related: readonly RelatedPlace[];
  readonly fixes: readonly Fix[];
  readonly tags?: readonly ('unnecessary' | 'deprecated')[];
}

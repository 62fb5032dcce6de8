import type { WantedPolicy } from '../cors/wanted-policy.ts';
import type { HeaderWrite, OriginCheck, CheckEntry, Policy, Authentication } from '../policy/model.ts';
import type { FileEdit } from './finding.ts';
import type { Place } from './text.ts';

/** A header as a fix wants to see it sent. */
export interface WantedHeader {
  readonly name: string;
  /** A constant text, or the request's Origin where the same condition as at the neighbouring write lets it through. */
  readonly value: string | { readonly origin: true };
}

/** The place and form of a whole policy that is written anew. */
export interface InsertionRequest {
  /** Where the author stands, as an offset into the file of the extraction. */
  readonly offset: number;
  readonly wanted: WantedPolicy;
  /** One of the language's `configurationForms`. */
  readonly form: string;
}

/** Which hosts a name that a check compares with stands for: itself, those below it, or both. */
export type HostReach = 'itself' | 'below' | 'both';

/**
 * The edits that write a policy, or the reason why there is no place for it, as a sentence. `about` is the piece of it that is the
 * file's; a client that translates the rest puts `{0}` there. `isElsewhere`: the file is none of those that the form is for.
 */
export type Insertion = { readonly edits: readonly FileEdit[] } | Refusal;
export interface Refusal {
  readonly refused: string;
  readonly about?: string;
  readonly isElsewhere?: true;
}

/**
 * How a language writes what a fix asks for, in the file's own style (quotes, indentation, line break, the helper already
 * in use). Every operation answers with edits, or with undefined where the text gives no safe hold for it. Rules decide
 * *what* is to change; only the language knows how it is spelled.
 */
export interface Authoring {
  /**
   * Makes a write apply to error responses too: nginx `always`, Apache `Header always`. `overApplication`: the line that it takes the
   * place of in its old table, sent by a proxied application, is taken out.
   */
  sendAlways(write: HeaderWrite, overApplication?: boolean): readonly FileEdit[] | undefined;
  /** Writes a further header beside an existing write, under the same condition and with the same reach. */
  addHeaderBeside(write: HeaderWrite, header: WantedHeader): readonly FileEdit[] | undefined;
  /** Adds Origin to Vary for every response that this write shapes, whether or not the origin is allowed. */
  varyByOrigin(write: HeaderWrite): readonly FileEdit[] | undefined;
  /** Moves a conditional write of Vary to where every response of its policy carries it. */
  varyAlways(write: HeaderWrite): readonly FileEdit[] | undefined;
  /** Makes a write that replaces Vary add to it: `res.vary`, `Header merge`. */
  mergeVary(write: HeaderWrite): readonly FileEdit[] | undefined;
  /** Replaces a piece of code as it stands; an empty text deletes a whole directive or statement with its line. */
  rewrite(place: Place, code: string): readonly FileEdit[] | undefined;
  /** Writes a header only where the request has an Origin: an `if` around it, `env=` behind it. */
  guardOrigin(write: HeaderWrite): readonly FileEdit[] | undefined;
  /** Keeps headers of the application behind the proxy from being sent: `proxy_hide_header`, `Header unset`. */
  hideUpstream(policy: Policy, names: readonly string[]): readonly FileEdit[] | undefined;
  /** `[...value]` in place of an iterable value. */
  spreadIntoArray(place: Place): readonly FileEdit[] | undefined;
  /** Deletes a write with its line. */
  remove(write: HeaderWrite): readonly FileEdit[] | undefined;
  /** Replaces a write's value by a constant text, quoted as the file quotes. */
  replaceValue(write: HeaderWrite, text: string): readonly FileEdit[] | undefined;
  /** Replaces an entry or literal of a check (or any quoted text at that place) by another text. */
  replaceText(place: Place, text: string): readonly FileEdit[] | undefined;
  /** Replaces the pattern of a check, in the dialect and quoting of its place. */
  replacePattern(check: OriginCheck, source: string, flags: string): readonly FileEdit[] | undefined;
  /** The same for a pattern whose groups hold something else than before; undefined where anybody may read what they hold. */
  respellPattern(check: OriginCheck, source: string, flags: string): readonly FileEdit[] | undefined;
  /** Writes these origins as a list in place of a check; undefined where the check is used in another way. */
  listOrigins(check: OriginCheck, origins: readonly string[]): readonly FileEdit[] | undefined;
  /** Tests the whole Origin with a JavaScript pattern in place of a check of a part of it. */
  testOrigin(check: OriginCheck, source: string): readonly FileEdit[] | undefined;
  /** Compares the host that a check looks at by whole labels in place of a part of its text. */
  compareHost(check: OriginCheck, reach: HostReach): readonly FileEdit[] | undefined;
  /** Makes the list of origins that a text holds out of it, where a check looks for the Origin in the text as a whole. */
  splitText(check: OriginCheck): readonly FileEdit[] | undefined;
  /** Moves the statement that registers a layer above everything that its application registers before it. */
  registerFirst(layer: Place): readonly FileEdit[] | undefined;
  /** Puts a layer in the place of an earlier one, and takes it out where it was. */
  replaceLayer(earlier: Place, layer: Place): readonly FileEdit[] | undefined;
  /** Puts a text in the place of a value that may turn out undefined. */
  defaultTo(place: Place, text: string): readonly FileEdit[] | undefined;
  /** Takes one entry out of a list, set or map. */
  removeEntry(check: OriginCheck, entry: CheckEntry): readonly FileEdit[] | undefined;
  /**
   * Writes an exact allowlist of origins in the place of `part`, the piece of this Allow-Origin write's value that is wrong, or of
   * whatever decides the write where the value is of one piece; undefined where other pieces would be lost. Where `origins` is empty
   * the edit holds a placeholder (a snippet with tab stops).
   */
  allowOnly(write: HeaderWrite, part: Place, origins: readonly string[]): readonly FileEdit[] | undefined;
  /**
   * Lets this policy answer preflights with 204 and its own headers, before authentication. `refusal`: an answer that only preflights
   * get, with those headers, which may turn into that one.
   */
  answerPreflight(policy: Policy, refusal?: Place): readonly FileEdit[] | undefined;
  /** Exempts OPTIONS from an authentication, or moves CORS before it. */
  exemptPreflight(authentication: Authentication, policy: Policy): readonly FileEdit[] | undefined;
  /** Repeats writes of an outer block at the place of an inner one that dropped them. */
  repeatWrites(block: Place, writes: readonly HeaderWrite[]): readonly FileEdit[] | undefined;
  /** Copies writes into the branch that answers (`answer` is its place), so that it carries them. */
  carryInto(answer: Place, writes: readonly HeaderWrite[]): readonly FileEdit[] | undefined;
  /** Sends what only preflights get with every response of the place; `answer` is where preflights are answered. */
  sendBeyondPreflight(writes: readonly HeaderWrite[], answer: Place): readonly FileEdit[] | undefined;
  /** A comment that switches rules off for the line at `offset` or for the file; undefined where none can stand. */
  disableComment(offset: number, scope: 'next-line' | 'line' | 'file', ruleId: string): FileEdit | undefined;
  /**
   * Writes a whole policy where the author stands, in the form that serves in production: the origins in an exact list, the
   * headers with errors too, Vary always, preflights answered before authentication. Absent where the language has no form.
   */
  insertConfiguration?(request: InsertionRequest): Insertion;
}

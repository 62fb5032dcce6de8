import type { Browser } from '../max-age.ts';
import type { ReasonCode } from '../reasons.ts';

/**
 * What a console message says happened: the reasons of `fetch.ts`, and those that no pair of responses alone can cause.
 */
export type MessageCode =
  | ReasonCode
  /** The address is not http or https. */
  | 'scheme-not-http'
  /** The page asked for same-origin only. */
  | 'same-origin-mode'
  /** No response came, or the connection broke. */
  | 'no-response'
  /** CORS is switched off in the browser's settings. */
  | 'cors-disabled'
  /** The browser could not add an Origin header. */
  | 'origin-not-added'
  /** A redirect that this request may not follow. */
  | 'redirect-not-allowed'
  /** The browser guards private and loopback addresses against pages from elsewhere. */
  | 'local-network-access'
  /** The line names no reason; another line of the console does. */
  | 'no-details';

/** One wording of one browser. */
export interface MessagePattern {
  /** Unique over all browsers; where the browser's source has a name for the wording, that name. */
  readonly name: string;
  readonly browser: Browser;
  readonly code: MessageCode;
  /**
   * Searched in the message. Named groups are details: `url`, `redirectedFrom`, `origin`, `header` (a request header),
   * `method`, `value` (what the response header holds), `status`.
   */
  readonly pattern: RegExp;
  /** Whether it was the preflight that failed; undefined where the wording serves both. */
  readonly preflight?: boolean;
  /** Where the wording was read or seen. */
  readonly source: string;
}

/** What a message names. */
export interface MessageDetails {
  readonly url?: string;
  readonly redirectedFrom?: string;
  readonly origin?: string;
  readonly header?: string;
  readonly method?: string;
  readonly value?: string;
  readonly status?: number;
}

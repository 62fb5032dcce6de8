/**
 * Recognises the console messages of Chromium, Firefox and WebKit about CORS and says what they mean. A text that is
 * none of the known wordings is not recognised, never guessed at; the general checks help in either case.
 */
import { actualCommand, preflightCommand } from '../curl.ts';
import type { FetchRequest } from '../fetch.ts';
import { needsPreflight } from '../fetch.ts';
import type { Browser } from '../max-age.ts';
import { parseUrl } from '../parse-url.ts';
import { isSerializedOrigin } from '../serialized-origin.ts';
import { isToken } from '../token.ts';
import { chromiumFrame, chromiumPatterns, chromiumPreflightPrefix } from './chromium.ts';
import { firefoxFrame, firefoxPatterns } from './firefox.ts';
import { meanings } from './meanings.ts';
import type { Cause } from './meanings.ts';
import type { MessageCode, MessageDetails, MessagePattern } from './message-pattern.ts';
import { webkitFrame, webkitPatterns } from './webkit.ts';

export interface Explanation extends MessageDetails {
  readonly recognised: true;
  readonly browser: Browser;
  readonly code: MessageCode;
  /** Whether the preflight failed, and so the request itself was never sent; null where the message does not tell. */
  readonly preflight: boolean | null;
  readonly meaning: string;
  readonly causes: readonly Cause[];
  /** What the browser has done with the request, and what follows from it. */
  readonly executed: string;
  readonly generalChecks: readonly string[];
  /** Where the wording was read or seen. */
  readonly source: string;
  /** Commands for a POSIX shell that repeat the exchange; empty where the message names no address. */
  readonly commands: readonly string[];
}

export interface NotRecognised {
  readonly recognised: false;
  readonly generalChecks: readonly string[];
}

/** Every known wording, in the order in which they are tried: those that name a reason before those that do not. */
export const messagePatterns: readonly MessagePattern[] = [...chromiumPatterns, ...firefoxPatterns, ...webkitPatterns].sort(
  (a, b) => Number(a.code === 'no-details') - Number(b.code === 'no-details'),
);

/** Longer texts are cut: a console message is never that long, and every pattern stays fast. */
const longestMessage = 20_000;

/** What to check whatever the message says. */
export const generalChecks: readonly string[] = [
  'The browser blocks the reading of a response, not the request: a request that needs no preflight, or whose preflight passed, was executed by the server all the same, side effects included.',
  'CORS replaces neither authentication nor CSRF tokens: programs other than browsers ignore it, and a server must protect its state by itself.',
  'Look at the Network tab: if there is an OPTIONS request, its status (200–299) and its headers come first; then those of the request itself, also on error responses.',
  'Send the exchange with two curl commands, one through the proxy and one to the application directly: headers that are missing or doubled only through the proxy are the proxy\u2019s fault, the others the application\u2019s.',
  'If curl fails as well, the server itself is at fault and not CORS.',
];

const executedTexts = {
  preflight: 'The preflight failed, so the browser did not send the request itself: the server has not executed it.',
  actual: 'The request was sent and the server has executed it, side effects included; only the response is hidden from the page.',
  unknown: 'If no preflight was needed, or it passed, the server has executed the request; only the response is hidden from the page.',
} as const;

function groups(pattern: RegExp, message: string): Readonly<Record<string, string>> {
  const found = Object.entries(pattern.exec(message)?.groups ?? {}) as [string, string | undefined][];
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const frames: Readonly<Record<Browser, RegExp>> = { chromium: chromiumFrame, firefox: firefoxFrame, webkit: webkitFrame };

/** The details that the frame of the message and the reason in it name. */
function readDetails(pattern: MessagePattern, message: string): MessageDetails {
  const { status, ...texts } = { ...groups(frames[pattern.browser], message), ...groups(pattern.pattern, message) };
  return status !== undefined && /^[0-9]+$/.test(status) ? { ...texts, status: Number(status) } : texts;
}

function failedStage(pattern: MessagePattern, message: string): boolean | null {
  if (pattern.preflight !== undefined) return pattern.preflight;
  if (pattern.browser !== 'chromium') return null;
  if (chromiumPreflightPrefix.test(message)) return true;
  // Chromium always says so where it was the preflight.
  return chromiumFrame.test(message) ? false : null;
}

/**
 * A request like the one that failed, as far as the message tells. Where it does not name the method the request is a GET,
 * so that repeating it changes nothing; a JSON content type then asks for the preflight.
 */
function likelyRequest({ origin = '', method = '', header = '' }: MessageDetails, preflight: boolean | null): FetchRequest {
  const named: [string, string][] = isToken(header) ? [[header, 'value']] : [];
  return {
    origin: isSerializedOrigin(origin) ? origin : 'https://page.example',
    method: isToken(method) ? method : 'GET',
    headers: preflight === true && method === '' && named.length === 0 ? [['Content-Type', 'application/json']] : named,
    credentials: 'same-origin',
  };
}

function commandsFor(details: MessageDetails, preflight: boolean | null): string[] {
  const { url = '' } = details;
  const protocol = parseUrl(url)?.protocol;
  if (protocol !== 'http:' && protocol !== 'https:') return [];
  const request = likelyRequest(details, preflight);
  return needsPreflight(request) ? [preflightCommand(url, request), actualCommand(url, request)] : [actualCommand(url, request)];
}

/** The rules whose findings are places where a message comes from. */
export function causingRules({ causes }: Explanation): ReadonlySet<string> {
  return new Set(causes.flatMap((cause) => cause.rules));
}

/** Explains a console message, which may stand among other text and may be cut to its telling part. */
export function explainMessage(text: string): Explanation | NotRecognised {
  // What is pasted may be wrapped; no wording depends on its white space.
  const message = text.slice(0, longestMessage).replace(/\s+/g, ' ');
  const pattern = messagePatterns.find((candidate) => candidate.pattern.test(message));
  if (pattern === undefined) return { recognised: false, generalChecks };
  const details = readDetails(pattern, message);
  const preflight = failedStage(pattern, message);
  return {
    recognised: true,
    browser: pattern.browser,
    code: pattern.code,
    preflight,
    ...details,
    ...meanings[pattern.code],
    executed: preflight === null ? executedTexts.unknown : preflight ? executedTexts.preflight : executedTexts.actual,
    generalChecks,
    source: pattern.source,
    commands: commandsFor(details, preflight),
  };
}

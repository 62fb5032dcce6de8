/**
 * Serialized origins (HTML standard, "serialization of an origin"; RFC 6454, section 6.2): `scheme://host[:port]` as a
 * browser writes it into the Origin header, or `null`. Access-Control-Allow-Origin must equal it byte for byte
 * (behaviour 4.1), so anything a browser would write otherwise never matches.
 */
import { remember } from '../core/remember.ts';
import { parseUrl } from './parse-url.ts';
import { asciiLower, trimCharacters } from './token.ts';

/** Why no browser ever sends a value as an Origin. Where several hold the first in this order is the reason. */
export type OriginProblem =
  /** Nothing, or only white space. */
  | 'empty'
  /** `*` means every origin as a whole value, and nothing elsewhere. */
  | 'wildcard'
  /** Quotation marks around the value. */
  | 'quoted'
  /** More than one origin in one value. */
  | 'several-origins'
  /** White space or a control character at an end or inside. */
  | 'whitespace'
  /** `NULL`: only `null` is sent. */
  | 'null-not-lower-case'
  /** `https://*.myapp.com`, `http://localhost:*`, `*.myapp.com`: with a scheme it would fail as well. */
  | 'sub-wildcard'
  /** `myapp.com`, `//myapp.com`, `localhost:3000`. */
  | 'no-scheme'
  /** A user name or password before the host. */
  | 'user-information'
  /** A path, query or fragment after the host. */
  | 'path'
  /** A single `/` after the host. */
  | 'trailing-slash'
  /** `:443` after https, `:80` after http: browsers leave it out. */
  | 'default-port'
  /** Not a number from 0 to 65535 in its shortest form. */
  | 'invalid-port'
  /** Upper-case letters in the scheme, or in the host of a scheme whose hosts are lower case. */
  | 'upper-case'
  /** A host that browsers send as punycode. */
  | 'non-ascii'
  /** An empty host, or one that holds what no host may hold. */
  | 'invalid-host'
  /** A host that browsers write differently: `127.1`, `[0:0::1]`, `%61.com`. */
  | 'host-not-canonical';

export interface TupleOrigin {
  readonly kind: 'tuple';
  readonly scheme: string;
  readonly host: string;
  /** null: the default port of the scheme, or none. */
  readonly port: number | null;
}

/** `null`: a sandboxed frame, a `data:` page, a redirect through a second origin (behaviour 4.8). */
export interface OpaqueOrigin {
  readonly kind: 'opaque';
}

export type OriginReading =
  | { readonly valid: true; readonly origin: TupleOrigin | OpaqueOrigin }
  | {
      readonly valid: false;
      readonly reason: OriginProblem;
      /** All that is wrong, `reason` first. */
      readonly problems: readonly OriginProblem[];
      /** The nearest value that a browser does send, where there is one. */
      readonly suggestion: string | undefined;
      /** The single origins of `several-origins`, each as written; otherwise empty. */
      readonly parts: readonly string[];
    };

/** Schemes whose hosts the URL standard parses as domains; all others have opaque hosts. */
const specialSchemes = new Set(['http', 'https', 'ws', 'wss', 'ftp']);
const defaultPorts: ReadonlyMap<string, string> = new Map([
  ['http', '80'],
  ['https', '443'],
  ['ws', '80'],
  ['wss', '443'],
  ['ftp', '21'],
]);

/** What Chromium sends in a domain (behaviour 4.10). The URL standard also admits `*`, which Chromium escapes. */
const domain = /^[a-z0-9\-_.!"$&'()+,;=`{}~]+$/;
const opaqueHost = /^[A-Za-z0-9\-_.!$&'()+,;=~%]*$/;
const ipv6Host = /^\[[0-9a-fA-F:.]+\]$/;

/** Everything that can be told of a value by looking at its parts. */
interface Parts {
  readonly scheme: string;
  readonly host: string;
  /** Without the colon; undefined where there is none. */
  readonly port: string | undefined;
  readonly userInformation: boolean;
  /** What follows the authority. */
  readonly tail: string;
}

function split(value: string): Parts | undefined {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#\\]*)(.*)$/s.exec(value);
  if (match === null) return undefined;
  const [, scheme = '', authority = '', tail = ''] = match;
  const at = authority.lastIndexOf('@');
  const hostPort = authority.slice(at + 1);
  const port = /:([^:\]]*)$/.exec(hostPort);
  return {
    scheme,
    host: port === null ? hostPort : hostPort.slice(0, port.index),
    port: port?.[1],
    userInformation: at >= 0,
    tail,
  };
}

function invalid(
  problems: readonly [OriginProblem, ...OriginProblem[]],
  suggestion?: string,
  parts: readonly string[] = [],
): OriginReading {
  return { valid: false, reason: problems[0], problems, suggestion, parts };
}

/** A host that someone means without saying so: a name with a dot, an address, or localhost. */
const looksLikeHost = /^(?:localhost|\[[0-9a-f:]+\]|[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/i;
const looksLikeOrigin =
  /^(?:\*|null|[A-Za-z][A-Za-z0-9+.-]*:\/\/.*|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[0-9]+)?\/?|localhost(?::[0-9]+)?)$/;

/** The single origins of a value that holds several, separated by commas, semicolons, bars or white space. */
function severalOrigins(value: string): string[] {
  const parts = value
    .split(/[\s,;|]+/)
    .map(unquote)
    .filter((part) => part !== '');
  return parts.length > 1 && parts.every((part) => looksLikeOrigin.test(part)) ? parts : [];
}

const quotes = '"\'`\u2018\u2019\u201c\u201d';

/** Without the quotation marks that enclose a value, however many. A mark at one end only may belong to a host. */
function unquote(value: string): string {
  const enclosed = value.length > 1 && quotes.includes(value.charAt(0)) && quotes.includes(value.charAt(value.length - 1));
  return enclosed ? trimCharacters(value, quotes) : value;
}

/** The origin of a URL as a browser writes it, or undefined for a text that is no such URL. */
function originOf(text: string): string | undefined {
  const url = parseUrl(text);
  return url === undefined || url.origin === 'null' ? undefined : url.origin;
}

/** A scheme for a value without one: http where only a developer's own machine can be meant. */
function withScheme(value: string): string {
  const rest = value.replace(/^(?:https?:)?\/*/i, '');
  const local = /^(?:localhost|127\.|\[::1\])/i.test(rest);
  return `${local ? 'http' : 'https'}://${rest}`;
}

/** All that is wrong with `scheme://…`, in the order of `OriginProblem`. */
function tupleProblems(parts: Parts): OriginProblem[] {
  const { tail, port = '' } = parts;
  const scheme = asciiLower(parts.scheme);
  const special = specialSchemes.has(scheme);
  const host = special ? asciiLower(parts.host) : parts.host;
  const wildcard = host.includes('*') || port.includes('*');
  // eslint-disable-next-line no-control-regex -- ASCII is what is asked about
  const nonAscii = /[^\x00-\x7f]/.test(host);
  const canonicalPort = parts.port === undefined || (/^(?:0|[1-9][0-9]*)$/.test(port) && Number(port) <= 65535);
  const tests: readonly (readonly [OriginProblem, boolean])[] = [
    ['sub-wildcard', wildcard],
    ['user-information', parts.userInformation],
    ['path', tail !== '' && tail !== '/'],
    ['trailing-slash', tail === '/'],
    ['default-port', port !== '' && defaultPorts.get(scheme) === port],
    ['invalid-port', !canonicalPort && !port.includes('*')],
    ['upper-case', parts.scheme !== scheme || host !== parts.host],
    ['non-ascii', nonAscii],
  ];
  const problems = tests.filter(([, holds]) => holds).map(([problem]) => problem);
  if (wildcard || nonAscii) return problems;
  const hostProblem = special ? domainProblem(scheme, host) : opaqueHost.test(host) || ipv6Host.test(host) ? undefined : 'invalid-host';
  return hostProblem === undefined ? problems : [...problems, hostProblem];
}

function domainProblem(scheme: string, host: string): OriginProblem | undefined {
  const origin = originOf(`${scheme}://${host}`);
  if (origin === undefined) return 'invalid-host';
  if (origin !== `${scheme}://${host}`) return 'host-not-canonical';
  return domain.test(host) || ipv6Host.test(host) ? undefined : 'invalid-host';
}

/** A value without user information, path and default port, if that is what a browser sends. */
function nearestOrigin(parts: Parts): string | undefined {
  const scheme = asciiLower(parts.scheme);
  const trimmed = `${scheme}://${parts.host}${parts.port === undefined || parts.port === '' ? '' : `:${parts.port}`}`;
  const nearest = specialSchemes.has(scheme) ? originOf(trimmed) : trimmed;
  return nearest !== undefined && hasOriginForm(nearest) && severalOrigins(nearest).length === 0 ? nearest : undefined;
}

function readTuple(value: string): OriginReading {
  const parts = split(value);
  if (parts === undefined) {
    const guess = split(withScheme(value));
    const problems: [OriginProblem, ...OriginProblem[]] = value.includes('*') ? ['sub-wildcard', 'no-scheme'] : ['no-scheme'];
    return invalid(problems, guess !== undefined && looksLikeHost.test(guess.host) ? nearestOrigin(guess) : undefined);
  }
  const [first, ...others] = tupleProblems(parts);
  if (first !== undefined) return invalid([first, ...others], nearestOrigin(parts));
  const port = parts.port === undefined ? null : Number(parts.port);
  return { valid: true, origin: { kind: 'tuple', scheme: parts.scheme, host: parts.host, port } };
}

/** Whether a value has the form of a serialized origin; one that reads as a list is still to be told apart. */
function hasOriginForm(value: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is asked about
  if (/[\x00-\x20\x7f\s]/.test(value)) return false;
  const parts = split(value);
  return parts !== undefined && tupleProblems(parts).length === 0;
}

/**
 * Reads a value as a serialized origin: what it names, or why no browser ever sends it. Any scheme is accepted that has
 * the form of one (`capacitor://localhost`, `chrome-extension://…`), because programs other than browsers define them.
 */
export const readOrigin = remember(readValue);

function readValue(value: string): OriginReading {
  if (value === 'null') return { valid: true, origin: { kind: 'opaque' } };
  if (value.trim() === '') return invalid(['empty']);
  if (value.trim() === '*') return invalid(['wildcard']);
  const several = severalOrigins(value);
  if (several.length > 0) return invalid(['several-origins'], undefined, several);
  const unquoted = unquote(value.trim());
  if (unquoted !== value.trim()) return repaired('quoted', unquoted);
  // eslint-disable-next-line no-control-regex -- control characters are what is asked about
  if (/[\x00-\x20\x7f\s]/.test(value)) return repaired('whitespace', value.replace(/[\x00-\x20\x7f\s]+/g, ''));
  if (asciiLower(value) === 'null') return invalid(['null-not-lower-case'], 'null');
  return readTuple(value);
}

/** What is wrong, and after it what is wrong with the repaired value. */
function repaired(problem: OriginProblem, value: string): OriginReading {
  const reading = readOrigin(value);
  if (reading.valid) return invalid([problem], value);
  return invalid([problem, ...reading.problems.filter((other) => other !== problem)], reading.suggestion, reading.parts);
}

/** Whether some browser may send a value as it stands in an Origin header. */
export function isSerializedOrigin(value: string): boolean {
  return readOrigin(value).valid;
}

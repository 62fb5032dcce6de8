/**
 * What is usually written into the headers of the CORS protocol, for somebody who is writing it: one line of documentation
 * for each text. No list is closed, browsers take any token.
 */
import { headerFact } from './header-facts.ts';
import { corsResponseHeader, corsResponseHeaders } from './headers.ts';
import { asciiLower } from './token.ts';

/** A text that may be written, and what it means. */
export interface Word {
  readonly text: string;
  /** Markdown of our own, without any text of the user's. */
  readonly documentation: string;
  /** The text with tab stops in LSP's snippet syntax, where the author has to fill something in. */
  readonly snippet?: string;
}

/** Response headers that a page may read or that a cache needs, in the order in which they are offered. */
export const offeredHeaders: readonly Word[] = [...corsResponseHeaders, 'Vary'].map((name) => {
  const fact = headerFact(name);
  return { text: name, documentation: fact === undefined ? '' : `${fact.text}\n\n[Fetch standard](${fact.link})` };
});

/** Whether a response header is one of the CORS protocol's, or Vary, on which it depends. */
export function concernsCors(name: string): boolean {
  return corsResponseHeader(name) !== undefined || asciiLower(name) === 'vary';
}

const methods: readonly Word[] = [
  { text: 'GET', documentation: 'Always allowed; listing it changes nothing.' },
  { text: 'HEAD', documentation: 'Always allowed; listing it changes nothing.' },
  { text: 'POST', documentation: 'Always allowed; listing it changes nothing.' },
  { text: 'PUT', documentation: 'Needs a preflight that lists it.' },
  { text: 'PATCH', documentation: 'Needs a preflight that lists it. Browsers do not capitalise it: `fetch` has to be given `PATCH`.' },
  { text: 'DELETE', documentation: 'Needs a preflight that lists it.' },
  { text: 'OPTIONS', documentation: 'Only needed where pages send OPTIONS themselves; the preflight does not need it.' },
  { text: '*', documentation: 'Every method, but not where credentials are sent: there it is only a name.' },
];

const requestHeaders: readonly Word[] = [
  { text: 'Authorization', documentation: 'Tokens and passwords. `*` does not cover it by the standard, so list it.' },
  { text: 'Content-Type', documentation: 'Needed for JSON bodies; forms and plain text may be sent without permission.' },
  { text: 'X-Requested-With', documentation: 'Sent by jQuery and other libraries.' },
  { text: 'X-CSRF-Token', documentation: 'A token against forged requests.' },
  { text: 'X-XSRF-TOKEN', documentation: 'A token against forged requests, as Angular and axios send it.' },
  { text: 'X-API-Key', documentation: 'The key of an application.' },
  { text: 'Idempotency-Key', documentation: 'Lets a request be repeated without doing its work twice.' },
  { text: 'If-Match', documentation: 'Makes a change only where nobody else has made one.' },
  { text: 'If-None-Match', documentation: 'Asks for a newer version only.' },
  { text: 'Cache-Control', documentation: 'Some libraries send it to go past caches.' },
  { text: 'X-Request-ID', documentation: 'Names the request in logs.' },
  { text: 'traceparent', documentation: 'Trace context of the W3C, sent by browser monitoring.' },
  { text: '*', documentation: 'Every header but Authorization, and none where credentials are sent: there it is only a name.' },
];

const exposedHeaders: readonly Word[] = [
  { text: 'Content-Disposition', documentation: 'The name of a file that is downloaded.' },
  { text: 'Content-Range', documentation: 'Which part of a resource this is.' },
  { text: 'ETag', documentation: 'The version of the resource, for If-Match and If-None-Match.' },
  { text: 'Link', documentation: 'Next and previous pages of a list.' },
  { text: 'Location', documentation: 'Where something that was made can be found.' },
  { text: 'Retry-After', documentation: 'When to ask again.' },
  { text: 'RateLimit', documentation: 'How many requests are left.' },
  { text: 'X-Request-ID', documentation: 'Names the request in logs.' },
  { text: 'X-Total-Count', documentation: 'How many entries a list has.' },
  { text: '*', documentation: 'Every header, but none where credentials are sent: there it is only a name.' },
];

const ages: readonly Word[] = [
  { text: '600', documentation: 'Ten minutes, the most that Safari keeps.' },
  { text: '7200', documentation: 'Two hours, the most that Chromium keeps.' },
  { text: '86400', documentation: 'A day, the most that Firefox keeps; Chromium keeps it two hours.' },
];

const anOrigin: Word = {
  text: 'https://app.example.com',
  documentation: 'One origin: scheme and host, a port where it is not the usual one, and nothing behind it.',
  snippet: 'https://${1:app.example.com}',
};

const values: ReadonlyMap<string, readonly Word[]> = new Map([
  ['access-control-allow-origin', [anOrigin, { text: '*', documentation: 'Every site may read the response, but never with cookies.' }]],
  [
    'access-control-allow-credentials',
    [{ text: 'true', documentation: 'The only value that means anything; to forbid, leave the header out.' }],
  ],
  ['access-control-allow-methods', methods],
  ['access-control-allow-headers', requestHeaders],
  ['access-control-expose-headers', exposedHeaders],
  ['access-control-max-age', ages],
  [
    'vary',
    [
      { text: 'Origin', documentation: 'Needed wherever Access-Control-Allow-Origin depends on the request.' },
      { text: 'Access-Control-Request-Method', documentation: 'For a preflight that depends on the method.' },
      { text: 'Access-Control-Request-Headers', documentation: 'For a preflight that sends the requested headers back.' },
      { text: 'Accept-Encoding', documentation: 'For compressed responses.' },
    ],
  ],
]);

const lists: ReadonlySet<string> = new Set([
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
  'vary',
]);

/** What may be written into a header, usual things first; empty for a header that is none of ours. */
export function wordsOf(header: string): readonly Word[] {
  return values.get(asciiLower(header)) ?? [];
}

/** Whether the value is a list with commas. */
export function isList(header: string): boolean {
  return lists.has(asciiLower(header));
}

const typical: ReadonlyMap<string, Word> = new Map([
  ['access-control-allow-methods', { text: 'GET, POST, PUT, PATCH, DELETE', documentation: 'What most APIs answer to.' }],
  ['access-control-allow-headers', { text: 'Authorization, Content-Type', documentation: 'Tokens and JSON bodies.' }],
]);

/** The whole value that most servers need, where there is one. */
export function typicalList(header: string): Word | undefined {
  return typical.get(asciiLower(header));
}

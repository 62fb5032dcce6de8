import { asciiLower } from './token.ts';

/** What a header of the CORS protocol does, in two lines at most, and where the standard says so. */
export interface HeaderFact {
  readonly name: string;
  readonly text: string;
  readonly link: string;
}

const response = 'https://fetch.spec.whatwg.org/#http-responses';
const request = 'https://fetch.spec.whatwg.org/#http-requests';

const facts: readonly HeaderFact[] = [
  {
    name: 'Access-Control-Allow-Origin',
    text: 'Says which pages may read this response: the one origin that it names, or with `*` every origin, but then without cookies. Browsers compare it with the request’s Origin byte for byte.',
    link: response,
  },
  {
    name: 'Access-Control-Allow-Credentials',
    text: 'With exactly `true` the page may read a response to a request that carried cookies or other credentials. It is needed on the preflight and on the response itself, and `*` counts for nothing beside it.',
    link: response,
  },
  {
    name: 'Access-Control-Allow-Methods',
    text: 'Answers a preflight: the methods that the actual request may use. GET, HEAD and POST are always allowed; names compare with their letter case.',
    link: response,
  },
  {
    name: 'Access-Control-Allow-Headers',
    text: 'Answers a preflight: the request headers that a page may send beyond the safelisted ones. `*` does not cover Authorization, and is only a name where credentials are sent.',
    link: response,
  },
  {
    name: 'Access-Control-Max-Age',
    text: 'Answers a preflight: for how many seconds the browser may keep the answer. Chromium keeps it 7200 at most, Firefox 86400, Safari 600; without the header 5.',
    link: response,
  },
  {
    name: 'Access-Control-Expose-Headers',
    text: 'Lists the response headers that a page may read beside Cache-Control, Content-Language, Content-Length, Content-Type, Expires, Last-Modified and Pragma.',
    link: response,
  },
  {
    name: 'Origin',
    text: 'Sent by the browser: scheme, host and port of the page that asks. `null` stands for a sandboxed frame or a page without an origin.',
    link: request,
  },
  {
    name: 'Access-Control-Request-Method',
    text: 'Sent by the browser with a preflight: the method that the actual request will use.',
    link: request,
  },
  {
    name: 'Access-Control-Request-Headers',
    text: 'Sent by the browser with a preflight: the request headers that need permission, in lower case.',
    link: request,
  },
  {
    name: 'Vary',
    text: 'Tells caches which request headers the response depends on. Where Access-Control-Allow-Origin depends on the request it has to name Origin, or a page gets the copy that was made for another.',
    link: 'https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches',
  },
];

/** What is to be said of a header; undefined for one that has nothing to do with CORS. */
export function headerFact(name: string): HeaderFact | undefined {
  const lower = asciiLower(name);
  return facts.find((fact) => asciiLower(fact.name) === lower);
}

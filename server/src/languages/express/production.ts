/**
 * The forms in which a policy stands in production: an options object for the cors package, or middleware that sets Vary
 * first and always, the rest only for an origin of the list, and answers preflights and no other OPTIONS. The insertion
 * of a whole policy, fixes and snippets write them alike.
 */
import { constantHeaders, preflightSeconds, type WantedPolicy } from '../../cors/wanted-policy.ts';
import { stringList } from '../javascript/edits.ts';

/** How a file is written. */
export interface CodeStyle {
  /** One step of indentation. */
  readonly unit: string;
  /** `;`, or empty. */
  readonly semicolon: string;
  /** A text as a string literal. */
  readonly quoted: (text: string) => string;
}

/** `app.use(cors({ … }))`, with the names that the two have in the file. */
export function corsPackageUse(application: string, cors: string, wanted: WantedPolicy, style: CodeStyle): readonly string[] {
  const { credentials, methods, headers, origins } = wanted;
  const { unit, semicolon, quoted } = style;
  // An array also where there is one origin: a string would be sent to every page (behaviour 3.1).
  const options = [
    `origin: ${stringList(origins, quoted)}`,
    ...(credentials ? ['credentials: true'] : []),
    // Left out, the package allows every method and header that is asked for (behaviour 3.4).
    `methods: ${stringList(methods.length > 0 ? methods : ['GET', 'HEAD', 'POST'], quoted)}`,
    `allowedHeaders: ${stringList(headers, quoted)}`,
    `maxAge: ${preflightSeconds}`,
  ];
  return [`${application}.use(`, `${unit}${cors}({`, ...options.map((option) => `${unit}${unit}${option},`), `${unit}}),`, `)${semicolon}`];
}

/** The set of origins and the middleware that asks it. */
export function handWrittenUse(application: string, allowlist: string, wanted: WantedPolicy, style: CodeStyle): readonly string[] {
  const { unit, semicolon, quoted } = style;
  const set = (name: string, value: string): string => `res.setHeader(${quoted(name)}, ${value})${semicolon}`;
  const isPreflight = `req.method === ${quoted('OPTIONS')} && req.headers[${quoted('access-control-request-method')}] !== undefined`;
  return [
    `const ${allowlist} = new Set(${stringList(wanted.origins, quoted)})${semicolon}`,
    '',
    `${application}.use((req, res, next) => {`,
    ...[
      `res.vary(${quoted('Origin')})${semicolon}`,
      `const { origin } = req.headers${semicolon}`,
      `if (origin !== undefined && ${allowlist}.has(origin)) {`,
      `${unit}${set('Access-Control-Allow-Origin', 'origin')}`,
      ...constantHeaders(wanted).map(([name, value]) => `${unit}${set(name, quoted(value))}`),
      '}',
      `if (${isPreflight}) {`,
      `${unit}res.status(204).end()${semicolon}`,
      `${unit}return${semicolon}`,
      '}',
      `next()${semicolon}`,
    ].map((line) => unit + line),
    `})${semicolon}`,
  ];
}

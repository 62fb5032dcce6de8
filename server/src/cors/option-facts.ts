/** The options of the CORS packages of Node's frameworks by the header that each of them writes. */

const headers: Readonly<Record<string, string>> = {
  origin: 'Access-Control-Allow-Origin',
  methods: 'Access-Control-Allow-Methods',
  allowMethods: 'Access-Control-Allow-Methods',
  allowedHeaders: 'Access-Control-Allow-Headers',
  allowHeaders: 'Access-Control-Allow-Headers',
  exposedHeaders: 'Access-Control-Expose-Headers',
  exposeHeaders: 'Access-Control-Expose-Headers',
  credentials: 'Access-Control-Allow-Credentials',
  maxAge: 'Access-Control-Max-Age',
};

/** Options that write no header, with what they do (the packages' documentation). */
const others: Readonly<Record<string, string>> = {
  preflightContinue: 'With `true` preflights go on to the next handler, which then has to answer them.',
  optionsSuccessStatus: 'The status that preflights are answered with; 204 by default, and 200 for some very old browsers.',
};

/** The header that an option writes; undefined for one that writes none. */
export function headerOfOption(name: string): string | undefined {
  return Object.hasOwn(headers, name) ? headers[name] : undefined;
}

/** What an option that writes no header does. */
export function optionFact(name: string): string | undefined {
  return Object.hasOwn(others, name) ? others[name] : undefined;
}

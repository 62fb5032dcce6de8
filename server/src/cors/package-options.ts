/** The options of the packages that write CORS headers: what each package reads, by its documentation and its source. */
import { wordsOf, type Word } from './vocabulary.ts';

export interface PackageOption {
  readonly name: string;
  /** One or two sentences of Markdown. */
  readonly documentation: string;
  /** What may be written as its value, as code; texts of a list are in `elements`. */
  readonly values?: readonly Word[];
  /** What the elements of its list are, as texts without quotes. */
  readonly elements?: readonly Word[];
}

const yes = (documentation: string): Word => ({ text: 'true', documentation });
const no = (documentation: string): Word => ({ text: 'false', documentation });
const list = (header: string): readonly Word[] => wordsOf(header).filter(({ text }) => text !== '*');

const methods = list('Access-Control-Allow-Methods');
const requestHeaders = list('Access-Control-Allow-Headers');
const exposed = list('Access-Control-Expose-Headers');
const ages = wordsOf('Access-Control-Max-Age');
const origins = wordsOf('Access-Control-Allow-Origin').filter(({ snippet }) => snippet !== undefined);

const credentials: PackageOption = {
  name: 'credentials',
  documentation: 'Sends `Access-Control-Allow-Credentials: true`, so that pages may send cookies. Needs an `origin` that names the sites.',
  values: [yes('Pages may send cookies and read the answer.'), no('As without the option.')],
};
const maxAge: PackageOption = {
  name: 'maxAge',
  documentation: 'For how many seconds a browser may keep a preflight’s answer. Chromium keeps 7200 at most, Firefox 86400, Safari 600.',
  values: ages,
};
const optionsSuccessStatus: PackageOption = {
  name: 'optionsSuccessStatus',
  documentation: 'The status of a preflight’s answer, 204 by default. Some old browsers and televisions need 200.',
  values: [
    { text: '204', documentation: 'The default.' },
    { text: '200', documentation: 'For old browsers.' },
  ],
};
const preflightContinue: PackageOption = {
  name: 'preflightContinue',
  documentation: 'Hands a preflight on to the next handler, which then has to answer it. By default the package answers itself.',
  values: [yes('The next handler answers.'), no('The default.')],
};
const allowedHeaders: PackageOption = {
  name: 'allowedHeaders',
  documentation: 'Request headers that pages may send. Without it the headers that the preflight asks for are allowed.',
  elements: requestHeaders,
};
const exposedHeaders: PackageOption = {
  name: 'exposedHeaders',
  documentation: 'Response headers that pages may read beside the safelisted ones.',
  elements: exposed,
};

const listOfOrigins = {
  values: [{ text: '[]', documentation: 'A list of exact origins.', snippet: "['https://${1:app.example.com}']" }],
  elements: origins,
};

const cors: readonly PackageOption[] = [
  {
    name: 'origin',
    documentation:
      'Who may read: a list of origins, one origin, a pattern, or a function. `true` lets every site in; without the option it is `*`; `false` switches CORS off.',
    ...listOfOrigins,
  },
  {
    name: 'methods',
    documentation: 'Methods that pages may use, `GET,HEAD,PUT,PATCH,POST,DELETE` by default. They are sent as they are written.',
    elements: methods,
  },
  allowedHeaders,
  exposedHeaders,
  credentials,
  maxAge,
  preflightContinue,
  optionsSuccessStatus,
];

const methodsToo: PackageOption = { name: 'methods', documentation: 'Methods that pages may use, as they are sent.', elements: methods };
/** What options mean that packages have in common, some of them by another name. */
const common: Readonly<Record<string, PackageOption>> = {
  ...{ credentials, maxAge, optionsSuccessStatus, preflightContinue },
  ...{ methods: methodsToo, allowMethods: methodsToo },
  ...{ allowedHeaders, allowHeaders: allowedHeaders, headers: allowedHeaders },
  ...{ exposedHeaders, exposeHeaders: exposedHeaders, expose: exposedHeaders },
};
const named = (origin: Omit<PackageOption, 'name'>, ...names: readonly string[]): readonly PackageOption[] => [
  { name: 'origin', ...origin },
  ...names.map((name) => ({ documentation: '', ...common[name], name })),
];
const ofKoa = {
  documentation:
    'Who may read: a function of the context that answers with one origin, or an empty text. Any other value is sent as it is.',
};

/** ingress-nginx, whose annotations are its options. */
export const ingressPackage = 'ingress-nginx';
const annotations = ['allow-origin', 'allow-methods', 'allow-headers', 'allow-credentials', 'expose-headers', 'max-age'];

const tables: ReadonlyMap<string, readonly PackageOption[]> = new Map([
  ['cors', cors],
  [ingressPackage, ['enable-cors', ...annotations.map((name) => `cors-${name}`)].map((name) => ({ name, documentation: '' }))],
  [
    '@fastify/cors',
    named(
      {
        documentation:
          'Who may read: a list of origins, a pattern, or a function. `true` lets every site in; without the option it is `*`.',
        ...listOfOrigins,
      },
      'methods',
      'hook',
      'allowedHeaders',
      'exposedHeaders',
      'credentials',
      'maxAge',
      'cacheControl',
      'preflightContinue',
      'optionsSuccessStatus',
      'preflight',
      'strictPreflight',
      'hideOptionsRoute',
      'logLevel',
      'delegator',
    ),
  ],
  [
    '@koa/cors',
    named(
      ofKoa,
      'allowMethods',
      'exposeHeaders',
      'allowHeaders',
      'maxAge',
      'credentials',
      'keepHeadersOnError',
      'secureContext',
      'privateNetworkAccess',
    ),
  ],
  ['koa2-cors', named(ofKoa, 'exposeHeaders', 'maxAge', 'credentials', 'allowMethods', 'allowHeaders')],
  ['koa-cors', named(ofKoa, 'expose', 'maxAge', 'credentials', 'methods', 'headers')],
  [
    'hono/cors',
    named(
      {
        documentation: 'Who may read: one origin, a list of origins, or a function of the Origin. Without the option it is `*`.',
        ...listOfOrigins,
      },
      'allowMethods',
      'allowHeaders',
      'maxAge',
      'credentials',
      'exposeHeaders',
    ),
  ],
]);

/** NestJS and socket.io hand their options to the cors package. */
const sameAs: Readonly<Record<string, string>> = { '@nestjs/websockets': 'cors', '@nestjs/core': 'cors', 'socket.io': 'cors' };

/** The package whose options another one takes; itself where it has its own. */
export function optionsPackage(name: string): string {
  return sameAs[name] ?? name;
}

/** The options that a package reads; undefined for a package that is not known. */
export function optionsOf(name: string): readonly PackageOption[] | undefined {
  return tables.get(optionsPackage(name));
}

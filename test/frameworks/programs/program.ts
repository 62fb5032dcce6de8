/** What the programs of the frameworks are made of, and the requests that each of them gets. */
import type { Request } from '../../express/conformance.ts';

export interface Program {
  readonly name: string;
  readonly source: string;
  /** The source is TypeScript with decorators. */
  readonly isTypeScript?: true;
  readonly dependencies?: Readonly<Record<string, string>>;
  /** Under which name another version of a package is installed. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** The credentials that the program takes; `Bearer x` where it does not say. */
  readonly authorization?: string;
}

export const origins = [undefined, 'https://app.acme.io', 'https://evil.example', 'null', 'https://evilacme.io', 'http://localhost:3000'];

/** Requests for paths with and without routes, from pages and from nobody, with and without credentials. */
export const requests: readonly Request[] = origins.flatMap((origin, index): Request[] => {
  const headers: Record<string, string> = origin === undefined ? {} : { origin };
  const preflight = { ...headers, 'access-control-request-method': 'PUT' };
  const path = ['/users', '/api/users', '/missing', '/users', '/users/1', '/api'][index] ?? '/users';
  return [
    { method: 'GET', path, headers },
    { method: 'GET', path: '/api/users', headers: { ...headers, authorization: 'Bearer x' } },
    { method: 'PUT', path: '/users', headers: { ...headers, authorization: 'Bearer x' } },
    { method: 'OPTIONS', path, headers: preflight },
    { method: 'OPTIONS', path: '/users', headers: { ...preflight, 'access-control-request-headers': 'content-type,x-a' } },
    { method: 'OPTIONS', path: '/api/users', headers },
  ];
});

/** The requests as they go to a program: with the credentials that it takes. */
export function requestsFor({ authorization }: Program, asked: readonly Request[]): readonly Request[] {
  if (authorization === undefined) return asked;
  return asked.map((request) =>
    request.headers['authorization'] === undefined ? request : { ...request, headers: { ...request.headers, authorization } },
  );
}

/** Pairs every option with every other one now and then: each appears with several neighbours. */
export function combined(options: readonly string[], others: readonly string[]): string[] {
  return options.flatMap((option, index) => [
    `{ ${option} }`,
    `{ ${[option, others[index % others.length], others[(index * 3 + 1) % others.length]].filter(Boolean).join(', ')} }`,
  ]);
}

export const lists = ["['https://app.acme.io']", "['https://acme.io', 'null']", '[]', "['*']", "['https://app.acme.io', '*']", 'allowed'];
export const setUp = "const allowed = ['https://app.acme.io', 'http://localhost:3000'];\n";

/** Options of the cors package, which NestJS and socket.io hand on. */
export const corsOptions = combined(
  [
    'credentials: true',
    'origin: true',
    'origin: false',
    "origin: '*'",
    "origin: 'https://app.acme.io'",
    "origin: ''",
    'origin: process.env.CORS_LINT_NEVER_SET',
    ...lists.map((list) => `origin: ${list}`),
    'origin: /acme\\.io$/',
    'origin: new Set(allowed)',
    'origin: (origin, callback) => callback(null, allowed.includes(origin))',
  ],
  [
    'credentials: true',
    "methods: ['GET', 'PUT']",
    "allowedHeaders: ['Content-Type', 'X-A']",
    "exposedHeaders: ['X-Total', 'X-Page']",
    'maxAge: 600',
    'optionsSuccessStatus: 200',
    "methods: 'put'",
  ],
);

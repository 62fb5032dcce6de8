/** The editor's snippets: the forms in which policies are written, with what differs from site to site to be filled in. */
import { snippetOf } from '../server/src/core/snippet.ts';
import type { WantedPolicy } from '../server/src/cors/wanted-policy.ts';
import * as apache from '../server/src/languages/apache/production.ts';
import { escapePattern } from '../server/src/languages/apache/path-patterns.ts';
import * as express from '../server/src/languages/express/production.ts';
import * as fastify from '../server/src/languages/fastify/production.ts';
import * as hono from '../server/src/languages/hono/production.ts';
import type { CodeStyle } from '../server/src/languages/javascript/insertion-forms.ts';
import * as koa from '../server/src/languages/koa/production.ts';
import * as nestjs from '../server/src/languages/nestjs/production.ts';
import * as nginx from '../server/src/languages/nginx/production.ts';

const origin = 'https://app.example.com';
const wanted: WantedPolicy = {
  origins: [origin],
  credentials: true,
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  headers: ['Content-Type', 'Authorization'],
};
const [methods, headers] = [wanted.methods.join(', '), wanted.headers.join(', ')];

const style: CodeStyle = { unit: '\t', semicolon: ';', quoted: (text) => `'${text}'` };
const listed = (texts: readonly string[]): string => texts.map((text) => style.quoted(text)).join(', ');

const forms = { ...express.forms, ...fastify.forms, ...hono.forms, ...koa.forms, ...nestjs.forms };
const codeOf = (form: string): readonly string[] =>
  forms[form]?.lines({ application: 'app', cors: 'cors', free: (name) => name, canAwait: false }, wanted, style) ?? [];
/** What is filled in where methods and headers stand in lists. */
const inLists = [origin, listed(wanted.methods), listed(wanted.headers)];

interface Snippet {
  readonly prefix: string;
  readonly description: string;
  readonly body: readonly string[];
}

function snippet(prefix: string, description: string, lines: readonly string[], stops: readonly string[]): Snippet {
  return { prefix, description, body: snippetOf(lines.join('\n'), stops).split('\n') };
}

/** Files below `snippets/` with their snippets. */
const files: Readonly<Record<string, Readonly<Record<string, Snippet>>>> = {
  'nginx.json': {
    'CORS: allowed origins': snippet(
      'cors-map',
      'The map of the allowed origins, at http level; belongs to the snippet cors',
      nginx.originMap(nginx.originVariable, wanted.origins, '\t'),
      [origin],
    ),
    'CORS: headers and preflight': snippet(
      'cors',
      'The headers of a location or server, and the answer to preflights; needs the snippet cors-map',
      [...nginx.headerLines(nginx.originVariable, wanted, '"'), ...nginx.preflightAnswer('\t')],
      [methods, headers],
    ),
  },
  'apacheconf.json': {
    'CORS: headers': snippet(
      'cors',
      'The headers of a section or .htaccess for listed origins',
      apache.headerLines(apache.originVariable, wanted),
      [escapePattern(origin), methods, headers],
    ),
    'CORS: preflight': snippet(
      'cors-preflight',
      'Answers preflights by rewriting, with the headers of the snippet cors',
      ['RewriteEngine On', ...apache.preflightAnswer],
      [],
    ),
  },
  'javascript.json': {
    'CORS: cors package': snippet('cors', 'The cors package for listed origins, with cookies', codeOf('cors-package'), inLists),
    'CORS: by hand': snippet('cors-by-hand', 'Middleware for listed origins, with cookies, without a package', codeOf('by-hand'), [
      origin,
      methods,
      headers,
    ]),
    'CORS: Fastify': snippet('cors-fastify', '@fastify/cors for listed origins, with cookies', codeOf('fastify-cors'), inLists),
    'CORS: Koa': snippet('cors-koa', '@koa/cors for listed origins, with cookies', codeOf('koa-cors'), inLists),
    'CORS: Hono': snippet('cors-hono', 'hono/cors for listed origins, with cookies', codeOf('hono-cors'), inLists),
    'CORS: NestJS': snippet('cors-nestjs', 'CORS of NestJS for listed origins, with cookies', codeOf('nestjs-cors'), inLists),
  },
};

/** The snippet files of the extension, by their path in the project, with their texts. */
export const snippetFiles: readonly (readonly [file: string, text: string])[] = Object.entries(files).map(([name, snippets]) => [
  `snippets/${name}`,
  `${JSON.stringify(snippets, undefined, 2)}\n`,
]);

/** The manifest's `contributes.snippets`. */
export const snippetContributions = [
  { language: 'nginx', path: './snippets/nginx.json' },
  { language: 'apacheconf', path: './snippets/apacheconf.json' },
  ...['javascript', 'typescript'].map((language) => ({ language, path: './snippets/javascript.json' })),
];

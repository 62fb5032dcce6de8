/** From a file to its extraction: includes followed, policies compiled, everything else observed. */
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import type { Extraction, LanguageEngine } from '../../core/language.ts';
import type { TextRange } from '../../core/text.ts';
import { createAuthoring } from './authoring.ts';
import { rootAround } from './configuration.ts';
import { expectedAt } from './expected.ts';
import { Includes } from './includes.ts';
import { inferLevel, own } from './levels.ts';
import type { Level } from './levels.ts';
import { readBody, sourceOf } from './lines.ts';
import type { Body, Line, Source } from './lines.ts';
import { linksOf } from './links.ts';
import { namesOf } from './names.ts';
import { observe } from './observations.ts';
import { outlineOf } from './outline.ts';
import { divide } from './parts.ts';
import type { Elsewhere } from './parts.ts';
import { compileFragment, compileServers } from './policies.ts';
import type { Compiled } from './policies.ts';
import { Variables } from './variables.ts';

export const engine: LanguageEngine = {
  extract,
  expectedAt,
  names: namesOf,
  links: linksOf,
  divide: (file, files) =>
    divide(file, files)?.map((part) => ({
      range: part.range,
      surroundings: part.surroundings,
      extract: (asked) => {
        const source = part.alone();
        return extractFrom(source, source, asked, part.elsewhere);
      },
    })),
};

/** Extracts the policy model of a file, seen from the file that includes it where the workspace shows one. */
function extract(file: SourceFile, files: SourceFiles): Extraction {
  const source = sourceOf(file);
  return extractFrom(source, rootAround(source, files), files);
}

/** `root` is the file that the configuration is read from. `elsewhere`: what it has beside the text that is seen. */
function extractFrom(source: Source, root: Source, files: SourceFiles, elsewhere?: Elsewhere): Extraction {
  const body = readBody(root, root.syntax.items, new Includes(files, root.file.uri));
  const { top, servers, partial } = readTop(body);
  const variables = new Variables(body, partial || elsewhere?.unresolved === true, elsewhere?.variables);
  const compiled = compile(top, servers, variables, root);
  return {
    policies: compiled.policies,
    routing: compiled.routing,
    observations: observe(body, top, compiled.levels, variables),
    comments: commentsOf(source),
    get outline() {
      return outlineOf(source);
    },
    authoring: createAuthoring(source, compiled, variables, files),
  };
}

interface Top {
  /** The outermost level: http, or what the file's own directives show it to be. */
  readonly top: Level;
  readonly servers: readonly Level[];
  /** Parts of the configuration are not in sight. */
  readonly partial: boolean;
}

function readTop(body: Body): Top {
  const http = body.lines.find((line) => line.name === 'http' && line.body);
  if (http?.body) {
    const top: Level = { kind: 'http', line: http, body: http.body, parent: undefined, outside: false };
    return { top, servers: serversIn(top), partial: body.unresolved || http.body.unresolved || body.open !== undefined };
  }
  const context = inferLevel(body);
  if (context === 'http' || context === 'main' || context === 'events' || context === 'upstream') {
    // Files with servers mostly hold everything that concerns these; what stands in http around them is rarely CORS.
    const top: Level = { kind: 'http', line: undefined, body, parent: undefined, outside: false };
    return { top, servers: serversIn(top), partial: true };
  }
  const kind =
    context === 'server' || context === 'server-if'
      ? 'server'
      : context === 'limit-except'
        ? 'limit_except'
        : context === 'location-if'
          ? 'if'
          : 'location';
  return { top: { kind, line: undefined, body, parent: undefined, outside: true }, servers: [], partial: true };
}

function serversIn(http: Level): readonly Level[] {
  return http.body.lines.flatMap((line: Line): Level[] =>
    line.name === 'server' && line.body ? [{ kind: 'server', line, body: line.body, parent: http, outside: false }] : [],
  );
}

function compile(top: Level, servers: readonly Level[], variables: Variables, root: Source): Compiled {
  // What http sends by itself, every server sends that says nothing else, in whichever file it stands.
  if (top.kind === 'http' && servers.length === 0 && own(top, 'add_header', 'more_set_headers').length > 0)
    return compileFragment({ ...top, outside: true }, variables, root);
  if (top.kind === 'http') return compileServers(servers, variables, root);
  if (top.kind === 'server') return compileServers([top], variables, root);
  return compileFragment(top, variables, root);
}

function commentsOf(source: Source): readonly TextRange[] {
  return source.syntax.tokens.flatMap((token) => (token.kind === 'comment' ? [{ start: token.start, end: token.end }] : []));
}

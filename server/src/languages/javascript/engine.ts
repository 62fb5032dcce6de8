/** Reads one file of JavaScript or TypeScript: the program is followed, and what it registers becomes policies. */
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import type { Extraction, LanguageEngine, OutlineItem } from '../../core/language.ts';
import type { Observation } from '../../policy/observation.ts';
import { askAhead } from './ask-ahead.ts';
import { authoringFor } from './authoring.ts';
import { clientObservations } from './client-requests.ts';
import { expectedAt } from './expected.ts';
import { type FrameworkEngine, FrameworkRuntime } from './framework.ts';
import { Interpreter } from './interpreter.ts';
import { runLoose } from './loose.ts';
import { Program, treeOf } from './modules.ts';
import { portsOf } from './ports.ts';
import { reachesCors } from './reach.ts';
import * as ts from './syntax.ts';

/** The engine over some frameworks. `names` finds their words in a text. */
export function engineOf(frameworks: readonly FrameworkEngine[], names: RegExp): LanguageEngine {
  const follow = (file: SourceFile, files: SourceFiles): Extraction => extract(frameworks, names, file, files);
  return {
    importsValues: true,
    mayMatter: reachesCors,
    extract: (file, files) => unlessTooDeep(() => follow(file, files)) ?? nothingIn(file),
    expectedAt: (file, files, offset) =>
      isGenerated(file.text) ? undefined : unlessTooDeep(() => expectedAt(file, offset, (each) => follow(each, files).observations)),
    names: (file) => unlessTooDeep(() => portsOf(file)) ?? [],
  };
}

/** Code nested deeper than the stack is the one thing that no bound inside can foresee. */
function unlessTooDeep<T>(answer: () => T): T | undefined {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}

function nothingIn(file: SourceFile): Extraction {
  return {
    policies: [],
    routing: [],
    observations: [],
    comments: [],
    outline: [],
    authoring: authoringFor(file, ts.parse('', 'empty.js'), []),
  };
}

function extract(frameworks: readonly FrameworkEngine[], names: RegExp, file: SourceFile, files: SourceFiles): Extraction {
  const tree = treeOf(file);
  // Comments only matter for suppressions, and finding them takes a walk over the tree.
  const comments = file.text.includes('cors-lint') ? ts.commentsOf(tree).map(({ start, end }) => ({ start, end })) : [];
  const authoring = authoringFor(file, tree, frameworks);
  if (isGenerated(file.text)) return { policies: [], routing: [], observations: [], comments, outline: [], authoring };

  if (!speaksOfServers(file.text, names))
    return { policies: [], routing: [], observations: clientObservations(tree, file.uri), comments, outline: [], authoring };

  const runtime = new FrameworkRuntime();
  const program = new Program(file, files);
  const interpreter = new Interpreter(program, runtime);
  runtime.readings = frameworks.map((framework) => framework.join({ file, files, program, interpreter }));
  // While a file is missing the answer is thrown away.
  const isMissing = (): boolean => files.isWaiting === true;
  const nothing: Extraction = { policies: [], routing: [], observations: [], comments, outline: [], authoring };
  askAhead(file, files);
  if (isMissing()) return nothing;
  program.run(file.uri, interpreter);
  if (isMissing()) return nothing;
  runLoose(program, interpreter, runtime.readings, file.uri);
  if (isMissing()) return nothing;

  const read = runtime.readings.map((reading) => reading.finish());
  const policies = read.flatMap((each) => each.policies);
  // A program without a server of its own may be a page's.
  const observations = [
    ...read.flatMap((each) => each.observations),
    ...interpreter.observations,
    ...(policies.length === 0 ? clientObservations(tree, file.uri) : []),
  ];
  const routing = read.flatMap((each) => each.routing);
  return { policies, routing, observations, comments, outline: outlineOf(observations, file.uri), authoring };
}

/** Whether a program can register a handler or write a header about CORS. */
function speaksOfServers(text: string, names: RegExp): boolean {
  return (
    /\bcors|access-control-|createServer|\bRouter\(|\b(app|router|server)\.(use|get|post|put|patch|delete|all|options|route)\(/i.test(
      text,
    ) || names.test(text)
  );
}

/** Bundles and minified files: long lines on average. */
function isGenerated(text: string): boolean {
  if (text.length < 20_000) return false;
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return text.length / lines > 400;
}

function outlineOf(observations: readonly Observation[], uri: string): OutlineItem[] {
  return observations.flatMap((each): OutlineItem[] =>
    each.kind === 'route' && each.place.uri === uri
      ? [{ name: `${each.method} ${each.path}`, kind: 'route', place: each.place, namePlace: each.place, children: [] }]
      : [],
  );
}

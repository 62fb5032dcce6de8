/** Reads one file of JavaScript or TypeScript: the program is followed, and what it registers becomes policies. */
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import { type Extraction, type LanguageEngine, type OutlineItem, type Outset, outsetOf } from '../../core/language.ts';
import type { Observation } from '../../policy/observation.ts';
import { askAhead } from './ask-ahead.ts';
import { authoringFor } from './authoring.ts';
import { clientObservations } from './client-requests.ts';
import { expectedAt } from './expected.ts';
import { type FrameworkEngine, FrameworkRuntime } from './framework.ts';
import { isGenerated } from './generated.ts';
import { Interpreter } from './interpreter.ts';
import { runLoose } from './loose.ts';
import { Program } from './modules.ts';
import { treeOf } from './trees.ts';
import { portsOf } from './ports.ts';
import { reachesCors } from './reach.ts';
import * as ts from './syntax.ts';

/** The engine over some frameworks. `names` finds their words in a text. */
export function engineOf(frameworks: readonly FrameworkEngine[], names: RegExp): LanguageEngine {
  const begin = (file: SourceFile, files: SourceFiles): Outset => {
    const begun = unlessTooDeep(() => follow(frameworks, names, file, files));
    if (!begun) return outsetOf(nothingIn(file));
    return { ...begun, extract: () => unlessTooDeep(() => begun.extract()) ?? nothingIn(file) };
  };
  const extract = (file: SourceFile, files: SourceFiles): Extraction => begin(file, files).extract();
  return {
    importsValues: true,
    mayMatter: reachesCors,
    begin,
    extract,
    expectedAt: (file, files, offset) =>
      isGenerated(file.text) ? undefined : unlessTooDeep(() => expectedAt(file, offset, (each) => extract(each, files).observations)),
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

function follow(frameworks: readonly FrameworkEngine[], names: RegExp, file: SourceFile, files: SourceFiles): Outset {
  const tree = treeOf(file);
  // Comments only matter for suppressions, and finding them takes a walk over the tree.
  const comments = file.text.includes('cors-lint') ? ts.commentsOf(tree).map(({ start, end }) => ({ start, end })) : [];
  const authoring = authoringFor(file, tree, frameworks);
  const nothing: Extraction = { policies: [], routing: [], observations: [], comments, outline: [], authoring };
  if (isGenerated(file.text)) return outsetOf(nothing);

  if (!speaksOfServers(file.text, names)) return outsetOf({ ...nothing, observations: clientObservations(tree, file.uri) });

  const runtime = new FrameworkRuntime();
  const program = new Program(file, files);
  const interpreter = new Interpreter(program, runtime);
  runtime.readings = frameworks.map((framework) => framework.join({ file, files, program, interpreter }));
  // While a file is missing the answer is thrown away.
  const isMissing = (): boolean => files.isWaiting === true;
  askAhead(file, files);
  if (isMissing()) return outsetOf(nothing);
  program.run(file.uri, interpreter);
  if (isMissing()) return outsetOf(nothing);
  runLoose(program, interpreter, runtime.readings, file.uri);
  if (isMissing()) return outsetOf(nothing);

  const parts = runtime.readings.map((reading) => {
    const basis = reading.basis?.();
    if (basis !== undefined) return { basis, isEmpty: false, finish: () => reading.finish() };
    const finished = reading.finish();
    return { basis: finished, isEmpty: finished.policies.length === 0, finish: () => finished };
  });
  // A program without a server of its own may be a page's.
  const ofPage = parts.every(({ isEmpty }) => isEmpty) ? clientObservations(tree, file.uri) : [];
  return {
    basis: [parts.map(({ basis }) => basis), interpreter.observations, ofPage],
    comments,
    extract: () => {
      const read = parts.map((part) => part.finish());
      const observations = [...read.flatMap((each) => each.observations), ...interpreter.observations, ...ofPage];
      return {
        policies: read.flatMap((each) => each.policies),
        routing: read.flatMap((each) => each.routing),
        observations,
        comments,
        get outline() {
          return outlineOf(observations, file.uri);
        },
        authoring,
      };
    },
  };
}

/** Whether a program can register a handler or write a header about CORS. */
function speaksOfServers(text: string, names: RegExp): boolean {
  return (
    /cors|access-control-|createServer|\bRouter\(|\b(app|router|server)\.(use|get|post|put|patch|delete|all|options|route)\(/i.test(text) ||
    names.test(text)
  );
}

function outlineOf(observations: readonly Observation[], uri: string): OutlineItem[] {
  return observations.flatMap((each): OutlineItem[] =>
    each.kind === 'route' && each.place.uri === uri
      ? [{ name: `${each.method} ${each.path}`, kind: 'route', place: each.place, namePlace: each.place, children: [] }]
      : [],
  );
}

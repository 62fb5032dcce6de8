/** Reads one file of JavaScript or TypeScript: the program is followed, and what it registers becomes policies. */
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import type { Extraction, LanguageEngine, OutlineItem } from '../../core/language.ts';
import { placeKey, type Place } from '../../core/text.ts';
import type { Alternative, Policy } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
import { Interpreter } from '../javascript/interpreter.ts';
import { Program, treeOf } from '../javascript/modules.ts';
import * as ts from '../javascript/syntax.ts';
import { hostValue } from '../javascript/values.ts';
import { authoringFor } from './authoring.ts';
import { clientObservations } from './client-requests.ts';
import { HandlerFollower } from './handlers.ts';
import { observe } from './observations.ts';
import { type ApplicationPolicies, PolicyBuilder } from './policies.ts';
import { assumedLayers, runLoose } from './loose-functions.ts';
import { ExpressRuntime } from './runtime.ts';
import { expressVersion } from './version.ts';

export const engine: LanguageEngine = {
  extract(file, files) {
    try {
      return extract(file, files);
    } catch (error) {
      // Code nested deeper than the stack is the one thing that no bound inside can foresee.
      if (!(error instanceof RangeError)) throw error;
      return {
        policies: [],
        routing: [],
        observations: [],
        comments: [],
        outline: [],
        authoring: authoringFor(file, ts.parse('', 'empty.js')),
      };
    }
  },
};

function extract(file: SourceFile, files: SourceFiles): Extraction {
  const tree = treeOf(file);
  // Comments only matter for suppressions, and finding them takes a walk over the tree.
  const comments = file.text.includes('cors-lint') ? ts.commentsOf(tree).map(({ start, end }) => ({ start, end })) : [];
  const authoring = authoringFor(file, tree);
  if (isGenerated(file.text)) return { policies: [], routing: [], observations: [], comments, outline: [], authoring };

  if (!speaksOfServers(file.text))
    return { policies: [], routing: [], observations: clientObservations(tree, file.uri), comments, outline: [], authoring };

  const runtime = new ExpressRuntime();
  const program = new Program(file, files);
  const interpreter = new Interpreter(program, runtime);
  runtime.attach(interpreter);
  program.run(file.uri, interpreter);
  const loose = runLoose(program, interpreter, runtime, file.uri);

  const follower = new HandlerFollower(interpreter);
  const builder = new PolicyBuilder(follower, expressVersion(file.uri, files));
  const built: ApplicationPolicies[] = [];
  runtime.applications.forEach((application, index) => {
    if (application.mounted || application.layers.length === 0) return;
    const fragment = application.type === 'router' || application.assumed;
    built.push(builder.build(application, `${index}:`, fragment));
  });
  runtime.servers.forEach(({ handler, place }, index) => {
    if (handler.value.kind === 'function') built.push(builder.buildServer(handler, place, `server ${index}:`, false));
  });
  loose.forEach((handler, index) => {
    const alone = builder.buildServer(handler, handler.place, `middleware ${index}:`, true);
    if (alone.handlers.some(({ followed }) => followed.cors)) built.push(alone);
  });
  // Layers that other files use.
  const used = new Set(
    built.flatMap((each) => each.handlers.flatMap(({ followed }) => (followed.cors ? [placeKey(followed.cors.place)] : []))),
  );
  [...runtime.corsCalls, ...assumedLayers(program, runtime, file.uri)]
    .filter((layer) => layer.place.uri === file.uri && !used.has(placeKey(layer.place)))
    .forEach((layer, index) => {
      built.push(builder.buildServer({ value: hostValue(layer), place: layer.place }, layer.place, `layer ${index}:`, true));
    });

  const policies: Policy[] = built.flatMap((each) => each.policies);
  const routing: Alternative[] = built.flatMap((each) => each.routing);
  // A program without a server of its own may be a page's.
  const observations: Observation[] = [
    ...observe(built, runtime, follower, interpreter.stops),
    ...(policies.length === 0 ? clientObservations(tree, file.uri) : []),
  ];
  return { policies, routing, observations, comments, outline: outlineOf(built, file.uri), authoring };
}

/** Whether a program can register a handler or write a header about CORS. */
function speaksOfServers(text: string): boolean {
  return /\bexpress\b|\bcors|access-control-|createServer|\bRouter\(|\b(app|router|server)\.(use|get|post|put|patch|delete|all|options|route)\(/i.test(
    text,
  );
}

/** Bundles and minified files: long lines on average. */
function isGenerated(text: string): boolean {
  if (text.length < 20_000) return false;
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return text.length / lines > 400;
}

function outlineOf(built: readonly ApplicationPolicies[], uri: string): OutlineItem[] {
  const here = (place: Place): boolean => place.uri === uri;
  return built.flatMap((each) =>
    each.routes
      .filter((route) => here(route.place))
      .map((route): OutlineItem => ({
        name: `${route.method} ${route.path}`,
        kind: 'route',
        place: route.place,
        namePlace: route.place,
        children: [],
      })),
  );
}

/** What the model says that a server answers to one concrete request. */
import { pathToFileURL } from 'node:url';
import type { SourceFile, SourceFiles } from '../../../server/src/core/files.ts';
import type { Extraction, LanguageEngine } from '../../../server/src/core/language.ts';
import { capture, contains } from '../../../server/src/cors/origins/origin-set.ts';
import type { EvaluationInput, ResponseCase } from '../../../server/src/policy/evaluate.ts';
import type { KnownRequest } from '../../../server/src/policy/situation.ts';
import type { RequestDatum } from '../../../server/src/policy/model.ts';
import { documentRoot } from './requests.ts';
import type { Asked } from './requests.ts';
import { variantLines } from './upstreams.ts';

/** The parts of the model that predict. Tests of the suite itself put changed ones in their place. */
export interface Model {
  readonly engine: LanguageEngine;
  readonly evaluateRouted: (input: EvaluationInput) => readonly ResponseCase[];
}

/** Extracts a configuration whose files lie in `folder`. */
export function extract(model: Model, folder: string, text: string, files: Readonly<Record<string, string>>): Extraction {
  const uri = (path: string): string => pathToFileURL(`${folder}/${path}`).href;
  const sources = new Map<string, SourceFile>();
  for (const [path, content] of Object.entries(files)) sources.set(uri(path), { uri: uri(path), text: content });
  const main: SourceFile = { uri: uri('nginx.conf'), text };
  sources.set(main.uri, main);
  const reading: SourceFiles = {
    read: (wanted) => sources.get(wanted),
    list: (wanted) => [...sources.keys()].filter((each) => each.startsWith(wanted) && !each.slice(wanted.length).includes('/')),
    candidates: () => [...sources.keys()],
  };
  return model.engine.extract(main, reading);
}

/** The ways in which the model lets the server answer. */
export function predict(model: Model, extraction: Extraction, asked: Asked): readonly ResponseCase[] {
  const lines = variantLines[asked.script.variant].map(([name, text]) => ({ name, value: { kind: 'literal' as const, text }, writes: [] }));
  return model.evaluateRouted({
    policies: new Map(extraction.policies.map((policy) => [policy.id, policy])),
    routing: extraction.routing,
    request: known(asked),
    openStatus: ({ path, method }, by) => (by === 'files' ? fileStatus(path ?? pathOf(asked), method ?? asked.method) : undefined),
    upstream: { status: { kind: 'in', members: [asked.script.status] }, lines },
  });
}

/** The path as nginx compares it: decoded, slashes merged, without the query. */
function pathOf({ path }: Asked): string {
  return decodeURIComponent(path.replace(/\?.*$/, '')).replace(/\/{2,}/g, '/');
}

function known(asked: Asked): KnownRequest {
  const origin = asked.origin;
  const queryAt = asked.path.indexOf('?');
  const query = queryAt < 0 ? null : asked.path.slice(queryAt + 1);
  const path = pathOf(asked);
  const header = (name: string): string | null => asked.headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? null;
  const datum = (name: RequestDatum): string | null | undefined => {
    if (name.startsWith('header:')) return header(name.slice('header:'.length));
    if (name.startsWith('query:')) return new URLSearchParams(query ?? '').get(name.slice('query:'.length));
    const plain: Readonly<Record<string, string | null>> = {
      method: asked.method,
      scheme: 'http',
      host: asked.host.replace(/:\d+$/, '').toLowerCase(),
      path,
      uri: asked.path,
      query,
      'remote-address': '127.0.0.1',
      protocol: 'HTTP/1.1',
    };
    return plain[name];
  };
  return {
    origin: (set) => (origin === undefined ? false : contains(set, origin)),
    originAbsent: origin === undefined,
    originText: origin ?? null,
    method: asked.method,
    datum,
    capture: (value) => {
      if (origin === undefined) return '';
      const found = capture(value.pattern, value.group, origin);
      return found.kind === 'text' ? found.text : found.kind === 'none' ? '' : undefined;
    },
    authenticated: asked.authenticated,
    unknown: (id, rerouted) => exists(id, rerouted ?? path),
  };
}

const folders = new Set(
  Object.keys(documentRoot).flatMap((file) =>
    file
      .split('/')
      .slice(0, -1)
      .map((_part, index, parts) => `/${parts.slice(0, index + 1).join('/')}`),
  ),
);
folders.add('');
const isFile = (path: string): boolean => Object.hasOwn(documentRoot, path.slice(1));

/** Whether the document root holds what a question about files asks for, and what is asked of applications. */
function exists(id: string, path: string): boolean | undefined {
  // The scripted applications are always there.
  if (id === 'upstream:unreachable') return false;
  if (id.startsWith('index:')) return isFile(path + id.slice('index:'.length));
  const tried = /^try_files:(.*)$/.exec(id)?.[1];
  if (tried === undefined) return undefined;
  const folder = path.replace(/\/$/, '');
  if (!tried.includes('/') && !tried.includes('$')) return folders.has(folder) && isFile(`${folder}/${tried}`);
  return tried.split(' ').some((word) => {
    const target = word.replaceAll('$uri', path);
    return word.endsWith('/') ? folders.has(target.replace(/\/+$/, '')) : isFile(target);
  });
}

/** What asking for a file comes to. Every folder with an index file has `index.html`, and every configuration looks for that. */
function fileStatus(path: string, method: string): number {
  const found = path.endsWith('/') ? isFile(`${path}index.html`) : isFile(path);
  if (found) return method === 'POST' ? 405 : 200;
  if (!folders.has(path.replace(/\/$/, ''))) return 404;
  return path.endsWith('/') ? 403 : 301;
}

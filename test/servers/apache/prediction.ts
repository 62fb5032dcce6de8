import type { Extraction, LanguageEngine } from '../../../server/src/core/language.ts';
import type { SourceFile, SourceFiles } from '../../../server/src/core/files.ts';
import type { evaluateRouted, ResponseCase } from '../../../server/src/policy/evaluate.ts';
import type { HeaderLine, UnknownReason } from '../../../server/src/policy/model.ts';
import type { knownRequest } from '../../../server/src/policy/request.ts';
import { documents, folders, scripted, type CaseRequest, type Line } from './requests.ts';

/** The parts of the model that a prediction runs; a mutant brings its own. */
export interface Model {
  readonly engine: LanguageEngine;
  readonly evaluateRouted: typeof evaluateRouted;
  readonly knownRequest: typeof knownRequest;
}

/** What the model says of one header: its lines in order, or why it does not know. */
export type PredictedHeader =
  { readonly kind: 'lines'; readonly values: readonly string[] } | { readonly kind: 'unknown'; readonly reason: UnknownReason };

export interface Prediction {
  /** Undefined where the model leaves it open. */
  readonly status: number | undefined;
  header(name: string): PredictedHeader;
  /** Every name that some case sends, in lower case. */
  readonly names: ReadonlySet<string>;
}

/** The files of a case as a workspace; folders are listed so that a nested .htaccess finds its parents. */
export function workspaceOf(files: ReadonlyMap<string, string>): SourceFiles {
  const sources = new Map([...files].map(([uri, text]): [string, SourceFile] => [uri, { uri, text }]));
  return {
    read: (uri) => sources.get(uri),
    list: (folder) => [...sources.keys()].filter((uri) => uri.startsWith(folder) && !uri.slice(folder.length).includes('/')),
    candidates: () => [...sources.keys()],
  };
}

const extractions = new WeakMap<Model, WeakMap<SourceFile, Extraction>>();

/** A file is extracted once for each model. */
function extractionOf(model: Model, file: SourceFile, files: SourceFiles): Extraction {
  const known = extractions.get(model) ?? new WeakMap<SourceFile, Extraction>();
  extractions.set(model, known);
  const extraction = known.get(file) ?? model.engine.extract(file, files);
  known.set(file, extraction);
  return extraction;
}

/** Predicts the answer to one request from the text of one file. */
export function predict(model: Model, file: SourceFile, files: SourceFiles, request: CaseRequest, host: string): Prediction {
  const { policies, routing } = extractionOf(model, file, files);
  const known = {
    ...model.knownRequest({
      method: request.method,
      path: request.path,
      query: request.query === '' ? '' : `?${request.query}`,
      origin: request.origin,
      headers: [...request.headers, ['Host', host]],
      host,
      scheme: 'http',
      authenticated: false,
    }),
    unknown: (id: string, path: string | undefined): boolean | undefined => {
      const at = path ?? request.path;
      if (id === 'file-system:file') return documents.includes(at);
      if (id === 'file-system:directory') return folders.includes(at);
      return id === 'upstream:unreachable' ? request.path.startsWith('/down') : undefined;
    },
  };
  const application = scripted(request.path.startsWith('/api/') ? request.path.slice('/api/'.length) : request.query);
  const cases = model.evaluateRouted({
    policies: new Map(policies.map((policy) => [policy.id, policy])),
    routing,
    request: known,
    openStatus: documents.includes(request.path) ? 200 : 404,
    upstream: {
      status: { kind: 'in', members: [application.status] },
      lines: application.lines.map(([name, value]): HeaderLine => ({ name, value: { kind: 'literal', text: value }, writes: [] })),
    },
  });
  return prediction(cases);
}

function prediction(cases: readonly ResponseCase[]): Prediction {
  const statuses = new Set(
    cases.map((each) => (each.status.kind === 'in' && each.status.members.length === 1 ? each.status.members[0] : undefined)),
  );
  const [status] = statuses;
  return {
    status: statuses.size === 1 && cases.every((each) => each.unknown === undefined) ? status : undefined,
    names: new Set(cases.flatMap((each) => each.lines.map((line) => line.name.toLowerCase()))),
    header(name) {
      const missing = cases.find((each) => each.unknown !== undefined);
      if (missing?.unknown !== undefined) return { kind: 'unknown', reason: missing.unknown };
      if (cases.length === 0) return { kind: 'unknown', reason: 'outside' };
      const answers = cases.map((each) => linesOf(each, name));
      const [first] = answers;
      if (first === undefined || first.kind === 'unknown') return first ?? { kind: 'unknown', reason: 'outside' };
      const different = answers.find((each) => each.kind === 'unknown' || each.values.join('\n') !== first.values.join('\n'));
      if (different === undefined) return first;
      return different.kind === 'unknown' ? different : { kind: 'unknown', reason: reasonOf(cases) };
    },
  };
}

function linesOf(response: ResponseCase, name: string): PredictedHeader {
  const values: string[] = [];
  for (const line of response.lines) {
    if (line.name.toLowerCase() !== name) continue;
    if (line.value.kind !== 'literal')
      return { kind: 'unknown', reason: line.value.kind === 'unknown' ? line.value.reason : 'unsupported' };
    values.push(line.value.text);
  }
  return { kind: 'lines', values };
}

/** Why several cases are left: the reason of the first fact that tells them apart. */
function reasonOf(cases: readonly ResponseCase[]): UnknownReason {
  for (const each of cases) for (const fact of each.when.facts.values()) if (fact.reason !== undefined) return fact.reason;
  return 'unsupported';
}

/** The lines of a response that the comparison looks at, by lower-case name. */
export function comparedLines(lines: readonly Line[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    if (!key.startsWith('access-control-') && key !== 'vary' && key !== 'origin') continue;
    found.set(key, [...(found.get(key) ?? []), value]);
  }
  return found;
}

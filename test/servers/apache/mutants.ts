import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Model } from './prediction.ts';

const projectFolder = path.resolve(import.meta.dirname, '../../..');

/** A change of one line of the model that the comparison with the real server has to notice. */
export interface Mutation {
  readonly name: string;
  /** Below server/src. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** One for each part of the server's behaviour that is easily got wrong. */
export const mutations: readonly Mutation[] = [
  {
    name: 'plain lines go out with errors of the server’s own',
    file: 'languages/apache/responses.ts',
    from: "this.table('always', false, 'response'), ...this.table('onsuccess', true)]",
    to: "this.table('always', false, 'response'), ...this.table('onsuccess', false)]",
  },
  {
    name: 'a plain SetEnvIf pattern expands $0',
    file: 'languages/apache/setenvif.ts',
    from: 'plain === undefined ? expanded(text, subject, regex, at)',
    to: 'plain !== null ? expanded(text, subject, regex, at)',
  },
  {
    name: 'an undefined variable is empty',
    file: 'languages/apache/header.ts',
    from: "textOfVariable(part.argument, '(null)')",
    to: "textOfVariable(part.argument, '')",
  },
  {
    name: 'env=!X is env=X',
    file: 'languages/apache/header.ts',
    from: 'condition: negated ? not(set) : set, varies: []',
    to: 'condition: set, varies: []',
  },
  {
    name: 'plain lines are sent before those of always',
    file: 'languages/apache/send.ts',
    from: '...(tables.always ?? []), ...(tables.onsuccess ?? [])',
    to: '...(tables.onsuccess ?? []), ...(tables.always ?? [])',
  },
  {
    name: 'Vary is not folded',
    file: 'languages/apache/send.ts',
    from: 'if (first === undefined) return lines;',
    to: 'if (lines.length >= 0) return lines;',
  },
  {
    name: '<If> adds nothing to Vary',
    file: 'languages/apache/layers.ts',
    from: 'const varies = fresh.map(',
    to: 'const varies = [].map(',
  },
  {
    name: 'a CGI program’s lines join the plain table',
    file: 'languages/apache/program.ts',
    from: "by: 'cgi', into: 'always'",
    to: "by: 'cgi', into: 'onsuccess'",
  },
  { name: 'SetEnv wins over SetEnvIf', file: 'languages/apache/environment.ts', from: 'all(when, not(isSet(variable)))', to: 'when' },
  {
    name: 'per-place SetEnvIf is visible to <If>',
    file: 'languages/apache/layers.ts',
    from: 'if (readsVariables(own)) {',
    to: 'if (readsVariables(own) && own.kind === "never") {',
  },
  {
    name: 'nested If sections come before outer ones',
    file: 'languages/apache/hosts.ts',
    from: '[...ifs.flatMap((each) => each.outer), ...ifs.flatMap((each) => each.nested)]',
    to: '[...ifs.flatMap((each) => each.nested), ...ifs.flatMap((each) => each.outer)]',
  },
  {
    name: 'inner directories are merged before outer ones',
    file: 'languages/apache/hosts.ts',
    from: 'a.depth - b.depth || a.index - b.index',
    to: 'b.depth - a.depth || a.index - b.index',
  },
  {
    name: 'GET does not stand for HEAD in Limit',
    file: 'languages/apache/scan.ts',
    from: "named.includes('GET') ? ['HEAD'] : []",
    to: "named.includes('XGET') ? ['HEAD'] : []",
  },
  { name: 'a static file answers PUT', file: 'languages/apache/program.ts', from: 'then: refused(405)', to: 'then: files' },
  {
    name: 'merge does not look for the item',
    file: 'policy/tables.ts',
    from: "if (write.op === 'merge' && holds(existing.value, value)) return lines;",
    to: '',
  },
];

/** Copies the model with one mutation in it and loads the copy. The caller removes the folder with `removeMutants`. */
export async function loadMutant(mutation: Mutation, number: number): Promise<Model> {
  const folder = path.join(mutantsFolder, String(number));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of ['core', 'cors', 'policy', 'languages/apache']) {
    cpSync(path.join(projectFolder, 'server/src', part), path.join(folder, part), {
      recursive: true,
      filter: (file) => !file.endsWith('.test.ts'),
    });
  }
  const file = path.join(folder, mutation.file);
  const text = readFileSync(file, 'utf8');
  if (text.split(mutation.from).length !== 2)
    throw new Error(`The mutation “${mutation.name}” does not find its one line in ${mutation.file}.`);
  writeFileSync(
    file,
    text.replace(mutation.from, () => mutation.to),
  );
  return loadModel(folder);
}

const mutantsFolder = path.join(projectFolder, 'out', 'apache-mutants');

export function removeMutants(): void {
  rmSync(mutantsFolder, { recursive: true, force: true });
}

/** The model that lies in a folder laid out as server/src. */
export async function loadModel(folder = path.join(projectFolder, 'server/src')): Promise<Model> {
  const load = (file: string): Promise<Record<string, unknown>> =>
    import(pathToFileURL(path.join(folder, file)).href) as Promise<Record<string, unknown>>;
  const [{ engine }, { evaluateRouted }, { knownRequest }] = await Promise.all([
    load('languages/apache/engine.ts'),
    load('policy/evaluate.ts'),
    load('policy/request.ts'),
  ]);
  return { engine, evaluateRouted, knownRequest } as Model;
}

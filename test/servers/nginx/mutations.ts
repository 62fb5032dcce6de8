/** One-line changes of the model, each of which the comparison with the real server has to notice. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Model } from './predict.ts';

export interface Mutation {
  readonly title: string;
  /** Below server/src. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const nginx = (file: string, title: string, from: string, to: string): Mutation => ({ title, file: `languages/nginx/${file}`, from, to });

export const mutations: readonly Mutation[] = [
  nginx(
    'headers.ts',
    'a line without always goes out with every status',
    "(third?.value.toLowerCase() === 'always' ? {} : { statuses: safeStatuses })",
    '{}',
  ),
  nginx('headers.ts', 'a level adds to the header lines that it inherits', "return 'on';", "return 'merge';"),
  nginx('headers.ts', '202 counts as a safe status', 'anyOf(200, 201, 204,', 'anyOf(200, 201, 202, 204,'),
  nginx('headers.ts', 'an empty value is sent', 'omitEmpty: true,\n', 'omitEmpty: false,\n'),
  nginx('script.ts', 'an if keeps the configuration of its location', 'host.configuration(level,', 'host.configuration(host.level,'),
  nginx('maps.ts', 'the strings of a map are compared with case', 'values: [text], ignoreCase: true }, 0)', 'values: [text] }, 0)'),
  nginx('maps.ts', 'patterns of a map come before its strings', 'ignoreCase: true }, 0)', 'ignoreCase: true }, 2000)'),
  nginx('locations.ts', 'a prefix with ^~ leaves regular expressions on', "longest?.modifier !== 'final-prefix'", 'longest'),
  nginx(
    'content.ts',
    'try_files holds in a true if',
    "level.kind === 'if' || level.kind === 'limit_except' ? undefined : own(level, 'try_files')",
    "own(level.kind === 'if' && level.parent ? level.parent : level, 'try_files')",
  ),
  nginx('content.ts', 'hidden names are sent', '.filter((name) => !passed.includes(name))', '.filter(() => false)'),
  nginx('content.ts', 'OPTIONS on a file is answered with 204', 'anyOf(405)', 'anyOf(204)'),
  nginx('error-pages.ts', 'an error page keeps the method', "method: 'GET',", ''),
  nginx('access.ts', 'satisfy any needs every gate', "?.args[0]?.value === 'any'", "?.args[0]?.value === 'none'"),
  nginx('policies.ts', 'limit_except limits the methods that it names', "kind: 'notIn', members: methods", "kind: 'in', members: methods"),
];

/** Copies of the model with one mutation each, in a folder that `remove` deletes. */
export class MutatedModels {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'cors-lint-mutations-'));
  #count = 0;

  /** The model with a mutation. Throws where the line to change is not there any more. */
  async load(mutation: Mutation): Promise<Model> {
    const project = path.resolve(import.meta.dirname, '../../..');
    const folder = path.join(this.#folder, String(this.#count++));
    cpSync(path.join(project, 'server/src'), path.join(folder, 'server/src'), { recursive: true });
    symlinkSync(path.join(project, 'node_modules'), path.join(folder, 'node_modules'));
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
    const file = path.join(folder, 'server/src', mutation.file);
    const text = readFileSync(file, 'utf8');
    if (!text.includes(mutation.from)) throw new Error(`${mutation.file} has no line with ${mutation.from}`);
    writeFileSync(
      file,
      text.replace(mutation.from, () => mutation.to),
    );
    const load = async (module: string): Promise<unknown> => import(pathToFileURL(path.join(folder, 'server/src', module)).href);
    const { engine } = (await load('languages/nginx/engine.ts')) as Pick<Model, 'engine'>;
    const { evaluateRouted } = (await load('policy/evaluate.ts')) as Pick<Model, 'evaluateRouted'>;
    return { engine, evaluateRouted };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

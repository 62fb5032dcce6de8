import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import type { Profile, RuleLevel } from '../core/configuration.ts';
import { nearest } from '../cors/near-miss.ts';
import type { ConfigurationProblem } from './problem.ts';
import { overrideKeys, profiles, ruleLevels, topKeys, type ConfigurationFile, type Override, type Settings } from './shape.ts';

export interface ParsedConfiguration {
  /** What could be read; a key with a problem is left out. */
  readonly file: ConfigurationFile;
  readonly problems: readonly ConfigurationProblem[];
}

/**
 * Reads a configuration file's text: JSON, with comments and trailing commas. Never throws; what is wrong is in
 * `problems`, in order of position. `ruleIds` are the rules that there are.
 */
export function parseConfiguration(uri: string, text: string, ruleIds: readonly string[]): ParsedConfiguration {
  const reader = new Reader(uri, text, ruleIds);
  const file = reader.file();
  return { file, problems: reader.problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

class Reader {
  readonly problems: ConfigurationProblem[] = [];
  readonly #uri: string;
  readonly #text: string;
  readonly #ruleIds: readonly string[];

  constructor(uri: string, text: string, ruleIds: readonly string[]) {
    this.#uri = uri;
    this.#text = text;
    this.#ruleIds = ruleIds;
  }

  file(): ConfigurationFile {
    const errors: ParseError[] = [];
    // A byte order mark is no part of JSON; a space in its place keeps the offsets.
    const root = parseTree(this.#text.replace(/^\uFEFF/, ' '), errors, { allowTrailingComma: true, allowEmptyContent: true });
    const [error] = errors;
    if (error) this.#problem(error.offset, '', `This is not valid JSON: ${wordsOf(printParseErrorCode(error.error))}.`);
    if (root === undefined) return {};
    const keys = this.#keys(root, '', topKeys);
    if (keys === undefined) return {};
    const base = keys.get('extends');
    const ignored = keys.get('ignore');
    const overrides = keys.get('overrides');
    return {
      ...this.#settings(keys, ''),
      ...(base && { extends: this.#extends(base) }),
      ...(ignored && { ignore: this.#texts(ignored, 'ignore') }),
      ...(overrides && { overrides: this.#overrides(overrides) }),
    };
  }

  #settings(keys: ReadonlyMap<string, Node>, path: string): Settings {
    const profile = keys.get('profile');
    const rules = keys.get('rules');
    const domains = keys.get('trustedDomains');
    const read = profile && this.#choice<Profile>(profile, `${path}profile`, profiles);
    return {
      ...(read !== undefined && { profile: read }),
      ...(rules && { rules: this.#rules(rules, `${path}rules`) }),
      ...(domains && { trustedDomains: this.#domains(domains, `${path}trustedDomains`) }),
    };
  }

  #extends(node: Node): readonly string[] {
    const paths = node.type === 'string' ? [node] : this.#items(node, 'extends');
    return paths.flatMap((item) => {
      const path = this.#string(item, 'extends');
      if (path === undefined) return [];
      if (/^\.{1,2}\//.test(path)) return [path];
      this.#problem(item.offset, 'extends', `"${path}" is not a relative path; write "./${path.replace(/^\/+/, '')}".`);
      return [];
    });
  }

  #overrides(node: Node): readonly Override[] {
    return this.#items(node, 'overrides').flatMap((item, index) => {
      const path = `overrides[${index}]`;
      const keys = this.#keys(item, path, overrideKeys);
      if (keys === undefined) return [];
      const files = keys.get('files');
      if (files === undefined) {
        this.#problem(item.offset, path, 'An override needs "files", the globs of the files that it is for.');
        return [];
      }
      const globs = files.type === 'string' ? [files.value as string] : this.#texts(files, `${path}.files`);
      return [{ ...this.#settings(keys, `${path}.`), files: globs }];
    });
  }

  #rules(node: Node, path: string): Readonly<Record<string, RuleLevel>> {
    const rules: Record<string, RuleLevel> = {};
    for (const [id, value] of this.#keys(node, path, this.#ruleIds, 'rule') ?? []) {
      const level = this.#choice<RuleLevel>(value, `${path}.${id}`, ruleLevels);
      if (level !== undefined) rules[id] = level;
    }
    return rules;
  }

  #domains(node: Node, path: string): readonly string[] {
    return this.#items(node, path).flatMap((item) => {
      const domain = this.#string(item, path);
      if (domain === undefined) return [];
      const bare = domain
        .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
        .replace(/^\*?\./, '')
        .replace(/[/:].*$/s, '')
        .toLowerCase();
      if (bare === domain && bare !== '') return [domain];
      this.#problem(item.offset, path, `"${domain}" is not a host name.${bare === '' ? '' : ` Did you mean "${bare}"?`}`);
      return [];
    });
  }

  /** The values of an object by key; undefined with a problem where the node is no object. Unknown keys are problems. */
  #keys(node: Node, path: string, known: readonly string[], what = 'key'): ReadonlyMap<string, Node> | undefined {
    if (node.type !== 'object') {
      this.#problem(node.offset, path, `${path === '' ? 'A configuration' : `"${path}"`} is an object, in braces.`);
      return undefined;
    }
    const found = new Map<string, Node>();
    for (const { children = [] } of node.children ?? []) {
      const [name, value] = children;
      if (name === undefined || value === undefined) continue;
      const key = name.value as string;
      const inside = path === '' ? key : `${path}.${key}`;
      if (!known.includes(key)) this.#problem(name.offset, inside, `There is no ${what} "${key}".${suggestion(key, known)}`);
      else if (found.has(key)) this.#problem(name.offset, inside, `"${key}" stands here twice.`);
      else found.set(key, value);
    }
    return found;
  }

  #items(node: Node, path: string): readonly Node[] {
    if (node.type === 'array') return node.children ?? [];
    this.#problem(node.offset, path, `"${path}" is a list, in square brackets.`);
    return [];
  }

  #texts(node: Node, path: string): readonly string[] {
    return this.#items(node, path).flatMap((item) => this.#string(item, path) ?? []);
  }

  #string(node: Node, path: string): string | undefined {
    if (node.type === 'string') return node.value as string;
    this.#problem(node.offset, path, `"${path}" takes texts, in double quotes.`);
    return undefined;
  }

  #choice<T extends string>(node: Node, path: string, choices: readonly T[]): T | undefined {
    const written: unknown = node.value;
    const found = choices.find((choice) => choice === written);
    if (found !== undefined) return found;
    const shown = node.type === 'string' ? JSON.stringify(written) : this.#text.slice(node.offset, node.offset + Math.min(node.length, 40));
    const near = typeof written === 'string' ? nearest(meant(written), choices, 3) : undefined;
    this.#problem(
      node.offset,
      path,
      `${shown} is none of ${choices.map((choice) => `"${choice}"`).join(', ')}.${near === undefined ? '' : ` Did you mean "${near}"?`}`,
    );
    return undefined;
  }

  #problem(offset: number, key: string, message: string): void {
    const before = this.#text.slice(0, offset);
    const lineStart = before.lastIndexOf('\n') + 1;
    const mark = lineStart === 0 && before.startsWith('\uFEFF') ? 1 : 0;
    this.problems.push({ uri: this.#uri, line: before.split('\n').length, column: offset - lineStart + 1 - mark, key, message });
  }
}

/** What people write who come from ESLint. */
function meant(level: string): string {
  return level === 'warn' ? 'warning' : level;
}

function suggestion(written: string, known: readonly string[]): string {
  const near = nearest(written, known, Math.max(2, Math.floor(written.length / 3)));
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}

/** `PropertyNameExpected` → `property name expected`. */
function wordsOf(code: string): string {
  return code.replace(/(?<!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}

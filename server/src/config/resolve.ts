import { defaultConfiguration, type Configuration, type RuleLevel } from '../core/configuration.ts';
import type { Workspace } from '../core/workspace.ts';
import type { ConfigurationProblem } from './problem.ts';
import { CONFIGURATION_FILE, type ConfigurationFile, type Override, type Settings } from './shape.ts';

/** Most configuration files that build on each other. */
const MOST_EXTENDED = 32;
/** Most folders above a file that are looked into. */
const MOST_FOLDERS = 64;

/** What a configuration file says about one file. */
export interface FileConfiguration {
  /** undefined where no configuration file was found. */
  readonly uri: string | undefined;
  readonly settings: Settings;
  /** Left out by `ignore`. */
  readonly ignored: boolean;
  /** Of the configuration file and of those that it builds on. What has a problem is left out of `settings`. */
  readonly problems: readonly ConfigurationProblem[];
}

interface Loaded {
  readonly uri: string;
  readonly parts: readonly Part[];
  readonly problems: readonly ConfigurationProblem[];
}

/** One file of a chain of `extends`, the base first. */
interface Part {
  readonly folder: string;
  readonly file: ConfigurationFile;
}

const none: FileConfiguration = { uri: undefined, settings: {}, ignored: false, problems: [] };

/**
 * Finds and reads `cors-lint.config.json` for files: the nearest one, from the file's folder upwards, with what it extends.
 * Everything is read through the workspace, so an editor in a browser has it too. Kept until `forget`.
 */
export class Configurations {
  readonly #workspace: Workspace;
  readonly #ruleIds: readonly string[];
  readonly #byFolder = new Map<string, Promise<Loaded | undefined>>();

  constructor(workspace: Workspace, ruleIds: readonly string[]) {
    this.#workspace = workspace;
    this.#ruleIds = ruleIds;
  }

  /** Drops everything read, after a configuration file changed. */
  forget(): void {
    this.#byFolder.clear();
  }

  /** What the nearest configuration says about a file. */
  async for(uri: string): Promise<FileConfiguration> {
    const folder = folderOf(uri);
    return folder === undefined ? none : apply(await this.#nearest(folder, 0), uri);
  }

  /** What one configuration says about a file, wherever that file lies; undefined where it cannot be read. */
  async from(configurationUri: string, uri: string): Promise<FileConfiguration | undefined> {
    const key = `=${configurationUri}`;
    let loaded = this.#byFolder.get(key);
    if (!loaded) this.#byFolder.set(key, (loaded = this.#load(configurationUri)));
    const found = await loaded;
    return found && apply(found, uri);
  }

  #nearest(folder: string, depth: number): Promise<Loaded | undefined> {
    let found = this.#byFolder.get(folder);
    if (!found) this.#byFolder.set(folder, (found = this.#find(folder, depth)));
    return found;
  }

  async #find(folder: string, depth: number): Promise<Loaded | undefined> {
    const here = await this.#load(folder + CONFIGURATION_FILE);
    if (here || depth >= MOST_FOLDERS) return here;
    const above = folderOf(folder.slice(0, -1));
    return above === undefined ? undefined : this.#nearest(above, depth + 1);
  }

  async #load(uri: string): Promise<Loaded | undefined> {
    const text = await this.#workspace.read(uri);
    if (text === undefined) return undefined;
    const parts: Part[] = [];
    const problems: ConfigurationProblem[] = [];
    await this.#collect(uri, text, [], parts, problems);
    return { uri, parts, problems };
  }

  /** Adds a file's bases and then the file itself. `chain` are the files that led here. */
  async #collect(uri: string, text: string, chain: readonly string[], parts: Part[], problems: ConfigurationProblem[]): Promise<void> {
    // The JSON parser is loaded only where there is a configuration to read.
    const { parseConfiguration } = await import('./parse.ts');
    const parsed = parseConfiguration(uri, text, this.#ruleIds);
    problems.push(...parsed.problems);
    const at = (path: string): Pick<ConfigurationProblem, 'uri' | 'line' | 'column' | 'key'> => {
      const before = text.slice(0, Math.max(0, text.indexOf(JSON.stringify(path))));
      return { uri, line: before.split('\n').length, column: before.length - before.lastIndexOf('\n'), key: 'extends' };
    };
    for (const path of parsed.file.extends ?? []) {
      const base = new URL(path, uri).href;
      const refused = [...chain, uri].includes(base)
        ? `"${path}" extends this file in a circle.`
        : chain.length + parts.length >= MOST_EXTENDED
          ? `"${path}" is left out: more than ${MOST_EXTENDED} files build on each other here.`
          : undefined;
      if (refused !== undefined) {
        problems.push({ ...at(path), message: refused });
        continue;
      }
      const baseText = await this.#workspace.read(base);
      if (baseText === undefined) problems.push({ ...at(path), message: `"${path}" cannot be read.` });
      else await this.#collect(base, baseText, [...chain, uri], parts, problems);
    }
    parts.push({ folder: folderOf(uri) ?? '', file: parsed.file });
  }
}

async function apply(loaded: Loaded | undefined, uri: string): Promise<FileConfiguration> {
  if (!loaded) return none;
  let settings: Settings = {};
  let ignored = false;
  for (const { folder, file } of loaded.parts) {
    const path = uri.startsWith(folder) ? decodePath(uri.slice(folder.length)) : undefined;
    settings = merge(settings, file);
    if (path === undefined) continue;
    if (file.ignore) {
      const { default: ignore } = await import('ignore');
      ignored ||= ignore()
        .add([...file.ignore])
        .ignores(path);
    }
    for (const override of file.overrides ?? []) if (await covers(override, path)) settings = merge(settings, override);
  }
  return { uri: loaded.uri, settings, ignored, problems: loaded.problems };
}

async function covers(override: Override, path: string): Promise<boolean> {
  const { default: picomatch } = await import('picomatch');
  return override.files.some((glob) => picomatch.isMatch(path, glob.replace(/^\.\//, ''), { dot: true, basename: !glob.includes('/') }));
}

function merge(base: Settings, over: Settings): Settings {
  const profile = over.profile ?? base.profile;
  return {
    ...(profile !== undefined && { profile }),
    rules: { ...base.rules, ...over.rules },
    trustedDomains: [...new Set([...(base.trustedDomains ?? []), ...(over.trustedDomains ?? [])])],
  };
}

/**
 * Puts layers of settings together, the most important first: command line, configuration file, editor, and below all of
 * them the defaults. Rule levels merge by rule; trusted domains add up.
 */
export function layered(...layers: readonly Settings[]): Configuration {
  const rules: Record<string, RuleLevel> = {};
  for (const layer of layers.toReversed()) Object.assign(rules, layer.rules);
  return {
    profile: layers.find((layer) => layer.profile !== undefined)?.profile ?? defaultConfiguration.profile,
    rules,
    trustedDomains: [...new Set(layers.flatMap((layer) => layer.trustedDomains ?? []))],
  };
}

/** The folder of a hierarchical URI, with its slash at the end; undefined at the root and for `untitled:` and the like. */
function folderOf(uri: string): string | undefined {
  const root = /^[a-z][a-z0-9+.-]*:\/\/[^/]*\//i.exec(uri)?.[0];
  if (root === undefined || uri.length <= root.length) return undefined;
  return uri.slice(0, Math.max(root.length, uri.lastIndexOf('/') + 1));
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

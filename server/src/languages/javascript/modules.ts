/** The files of a program: parsed once, run once, their exports looked up by name. */
import type { SourceFile as TextFile, SourceFiles } from '../../core/files.ts';
import type { Place } from '../../core/text.ts';
import { exportsOf } from './exports.ts';
import { type Frame, findCell } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { isLocalSpecifier, resolveModule } from './resolve.ts';
import { scopesOf } from './scope.ts';
import { hoist } from './declarations.ts';
import { runStatements } from './statements.ts';
import * as ts from './syntax.ts';
import { treeOf } from './trees.ts';
import {
  type Cell,
  hostValue,
  type HostValue,
  type JsValue,
  nullValue,
  objectValue,
  plainObject,
  arrayValue,
  booleanValue,
  stringValue,
  undefinedValue,
  type Property,
} from './values.ts';

export interface ModuleRecord {
  readonly uri: string;
  readonly file: ts.SourceFile;
  readonly frame: Frame;
  /** `module.exports`. */
  readonly commonjs: Cell<JsValue>;
  readonly defaultExport: Cell<JsValue | undefined>;
  state: 'running' | 'done';
}

const mostModules = 60;
/** Imports of imports of imports: farther away nothing about CORS is found. */
const deepestImport = 6;
/** What a longer imported file exports is not looked at. */
const longestImport = 200_000;

export class Program {
  readonly #records = new Map<string, ModuleRecord | undefined>();
  readonly files: SourceFiles;
  readonly main: TextFile;
  readonly #resolved = new Map<string, string | undefined>();
  #interpreter: Interpreter | undefined;
  #depth = 0;

  constructor(main: TextFile, files: SourceFiles) {
    this.main = main;
    this.files = files;
  }

  /** What is written at a place of a file that was run; empty elsewhere. */
  textAt({ uri, range }: Place): string {
    return this.#records.get(uri)?.file.text.slice(range.start, range.end) ?? '';
  }

  /** Runs a module's statements, once. Undefined where there is no such file. */
  run(uri: string, interpreter: Interpreter): ModuleRecord | undefined {
    this.#interpreter = interpreter;
    if (this.#records.has(uri)) return this.#records.get(uri);
    const text = uri === this.main.uri ? this.main : this.files.read(uri);
    if (!text || this.#records.size >= mostModules) return undefined;
    if (text !== this.main && (this.#depth >= deepestImport || text.text.length > longestImport)) return undefined;
    if (uri.endsWith('.json')) return this.#runJson(text);
    const file = treeOf(text);
    const exportsObject = objectValue(new Map());
    const frame: Frame = { parent: undefined, file, uri, cells: new Map(), self: exportsObject };
    const record: ModuleRecord = {
      uri,
      file,
      frame,
      commonjs: { value: exportsObject },
      defaultExport: { value: undefined },
      state: 'running',
    };
    this.#records.set(uri, record);
    const { loops, tryBlocks, dead } = interpreter;
    interpreter.loops = [];
    interpreter.tryBlocks = [];
    interpreter.dead = false;
    // Statements of a module run once, whatever the condition under which it is first asked for.
    const conditions = interpreter.conditions.splice(0);
    this.#depth++;
    interpreter.capture(() => {
      interpreter.trail.keep(() => {
        hoist(interpreter, file.statements, frame);
        runStatements(interpreter, file.statements, 0, frame, () => ({ dead: false, value: undefinedValue }));
      });
    });
    this.#depth--;
    interpreter.conditions.push(...conditions);
    interpreter.loops = loops;
    interpreter.tryBlocks = tryBlocks;
    interpreter.dead = dead;
    record.state = 'done';
    return record;
  }

  #runJson(text: TextFile): ModuleRecord {
    let value: JsValue;
    try {
      value = fromJson(JSON.parse(text.text) as unknown);
    } catch {
      value = objectValue(new Map(), undefined, true);
    }
    const file = ts.parse('', text.uri);
    const record: ModuleRecord = {
      uri: text.uri,
      file,
      frame: { parent: undefined, file, uri: text.uri, cells: new Map(), self: undefined },
      commonjs: { value },
      defaultExport: { value: undefined },
      state: 'done',
    };
    this.#records.set(text.uri, record);
    return record;
  }

  recordOf(uri: string): ModuleRecord | undefined {
    return this.#records.get(uri);
  }

  /** The file that a specifier means. A program asks for the same ones wherever it uses an imported name. */
  #resolve(from: string, specifier: string): string | undefined {
    const key = `${specifier}\n${from}`;
    const known = this.#resolved.get(key);
    if (known !== undefined || this.#resolved.has(key)) return known;
    const uri = resolveModule(from, specifier, this.files);
    this.#resolved.set(key, uri);
    return uri;
  }

  /** `require(specifier)` or `import * as`: the module is run when something of it is used. */
  load(from: string, specifier: string, interpreter: Interpreter): JsValue {
    this.#interpreter = interpreter;
    const uri = this.#resolve(from, specifier);
    if (uri !== undefined) return hostValue(new LazyModule(uri, this));
    if (!isLocalSpecifier(specifier)) {
      const known = interpreter.runtime.packageExports(specifier.replace(/^node:/, ''), interpreter);
      if (known) return known;
      return {
        kind: 'unknown',
        id: `module:${specifier}`,
        reason: 'unresolved',
        name: specifier,
        provenance: { package: specifier, path: [], args: [] },
      };
    }
    return { kind: 'unknown', id: `module:${specifier}`, reason: 'unresolved', name: specifier };
  }

  /** A lazily loaded module as the value that it exports; every other value as it is. */
  force(value: JsValue): JsValue {
    if (value.kind !== 'host' || !(value.host instanceof LazyModule)) return value;
    return value.host.value();
  }

  namespaceOf(uri: string): JsValue {
    const interpreter = this.#interpreter;
    const record = interpreter && this.run(uri, interpreter);
    if (!record) return { kind: 'unknown', id: `module:${uri}`, reason: 'unresolved' };
    const table = exportsOf(record.file);
    if (!table.isModule) return record.commonjs.value;
    const namespace: HostValue = {
      kind: 'host',
      host: { type: 'module', get: (name) => this.exported(uri, name) },
    };
    return namespace;
  }

  /** An export by name, `default` included, with the interplay of both module systems. */
  exported(uri: string, name: string): JsValue {
    return this.#exportOf(uri, name, []) ?? { kind: 'unknown', id: `export:${uri}#${name}`, reason: 'unresolved', name };
  }

  /** Undefined where a module has no such export. `seen`: the modules that pass it on. */
  #exportOf(uri: string, name: string, seen: readonly string[]): JsValue | undefined {
    const interpreter = this.#interpreter;
    const record = interpreter && this.run(uri, interpreter);
    if (!record || seen.includes(uri)) return undefined;
    const table = exportsOf(record.file);
    if (name === 'default' && record.defaultExport.value) return this.force(record.defaultExport.value);
    const entry = table.names.get(name);
    if (entry?.kind === 'from') {
      const target = this.#resolve(uri, entry.specifier);
      if (target !== undefined)
        return entry.name === undefined ? this.namespaceOf(target) : this.#exportOf(target, entry.name, [...seen, uri]);
      const loaded = this.load(uri, entry.specifier, interpreter);
      return entry.name === undefined || entry.name === 'default' ? loaded : memberOf(loaded, entry.name);
    }
    if (entry) {
      const top = scopesOf(record.file).top;
      const binding = top.names.get(entry.kind === 'local' ? entry.identifier.text : entry.name);
      const cell = binding && findCell(record.frame, binding);
      if (cell) return this.force(cell.value);
      return binding?.kind === 'import' ? this.imported(record.frame, binding.declarations[0], interpreter) : undefined;
    }
    for (const specifier of table.all) {
      const target = this.#resolve(uri, specifier);
      const found = target === undefined ? undefined : this.#exportOf(target, name, [...seen, uri]);
      if (found) return found;
    }
    if (table.isModule) return undefined;
    const whole = this.force(record.commonjs.value);
    const property = whole.kind === 'object' ? whole.contents.value.properties.get(name) : undefined;
    if (property) return this.force(property.value);
    return name === 'default' ? whole : undefined;
  }

  /** What an imported name means. */
  imported(frame: Frame, declaration: ts.Node | undefined, interpreter: Interpreter): JsValue {
    if (!declaration) return undefinedValue;
    if (ts.isImportEqualsDeclaration(declaration)) {
      const reference = declaration.moduleReference;
      if (ts.isExternalModuleReference(reference) && ts.isStringLiteralLike(reference.expression))
        return this.force(this.load(frame.uri, reference.expression.text, interpreter));
      return { kind: 'unknown', id: `import:${frame.uri}#${declaration.pos}`, reason: 'unresolved' };
    }
    let node: ts.Node = declaration;
    while (!ts.isImportDeclaration(node)) {
      if (ts.isSourceFile(node)) return undefinedValue;
      node = node.parent;
    }
    const specifier = ts.isStringLiteralLike(node.moduleSpecifier) ? node.moduleSpecifier.text : '';
    const name = ts.isImportSpecifier(declaration)
      ? (declaration.propertyName ?? declaration.name).text
      : ts.isImportClause(declaration)
        ? 'default'
        : undefined;
    const uri = this.#resolve(frame.uri, specifier);
    if (uri !== undefined) return name === undefined ? this.namespaceOf(uri) : this.exported(uri, name);
    const loaded = this.load(frame.uri, specifier, interpreter);
    if (loaded.kind === 'unknown') {
      const whole = name === 'default' || name === undefined;
      const provenance = loaded.provenance && { ...loaded.provenance, path: whole ? [] : [name] };
      return {
        kind: 'unknown',
        id: `${loaded.id}.${name ?? '*'}`,
        reason: 'unresolved',
        name: whole ? specifier : name,
        ...(provenance ? { provenance } : {}),
      };
    }
    return name === undefined || name === 'default' ? (memberOf(loaded, 'default') ?? loaded) : (memberOf(loaded, name) ?? undefinedValue);
  }
}

class LazyModule {
  readonly type = 'lazy-module';
  readonly #uri: string;
  readonly #program: Program;
  constructor(uri: string, program: Program) {
    this.#uri = uri;
    this.#program = program;
  }
  value(): JsValue {
    return this.#program.namespaceOf(this.#uri);
  }
}

function memberOf(value: JsValue, name: string): JsValue | undefined {
  if (value.kind === 'host') return value.host.get?.(name, undefined);
  if (value.kind === 'object') return value.contents.value.properties.get(name)?.value;
  return undefined;
}

function fromJson(json: unknown): JsValue {
  if (json === null) return nullValue;
  if (typeof json === 'string') return stringValue(json);
  if (typeof json === 'number') return { kind: 'number', value: json };
  if (typeof json === 'boolean') return booleanValue(json);
  if (Array.isArray(json)) return arrayValue(json.map(fromJson));
  if (typeof json === 'object') {
    const properties = new Map<string, Property>();
    for (const [name, each] of Object.entries(json)) properties.set(name, { value: fromJson(each) });
    return objectValue(properties);
  }
  return plainObject({});
}

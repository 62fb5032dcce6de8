/** What the variables of a configuration stand for: built-in ones, maps, `set`, and what cannot be known. */
import type { Place } from '../../core/text.ts';
import { nearest } from '../../cors/near-miss.ts';
import type { Pattern } from '../../cors/origins/origin-set.ts';
import { literal, partOf, requestDatum, test, unknown } from '../../policy/condition.ts';
import type { RequestDatum, Steps, UnknownReason, Value } from '../../policy/model.ts';
import { builtInValue, isBuiltIn } from './built-ins.ts';
import { interpolate } from './interpolate.ts';
import type { ValuePart } from './interpolate.ts';
import { placeOf, wholeOf } from './lines.ts';
import type { Body, Line, Source } from './lines.ts';
import { mapValue } from './maps.ts';
import type { NginxWord } from './syntax.ts';

/** What `$1` means where a value is read: groups of a pattern searched in a piece of the request, nothing yet, or something unknown. */
export type Captures =
  { readonly of: 'request'; readonly subject: Value; readonly pattern: Pattern } | { readonly of: 'nothing' } | { readonly of: 'unknown' };
export const noCaptures: Captures = { of: 'nothing' };
export const unknownCaptures: Captures = { of: 'unknown' };

/** What a pattern leaves behind that was found in a text. */
export function capturesIn(subject: Value | undefined, pattern: Pattern): Captures {
  return subject?.kind === 'origin' || subject?.kind === 'request' ? { of: 'request', subject, pattern } : unknownCaptures;
}

type Definition =
  | { readonly kind: 'map' | 'geo' | 'split'; readonly line: Line }
  | { readonly kind: 'set' }
  | { readonly kind: 'capture'; readonly reason: UnknownReason }
  | { readonly kind: 'foreign'; readonly reason: UnknownReason };

/** A variable that is read and that nothing defines. */
export interface Undefined {
  readonly name: string;
  readonly place: Place;
}

/** Variables by their names in lower case: set by a script, or why their values are not known. */
export type SharedVariables = ReadonlyMap<string, 'set' | UnknownReason>;

/** How deep maps may refer to each other. */
const deepest = 8;

export class Variables {
  readonly #definitions = new Map<string, Definition>();
  readonly #undefined = new Map<string, Undefined>();
  readonly #partial: boolean;
  /** Maps that the rewrite phase reads. */
  readonly #read = new Set<string>();

  /**
   * `partial`: parts of the configuration are not in sight, so that a variable without definition may have one there.
   * `elsewhere`: variables that other servers define as well, as variables are shared by all; it decides over `body`.
   */
  constructor(body: Body, partial: boolean, elsewhere: SharedVariables = new Map()) {
    this.#partial = partial;
    this.#collect(body);
    for (const [name, kind] of elsewhere) {
      if (kind === 'set') this.#set(name);
      else this.#add(name, { kind: 'foreign', reason: kind });
    }
  }

  /** What servers without this text see of the variables that it defines. */
  get shared(): SharedVariables {
    return new Map(
      [...this.#definitions].map(([name, definition]) => [
        name,
        definition.kind === 'set' ? 'set' : 'reason' in definition ? definition.reason : 'unsupported',
      ]),
    );
  }

  /** Variables that were asked for and that nothing defines, in a configuration that is wholly in sight. */
  get undefinedOnes(): readonly Undefined[] {
    return [...this.#undefined.values()];
  }

  /** The variable of the configuration whose name is nearest to a misspelled one. */
  nearestTo(name: string): string | undefined {
    return nearest(name, [...this.#definitions.keys()], 2);
  }

  /** The directive that defines a variable by a table: `map`, `geo` or `split_clients`. */
  tableOf(name: string): Line | undefined {
    const definition = this.#definitions.get(name.toLowerCase());
    return definition && 'line' in definition ? definition.line : undefined;
  }

  /** Whether any map of the configuration has regular expressions. */
  get hasPatterns(): boolean {
    return [...this.#definitions.values()].some(
      (definition) => definition.kind === 'map' && definition.line.body?.lines.some((entry) => entry.name.startsWith('~')) === true,
    );
  }

  /** Whether a variable's value depends on a map with regular expressions, which replace the captures of others. */
  usesPatterns(word: NginxWord, source: Source, depth = 0): boolean {
    return interpolate(word, source.file.text).parts.some((part) => {
      if (part.kind !== 'variable' || depth > deepest) return false;
      const table = this.tableOf(part.name);
      if (!table?.body) return false;
      const [from] = table.args;
      return (
        table.body.lines.some((entry) => entry.name.startsWith('~')) ||
        (from !== undefined && this.usesPatterns(from, table.source, depth + 1)) ||
        table.body.lines.some((entry) => entry.args[0] !== undefined && this.usesPatterns(entry.args[0], table.source, depth + 1))
      );
    });
  }

  /** The value of a word with its variables and captures. */
  valueOf(word: NginxWord, source: Source, captures: Captures = noCaptures, depth = 0): Value {
    const place = placeOf(source, word.range);
    if (word.template) return { kind: 'unknown', id: `template@${source.file.uri}#${word.range.start}`, reason: 'placeholder', place };
    const { parts } = interpolate(word, source.file.text);
    const values = parts.map((part) => this.#part(part, source, captures, depth));
    const [only] = values;
    if (only === undefined) return { kind: 'literal', text: '', place };
    return values.length === 1 ? { ...only, place } : { kind: 'concat', parts: values, place };
  }

  #part(part: ValuePart, source: Source, captures: Captures, depth: number): Value {
    const place = placeOf(source, part.range);
    if (part.kind === 'literal') return { kind: 'literal', text: part.text, place };
    if (part.kind === 'variable') {
      const group =
        captures.of === 'request' ? groupsIn(captures.pattern.source).find((each) => each.toLowerCase() === part.name) : undefined;
      // What the entry's own pattern has just found is there before the value is worked out.
      if (group !== undefined && captures.of === 'request' && this.#definitions.get(part.name)?.kind === 'capture')
        return groupOf(captures, group, place);
      return { ...this.variable(part.name, place, source.file.text.slice(part.range.start, part.range.end), depth), place };
    }
    if (captures.of === 'request') return groupOf(captures, part.index, place);
    if (captures.of === 'nothing') return { kind: 'literal', text: '', place };
    return { kind: 'unknown', id: `capture@${source.file.uri}#${part.range.start}`, reason: 'unsupported', place };
  }

  /** The value of a variable by its name in lower case; `spelling` is how the text writes it. */
  variable(name: string, place: Place, spelling = `$${name}`, depth = 0): Value {
    const definition = this.#definitions.get(name);
    if (definition && depth <= deepest) return this.#defined(name, definition, place, depth);
    if (definition) return { kind: 'unknown', id: `variable:${name}`, reason: 'unsupported' };
    const known = builtInValue(name);
    if (known) return known;
    if (isBuiltIn(name)) return { kind: 'unknown', id: `variable:${name}`, reason: 'unsupported' };
    // envsubst takes `${NAME}` away before nginx reads the file; by convention such names are in capitals.
    if (/^\$\{?[A-Z][A-Z0-9_]*\}?$/.test(spelling)) return { kind: 'unknown', id: `variable:${name}`, reason: 'placeholder' };
    if (this.#partial) return { kind: 'unknown', id: `variable:${name}`, reason: 'outside' };
    if (!this.#undefined.has(name)) this.#undefined.set(name, { name, place });
    return { kind: 'unknown', id: `variable:${name}`, reason: 'unresolved' };
  }

  #defined(name: string, definition: Definition, place: Place, depth: number): Value {
    switch (definition.kind) {
      case 'map': {
        const value = mapValue(definition.line, this, depth + 1);
        return this.#isKept(name) ? kept(name, value) : value;
      }
      case 'geo':
      case 'split':
        return chosenUnseen(name, definition.line, this, depth + 1);
      case 'set':
        return { kind: 'variable', name, unset: '', place };
      case 'capture':
      case 'foreign':
        return { kind: 'unknown', id: `variable:${name}`, reason: definition.reason };
    }
  }

  /**
   * nginx works out a map once a request, unless it is `volatile`: what a script read stays, even where the method, the path
   * or a variable changes afterwards.
   */
  #isKept(name: string): boolean {
    const table = this.tableOf(name);
    if (!this.#read.has(name) || table?.name !== 'map' || table.body?.lines.some((entry) => entry.name === 'volatile') === true)
      return false;
    const [from] = table.args;
    return from !== undefined && this.#changes(from, table.source, 0);
  }

  /** Whether a value may be another later in the same request. */
  #changes(word: NginxWord, source: Source, depth: number): boolean {
    return interpolate(word, source.file.text).parts.some((part) => {
      if (part.kind !== 'variable' || depth > deepest) return false;
      const definition = this.#definitions.get(part.name);
      if (definition?.kind === 'set') return true;
      if (definition?.kind !== 'map')
        return ['request_method', 'uri', 'document_uri', 'request_filename', 'args', 'query_string'].includes(part.name);
      const [from] = definition.line.args;
      return from !== undefined && this.#changes(from, definition.line.source, depth + 1);
    });
  }

  /** The steps that keep the maps which words of a script read, at the moment in which they are read. */
  keeping(words: readonly NginxWord[], source: Source): Steps {
    const names = words.flatMap((word) =>
      interpolate(word, source.file.text).parts.flatMap((part) => (part.kind === 'variable' ? [part.name] : [])),
    );
    return [...new Set(names)].flatMap((name): Steps => {
      const table = this.tableOf(name);
      if (!table || !this.#isKept(name)) return [];
      const then: Steps = [
        { kind: 'assign', variable: `#map:${name}`, value: mapValue(table, this, 1) },
        { kind: 'assign', variable: `#kept:${name}`, value: { kind: 'literal', text: 'yes' } },
      ];
      return [{ kind: 'branch', when: isKeptNow(name), then: [], otherwise: then }];
    });
  }

  #collect(body: Body): void {
    for (const line of body.lines) {
      if (readers.has(line.name)) {
        for (const word of line.args)
          for (const part of interpolate(word, line.source.file.text).parts) if (part.kind === 'variable') this.#read.add(part.name);
      }
      this.#define(line);
      if (line.body && !tables.has(line.name)) this.#collect(line.body);
    }
  }

  #define(line: Line): void {
    const argument = (index: number): string | undefined => nameIn(line.args[index]?.value);
    switch (line.name) {
      case 'map':
        this.#add(argument(1), { kind: 'map', line });
        this.#named(line.body?.lines.map((entry) => entry.name).filter((key) => key.startsWith('~')) ?? []);
        return;
      case 'geo':
        this.#add(argument(line.args.length - 1), { kind: 'geo', line });
        return;
      case 'split_clients':
        this.#add(argument(1), { kind: 'split', line });
        return;
      case 'set':
      case 'auth_request_set':
        this.#set(argument(0));
        return;
      case 'perl_set':
      case 'js_set':
      case 'js_var':
      case 'set_by_lua_block':
      case 'set_by_lua_file':
      case 'set_by_lua':
        this.#add(argument(0), { kind: 'foreign', reason: 'unsupported' });
        return;
      case 'server_name':
        this.#named(line.args.map((word) => word.value).filter((text) => text.startsWith('~')));
        return;
      case 'location':
      case 'rewrite':
        this.#named(line.args.map((word) => word.value));
        return;
      case 'if':
        for (const name of groupNames(line.args.map((word) => word.value).join(' '))) this.#set(name);
        return;
    }
  }

  #named(patterns: readonly string[]): void {
    for (const pattern of patterns) for (const name of groupNames(pattern)) this.#add(name, { kind: 'capture', reason: 'unsupported' });
  }

  #set(name: string | undefined): void {
    if (name !== undefined && !this.#definitions.has(name)) this.#definitions.set(name, { kind: 'set' });
  }

  /** Of two definitions the later one counts (behaviour 1.11). */
  #add(name: string | undefined, definition: Definition): void {
    if (name !== undefined) this.#definitions.set(name, definition);
  }
}

function groupOf({ subject, pattern }: Extract<Captures, { of: 'request' }>, group: number | string, place: Place): Value {
  return (
    partOf(subject, pattern, group, place) ?? { kind: 'unknown', id: `group:${pattern.source}:${group}`, reason: 'unsupported', place }
  );
}

const readers: ReadonlySet<string> = new Set(['if', 'set', 'return', 'rewrite']);

const isKeptNow = (name: string) => isOneOf({ kind: 'variable', name: `#kept:${name}`, unset: '' }, 'yes');

/** A map's value as it was first read, or as it is now where nothing has read it. */
function kept(name: string, value: Value): Value {
  const before: Value = { kind: 'variable', name: `#map:${name}`, unset: '' };
  return { kind: 'choice', options: [{ when: isKeptNow(name), value: before }], otherwise: value };
}

const tables: ReadonlySet<string> = new Set(['map', 'geo', 'split_clients', 'types', 'charset_map']);

function nameIn(word: string | undefined): string | undefined {
  return word?.startsWith('$') === true && word.length > 1 ? word.slice(1).toLowerCase() : undefined;
}

/** The names of the named groups of a pattern, in lower case, as nginx knows its variables by. */
export function groupNames(pattern: string): readonly string[] {
  return groupsIn(pattern).map((name) => name.toLowerCase());
}

function groupsIn(pattern: string): readonly string[] {
  return [...pattern.matchAll(/\(\?P?[<']([A-Za-z_]\w*)[>']/g)].map((match) => match[1] ?? '');
}

/** A table whose key is the client's address or a hash: every entry is possible, and nothing says which. */
function chosenUnseen(name: string, line: Line, variables: Variables, depth: number): Value {
  const entries = (line.body?.lines ?? []).flatMap((entry) => {
    const word = entry.args[0];
    return word === undefined || ['proxy', 'delete', 'ranges', 'proxy_recursive'].includes(entry.name) ? [] : [{ entry, word }];
  });
  const values = new Map<string, Value>();
  for (const { entry, word } of entries) {
    // Values of geo are taken as they are; those of split_clients may hold variables since 1.11.
    const value =
      line.name === 'geo'
        ? { ...literal(word.value), place: placeOf(entry.source, word.range) }
        : variables.valueOf(word, entry.source, noCaptures, depth);
    values.set(word.value, value);
  }
  const possible = [...values.values()];
  const hasDefault = entries.some(({ entry }) => entry.name === 'default' || entry.name === '*');
  const otherwise = hasDefault ? possible.pop() : undefined;
  return {
    kind: 'choice',
    options: possible.map((value, index) => ({ when: unknown(`variable:${name}:${index}`, 'unsupported'), value })),
    otherwise: otherwise ?? literal(''),
    place: wholeOf(line),
  };
}

/** A test that a value is one of some texts, exactly. */
export const isOneOf = (value: Value, ...texts: readonly string[]) => test(value, { kind: 'oneOf', values: texts });

/** A request datum with nothing where the request has none. */
export const datum = (name: RequestDatum): Value => requestDatum(name, '');

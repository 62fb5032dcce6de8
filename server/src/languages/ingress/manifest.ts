/** The Ingress resources of a YAML file, with the places of their annotations. */
import { isMap, isScalar, isSeq, Lexer, parseAllDocuments } from 'yaml';
import type { Pair, YAMLMap } from 'yaml';
import type { SourceFile } from '../../core/files.ts';
import { lineStartAt, type Place, type TextRange } from '../../core/text.ts';

export const annotationPrefix = 'nginx.ingress.kubernetes.io/';

/** One annotation of ingress-nginx. */
export interface Annotation {
  /** The value as Kubernetes reads it. */
  readonly text: string;
  /** A template fills in at least a part of the value. */
  readonly open: boolean;
  /** Key and value. */
  readonly place: Place;
  readonly keyPlace: Place;
  /** The value without its quotes. */
  readonly valuePlace: Place;
  /** The file spells the value as it is, without escapes or folded lines: an offset in `text` is one in the file. */
  readonly verbatim: boolean;
  /** The lines of a value behind `|`: they stand in the file as they are, but for their indentation. */
  readonly lines: Place | undefined;
}

export interface IngressPath {
  /** Undefined where the rule holds for every host. */
  readonly host: string | undefined;
  readonly path: string;
  readonly exact: boolean;
}

export interface IngressResource {
  readonly name: string;
  /** `kind: Ingress`. */
  readonly place: Place;
  readonly extent: Place;
  /** By name, without the prefix of ingress-nginx. */
  readonly annotations: ReadonlyMap<string, Annotation>;
  /** A template decides which annotations there are. */
  readonly open: boolean;
  readonly paths: readonly IngressPath[];
}

export interface Manifest {
  readonly resources: readonly IngressResource[];
  readonly comments: readonly TextRange[];
}

/** Stands for a template's action within a line: a letter of nobody's, so that YAML reads a word there. */
const FILLED_IN = '\uE000';
const placeholderSigns = /\uE000|\$[{(]|<%|%%|__\w+__/;

const manifests = new WeakMap<SourceFile, Manifest>();

/** Reads a file; an empty manifest where the YAML parser gives up. Cached by the file. */
export function manifestOf(file: SourceFile): Manifest {
  let manifest = manifests.get(file);
  if (!manifest) manifests.set(file, (manifest = read(file)));
  return manifest;
}

function read(file: SourceFile): Manifest {
  const { text, actions } = withoutActions(file.text);
  try {
    const documents = parseAllDocuments(text, {
      schema: 'failsafe',
      strict: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
    const reader = new Reader(file, text, actions);
    const roots = Array.isArray(documents) ? documents.map((document) => document.contents) : [];
    return { resources: roots.flatMap((root) => reader.resourcesIn(root)), comments: commentsIn(text) };
  } catch {
    // The parser collects errors as data; whatever it throws nevertheless makes no manifest.
    return { resources: [], comments: [] };
  }
}

/**
 * The text as YAML, of the same length: an action of a Go template (Helm) that has its line to itself is blank, one within a
 * line is a word. `actions` are the offsets of the former: they may leave out or write lines around them.
 */
function withoutActions(text: string): { readonly text: string; readonly actions: readonly number[] } {
  if (!text.includes('{{')) return { text, actions: [] };
  const actions: number[] = [];
  const masked = text.replace(/\{\{(?:[^}]|\}(?!\}))*\}\}/g, (action, offset: number) => {
    const before = text.slice(lineStartAt(text, offset), offset);
    const end = offset + action.length;
    const newline = text.indexOf('\n', end);
    const after = text.slice(end, newline < 0 ? text.length : newline);
    const alone = before.trim() === '' && after.trim() === '';
    if (alone) actions.push(offset);
    return action.replace(/[^\r\n]/g, alone ? ' ' : FILLED_IN);
  });
  return { text: masked, actions };
}

const SCALAR = '\u001f';
const CONTROLS: readonly string[] = [SCALAR, '\u0002', '\u0018'];

/** Comments of a text, from the parser's own lexer: its lexemes make up the text, but for some control characters between them. */
function commentsIn(text: string): readonly TextRange[] {
  const comments: TextRange[] = [];
  let at = 0;
  let content = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (CONTROLS.includes(lexeme)) {
      content = lexeme === SCALAR;
      continue;
    }
    if (!content && lexeme.startsWith('#')) comments.push({ start: at, end: at + lexeme.length });
    content = false;
    at += lexeme.length;
  }
  return comments;
}

class Reader {
  readonly #file: SourceFile;
  readonly #text: string;
  readonly #actions: readonly number[];

  constructor(file: SourceFile, text: string, actions: readonly number[]) {
    this.#file = file;
    this.#text = text;
    this.#actions = actions;
  }

  resourcesIn(root: unknown): readonly IngressResource[] {
    if (!isMap(root)) return [];
    const kind = pairOf(root, 'kind');
    const name = textOf(kind?.value);
    if (name === 'List') {
      const items = pairOf(root, 'items')?.value;
      return isSeq(items) ? items.items.flatMap((item) => this.resourcesIn(item)) : [];
    }
    if (name !== 'Ingress' || !kind) return [];
    const metadata = pairOf(root, 'metadata')?.value;
    const annotations = isMap(metadata) ? pairOf(metadata, 'annotations') : undefined;
    return [
      {
        name: isMap(metadata) ? (textOf(pairOf(metadata, 'name')?.value) ?? '') : '',
        place: this.#place(rangeOf(kind)),
        extent: this.#place(extentOf(root)),
        annotations: isMap(annotations?.value) ? this.#annotationsIn(annotations.value) : new Map<string, Annotation>(),
        open: this.#isOpen(annotations),
        paths: pathsOf(root),
      },
    ];
  }

  /** Whether a template may add or leave out annotations: an action has a line of its own among them, or stands for all. */
  #isOpen(annotations: Pair | undefined): boolean {
    if (!annotations) return false;
    if (!isMap(annotations.value)) return true;
    const { start } = rangeOf(annotations);
    const nextLine = this.#endOfBlock(annotations.value);
    return this.#actions.some((offset) => offset > start && offset < nextLine);
  }

  /** Where the lines behind a map begin that are not blank: what is blanked out there may belong to it. */
  #endOfBlock(map: YAMLMap): number {
    const { end } = extentOf(map);
    return end + (/^[ \t\r\n]*/.exec(this.#text.slice(end))?.[0].length ?? 0);
  }

  #annotationsIn(map: YAMLMap): ReadonlyMap<string, Annotation> {
    const found = new Map<string, Annotation>();
    for (const pair of map.items) {
      const key = textOf(pair.key);
      if (!key?.startsWith(annotationPrefix) || !isScalar(pair.value)) continue;
      const { start, end } = extentOf(pair.value);
      const quoted = /^["']/.test(this.#text.slice(start, end)) && end - start >= 2;
      const content = quoted ? { start: start + 1, end: end - 1 } : { start, end };
      const text = textOf(pair.value) ?? '';
      found.set(key.slice(annotationPrefix.length), {
        text,
        open: placeholderSigns.test(text),
        place: this.#place(rangeOf(pair)),
        keyPlace: this.#place(extentOf(pair.key)),
        valuePlace: this.#place(content),
        verbatim: this.#text.slice(content.start, content.end) === text,
        lines: pair.value.type === 'BLOCK_LITERAL' ? this.#place({ start: this.#nextLine(start), end }) : undefined,
      });
    }
    return found;
  }

  #nextLine(offset: number): number {
    const newline = this.#text.indexOf('\n', offset);
    return newline < 0 ? this.#text.length : newline + 1;
  }

  #place(range: TextRange): Place {
    return { uri: this.#file.uri, range };
  }
}

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find((pair) => textOf(pair.key) === name);
}

function textOf(node: unknown): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}

/** Where a node stands, without what comes behind it; empty at the start for one that the parser made up. */
function extentOf(node: unknown): TextRange {
  const range =
    typeof node === 'object' && node !== null && 'range' in node ? (node.range as readonly number[] | null | undefined) : undefined;
  return { start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
}

function rangeOf(pair: Pair): TextRange {
  const key = extentOf(pair.key);
  return { start: key.start, end: Math.max(key.end, extentOf(pair.value).end) };
}

function pathsOf(root: YAMLMap): readonly IngressPath[] {
  const spec = pairOf(root, 'spec')?.value;
  const rules = isMap(spec) ? pairOf(spec, 'rules')?.value : undefined;
  if (!isSeq(rules)) return [{ host: undefined, path: '/', exact: false }];
  return rules.items.flatMap((rule): readonly IngressPath[] => {
    if (!isMap(rule)) return [];
    const host = textOf(pairOf(rule, 'host')?.value);
    const http = pairOf(rule, 'http')?.value;
    const paths = isMap(http) ? pairOf(http, 'paths')?.value : undefined;
    if (!isSeq(paths)) return [{ host, path: '/', exact: false }];
    return paths.items.flatMap((each) =>
      isMap(each)
        ? [{ host, path: textOf(pairOf(each, 'path')?.value) ?? '/', exact: textOf(pairOf(each, 'pathType')?.value) === 'Exact' }]
        : [],
    );
  });
}

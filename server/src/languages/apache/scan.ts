import type { Place } from '../../core/text.ts';
import type { SourceFile } from '../../core/files.ts';
import { anyOf, complement, intersect, type Methods } from '../../policy/codes.ts';
import { all, always, never, not, unknown } from '../../policy/condition.ts';
import type { Condition, UnknownReason } from '../../policy/model.ts';
import { moduleIsLoaded } from './server-modules.ts';
import type { Argument, Directive, Node, Section } from './syntax.ts';
import { hasPlaceholder } from './words.ts';

/** A directive as the server would read it: conditional sections around it are resolved into `guard`. */
export interface Item {
  readonly kind: 'item';
  readonly directive: Directive;
  readonly file: SourceFile;
  /** What has to hold, beside the place, for the server to read the line at all (IfDefine, unknown modules). */
  readonly guard: Condition;
  /** The methods of the `<Limit>` and `<LimitExcept>` around it; only access control heeds them (behaviour 2.10). */
  readonly methods: Methods | undefined;
  /** The values of its arguments with `${NAME}` replaced; undefined where one is not known. */
  readonly values: readonly (string | undefined)[];
}

/** A section that is more than a condition on reading: a place, an `<If>`, a `<RequireAny>` … */
export interface Block {
  readonly kind: 'block';
  readonly section: Section;
  readonly file: SourceFile;
  readonly guard: Condition;
  readonly methods: Methods | undefined;
  readonly values: readonly (string | undefined)[];
  readonly entries: readonly Entry[];
}

export type Entry = Item | Block;

export interface ScanContext {
  readonly file: SourceFile;
  /** `Define`d variables, filled while scanning: the server reads them in the order of the text. */
  readonly defines: Map<string, string>;
  /** The nodes of an included file; undefined where the workspace has none. */
  readonly include?: (path: string, from: SourceFile) => readonly { readonly file: SourceFile; readonly nodes: readonly Node[] }[];
  readonly guard: Condition;
  readonly methods: Methods | undefined;
  readonly depth: number;
}

/** Sections deeper than this are not followed. */
const mostDepth = 60;

/** Resolves what the server decides while reading: conditional sections, includes, `Define`, variables. */
export function scan(nodes: readonly Node[], context: ScanContext): readonly Entry[] {
  return context.depth > mostDepth ? [] : nodes.flatMap((node) => entriesOf(node, context));
}

function entriesOf(node: Node, context: ScanContext): readonly Entry[] {
  if (node.kind === 'comment' || node.kind === 'template') return [];
  const { file, guard, methods } = context;
  const values = node.args.map((argument) => textOf(argument.value, context.defines));
  if (node.kind === 'directive') {
    if (node.key === 'define' || node.key === 'undefine') define(node, values, context.defines);
    const inside = isInclude(node) ? included(values, context) : undefined;
    return inside ?? [{ kind: 'item', directive: node, file, guard, methods, values }];
  }
  const inside = (more: Partial<ScanContext>): readonly Entry[] => scan(node.children, { ...context, ...more, depth: context.depth + 1 });
  const reading = readingCondition(node, values, context);
  if (reading !== undefined) return reading.kind === 'never' ? [] : inside({ guard: all(guard, reading) });
  if (node.key === 'limit' || node.key === 'limitexcept') {
    return inside({ methods: limited(node, methods) });
  }
  return [{ kind: 'block', section: node, file, guard, methods, values, entries: inside({}) }];
}

/** The condition under which the server reads a section's content; undefined where the section is not of that kind. */
function readingCondition(section: Section, values: readonly (string | undefined)[], context: ScanContext): Condition | undefined {
  const written = section.rest.replace(/^["'](.*)["']$/, '$1').trim();
  const negated = written.startsWith('!');
  const name = negated ? written.slice(1) : written;
  const turned = (condition: Condition): Condition => (negated ? not(condition) : condition);
  switch (section.key) {
    case 'ifmodule': {
      const loaded = moduleIsLoaded(name);
      return turned(loaded === undefined ? unknown(`module:${name}`, 'environment') : loaded ? always : never);
    }
    case 'ifdefine':
      return turned(context.defines.has(name) ? always : unknown(`define:${name}`, 'environment'));
    case 'ifversion':
      return versionCondition(values);
    case 'iffile':
      return turned(unknown(`file:${name}`, 'environment'));
    case 'ifdirective':
    case 'ifsection':
      return turned(unknown(`${section.key}:${name}`, 'environment'));
    default:
      return undefined;
  }
}

/** `<IfVersion [!]operator version>`: every server that is still maintained is 2.4. */
function versionCondition(values: readonly (string | undefined)[]): Condition {
  const [first = '', second] = values;
  const version = second ?? first;
  const operator = second === undefined ? '=' : first;
  const numbers = version.split('.').map(Number);
  const [major = NaN, minor = 0] = numbers;
  if (Number.isNaN(major) || (numbers.length > 2 && major === 2 && minor === 4) || !/^!?[<>=]=?$/.test(operator))
    return unknown(`version:${operator}${version}`, 'environment');
  // `2.4` stands for 2.4.0, which is older than any server in use.
  const order = 2 - major || 4 - minor || 1;
  const plain = operator.replace('!', '');
  const holds = plain.startsWith('>')
    ? plain === '>='
      ? order >= 0
      : order > 0
    : plain.startsWith('<')
      ? plain === '<='
        ? order <= 0
        : order < 0
      : order === 0;
  return holds === operator.startsWith('!') ? never : always;
}

/** GET stands for HEAD as well (core.html, Limit). */
function limited(section: Section, outer: Methods | undefined): Methods {
  const named = section.args.map((argument) => argument.value);
  const members = anyOf(...named, ...(named.includes('GET') ? ['HEAD'] : []));
  const methods = section.key === 'limit' ? members : complement(members);
  return outer === undefined ? methods : intersect(outer, methods);
}

function define(directive: Directive, values: readonly (string | undefined)[], defines: Map<string, string>): void {
  const [name, value = ''] = values;
  if (name === undefined) return;
  if (directive.key === 'define') defines.set(name, directive.args.length > 1 ? value : '');
  else defines.delete(name);
}

function isInclude({ key }: Directive): boolean {
  return key === 'include' || key === 'includeoptional';
}

/** Files that come with httpd or certbot and say nothing about responses' headers. */
const harmless = /(?:^|\/)(?:options-ssl-apache\.conf|serve-cgi-bin\.conf|(?:mods-enabled|conf\.modules\.d)\/[^/]*)$/;

/** The lines of what is included; undefined where that is not in sight and may be about anything. */
function included(values: readonly (string | undefined)[], context: ScanContext): readonly Entry[] | undefined {
  const [path] = values;
  const files = path === undefined ? [] : (context.include?.(path, context.file) ?? []);
  if (files.length === 0 && (path === undefined || !harmless.test(path))) return undefined;
  return files.flatMap(({ file, nodes }) => scan(nodes, { ...context, file, depth: context.depth + 1 }));
}

/** Whether a line includes what is not in sight. */
export function includesUnseen(entry: Entry): boolean {
  return entry.kind === 'item' && isInclude(entry.directive);
}

const variable = /\$\{([^}]*)\}/g;

/**
 * A value with its `${NAME}` replaced, as `ap_resolve_env` (server/core.c) does; undefined where a variable of the
 * environment or a template's placeholder stands in it.
 */
export function textOf(value: string, defines: ReadonlyMap<string, string>): string | undefined {
  if (hasPlaceholder(value)) return undefined;
  if (!value.includes('${')) return value;
  const names = [...value.matchAll(variable)].flatMap((match) => match[1] ?? []);
  if (names.some((name) => name !== '' && !defines.has(name))) return undefined;
  return value.replace(variable, (whole, name: string) => defines.get(name) ?? whole);
}

/** Why a value is not known. */
export function unknownReason(value: string): UnknownReason {
  return hasPlaceholder(value) ? 'placeholder' : 'environment';
}

export function placeOf(entry: Entry): Place {
  return { uri: entry.file.uri, range: entry.kind === 'item' ? entry.directive.range : entry.section.opening };
}

export function argumentPlace(entry: Entry, argument: Argument | undefined): Place {
  return argument === undefined ? placeOf(entry) : { uri: entry.file.uri, range: argument.range };
}

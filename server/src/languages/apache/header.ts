import type { Place } from '../../core/text.ts';
import { all, always, not, unknown } from '../../policy/condition.ts';
import type { Condition, HeaderWrite, Op, Value } from '../../policy/model.ts';
import { contains, matching, oneOf, type Pattern } from '../../cors/origins/origin-set.ts';
import { isSet, textOfVariable } from './environment.ts';
import { parseExpression, parseText } from './expression.ts';
import { expressionCondition, unknownVariables, wordValue, type ExpressionScope, type VaryOnRead } from './expression-condition.ts';
import { otherVariables, testOf, variablePart } from './requests.ts';
import { argumentPlace, placeOf, unknownReason, type Item } from './scan.ts';
import { rangeInFile, type Argument } from './syntax.ts';
import { hasPlaceholder } from './words.ts';

export type HeaderAction = 'set' | 'append' | 'merge' | 'add' | 'unset' | 'setifempty' | 'echo' | 'edit' | 'edit*' | 'note';

/** One `Header` or `RequestHeader` line, cut into its parts as mod_headers' `header_cmd` cuts it. */
export interface HeaderLineParts {
  readonly item: Item;
  readonly table: 'onsuccess' | 'always' | 'request';
  readonly action: HeaderAction;
  readonly name: Argument;
  /** The name without a trailing colon (behaviour 2.6). */
  readonly nameText: string;
  readonly value: Argument | undefined;
  /** For `edit`: what replaces the match. */
  readonly replacement: Argument | undefined;
  readonly condition: Argument | undefined;
  readonly early: boolean;
}

/** Why the server refuses a line (behaviour 2.8). */
export interface Refusal {
  readonly argument: Argument | undefined;
  readonly why: string;
  readonly remedy: string;
}

const actions: ReadonlySet<string> = new Set(['set', 'append', 'merge', 'add', 'unset', 'setifempty', 'echo', 'edit', 'edit*', 'note']);

/** Reads a Header or RequestHeader line; a refusal where the server does not take it. */
export function headerLine(item: Item): HeaderLineParts | Refusal {
  const args = [...item.directive.args];
  let table: HeaderLineParts['table'] = item.directive.key === 'requestheader' ? 'request' : 'onsuccess';
  const first = args[0]?.value.toLowerCase();
  if (table === 'onsuccess' && (first === 'always' || first === 'onsuccess')) {
    if (first === 'always') table = 'always';
    args.shift();
  }
  const [actionArgument, name, ...rest] = args;
  const action = actionArgument?.value.toLowerCase() ?? '';
  if (!isAction(action))
    return {
      argument: actionArgument,
      why: `“${actionArgument?.value ?? ''}” is not an action of ${item.directive.name}`,
      remedy: 'Use set, append, merge, add, unset, setifempty, echo, edit or note.',
    };
  if (name === undefined) return { argument: actionArgument, why: 'the header’s name is missing', remedy: 'Name the header.' };
  const edits = action === 'edit' || action === 'edit*';
  const bare = action === 'unset' || action === 'echo';
  const comment = rest.slice(edits ? 2 : bare ? 0 : 1).find((argument) => isComment(argument));
  if (comment) return { argument: comment, why: 'it takes no comment behind a directive', remedy: 'Give the comment a line of its own.' };
  if (rest.length > 3) return tooMany(rest[rest.length - 1]);
  const [value, replacement, condition] = edits ? rest : bare ? [undefined, undefined, rest[0]] : [rest[0], undefined, rest[1]];
  if (rest.length > (edits ? 3 : bare ? 1 : 2)) return tooMany(rest[edits ? 3 : bare ? 1 : 2]);
  if (edits && replacement === undefined) return { argument: name, why: 'edit needs a pattern and a replacement', remedy: 'Add them.' };
  if (!bare && value === undefined) return { argument: name, why: 'the value is missing', remedy: 'Add a value in quotes.' };
  const kind = condition === undefined ? 'none' : conditionKind(condition.value);
  if (kind === undefined) {
    return {
      argument: condition,
      why: `“${condition?.value ?? ''}” is neither early, env= nor expr=`,
      remedy: 'Put a value that holds blanks in quotes.',
    };
  }
  const formatProblem = value !== undefined && !edits && !/^expr=/i.test(value.value) ? badFormat(value) : undefined;
  if (formatProblem !== undefined) return formatProblem;
  const expressionProblem = condition !== undefined && kind === 'expr' ? badExpression(condition) : undefined;
  if (expressionProblem !== undefined) return expressionProblem;
  return { item, table, action, name, nameText: name.value.split(':')[0] ?? '', value, replacement, condition, early: kind === 'early' };
}

/** What its author takes for a comment: httpd knows comments on lines of their own only (behaviour 2.8). */
export function isComment({ quote, value }: Argument): boolean {
  return quote === '' && value.startsWith('#');
}

export function isRefusal(line: HeaderLineParts | Refusal): line is Refusal {
  return 'why' in line;
}

function isAction(action: string): action is HeaderAction {
  return actions.has(action);
}

function tooMany(argument: Argument | undefined): Refusal {
  return { argument, why: 'there are too many arguments', remedy: 'Put the value in quotes.' };
}

function conditionKind(text: string): 'early' | 'env' | 'expr' | undefined {
  const lower = text.toLowerCase();
  if (lower === 'early') return 'early';
  if (lower.startsWith('env=') && !/^env=!?$/.test(lower)) return 'env';
  return lower.startsWith('expr=') ? 'expr' : undefined;
}

function badFormat(value: Argument): Refusal | undefined {
  // The signs of a template's placeholder are not httpd's to read.
  if (hasPlaceholder(value.value)) return undefined;
  for (const part of formatParts(value.value)) {
    if (part.kind !== 'tag' || (part.tag !== '' && 'Dtelbis'.includes(part.tag))) continue;
    if (!lacksLetter(part))
      return { argument: value, why: `%${part.tag} is not a format that Header knows`, remedy: 'Write %% for a percent sign.' };
    return {
      argument: value,
      why: `no letter behind %{${part.argument}} says what it names`,
      remedy: /^HTTP_/i.test(part.argument)
        ? 'Write "expr=%{HTTP:Name}" for a request header.'
        : `Write %{${part.argument}}e for the environment variable.`,
    };
  }
  return undefined;
}

/** `%{NAME}` without the letter that says whether NAME is a variable (`e`) or one of TLS (`s`). */
function lacksLetter(part: FormatPart): boolean {
  return part.kind === 'tag' && part.argument !== '' && !/[a-z]/i.test(part.tag);
}

/** The value with an `e` behind every name that lacks its letter; undefined where none does. */
export function withVariableLetters(value: string): string | undefined {
  const parts = formatParts(value);
  const lacking = parts.filter((part) => part.kind === 'tag' && lacksLetter(part));
  if (lacking.length === 0 || lacking.some((part) => part.kind === 'tag' && /^HTTP_/i.test(part.argument))) return undefined;
  return parts
    .map((part) => {
      const text = value.slice(part.start, part.end);
      // The sign behind the brace is read as the letter, and belongs to the text.
      return part.kind === 'tag' && lacksLetter(part) ? text.slice(0, text.length - part.tag.length) + `e${part.tag}` : text;
    })
    .join('');
}

function badExpression(condition: Argument): Refusal | undefined {
  const parsed = parseExpression(condition.value.slice(5));
  if (parsed.problem !== undefined && !condition.value.includes('${'))
    return {
      argument: condition,
      why: `the expression is not valid: ${withoutStop(parsed.problem.message)}`,
      remedy: withReqenv(condition.value.slice(5)) === undefined ? 'Put texts in quotes and patterns in slashes.' : REQENV,
    };
  const [name] = unknownVariables(parsed.expression);
  if (name === undefined) return undefined;
  return {
    argument: condition,
    why: `%{${name.name}} is no variable of an expression`,
    remedy: /^HTTP_ORIGIN$/i.test(name.name)
      ? 'Write %{HTTP:Origin}.'
      : withReqenv(condition.value.slice(5)) === undefined
        ? 'Write %{HTTP:Name} for a request header.'
        : REQENV,
  };
}

const REQENV = "Write reqenv('NAME') for an environment variable.";

/**
 * An expression in which environment variables are written as in a value (`%{NAME}e`, or `%{NAME}` of a name that expressions do not
 * know), with `reqenv('NAME')` in their place: alone it asks whether there is one. Undefined where that makes no valid expression.
 */
export function withReqenv(text: string): string | undefined {
  const tag = String.raw`%\{((?!HTTP_)\w+)\}e?(?!\w)`;
  const alone = new RegExp(`^\\s*(!?)\\s*${tag}\\s*$`, 'i').exec(text);
  const isVariable = (name: string): boolean => variablePart(name) === undefined && !otherVariables.has(name.toUpperCase());
  const written =
    alone && isVariable(alone[2] ?? '')
      ? `${alone[1] === '!' ? '-z' : '-n'} reqenv('${alone[2] ?? ''}')`
      : text.replace(new RegExp(tag, 'gi'), (whole, name: string) =>
          isVariable(name) || whole.endsWith('e') ? `reqenv('${name}')` : whole,
        );
  if (written === text || written.includes('"')) return undefined;
  const parsed = parseExpression(written);
  return parsed.problem === undefined && unknownVariables(parsed.expression).length === 0 ? written : undefined;
}

/** A message as part of a longer sentence. */
export function withoutStop(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1).replace(/\.$/, '')}`;
}

type FormatPart =
  | { readonly kind: 'text'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'tag'; readonly tag: string; readonly argument: string; readonly start: number; readonly end: number };

/** A format string's parts, as mod_headers' `parse_format_string` reads them. */
export function formatParts(text: string): readonly FormatPart[] {
  const parts: FormatPart[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    if (text[at] !== '%') {
      let literal = '';
      while (at < text.length && text[at] !== '%') {
        const escaped = text[at] === '\\' ? escapes[text[at + 1] ?? ''] : undefined;
        literal += escaped ?? text[at] ?? '';
        at += escaped === undefined ? 1 : 2;
      }
      parts.push({ kind: 'text', text: literal, start, end: at });
      continue;
    }
    at++;
    if (at >= text.length || text[at] === '%') {
      if (at < text.length) at++;
      parts.push({ kind: 'text', text: '%', start, end: at });
      continue;
    }
    let argument = '';
    if (text[at] === '{') {
      const close = text.indexOf('}', at);
      argument = text.slice(at + 1, close === -1 ? text.length : close);
      at = close === -1 ? text.length : close + 1;
    }
    parts.push({ kind: 'tag', tag: text[at] ?? '', argument, start, end: Math.min(at + 1, text.length) });
    at++;
  }
  return parts;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\', r: '\r', n: '\n', t: '\t' };

/** What the writing of one line needs to know of its surroundings. */
export interface HeaderScope {
  /** The Origin as the response's phase sees it. */
  readonly origin: Value;
}

/** The value that a line writes. */
export function headerValue(parts: HeaderLineParts, argument: Argument, scope: HeaderScope): Value {
  const { item } = parts;
  const index = item.directive.args.indexOf(argument);
  const text = item.values[index];
  const place: Place = argumentPlace(item, argument);
  if (text === undefined) return partlyKnown(argument.value, place);
  const exact = text === argument.value;
  if (/^expr=/i.test(text)) {
    const parsed = parseText(text.slice(5));
    return { ...wordValue(parsed.word, expressionScope(item, argument, 5, exact, scope)), place };
  }
  if (parts.action === 'edit' || parts.action === 'edit*') return { kind: 'literal', text, place };
  const values = formatParts(text).map((part): Value => {
    const partPlace = exact ? { uri: item.file.uri, range: rangeInFile(argument, part.start, part.end) } : place;
    if (part.kind === 'text') return { kind: 'literal', text: part.text, place: partPlace };
    // An undefined variable sends the text `(null)` (behaviour 2.7).
    // Before anything else has run, no variable but those of an earlier round is set.
    if (part.tag === 'e' && parts.early && !/^redirect_/i.test(part.argument)) return { kind: 'literal', text: '(null)', place: partPlace };
    if (part.tag === 'e') return { ...textOfVariable(part.argument, '(null)'), place: partPlace };
    if (part.tag === 's') return { kind: 'unknown', id: `tls:${part.argument}`, reason: 'environment', place: partPlace };
    return { kind: 'unknown', id: `format:${part.tag}`, reason: 'unsupported', place: partPlace };
  });
  const [only] = values;
  if (only === undefined) return { kind: 'literal', text: '', place };
  return values.length === 1 ? { ...only, place } : { kind: 'concat', parts: values, place };
}

/** A value in which a template's placeholder or a variable of the environment stands. */
function partlyKnown(text: string, place: Place): Value {
  return { kind: 'unknown', id: `text:${text}`, reason: unknownReason(text), place };
}

function expressionScope(item: Item, argument: Argument, offset: number, exact: boolean, scope: HeaderScope): ExpressionScope {
  return { uri: item.file.uri, argument, offset, exact, origin: scope.origin };
}

/** The condition of `env=` or `expr=`, and what reading it adds to Vary. */
export function headerCondition(
  parts: HeaderLineParts,
  scope: HeaderScope,
): { readonly condition: Condition; readonly varies: readonly VaryOnRead[] } {
  const { condition, item } = parts;
  if (condition === undefined || parts.early) return { condition: always, varies: [] };
  const text = item.values[item.directive.args.indexOf(condition)];
  if (text === undefined) return { condition: unknown(`condition:${condition.value}`, unknownReason(condition.value)), varies: [] };
  if (/^env=/i.test(text)) {
    const negated = text[4] === '!';
    const set = isSet(text.slice(negated ? 5 : 4));
    return { condition: negated ? not(set) : set, varies: [] };
  }
  const parsed = parseExpression(text.slice(5));
  return expressionCondition(parsed.expression, expressionScope(item, condition, 5, text === condition.value, scope));
}

const operations: Readonly<Record<Exclude<HeaderAction, 'echo' | 'note'>, Op>> = {
  set: 'set',
  append: 'append',
  merge: 'merge',
  add: 'add',
  unset: 'unset',
  setifempty: 'setIfEmpty',
  edit: 'edit',
  'edit*': 'edit',
};

/** The writes of one response line, each under its condition. `echo` makes one for each request header that matters here. */
export function headerWrites(
  parts: HeaderLineParts,
  scope: HeaderScope,
): readonly { readonly write: HeaderWrite; readonly when: Condition }[] {
  const { item, action } = parts;
  if (action === 'note' || parts.table === 'request') return [];
  const place = placeOf(item);
  const namePlace = argumentPlace(item, parts.name);
  const valuePlace = parts.value === undefined ? namePlace : argumentPlace(item, parts.replacement ?? parts.value);
  const { condition } = headerCondition(parts, scope);
  const when = all(item.guard, condition);
  // `echo` copies into the table of plain lines, whatever stands before it (mod_headers.c, echo_header).
  if (action === 'echo')
    return echoed(parts, when, scope).map(({ write, when: each }) => ({
      write: { ...write, table: 'onsuccess', place, namePlace, valuePlace },
      when: each,
    }));
  const source = parts.replacement ?? parts.value;
  const value: Value = source === undefined ? { kind: 'literal', text: '' } : headerValue(parts, source, scope);
  const pattern: Pattern | undefined =
    parts.replacement !== undefined && parts.value !== undefined ? { dialect: 'pcre', source: parts.value.value, flags: '' } : undefined;
  const write: HeaderWrite = {
    op: operations[action],
    table: parts.table,
    name: parts.nameText,
    value,
    place,
    namePlace,
    valuePlace,
    ...(pattern && { edit: { pattern, all: action === 'edit*' } }),
  };
  return [{ write, when }];
}

/** Request headers that a browser's CORS protocol sends and an `echo` could send back. */
const echoable = ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers', 'Access-Control-Request-Private-Network'];

function echoed(
  parts: HeaderLineParts,
  when: Condition,
  scope: HeaderScope,
): readonly { readonly write: Pick<HeaderWrite, 'op' | 'name' | 'value'>; readonly when: Condition }[] {
  const pattern: Pattern = { dialect: 'pcre', source: parts.name.value, flags: '' };
  return echoable.flatMap((name) => {
    const value: Value = name === 'Origin' ? scope.origin : { kind: 'request', datum: `header:${name.toLowerCase()}`, absent: '' };
    const present = not(testOf(value, oneOf([''])));
    const matches = contains(matching(pattern), name);
    if (matches === false) return [];
    const decided = matches === undefined ? unknown(`echo:${parts.name.value}:${name}`, 'undecided-pattern') : always;
    return [{ write: { op: 'add' as const, name, value }, when: all(when, present, decided) }];
  });
}

/** RewriteConds, and the texts of rewriting with their variables and back-references. */
import type { Place } from '../../core/text.ts';
import type { Pattern } from '../../cors/origins/origin-set.ts';
import { all, always, not, unknown } from '../../policy/condition.ts';
import type { Condition, OriginCheck, Value } from '../../policy/model.ts';
import { textOfVariable } from './environment.ts';
import { expressionCondition, scopeOf, type VaryOnRead } from './expression-condition.ts';
import { parseExpression } from './expression.ts';
import { headerPart, passesEverything, testOf, variablePart, type RequestPart } from './requests.ts';
import { flagOf, rewriteFlags, type RewriteFlags } from './rewrite.ts';
import type { RewriteRule } from './rewriting.ts';
import type { Item } from './scan.ts';
import { groupOf } from './setenvif.ts';
import type { Argument } from './syntax.ts';

/** When a RewriteCond holds. */
export interface JudgedCondition {
  readonly condition: Condition;
  readonly varies: readonly VaryOnRead[];
  /** What the condition looks at, where it is one part of the request. */
  readonly part: RequestPart | undefined;
}

/** One RewriteCond (mod_rewrite.c, apply_rewrite_cond). */
export function rewriteCondition(item: Item, flags: RewriteFlags): JudgedCondition {
  const [subjectArgument, patternArgument] = item.directive.args;
  const subject = item.values[0];
  const written = item.values[1];
  if (subjectArgument === undefined || patternArgument === undefined || subject === undefined || written === undefined) {
    return { condition: unknown(`rewritecond:${item.directive.rest}`, 'environment'), varies: [], part: undefined };
  }
  if (subject.toLowerCase() === 'expr') return expressionCond(item, patternArgument, written);
  const negated = written.startsWith('!');
  const pattern = negated ? written.slice(1) : written;
  const turned = (condition: Condition): Condition => (negated ? not(condition) : condition);
  const part = wholePart(subject);
  const value = part?.value ?? substitutedText(subject, undefined, { uri: item.file.uri, range: subjectArgument.range });
  if (/^-[a-zA-Z]$/.test(pattern)) return { condition: turned(fileTest(subject, pattern)), varies: [], part };
  if (/^-(?:eq|ne|gt|ge|lt|le)\d/.test(pattern) || /^[<>]/.test(pattern)) {
    return { condition: turned(unknown(`rewritecond:${subject}:${pattern}`, 'unsupported')), varies: [], part };
  }
  const ignoreCase = flagOf(flags, 'nc') !== undefined;
  const place: Place = { uri: item.file.uri, range: patternArgument.inner };
  if (pattern.startsWith('=')) {
    const text = pattern === '=""' ? '' : pattern.slice(1);
    const check: OriginCheck = { form: 'equals', place, entries: [{ text, place }] };
    return {
      condition: turned(testOf(value, { kind: 'oneOf', values: [text], ...(ignoreCase && { ignoreCase: true }) }, check)),
      varies: [],
      part,
    };
  }
  const regex: Pattern = { dialect: 'pcre', source: pattern, flags: ignoreCase ? 'i' : '' };
  const check: OriginCheck = { form: 'pattern', place, pattern: regex };
  return {
    condition: turned(passesEverything(pattern) ? always : testOf(value, { kind: 'pattern', pattern: regex }, check)),
    varies: [],
    part,
  };
}

function expressionCond(item: Item, argument: Argument, text: string): JudgedCondition {
  const judged = expressionCondition(parseExpression(text).expression, scopeOf(item.file.uri, argument, text));
  return { ...judged, part: undefined };
}

function fileTest(subject: string, operator: string): Condition {
  const ofRequest =
    /^%\{(?:REQUEST_FILENAME|SCRIPT_FILENAME)\}$/i.test(subject) || /^%\{DOCUMENT_ROOT\}\/?%\{REQUEST_URI\}$/i.test(subject);
  if (ofRequest && (operator === '-f' || operator === '-s' || operator === '-F')) return fileExists;
  if (ofRequest && operator === '-d') return isDirectory;
  return unknown(`file-system:${operator}:${subject}`, 'file-system');
}

/** Whether the path names a file, and whether it names a folder. */
export const fileExists: Condition = unknown('file-system:file', 'file-system');
export const isDirectory: Condition = unknown('file-system:directory', 'file-system');

/** What a test string that is one `%{…}` looks at. */
function wholePart(subject: string): RequestPart | undefined {
  const name = /^%\{([^{}]*)\}$/.exec(subject)?.[1];
  return name === undefined ? undefined : rewriteVariable(name);
}

/** `%{NAME}`, `%{HTTP:Name}`, `%{ENV:name}`. A name that mod_rewrite does not know is empty (behaviour 2.14). */
function rewriteVariable(name: string): RequestPart | undefined {
  const header = /^http:(.+)$/i.exec(name)?.[1];
  if (header !== undefined) return headerPart(header);
  const variable = /^env:(.+)$/i.exec(name)?.[1];
  if (variable !== undefined) return { value: textOfVariable(variable, ''), vary: undefined };
  return variablePart(name) ?? (/^HTTP_/i.test(name) ? { value: { kind: 'literal', text: '' }, vary: undefined } : undefined);
}

const reference = /\\(.)|%\{([^{}]*)\}|\$\{[^}]*\}|([%$])([0-9])/g;

/** A text of RewriteRule or RewriteCond with its variables and back-references. */
export function substitutedText(text: string, rule: RewriteRule | undefined, place: Place): Value {
  const parts: Value[] = [];
  let at = 0;
  for (const match of text.matchAll(reference)) {
    if (match.index > at) parts.push({ kind: 'literal', text: text.slice(at, match.index), place });
    at = match.index + match[0].length;
    if (match[1] !== undefined) parts.push({ kind: 'literal', text: match[1], place });
    else if (match[2] !== undefined) parts.push(valueOfVariable(match[2], place));
    else if (match[3] === '%') parts.push(conditionGroup(rule, Number(match[4]), place));
    else parts.push({ kind: 'unknown', id: `rewrite:${match[0]}:${rule?.pattern ?? ''}`, reason: 'unsupported', place });
  }
  if (at < text.length) parts.push({ kind: 'literal', text: text.slice(at), place });
  const [only] = parts;
  if (only === undefined) return { kind: 'literal', text: '', place };
  return parts.length === 1 ? only : { kind: 'concat', parts, place };
}

function valueOfVariable(name: string, place: Place): Value {
  const part = rewriteVariable(name);
  return part === undefined
    ? { kind: 'unknown', id: `variable:${name.toUpperCase()}`, reason: 'unsupported', place }
    : { ...part.value, place };
}

/** `%1`: a group of the last RewriteCond that matched; of alternatives, the first that holds. */
function conditionGroup(rule: RewriteRule | undefined, group: number, place: Place): Value {
  let last: Item[] = [];
  let open: Item[] = [];
  for (const item of rule?.conditions ?? []) {
    open.push(item);
    if (flagOf(rewriteFlags(item.directive.args[2]), 'or') !== undefined) continue;
    if (open.some(isPositivePattern)) last = open;
    open = [];
  }
  const options = last.map((item) => {
    const flags = rewriteFlags(item.directive.args[2]);
    const { condition, part } = rewriteCondition(item, flags);
    const pattern: Pattern = { dialect: 'pcre', source: item.values[1] ?? '', flags: flagOf(flags, 'nc') === undefined ? '' : 'i' };
    const value: Value =
      part === undefined
        ? { kind: 'unknown', id: `group:${item.directive.rest}:${group}`, reason: 'unsupported', place }
        : groupOf(part.value, pattern, group, place);
    return { when: all(item.guard, condition), value };
  });
  const [only] = options;
  if (only === undefined) return { kind: 'literal', text: '', place };
  return options.length === 1 ? only.value : { kind: 'choice', options, otherwise: { kind: 'literal', text: '' }, place };
}

function isPositivePattern(item: Item): boolean {
  const pattern = item.values[1] ?? '';
  return !/^(?:!|=|<|>|-[a-zA-Z]$)/.test(pattern) && item.values[0]?.toLowerCase() !== 'expr';
}

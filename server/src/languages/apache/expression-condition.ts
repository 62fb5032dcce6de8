import { complement, oneOf, type OriginSet } from '../../cors/origins/origin-set.ts';
import type { Place, TextRange } from '../../core/text.ts';
import { all, always, any, never, not, unknown } from '../../policy/condition.ts';
import type { Condition, OriginCheck, UnknownReason, Value } from '../../policy/model.ts';
import { textOfVariable } from './environment.ts';
import type { Expression, ExpressionRange, Word } from './expression.ts';
import { headerPart, otherVariables, testOf, variablePart } from './requests.ts';
import { rangeInFile, type Argument } from './syntax.ts';
import { wildcardTexts } from './wildcards.ts';

/** Where an expression stands, and what it sees. */
export interface ExpressionScope {
  readonly uri: string;
  readonly argument: Argument;
  /** How far into the argument's value the expression starts (behind `expr=`). */
  readonly offset: number;
  /** False where `${NAME}` was replaced in it: its ranges are then no longer those of the file. */
  readonly exact: boolean;
  /** The Origin as this moment of the request sees it (`RequestHeader` may have changed it). */
  readonly origin: Value;
}

/**
 * The scope of an expression that is an argument as a whole, read before anything has changed the Origin. `text` is the argument with
 * its variables replaced.
 */
export function scopeOf(uri: string, argument: Argument, text: string | undefined): ExpressionScope {
  return { uri, argument, offset: 0, exact: text === argument.value, origin: { kind: 'origin', absent: '' } };
}

/** That the server adds a request header to Vary because an expression read it (behaviour 2.15). */
export interface VaryOnRead {
  readonly header: string;
  /** Expressions are evaluated only as far as needed. */
  readonly when: Condition;
}

export interface JudgedExpression {
  readonly condition: Condition;
  readonly varies: readonly VaryOnRead[];
}

/** A value with the request headers that reading it adds to Vary. */
interface ReadValue {
  readonly value: Value;
  readonly reads: readonly string[];
}

/** The condition that an expression of `<If>`, `expr=` or `Require expr` is. */
export function expressionCondition(expression: Expression, scope: ExpressionScope): JudgedExpression {
  switch (expression.kind) {
    case 'constant':
      return { condition: expression.value ? always : never, varies: [] };
    case 'not': {
      const inner = expressionCondition(expression.of, scope);
      return { condition: not(inner.condition), varies: inner.varies };
    }
    case 'and':
    case 'or': {
      const left = expressionCondition(expression.left, scope);
      const right = expressionCondition(expression.right, scope);
      const reached = expression.kind === 'and' ? left.condition : not(left.condition);
      return {
        condition: expression.kind === 'and' ? all(left.condition, right.condition) : any(left.condition, right.condition),
        varies: [
          ...left.varies,
          ...right.varies
            .filter((read) => !isReadAnyway(read, left.varies))
            .map(({ header, when }) => ({ header, when: all(reached, when) })),
        ],
      };
    }
    case 'compare':
      return comparison(expression, scope);
    case 'match': {
      const { source, flags, range } = expression.regex;
      const pattern = { dialect: 'pcre' as const, source, flags };
      const check: OriginCheck = { form: 'pattern', place: placeIn(scope, range), pattern };
      return tested(expression.subject, { kind: 'pattern', pattern }, check, expression.negated, scope);
    }
    case 'in': {
      const entries = expression.list?.map((word) => literalEntry(word, scope));
      if (entries === undefined || entries.includes(undefined)) return opaque(expression, [expression.subject], scope, 'unsupported');
      const known = entries.flatMap((entry) => entry ?? []);
      const check: OriginCheck = { form: 'list', place: placeIn(scope, expression.range), entries: known };
      const texts = known.map((entry) => entry.text);
      return testedExactly(expression.subject, texts, check, false, scope);
    }
    case 'unary':
      if (expression.operator === 'z' || expression.operator === 'n') {
        return tested(expression.operand, oneOf(['']), undefined, expression.operator === 'n', scope);
      }
      if (expression.operator === 'T')
        return tested(expression.operand, oneOf(['', '0', 'off', 'false', 'no'], true), undefined, true, scope);
      return opaque(expression, [expression.operand], scope, 'file-system');
    case 'binary': {
      const { left, right, operator } = expression;
      const wanted = literalEntry(right, scope);
      const texts = wanted && wildcardTexts(operator.toLowerCase(), wanted.text);
      return texts ? tested(left, texts, undefined, false, scope) : opaque(expression, [left, right], scope, 'unsupported');
    }
    case 'unknown':
      return opaque(expression, [], scope, 'unsupported');
  }
}

/** Whether what was evaluated before has read the header already, in whichever way it came out. */
export function isReadAnyway({ header }: VaryOnRead, before: readonly VaryOnRead[]): boolean {
  return before.some((read) => read.when.kind === 'always' && read.header.toLowerCase() === header.toLowerCase());
}

/** The value of a text with variables in it. */
export function wordValue(word: Word, scope: ExpressionScope): Value {
  return readWord(word, scope).value;
}

function comparison(expression: Extract<Expression, { kind: 'compare' }>, scope: ExpressionScope): JudgedExpression {
  const { left, right, comparison: operator } = expression;
  const literal = literalEntry(right, scope) ?? literalEntry(left, scope);
  const subject = literalEntry(right, scope) === undefined ? right : left;
  if (expression.numeric || literal === undefined || (operator !== '==' && operator !== '!='))
    return opaque(expression, [left, right], scope, 'unsupported');
  const check: OriginCheck = { form: 'equals', place: literal.place, entries: [literal] };
  return testedExactly(subject, [literal.text], check, operator === '!=', scope);
}

/** A comparison with some texts; `tolower(…)` and `toupper(…)` compare with those that are written in that case. */
function testedExactly(
  subject: Word,
  texts: readonly string[],
  check: OriginCheck,
  negated: boolean,
  scope: ExpressionScope,
): JudgedExpression {
  const cased = subject.kind === 'call' ? caseOf.get(subject.name.toLowerCase()) : undefined;
  if (subject.kind !== 'call' || !cased) return tested(subject, oneOf(texts), check, negated, scope);
  return tested(
    subject.argument,
    oneOf(
      texts.filter((text) => cased(text) === text),
      true,
    ),
    check,
    negated,
    scope,
  );
}

const caseOf: ReadonlyMap<string, (text: string) => string> = new Map([
  ['tolower', (text) => text.toLowerCase()],
  ['toupper', (text) => text.toUpperCase()],
]);

function tested(subject: Word, set: OriginSet, check: OriginCheck | undefined, negated: boolean, scope: ExpressionScope): JudgedExpression {
  const { value, reads } = readWord(subject, scope);
  const varies = reads.map((header) => ({ header, when: always }));
  if (value.kind === 'unknown') {
    const condition = unknown(`${value.id}:${JSON.stringify(set)}`, value.reason);
    return { condition: negated ? not(condition) : condition, varies };
  }
  // A test that no value passes by being absent is still a test of the text: an absent header reads as empty.
  const condition = negated && value.kind !== 'origin' ? testOf(value, complement(set), check) : testOf(value, set, check);
  return { condition: negated && value.kind === 'origin' ? not(condition) : condition, varies };
}

/** An expression that the model has no words for: one unknown for the same text. */
function opaque(expression: Expression, words: readonly Word[], scope: ExpressionScope, reason: UnknownReason): JudgedExpression {
  const text = scope.argument.value.slice(scope.offset).slice(expression.range.start, expression.range.end);
  const reads = words.flatMap((word) => readWord(word, scope).reads);
  return { condition: unknown(`expression:${text}`, reason), varies: reads.map((header) => ({ header, when: always })) };
}

function readWord(word: Word, scope: ExpressionScope): ReadValue {
  switch (word.kind) {
    case 'literal':
      return { value: { kind: 'literal', text: word.text, place: placeIn(scope, word.range) }, reads: [] };
    case 'variable':
      return readVariable(word.name, word.range, scope);
    case 'call':
      return readCall(word, scope);
    case 'concat': {
      const parts = word.parts.map((part) => readWord(part, scope));
      return {
        value: { kind: 'concat', parts: parts.map((part) => part.value), place: placeIn(scope, word.range) },
        reads: parts.flatMap((part) => part.reads),
      };
    }
    case 'group':
    case 'unknown':
      return { value: unsupported(`word:${word.range.start}:${scope.argument.value}`), reads: [] };
  }
}

function readVariable(name: string, range: ExpressionRange, scope: ExpressionScope): ReadValue {
  const part = variablePart(name);
  if (part === undefined) return { value: unsupported(`variable:${name.toUpperCase()}`), reads: [] };
  return { value: { ...part.value, place: placeIn(scope, range) }, reads: part.vary === undefined ? [] : [part.vary] };
}

function readCall(word: Extract<Word, { kind: 'call' }>, scope: ExpressionScope): ReadValue {
  const argument = word.argument.kind === 'literal' ? word.argument.text : undefined;
  const place = placeIn(scope, word.range);
  switch (word.name.toLowerCase()) {
    case 'req':
    case 'http':
    case 'req_novary': {
      if (argument === undefined) break;
      const part = headerPart(argument);
      const value = part.value.kind === 'origin' ? { ...scope.origin, place } : { ...part.value, place };
      return { value, reads: word.name.toLowerCase() === 'req_novary' || part.vary === undefined ? [] : [part.vary] };
    }
    case 'reqenv':
      return argument === undefined
        ? { value: unsupported(`reqenv:${scope.argument.value}`), reads: [] }
        : { value: { ...textOfVariable(argument, ''), place }, reads: [] };
    default:
      break;
  }
  const inner = readWord(word.argument, scope);
  return { value: unsupported(`call:${word.name.toLowerCase()}:${JSON.stringify(word.argument)}`), reads: inner.reads };
}

function literalEntry(word: Word, scope: ExpressionScope): { readonly text: string; readonly place: Place } | undefined {
  if (word.kind === 'literal') return { text: word.text, place: placeIn(scope, word.range) };
  if (word.kind !== 'concat') return undefined;
  const parts = word.parts.map((part) => literalEntry(part, scope)?.text);
  return parts.includes(undefined) ? undefined : { text: parts.join(''), place: placeIn(scope, word.range) };
}

function unsupported(id: string): Value {
  return { kind: 'unknown', id, reason: 'unsupported' };
}

function placeIn(scope: ExpressionScope, range: ExpressionRange): Place {
  const inFile: TextRange = scope.exact
    ? rangeInFile(scope.argument, scope.offset + range.start, scope.offset + range.end)
    : scope.argument.range;
  return { uri: scope.uri, range: inFile };
}

/** Names of variables that httpd refuses in an expression (behaviour 2.14), with their ranges. */
export function unknownVariables(expression: Expression): readonly { readonly name: string; readonly range: ExpressionRange }[] {
  const found: { name: string; range: ExpressionRange }[] = [];
  const visitWord = (word: Word): void => {
    if (word.kind === 'variable' && variablePart(word.name) === undefined && !otherVariables.has(word.name.toUpperCase())) {
      found.push({ name: word.name, range: word.range });
    } else if (word.kind === 'call') visitWord(word.argument);
    else if (word.kind === 'concat') word.parts.forEach(visitWord);
  };
  const visit = (each: Expression): void => {
    switch (each.kind) {
      case 'not': {
        visit(each.of);
        return;
      }
      case 'and':
      case 'or':
        visit(each.left);
        {
          visit(each.right);
          return;
        }
      case 'compare':
      case 'binary':
        visitWord(each.left);
        {
          visitWord(each.right);
          return;
        }
      case 'match': {
        visitWord(each.subject);
        return;
      }
      case 'in':
        visitWord(each.subject);
        return each.list?.forEach(visitWord);
      case 'unary': {
        visitWord(each.operand);
        return;
      }
      default:
        return;
    }
  };
  visit(expression);
  return found;
}

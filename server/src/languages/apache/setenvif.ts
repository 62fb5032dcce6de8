import { contains, type OriginSet, type Pattern } from '../../cors/origins/origin-set.ts';
import { hasNamedGroup } from '../../cors/origins/whole-group.ts';
import type { Place } from '../../core/text.ts';
import { all, originAbsent, partOf, unknown } from '../../policy/condition.ts';
import type { Condition, OriginCheck, RequestDatum, Step, Steps, Value } from '../../policy/model.ts';
import { setVariable, textOfVariable, unsetVariable } from './environment.ts';
import { parseExpression, type Expression } from './expression.ts';
import { expressionCondition, scopeOf, wordValue, type VaryOnRead } from './expression-condition.ts';
import { headerPart, matchesWhole, testOf } from './requests.ts';
import { argumentPlace, unknownReason, type Item } from './scan.ts';
import type { Argument } from './syntax.ts';

export const setEnvIfDirectives: ReadonlySet<string> = new Set([
  'setenvif',
  'setenvifnocase',
  'browsermatch',
  'browsermatchnocase',
  'setenvifexpr',
]);

/** What one SetEnvIf line does to the request's variables. */
export interface VariableRule {
  readonly item: Item;
  readonly when: Condition;
  readonly steps: readonly Step[];
  readonly variables: readonly string[];
  readonly varies: readonly VaryOnRead[];
  /** Whether the line looks at the Origin, and with which set of origins. */
  readonly check?: { readonly check: OriginCheck; readonly admits: OriginSet };
}

/** One feature behind the pattern: `NAME`, `NAME=value` or `!NAME`. */
export interface Feature {
  readonly variable: string;
  readonly unset: boolean;
  readonly value: string | undefined;
  readonly argument: Argument;
}

/** Cuts `NAME`, `NAME=value` and `!NAME` (mod_setenvif.c, add_setenvif_core): an empty value is 1 as none is. */
export function features(args: readonly Argument[]): readonly Feature[] {
  return args.map((argument) => {
    const equals = argument.value.indexOf('=');
    const name = equals === -1 ? argument.value : argument.value.slice(0, equals);
    const value = equals === -1 || equals === argument.value.length - 1 ? undefined : argument.value.slice(equals + 1);
    const unset = value === undefined && name.startsWith('!');
    return { variable: unset ? name.slice(1) : name, unset, value, argument };
  });
}

/**
 * The plain text that a pattern without an unescaped metacharacter stands for: mod_setenvif searches for it as it is and
 * does not expand `$0` then (behaviour 2.12). Undefined for a real pattern.
 */
export function plainPattern(pattern: string): string | undefined {
  let text = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? '';
    if (character === '\\') {
      const escaped = pattern[at + 1] ?? '';
      if (!'^.$|()[]*+?{}\\'.includes(escaped) || escaped === '') return undefined;
      text += escaped;
      at++;
    } else if ('^.$|()[]*+?{}'.includes(character)) return undefined;
    else text += character;
  }
  return text;
}

/** The variables that a configuration sets. */
export interface VariableNames {
  /** In lower case. */
  readonly all: ReadonlySet<string>;
  /** Names that something else than a SetEnvIf on the header of that name sets before places are known. */
  readonly independent: ReadonlySet<string>;
}

/**
 * Reads SetEnvIf, SetEnvIfNoCase, BrowserMatch and SetEnvIfExpr. An attribute is a request header, or a variable where
 * no header of that name is sent. Undefined where the server refuses the line.
 */
export function variableRule(item: Item, variables: VariableNames): VariableRule | undefined {
  const attribute = item.directive.args[0]?.value.toLowerCase();
  const byHeader = ruleOf(item, variables, false);
  if (byHeader?.check === undefined || attribute !== 'origin' || !variables.independent.has('origin')) return byHeader;
  const byVariable = ruleOf(item, variables, true);
  const steps: Steps = [{ kind: 'branch', when: originAbsent, then: byVariable?.steps ?? [], otherwise: byHeader.steps }];
  return { ...byHeader, steps };
}

/**
 * The line where nothing is known of what it looks at. httpd 2.4 keeps the text of one SetEnvIf for the next on the same
 * attribute, and a SetEnvIfExpr between them replaces it (mod_setenvif.c, match_headers).
 */
export function undecidedRule(item: Item): VariableRule {
  const cut = features(item.directive.args.slice(2));
  const id = `setenvif:${item.directive.range.start}`;
  const when = all(item.guard, unknown(id, 'unsupported'));
  return {
    item,
    when,
    steps: assignments(item, cut, when, () => ({ kind: 'unknown', id, reason: 'unsupported' })),
    variables: cut.map((feature) => feature.variable),
    varies: [],
  };
}

function ruleOf(item: Item, variables: VariableNames, asVariable: boolean): VariableRule | undefined {
  const { key } = item.directive;
  if (key === 'setenvifexpr') return expressionRule(item);
  const args = item.directive.args;
  const browser = key.startsWith('browsermatch');
  const attribute = browser ? 'User-Agent' : args[0]?.value;
  const pattern = args[browser ? 0 : 1];
  const rest = args.slice(browser ? 1 : 2);
  if (attribute === undefined || pattern === undefined || rest.length === 0) return undefined;
  const ignoreCase = key.endsWith('nocase');
  const patternText = item.values[args.indexOf(pattern)];
  const subject = asVariable ? textOfVariable(attribute, '') : attributeValue(attribute, variables.all);
  const cut = features(rest);
  const names = cut.map((feature) => feature.variable);
  if (patternText === undefined || subject === undefined) {
    const reason = patternText === undefined ? unknownReason(pattern.value) : 'unsupported';
    const when = all(item.guard, unknown(`setenvif:${attribute}:${pattern.value}`, reason));
    return {
      item,
      when,
      steps: assignments(item, cut, when, () => ({ kind: 'unknown', id: `setenvif:${attribute}:${pattern.value}`, reason })),
      variables: names,
      varies: [],
    };
  }
  const plain = plainPattern(patternText);
  const regex: Pattern = { dialect: 'pcre', source: patternText, flags: ignoreCase ? 'i' : '' };
  const set: OriginSet =
    plain === undefined ? { kind: 'pattern', pattern: regex } : { kind: 'contains', text: plain, ...(ignoreCase && { ignoreCase: true }) };
  const place: Place = { uri: item.file.uri, range: pattern.inner };
  const check: OriginCheck = { form: 'pattern', place, pattern: regex };
  const onOrigin = subject.kind === 'origin';
  const when = all(item.guard, testOf(subject, set, onOrigin ? check : undefined));
  const expand = (text: string, at: Place): Value =>
    plain === undefined ? expanded(text, subject, regex, at) : { kind: 'literal', text, place: at };
  return {
    item,
    when,
    steps: assignments(item, cut, when, expand),
    variables: names,
    varies: [],
    ...(onOrigin && { check: { check, admits: set } }),
  };
}

function assignments(item: Item, cut: readonly Feature[], when: Condition, expand: (text: string, place: Place) => Value): readonly Step[] {
  return cut.map((feature) => {
    if (feature.unset) return unsetVariable(feature.variable, when);
    const place = argumentPlace(item, feature.argument);
    const resolved = item.values[item.directive.args.indexOf(feature.argument)];
    const text = feature.value === undefined ? '1' : resolved?.slice(resolved.indexOf('=') + 1);
    if (text === undefined)
      return setVariable(
        feature.variable,
        { kind: 'unknown', id: `text:${feature.argument.value}`, reason: unknownReason(feature.argument.value), place },
        when,
      );
    return setVariable(feature.variable, feature.value === undefined ? { kind: 'literal', text, place } : expand(text, place), when);
  });
}

const specials: ReadonlyMap<string, RequestDatum> = new Map([
  ['remote_addr', 'remote-address'],
  ['remote_host', 'remote-address'],
  ['request_method', 'method'],
  ['request_uri', 'path'],
  ['request_protocol', 'protocol'],
]);

/** What SetEnvIf looks at; undefined for an attribute that is a pattern over header names. */
function attributeValue(attribute: string, variables: ReadonlySet<string>): Value | undefined {
  const lower = attribute.toLowerCase();
  const special = specials.get(lower);
  if (special !== undefined) return { kind: 'request', datum: special, absent: '' };
  if (lower === 'server_addr' || lower === 'remote_user') return { kind: 'request', datum: `other:${lower}`, absent: '' };
  if (!/^[-A-Za-z0-9_]+$/.test(attribute)) return headerNamePattern(attribute);
  if (lower !== 'origin' && variables.has(lower)) return textOfVariable(attribute, '');
  return headerPart(attribute).value;
}

/** A pattern over header names that can only mean the Origin. */
function headerNamePattern(pattern: string): Value | undefined {
  const matches = (name: string): boolean | undefined =>
    contains({ kind: 'pattern', pattern: { dialect: 'pcre', source: pattern, flags: '' } }, name);
  const others = [
    'Host',
    'Accept',
    'User-Agent',
    'Referer',
    'Connection',
    'Content-Type',
    'Access-Control-Request-Method',
    'Access-Control-Request-Headers',
  ];
  return matches('Origin') === true && others.every((name) => matches(name) === false) ? headerPart('Origin').value : undefined;
}

/** `$0` to `$9` in a value, and backslashes, as `ap_pregsub` (server/util.c) expands them. */
function expanded(text: string, subject: Value, pattern: Pattern, place: Place): Value {
  const parts: Value[] = [];
  let literal = '';
  const flush = (): void => {
    if (literal !== '') parts.push({ kind: 'literal', text: literal, place });
    literal = '';
  };
  for (let at = 0; at < text.length; at++) {
    const following = text[at + 1] ?? '';
    if (text[at] === '$' && /[0-9]/.test(following)) {
      flush();
      parts.push(groupOf(subject, pattern, Number(following), place));
      at++;
    } else if (text[at] === '\\' && following !== '') {
      literal += following;
      at++;
    } else literal += text[at] ?? '';
  }
  flush();
  const [only] = parts;
  if (only === undefined) return { kind: 'literal', text: '', place };
  return parts.length === 1 ? only : { kind: 'concat', parts, place };
}

/** A group of a match in a part of the request. */
export function groupOf(subject: Value, pattern: Pattern, group: number, place: Place): Value {
  if (matchesWhole(pattern.source) && (group === 0 || (group === 1 && pattern.source.includes('(')))) return { ...subject, place };
  return (
    partOf(subject, pattern, group, place) ?? { kind: 'unknown', id: `group:${pattern.source}:${group}`, reason: 'unsupported', place }
  );
}

function expressionRule(item: Item): VariableRule | undefined {
  const [argument, ...rest] = item.directive.args;
  const text = item.values[0];
  if (argument === undefined || rest.length === 0) return undefined;
  const cut = features(rest);
  const names = cut.map((feature) => feature.variable);
  const parsed = parseExpression(text ?? argument.value);
  const scope = scopeOf(item.file.uri, argument, text);
  const judged = expressionCondition(parsed.expression, scope);
  const when = all(
    item.guard,
    text === undefined ? unknown(`condition:${argument.value}`, unknownReason(argument.value)) : judged.condition,
  );
  const match = soleMatch(parsed.expression);
  const expand = (value: string, place: Place): Value => {
    if (!/\$[0-9]/.test(value)) return { kind: 'literal', text: value, place };
    // A pattern without groups leaves what was in memory before (behaviour 2.12).
    if (match === undefined || text === undefined || !hasGroup(match.regex.source))
      return { kind: 'unknown', id: `setenvifexpr:${value}`, reason: 'unsupported', place };
    const { source, flags } = match.regex;
    return expanded(value, wordValue(match.subject, scope), { dialect: 'pcre', source, flags }, place);
  };
  return { item, when, steps: assignments(item, cut, when, expand), variables: names, varies: judged.varies };
}

type Match = Extract<Expression, { kind: 'match' }>;

/** The one pattern of an expression that has been found wherever the expression holds: `$0` to `$9` are its groups. */
export function soleMatch(expression: Expression): Match | undefined {
  const found = matchesIn(expression);
  return found !== undefined && found.length === 1 ? found[0] : undefined;
}

/** The patterns that are all found wherever an expression holds; undefined where others may be searched. */
function matchesIn(expression: Expression): readonly Match[] | undefined {
  switch (expression.kind) {
    case 'match':
      return expression.negated ? undefined : [expression];
    case 'and': {
      const left = matchesIn(expression.left);
      const right = matchesIn(expression.right);
      return left && right && [...left, ...right];
    }
    case 'not':
      return matchesIn(expression.of)?.length === 0 ? [] : undefined;
    case 'or':
      return matchesIn(expression.left)?.length === 0 && matchesIn(expression.right)?.length === 0 ? [] : undefined;
    case 'unknown':
      return undefined;
    default:
      return [];
  }
}

/** Whether a pattern has a group that holds what it finds. */
export function hasGroup(source: string): boolean {
  const bare = source.replace(/\\.|\[\^?\]?[^\]]*\]/gs, '');
  return /\((?![?*])/.test(bare) || hasNamedGroup(bare);
}

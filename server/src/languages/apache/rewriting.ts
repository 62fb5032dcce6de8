/** Rules of rewriting: what a place configures, and every way through a list of them. */
import type { Place } from '../../core/text.ts';
import { contains } from '../../cors/origins/origin-set.ts';
import { all, always, any, never, not, test, unknown } from '../../policy/condition.ts';
import type { Condition, Steps, Step } from '../../policy/model.ts';
import { setVariable, unsetVariable } from './environment.ts';
import type { VaryOnRead } from './expression-condition.ts';
import { relativePattern } from './path-patterns.ts';
import { passesEverything, testOf, type RequestPart } from './requests.ts';
import { flagOf, rewriteFlags, type RewriteFlags } from './rewrite.ts';
import { rewriteCondition, substitutedText } from './rewrite-conditions.ts';
import { placeOf, type Entry, type Item } from './scan.ts';

/** One RewriteRule with the RewriteConds before it. */
export interface RewriteRule {
  readonly item: Item;
  readonly conditions: readonly Item[];
  readonly pattern: string;
  readonly substitution: string;
  readonly flags: RewriteFlags;
}

/** The rewriting that one place configures. */
export interface RewriteSettings {
  /** Undefined where the place does not say; it is then that of the place outside. */
  readonly engine: boolean | undefined;
  readonly rules: readonly RewriteRule[];
  /** `RewriteOptions Inherit` keeps the outer rules: behind these, or before them. */
  readonly inherit: 'after' | 'before' | undefined;
  /** When the server reads any of it at all. */
  readonly when: Condition;
}

const rewriteDirectives: ReadonlySet<string> = new Set([
  'rewriteengine',
  'rewriterule',
  'rewritecond',
  'rewritebase',
  'rewriteoptions',
  'rewritemap',
]);

/** What a place says about rewriting; undefined where it says nothing, so that the outer rules stay. */
export function rewriteSettings(entries: readonly Entry[]): RewriteSettings | undefined {
  const items = entries.filter((entry): entry is Item => entry.kind === 'item' && rewriteDirectives.has(entry.directive.key));
  if (items.length === 0) return undefined;
  let engine: boolean | undefined;
  let inherit: RewriteSettings['inherit'];
  const rules: RewriteRule[] = [];
  let conditions: Item[] = [];
  for (const item of items) {
    const [first, second, third] = item.directive.args;
    switch (item.directive.key) {
      case 'rewriteengine':
        engine = item.values[0]?.toLowerCase() === 'on';
        break;
      case 'rewriteoptions':
        if (item.values.some((value) => /^inherit$/i.test(value ?? ''))) inherit = 'after';
        if (item.values.some((value) => /^inheritbefore$/i.test(value ?? ''))) inherit = 'before';
        break;
      case 'rewritecond':
        conditions.push(item);
        break;
      case 'rewriterule':
        if (first !== undefined && second !== undefined) {
          rules.push({
            item,
            conditions,
            pattern: item.values[0] ?? first.value,
            substitution: item.values[1] ?? second.value,
            flags: rewriteFlags(third),
          });
        }
        conditions = [];
        break;
      default:
        break;
    }
  }
  return { engine, rules, inherit, when: any(...items.map((item) => item.guard)) };
}

/** What rewriting hands over to when it is done. */
export interface RewriteTarget {
  /** The URL of the directory that the rules stand in, ending in a slash; undefined at server level. */
  readonly prefix: string | undefined;
  /** The rules stand in a place whose folder is not known (`<If>`, `<Files>`, `<Location>`): what their patterns meet is open. */
  readonly placeless: boolean;
  /** What is left of a condition where the request is known to be. */
  readonly within?: (condition: Condition) => Condition;
  /** Goes on with the request as it is. */
  readonly proceed: Steps;
  /** Goes on likewise, without another round of rewriting (END). */
  readonly ended: Steps;
  /** Ends the request with a response of the server's own. */
  answer(status: number, place: Place, refusal?: 'access'): Steps;
  /** Hands the request to another server. */
  proxy(place: Place): Steps;
  /** Starts over with another path. `last`: without another round of rewriting (END). */
  redirect(path: string | undefined, last: boolean, place: Place): Steps;
  /** Notes that the response varies by a header from here on. */
  vary(header: string, place: Place): Step;
}

/** A list of rules whose outcomes multiply beyond this is not followed. */
const mostOutcomes = 200;

/** The steps of a list of rules: every way through them ends in one of the target's. */
export function rewriteSteps(rules: readonly RewriteRule[], target: RewriteTarget): Steps {
  const last = rules.at(-1);
  return last === undefined ? target.proceed : new RuleCompiler(rules, target, placeOf(last.item)).from(0, undefined);
}

class RuleCompiler {
  private outcomes = 0;
  private readonly rules: readonly RewriteRule[];
  private readonly target: RewriteTarget;

  /** Where the list ends. */
  private readonly end: Place;

  constructor(rules: readonly RewriteRule[], target: RewriteTarget, end: Place) {
    this.rules = rules;
    this.end = end;
    this.target = target;
  }

  /** The steps from one rule on, with the path that earlier rules have put in place. */
  from(index: number, path: string | undefined): Steps {
    const rule = this.rules[index];
    if (rule === undefined) return path === undefined ? this.target.proceed : this.target.redirect(path, false, this.end);
    this.outcomes++;
    const place = placeOf(rule.item);
    if (this.outcomes > mostOutcomes) return [{ kind: 'reroute', to: { unknown: 'too-many-cases' }, place }];
    const { condition, varies, reads } = ruleCondition(rule, this.target, path);
    const when = all(rule.item.guard, condition);
    const noted = (each: VaryOnRead): Step => ({
      kind: 'branch',
      when: all(rule.item.guard, each.when),
      then: [this.target.vary(each.header, place)],
    });
    const actions: Steps = [...varies.map(noted), ...this.variables(rule)];
    const before = reads.map(noted);
    const branch = (then: Steps, otherwise: Steps): Steps => [
      ...before,
      { kind: 'branch', when, then: [...actions, ...then], otherwise, place },
    ];
    const next = (): Steps => this.from(index + 1, path);
    const answer = this.answer(rule, place);
    if (answer !== undefined) return branch(answer, next());
    const changed = substitutedPath(rule, this.target);
    const stops = flagOf(rule.flags, 'l') !== undefined || flagOf(rule.flags, 'end') !== undefined;
    const ends = flagOf(rule.flags, 'end') !== undefined;
    if (flagOf(rule.flags, 'n') !== undefined) return branch([{ kind: 'reroute', to: { unknown: 'unsupported' }, place }], next());
    if (changed.kind === 'same') {
      if (stops)
        return branch(
          path === undefined ? (ends ? this.target.ended : this.target.proceed) : this.target.redirect(path, ends, place),
          next(),
        );
      const skip = flagOf(rule.flags, 's');
      if (skip !== undefined) return branch(this.skipped(index, Number(skip.value) || 0, path, place), next());
      if (flagOf(rule.flags, 'c') !== undefined) return branch(this.from(index + 1, path), this.from(this.behindChain(index), path));
      return actions.length === 0 ? [...before, ...next()] : [...before, { kind: 'branch', when, then: actions, place }, ...next()];
    }
    if (changed.kind === 'unknown' && this.target.placeless)
      return branch([{ kind: 'reroute', to: { unknown: 'unsupported' }, place }], next());
    if (changed.kind === 'unknown') return branch(this.target.redirect(undefined, ends, place), next());
    return branch(
      stops ? this.target.redirect(changed.path, ends, place) : this.from(index + 1, changed.path),
      flagOf(rule.flags, 'c') !== undefined ? this.from(this.behindChain(index), path) : next(),
    );
  }

  /** `[S=n]` counts the rules that the server has read; where that is open, so is what it skips. */
  private skipped(index: number, count: number, path: string | undefined, place: Place): Steps {
    if (this.rules.slice(index + 1).some((rule) => rule.item.guard.kind !== 'always'))
      return [{ kind: 'reroute', to: { unknown: 'environment' }, place }];
    return this.from(index + 1 + count, path);
  }

  private behindChain(index: number): number {
    let at = index;
    while (at < this.rules.length && flagOf(this.rules[at]?.flags ?? { flags: [], malformed: false }, 'c') !== undefined) at++;
    return at + 1;
  }

  private answer(rule: RewriteRule, place: Place): Steps | undefined {
    if (flagOf(rule.flags, 'f') !== undefined) return this.target.answer(403, place, 'access');
    if (flagOf(rule.flags, 'g') !== undefined) return this.target.answer(410, place);
    if (flagOf(rule.flags, 'p') !== undefined) return this.target.proxy(place);
    const redirect = flagOf(rule.flags, 'r');
    const external = /^[a-z][a-z0-9+.-]*:\/\//i.test(rule.substitution);
    if (redirect === undefined && !external) return undefined;
    return this.target.answer(redirectStatus(redirect?.value), place);
  }

  private variables(rule: RewriteRule): Steps {
    return rule.flags.flags.flatMap((flag): Steps => {
      if (flag.key !== 'e' || flag.value === undefined) return [];
      const place: Place = { uri: rule.item.file.uri, range: flag.range };
      const colon = flag.value.indexOf(':');
      const name = colon === -1 ? flag.value : flag.value.slice(0, colon);
      if (name.startsWith('!')) return [unsetVariable(name.slice(1), always)];
      const text = colon === -1 ? '' : flag.value.slice(colon + 1);
      return [setVariable(name, substitutedText(text, rule, place), always)];
    });
  }
}

const namedStatuses: ReadonlyMap<string, number> = new Map([
  ['permanent', 301],
  ['temp', 302],
  ['seeother', 303],
]);

function redirectStatus(value: string | undefined): number {
  if (value === undefined) return 302;
  return namedStatuses.get(value.toLowerCase()) ?? (Number(value) || 302);
}

interface RuleCondition {
  readonly condition: Condition;
  /** Headers that decided, added to Vary when the rule matches. */
  readonly varies: readonly VaryOnRead[];
  /** Headers that an expression read, added to Vary as soon as it did. */
  readonly reads: readonly VaryOnRead[];
}

/** When a rule matches, and which headers it then adds to Vary (behaviour 2.15): those that decided it and are there. */
function ruleCondition(rule: RewriteRule, target: RewriteTarget, path: string | undefined): RuleCondition {
  const conditions: Condition[] = [patternCondition(rule, target, path)];
  const varies: VaryOnRead[] = [];
  const reads: VaryOnRead[] = [];
  let group: { condition: Condition; part: RequestPart | undefined; novary: boolean }[] = [];
  for (const item of rule.conditions) {
    const flags = rewriteFlags(item.directive.args[2]);
    const judged = rewriteCondition(item, flags);
    const reached = all(...conditions, ...group.map((earlier) => not(earlier.condition)));
    reads.push(...judged.varies.map(({ header, when }) => ({ header, when: all(reached, item.guard, when) })));
    group.push({ condition: all(item.guard, judged.condition), part: judged.part, novary: flagOf(flags, 'nv') !== undefined });
    if (flagOf(flags, 'or') !== undefined) continue;
    conditions.push(any(...group.map((each) => each.condition)));
    group.forEach((each, index) => {
      if (each.part?.vary === undefined || each.novary) return;
      const decided = group.length === 1 ? [] : [...group.slice(0, index).map((earlier) => not(earlier.condition)), each.condition];
      const present = not(testOf(each.part.value, { kind: 'oneOf', values: [''] }));
      varies.push({ header: each.part.vary, when: all(...decided, present) });
    });
    group = [];
  }
  if (group.length > 0) conditions.push(any(...group.map((each) => each.condition)));
  const condition = all(...conditions);
  return { condition: target.within?.(condition) ?? condition, varies, reads };
}

function patternCondition(rule: RewriteRule, { prefix, placeless }: RewriteTarget, path: string | undefined): Condition {
  const negated = rule.pattern.startsWith('!');
  const source = negated ? rule.pattern.slice(1) : rule.pattern;
  if (passesEverything(source)) return negated ? never : always;
  const flags = flagOf(rule.flags, 'nc') === undefined ? '' : 'i';
  let condition: Condition;
  if (placeless) condition = unknown(`rewrite:${source}`, 'unsupported');
  else if (path !== undefined) {
    const relative = prefix === undefined ? path : path.startsWith(prefix) ? path.slice(prefix.length) : path;
    const answer = contains({ kind: 'pattern', pattern: { dialect: 'pcre', source, flags } }, relative);
    condition = answer === undefined ? unknown(`rewrite:${source}:${relative}`, 'undecided-pattern') : answer ? always : never;
  } else {
    condition = test({ kind: 'request', datum: 'path', absent: '' }, relativePattern(source, flags, prefix ?? ''));
  }
  return negated ? not(condition) : condition;
}

type SubstitutedPath = { readonly kind: 'same' } | { readonly kind: 'path'; readonly path: string } | { readonly kind: 'unknown' };

function substitutedPath(rule: RewriteRule, { prefix, placeless }: RewriteTarget): SubstitutedPath {
  const text = rule.substitution.replace(/\?.*$/s, '');
  if (text === '-' || text === '') return { kind: 'same' };
  const whole = /^\^?\(?\.[*+]\)?\$?$/.test(rule.pattern);
  if (whole && (text === '$0' || (text === '$1' && rule.pattern.includes('('))) && prefix !== undefined) return { kind: 'same' };
  if (placeless && !text.startsWith('/')) return { kind: 'unknown' };
  const dynamic = text.search(/[$%]/);
  const fixed = dynamic === -1 ? text : text.slice(0, dynamic);
  // `index.php/$1` is index.php whatever stands behind it.
  if (dynamic !== -1 && !/\.(?:php\d?|cgi|pl|py|rb|fcgi)\/$/.test(fixed)) return { kind: 'unknown' };
  const clean = fixed.replace(/\/$/, dynamic === -1 ? '/' : '').replace(/^\.\//, '');
  return { kind: 'path', path: clean.startsWith('/') ? clean : `${prefix ?? '/'}${clean}` };
}

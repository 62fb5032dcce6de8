/** The rewrite phase: `if`, `set`, `return`, `break`, `rewrite` of one level, in order (behaviour 1.4, 1.6, 1.12). */
import { anyOf } from '../../policy/codes.ts';
import { partOf, test } from '../../policy/condition.ts';
import type { Condition, ResponseConfiguration, Step, Steps, Value } from '../../policy/model.ts';
import { handlerOf, splitTarget } from './content.ts';
import { readIf } from './if-condition.ts';
import type { IfCondition } from './if-condition.ts';
import type { Level } from './levels.ts';
import { headOf, placeOf, wholeOf } from './lines.ts';
import type { Line, Source } from './lines.ts';
import type { NginxWord } from './syntax.ts';
import { capturesIn, datum, isOneOf, unknownCaptures } from './variables.ts';
import type { Captures, Variables } from './variables.ts';

/** Variables of the model's own; nginx allows no `#` in a name. */
const levelInForce = '#level';
const rewritten = '#rewritten';
const handlerInForce = '#handler';
/** Set where a server's script was left by `break`; the location's own script runs all the same. */
const broken = '#broken';

/** What a script needs from the level that it belongs to. */
export interface ScriptHost {
  readonly level: Level;
  readonly variables: Variables;
  /** Captures that are there before the script starts. */
  readonly captures: Captures;
  configuration(level: Level, captures: Captures): ResponseConfiguration;
  /** Steps that answer once the script is over, by the level in force; they always end the request. */
  content(level: Level): Steps;
  /** The steps of the access phase by the level in force. */
  access(level: Level): Steps;
  /** Steps that look for a location again after `rewrite`. */
  relocate(word: NginxWord, source: Source): Steps;
}

interface Flow {
  captures: Captures;
  /** The `if` levels that may be in force, besides the script's own. */
  readonly levels: Set<Level>;
  readonly rewrites: Map<string, Steps>;
  /** What the variables of the script name: levels and lines, by the order in which they are met, so that moving them changes nothing. */
  readonly numbers: Map<Level | Line, string>;
  /** The `…_pass` directives of `if` blocks that may have been true. */
  readonly handlers: Set<Line>;
  ended: boolean;
  /** The script of a server may have been left by `break`. */
  left: boolean;
}

function startOf(captures: Captures): Flow {
  return { captures, levels: new Set(), rewrites: new Map(), numbers: new Map(), handlers: new Set(), ended: false, left: false };
}

function numberOf(named: Level | Line, { numbers }: Flow): string {
  let number = numbers.get(named);
  if (number === undefined) numbers.set(named, (number = String(numbers.size + 1)));
  return number;
}

/**
 * The steps of a level's script and, unless every way through it answers, of what follows it. Server-level scripts have
 * nothing to follow: `content` then gives no steps.
 */
export function scriptSteps(host: ScriptHost, whole: boolean): Steps {
  const flow = startOf(host.captures);
  // A request that comes back after an internal redirect starts anew.
  const names = [levelInForce, handlerInForce, rewritten, broken];
  const steps: Step[] = host.level.body.lines.some((line) => line.name === 'if' || line.name === 'rewrite' || line.name === 'break')
    ? names.map((variable) => ({ kind: 'assign', variable, value: { kind: 'literal', text: '' } }))
    : [];
  steps.push(...run(host.level.body.lines, host, flow));
  if (flow.ended) return steps;
  steps.push(...relocations(flow));
  if (whole) steps.push(...contentOf(host, flow));
  return steps;
}

/** The assignments of a level's script, alone: what a subrequest leaves behind in the variables that it shares. */
export function assignments(host: ScriptHost): Steps {
  const flow = startOf(unknownCaptures);
  const assigns = (line: Line): boolean => line.name === 'set' || (line.name === 'if' && (line.body?.lines ?? []).every(assigns));
  return run(host.level.body.lines.filter(assigns), host, flow);
}

/** Whether a level has anything to run. */
export function hasScript(level: Level): boolean {
  return level.body.lines.some((line) => scripted.has(line.name));
}

const scripted: ReadonlySet<string> = new Set(['if', 'set', 'return', 'break', 'rewrite']);

/**
 * Whether running a level's script a second time, for another path, may come out differently: an internal redirect to the
 * same location then has to be followed.
 */
export function dependsOnPath(level: Level, variables: Variables): boolean {
  const reads = (lines: readonly Line[]): boolean =>
    lines.some((line) => {
      if (line.name === 'rewrite') return true;
      if (line.name === 'set' && line.args[1]) return readsVariable(variables.valueOf(line.args[1], line.source));
      if (line.name !== 'if') return false;
      return (
        /\$(?:uri|document_uri|request_filename)\b/i.test(line.args.map((word) => word.value).join(' ')) || reads(line.body?.lines ?? [])
      );
    });
  return reads(level.body.lines);
}

function readsVariable(value: Value): boolean {
  return value.kind === 'variable' || (value.kind === 'concat' && value.parts.some(readsVariable));
}

function relocations(flow: Flow): Steps {
  return [...flow.rewrites].map(([key, steps]): Step => ({
    kind: 'branch',
    when: isOneOf({ kind: 'variable', name: rewritten, unset: '' }, key),
    then: [{ kind: 'assign', variable: rewritten, value: { kind: 'literal', text: '' } }, ...steps],
  }));
}

/** Content by whichever level is in force. Levels that answer alike share their steps. */
function contentOf(host: ScriptHost, flow: Flow): Steps {
  let steps = host.content(host.level);
  for (const level of flow.levels) {
    const other = handedOver(host, level, flow);
    if (!other && sameContent(host.level, level)) continue;
    const when = isOneOf({ kind: 'variable', name: levelInForce, unset: '' }, numberOf(level, flow));
    steps = [{ kind: 'branch', when, then: other ?? host.content(level), otherwise: steps }];
  }
  return steps;
}

/**
 * An earlier true `if` leaves its `…_pass` behind as the handler of the request, while a later one replaces the
 * configuration: unless that knows an upstream of the same kind, the handler finds none and answers 500.
 */
function handedOver(host: ScriptHost, level: Level, flow: Flow): Steps | undefined {
  const own = handlerOf(level);
  if (own && level.body.lines.includes(own.line)) return undefined;
  const strangers = [...flow.handlers].filter((handler) => handler.name !== own?.line.name);
  if (strangers.length === 0) return undefined;
  const keys = strangers.map((handler) => numberOf(handler, flow));
  return [
    {
      kind: 'branch',
      when: isOneOf({ kind: 'variable', name: handlerInForce, unset: '' }, ...keys),
      then: [...host.access(level), { kind: 'answer', status: anyOf(500), by: 'server', refusal: 'error', overridable: anyOf<number>() }],
      otherwise: host.content(level),
    },
  ];
}

/** Directives that change how an `if` answers, beyond the header lines that it writes. */
const contentNames =
  /_pass$|^(?:more_set_headers|more_clear_headers|root|alias|index|empty_gif|content_by_lua\w*|js_content|perl|dav_methods)$/;

function sameContent(location: Level, level: Level): boolean {
  return !level.body.lines.some((line) => contentNames.test(line.name)) && !location.body.lines.some((line) => line.name === 'try_files');
}

function run(lines: readonly Line[], host: ScriptHost, flow: Flow): Step[] {
  const steps: Step[] = [];
  for (const [index, line] of lines.entries()) {
    if (!scripted.has(line.name)) continue;
    if (line.when.kind === 'always') {
      const before = flow.left;
      steps.push(...runLine(line, lines, host, flow));
      if (flow.ended) return steps;
      if (!flow.left || before) continue;
      // Everything after a `break` that may have been met depends on whether it was.
      const rest = line.name === 'break' ? [] : run(lines.slice(index + 1), host, flow);
      const met = isOneOf({ kind: 'variable', name: broken, unset: '' }, 'yes');
      if (rest.length > 0) steps.push({ kind: 'branch', when: met, then: [], otherwise: rest });
      return steps;
    }
    const inner: Flow = { ...flow, levels: new Set(flow.levels) };
    steps.push({ kind: 'branch', when: line.when, then: runLine(line, lines, host, inner), place: headOf(line) });
    join(flow, inner);
  }
  return steps;
}

function join(flow: Flow, inner: Flow): void {
  if (inner.ended) return;
  for (const level of inner.levels) flow.levels.add(level);
  if (inner.left) flow.left = true;
  if (inner.captures !== flow.captures) flow.captures = unknownCaptures;
}

function runLine(line: Line, siblings: readonly Line[], host: ScriptHost, flow: Flow): Step[] {
  switch (line.name) {
    case 'if':
      return runIf(line, siblings, host, flow);
    case 'set': {
      const [name, value] = line.args;
      if (!name?.value.startsWith('$') || !value) return [];
      if (host.variables.usesPatterns(value, line.source)) flow.captures = unknownCaptures;
      return [
        ...host.variables.keeping([value], line.source),
        {
          kind: 'assign',
          variable: name.value.slice(1).toLowerCase(),
          value: host.variables.valueOf(value, line.source, flow.captures),
          place: wholeOf(line),
        },
      ];
    }
    case 'break':
      if (host.level.kind === 'server') {
        flow.left = true;
        return [{ kind: 'assign', variable: broken, value: { kind: 'literal', text: 'yes' }, place: wholeOf(line) }];
      }
      flow.ended = true;
      return [...relocations(flow), ...contentOf(host, flow)];
    case 'return':
      flow.ended = true;
      return [returned(line)];
    default:
      return runRewrite(line, host, flow);
  }
}

/** Statuses with which an address is sent in Location. */
export const redirects: readonly number[] = [301, 302, 303, 307, 308];

/** `return`: a code alone of 400 and more, and a redirect, are special responses; everything else is sent as it is. */
export function returned(line: Line): Step {
  const [first, text] = line.args;
  const place = wholeOf(line);
  if (!first || first.template) return { kind: 'answer', status: { kind: 'notIn', members: [] }, by: 'server', place };
  const alone = !/^\d{3}$/.test(first.value);
  const status = alone ? 302 : Number(first.value);
  if (status === 444) return { kind: 'hang', place };
  const special = redirects.includes(status) || (status >= 400 && text === undefined);
  if (special) return { kind: 'answer', status: anyOf(status), by: 'server', place, overridable: anyOf<number>() };
  // An error with a text of its own is no occasion for error_page.
  return { kind: 'answer', status: anyOf(status), by: status >= 300 ? 'application' : 'server', place };
}

function runIf(line: Line, siblings: readonly Line[], host: ScriptHost, flow: Flow): Step[] {
  if (!line.body) return [];
  const condition = readIf(line, host.variables, flow.captures);
  // A map with patterns that the condition reads replaces the captures.
  if (line.args.some((word) => host.variables.usesPatterns(word, line.source))) flow.captures = unknownCaptures;
  const taken = capturesInside(condition, flow.captures);
  const level: Level = { kind: 'if', line, body: line.body, parent: host.level, outside: false };
  const inner: Flow = {
    captures: taken,
    levels: new Set(host.level.kind === 'server' ? flow.levels : [level]),
    rewrites: flow.rewrites,
    numbers: flow.numbers,
    handlers: flow.handlers,
    ended: false,
    left: false,
  };
  const then: Step[] = [];
  // An `if` of a server chooses no configuration: no location is known yet (behaviour 1.6).
  if (host.level.kind !== 'server') {
    then.push({ kind: 'configure', configuration: host.configuration(level, searchesLater(line, siblings) ? unknownCaptures : taken) });
    then.push({ kind: 'assign', variable: levelInForce, value: { kind: 'literal', text: numberOf(level, flow) } });
    const handler = handlerOf(level)?.line;
    if (handler && line.body.lines.includes(handler)) {
      flow.handlers.add(handler);
      then.push({ kind: 'assign', variable: handlerInForce, value: { kind: 'literal', text: numberOf(handler, flow) } });
    }
  }
  then.push(...namedGroups(condition));
  then.push(...run(line.body.lines, { ...host, level: host.level.kind === 'server' ? host.level : level }, inner));
  join(flow, inner);
  if (condition.pattern) flow.captures = unknownCaptures;
  return [...host.variables.keeping(line.args, line.source), { kind: 'branch', when: condition.when, then, place: headOf(line) }];
}

function capturesInside(condition: IfCondition, before: Captures): Captures {
  if (!condition.pattern || condition.negated) return before;
  return capturesIn(condition.subject, condition.pattern);
}

/** Named groups become variables where the pattern matches. */
function namedGroups(condition: IfCondition): readonly Step[] {
  const { pattern, subject, negated } = condition;
  if (!pattern || negated) return [];
  return condition.names.map((name): Step => {
    const value = subject && partOf(subject, pattern, name);
    return { kind: 'assign', variable: name, value: value ?? { kind: 'unknown', id: `group:${name}`, reason: 'unsupported' } };
  });
}

/** Whether another pattern may be searched after this `if` was true: it would replace the captures. */
function searchesLater(line: Line, siblings: readonly Line[]): boolean {
  const searches = (lines: readonly Line[]): boolean =>
    lines.some(
      (each) =>
        each.name === 'rewrite' ||
        (each.name === 'if' && (each.args.some((word) => /^!?~\*?$/.test(word.value)) || searches(each.body?.lines ?? []))),
    );
  const inside = line.body?.lines ?? [];
  const ends = inside.some((each) => each.name === 'return' || each.name === 'break');
  return searches(inside) || (!ends && searches(siblings.slice(siblings.indexOf(line) + 1)));
}

function runRewrite(line: Line, host: ScriptHost, flow: Flow): Step[] {
  const [pattern, replacement, option] = line.args;
  if (!pattern || !replacement) return [];
  const when: Condition = test(datum('path'), { kind: 'pattern', pattern: { dialect: 'pcre', source: pattern.value, flags: '' } });
  const place = wholeOf(line);
  const branch = (then: Steps): Step[] => [{ kind: 'branch', when, then, place }];
  const permanent = option?.value === 'permanent';
  if (permanent || option?.value === 'redirect' || /^(?:https?:\/\/|\$scheme)/.test(replacement.value)) {
    return branch([{ kind: 'answer', status: anyOf(permanent ? 301 : 302), by: 'server', place, overridable: anyOf<number>() }]);
  }
  flow.captures = unknownCaptures;
  const { path } = splitTarget(replacement, line.source);
  const repath: Steps = path === undefined ? [] : [{ kind: 'repath', path, place: placeOf(line.source, replacement.range) }];
  if (option?.value === 'break') {
    return branch(host.level.kind === 'server' ? host.relocate(replacement, line.source) : [...repath, ...contentOf(host, flow)]);
  }
  if (option?.value === 'last') return branch(host.relocate(replacement, line.source));
  // Without a flag the script goes on, and the location is looked for afterwards.
  const key = numberOf(line, flow);
  flow.rewrites.set(key, host.relocate(replacement, line.source));
  return branch([
    ...repath,
    { kind: 'assign', variable: rewritten, value: { kind: 'literal', text: key }, place: placeOf(line.source, replacement.range) },
  ]);
}

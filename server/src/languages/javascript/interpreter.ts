/**
 * Follows a program without running it: statements in their order, calls into the functions they mean, both sides of
 * what depends on the request. It is bounded in depth and work; past the bounds, and wherever the text does not tell,
 * the answer is an unknown value. Frameworks join in through `Runtime` and through host objects.
 */
import type { Place } from '../../core/text.ts';
import { all, not, unknown as unknownCondition } from '../../policy/condition.ts';
import type { Observation } from '../../policy/observation.ts';
import type { CheckForm, Condition, RequestDatum, UnknownReason } from '../../policy/model.ts';
import { callMethod, getProperty } from './builtins.ts';
import { globalValue } from './globals.ts';
import type { Effect, Effects } from './effects.ts';
import { mayFail, type TryBlock } from './exceptions.ts';
import { evaluateExpression } from './expressions.ts';
import { isIdle } from './idle-callbacks.ts';
import { type Changes, findCell, type Frame, openFrame, Trail } from './frame.ts';
import type { Program } from './modules.ts';
import { bindPattern } from './patterns.ts';
import { dataOf } from './policy-values.ts';
import type { CheckSpelling } from './origin-tests.ts';
import { scopesOf } from './scope.ts';
import type { Completion, LoopTarget } from './completion.ts';
import { hoist } from './declarations.ts';
import { runStatements } from './statements.ts';
import * as ts from './syntax.ts';
import {
  arrayValue,
  type CallSite,
  type Cell,
  choiceValue,
  type FunctionValue,
  type JsValue,
  type Property,
  type ObjectValue,
  undefinedValue,
} from './values.ts';

/** What a framework adds to the language. */
export interface Runtime {
  /** The exports of a package; undefined for one that it does not know. */
  packageExports(name: string, interpreter: Interpreter): JsValue | undefined;
  /** A global that only some runtimes have; undefined for one that it does not know. */
  global(name: string): JsValue | undefined;
  /** A call that nothing is known about; `name` is how the author writes it. */
  unknownCall(name: string, args: readonly JsValue[], site: CallSite, callee?: JsValue): void;
}

const deepestCall = 24;
/** Evaluated expressions, executed statements, and values that meet after a branch. */
const mostWork = 60_000;
/** After so much work it is asked whether a file is missing; in between the run finds out what else is. */
const stretch = 1500;

export class Interpreter {
  readonly trail = new Trail();
  readonly program: Program;
  readonly runtime: Runtime;
  /** Conditions of the branches that are being followed. */
  readonly conditions: Condition[] = [];
  /** Nothing after this point of the path is reached. */
  dead = false;
  /** A handler is being followed: what is made now is made for each request. */
  perRequest = false;
  /** The status that a framework answers an error with which carries none, where the handler has set one. */
  errorStatus: (() => number | undefined) | undefined;
  /** When the program ends at start-up: an error is thrown, the process exits. */
  readonly stops: Condition[] = [];
  /** What the program says beside what it does. */
  readonly observations: Observation[] = [];
  /** The request data that calls into the unknown were given. */
  readonly unknownArguments: RequestDatum[] = [];
  /** The request data that unknowns were made from, by their id. */
  readonly unknownSources = new Map<string, readonly RequestDatum[]>();
  /** The `try` blocks around, the innermost last. */
  tryBlocks: readonly TryBlock[] = [];
  nextTryBlock = 1;
  /** Where `break` and `continue` go on. */
  loops: readonly LoopTarget[] = [];
  #effects: Effect[] = [];
  #work = 0;
  #checkpoint = stretch;
  #exhausted = false;
  #depth = 0;
  readonly #running: FunctionValue['node'][] = [];
  /** Functions that were followed at least once. */
  called = new Set<FunctionValue['node']>();

  constructor(program: Program, runtime: Runtime) {
    this.program = program;
    this.runtime = runtime;
  }

  /** The identifier of the `try` block that takes an error here. */
  get takesErrors(): number | undefined {
    return this.tryBlocks.at(-1)?.id;
  }

  /** `dead`, asked anew after something was followed. */
  isDead(): boolean {
    return this.dead;
  }

  /** Counts pieces of work; false when the bound is reached, or when the run will be repeated with further files. */
  spend(pieces = 1): boolean {
    this.#work += pieces;
    if (this.#work >= this.#checkpoint) {
      this.#exhausted ||= this.#work >= mostWork || this.program.files.isWaiting === true;
      this.#checkpoint = Math.min(mostWork, this.#work + stretch);
    }
    return !this.#exhausted;
  }

  get exhausted(): boolean {
    return this.#exhausted;
  }

  place(node: ts.Node, frame: Frame): Place {
    return { uri: frame.uri, range: ts.rangeOf(node, frame.file) };
  }

  emit(effect: Effect): void {
    if (!this.dead) this.#effects.push(effect);
  }

  /** The effects of what `run` does. */
  capture(run: () => void): Effects {
    const outer = this.#effects;
    const own: Effect[] = [];
    this.#effects = own;
    try {
      run();
    } finally {
      this.#effects = outer;
    }
    return own;
  }

  evaluate(node: ts.Expression, frame: Frame): JsValue {
    if (!this.spend()) return this.unknown(node, frame, 'too-many-cases');
    return this.program.force(evaluateExpression(this, node, frame));
  }

  /** An unknown with the identity of its place. */
  unknown(node: ts.Node, frame: Frame, reason: UnknownReason, name?: string, from?: readonly RequestDatum[]): JsValue {
    const place = this.place(node, frame);
    return this.unknownAt(place, reason, name, from);
  }

  /** The request data that an unknown was made from; a property of it, or a test on it, was made from the same. */
  dataOfUnknown(id: string): readonly RequestDatum[] {
    return this.unknownSources.get(id) ?? this.unknownSources.get(/^.*#\d+-\d+/.exec(id)?.[0] ?? '') ?? [];
  }

  unknownAt(place: Place, reason: UnknownReason, name?: string, from?: readonly RequestDatum[]): JsValue {
    const id = `${place.uri}#${place.range.start}-${place.range.end}`;
    if (from && from.length > 0) this.unknownSources.set(id, from);
    return {
      kind: 'unknown',
      id,
      reason,
      place,
      ...(name === undefined ? {} : { name }),
      ...(from === undefined || from.length === 0 ? {} : { from }),
    };
  }

  /** Everything that must hold for the current statement to be reached. */
  pathCondition(): Condition {
    return all(...this.conditions);
  }

  /** Runs something as if on one side of a condition. */
  underCondition<T>(when: Condition, run: () => T): T {
    this.conditions.push(when);
    const result = run();
    this.conditions.pop();
    return result;
  }

  spelling(form: CheckForm, place: Place): CheckSpelling {
    return { form, place };
  }

  /** Follows both sides of a condition; what they changed is joined. */
  branch(when: Condition, then: () => void, otherwise: () => void = () => undefined, place?: Place): void {
    this.branchTo(
      when,
      () => {
        then();
        return { dead: this.dead, value: undefinedValue };
      },
      () => {
        otherwise();
        return { dead: this.dead, value: undefinedValue };
      },
      place,
    );
  }

  /** A value that is made on either side of a condition. */
  branchValue(when: Condition, then: () => JsValue, otherwise: () => JsValue, place?: Place): JsValue {
    return this.branchTo(
      when,
      () => ({ value: then(), dead: this.dead }),
      () => ({ value: otherwise(), dead: this.dead }),
      place,
    ).value;
  }

  branchTo(when: Condition, then: () => Completion, otherwise: () => Completion, place?: Place): Completion {
    if (when.kind === 'always') return then();
    if (when.kind === 'never') return otherwise();
    if (this.dead || this.exhausted) return { dead: this.dead, value: undefinedValue };
    const [a, b] = [this.explore(when, then), this.explore(not(when), otherwise)];
    if (a.effects.length > 0 || b.effects.length > 0)
      this.emit({ kind: 'branch', when, then: a.effects, otherwise: b.effects, ...(place ? { place } : {}) });
    return this.meet(when, a, b);
  }

  /** Follows one side and takes its changes back. */
  explore(when: Condition, run: () => Completion): Explored {
    const mark = this.trail.mark();
    this.conditions.push(when);
    let completion: Completion = { dead: true, value: undefinedValue };
    const effects = this.capture(() => {
      completion = run();
    });
    this.conditions.pop();
    this.dead = false;
    return { completion, effects, changes: this.trail.undo(mark) };
  }

  /** Goes on after both sides. */
  meet(when: Condition, a: Explored, b: Explored): Completion {
    this.spend(a.changes.size + b.changes.size);
    if (a.completion.dead && b.completion.dead) this.dead = true;
    else if (a.completion.dead) this.trail.join(when, b.changes, b.changes);
    else if (b.completion.dead) this.trail.join(when, a.changes, a.changes);
    else this.trail.join(when, a.changes, b.changes);
    if (a.completion.dead) return b.completion;
    if (b.completion.dead) return a.completion;
    return { dead: false, value: choiceValue(when, a.completion.value, b.completion.value) };
  }

  /** Calls any value. */
  call(callee: JsValue, args: readonly JsValue[], site: CallSite, name: string): JsValue {
    const target = this.program.force(callee);
    switch (target.kind) {
      case 'function':
        return this.callFunction(target, args, site);
      case 'host':
        return target.host.call?.(args, site) ?? this.unknownCall(name, args, site);
      case 'choice':
        return this.branchValue(
          target.when,
          () => this.call(target.then, args, site, name),
          () => this.call(target.otherwise, args, site, name),
        );
      default:
        return this.unknownCall(name, args, site, target);
    }
  }

  /** A call that cannot be followed: callbacks among its arguments are followed, as they are called sooner or later. */
  unknownCall(name: string, args: readonly JsValue[], site: CallSite, callee?: JsValue): JsValue {
    mayFail(this, site.place);
    this.unknownArguments.push(...args.flatMap(dataOf));
    this.runtime.unknownCall(name, args, site, callee);
    for (const argument of args)
      if (argument.kind === 'function' && site.node && isWrittenAt(argument.node, site.node) && !isIdle(this, argument))
        this.callWithUnknowns(argument, site);
    const result = this.unknownAt(site.place, 'unresolved', name, args.flatMap(dataOf));
    const made = callee?.kind === 'unknown' ? callee.provenance : undefined;
    return made && result.kind === 'unknown'
      ? { ...result, provenance: { package: made.package, path: [...made.path, '()'], args } }
      : result;
  }

  /** Calls a function whose arguments come from somewhere unknown. */
  callWithUnknowns(callback: FunctionValue, site: CallSite): JsValue {
    const args = callback.node.parameters.map((parameter) => this.unknown(parameter, callback.frame, 'unresolved', nameOf(parameter)));
    return this.callFunction(callback, args, site);
  }

  callFunction(target: FunctionValue, args: readonly JsValue[], site: CallSite): JsValue {
    const { node } = target;
    if (!('body' in node) || !node.body || this.dead) return undefinedValue;
    if (this.#depth >= deepestCall || this.#running.filter((each) => each === node).length >= 2)
      return this.unknownAt(site.place, 'too-many-cases');
    const frame = openFrame(target.frame, ts.isArrowFunction(node) ? target.frame.self : (target.self ?? site.self));
    const { loops } = this;
    this.loops = [];
    this.#depth++;
    this.#running.push(node);
    this.called.add(node);
    try {
      const scope = scopesOf(frame.file).scopeOf(node);
      // A `var` in a block is the function's.
      for (const each of scope?.names.values() ?? []) if (each.kind === 'var') frame.cells.set(each, { value: undefinedValue });
      if (ts.isFunctionExpression(node) && node.name) {
        const own = scope?.names.get(node.name.text);
        if (own) frame.cells.set(own, { value: target });
      }
      const argumentsBinding = arrayValue(args);
      node.parameters.forEach((parameter, index) => {
        const given = parameter.dotDotDotToken ? arrayValue(args.slice(index)) : (args[index] ?? undefinedValue);
        bindPattern(this, parameter.name, given, frame, parameter.initializer);
      });
      frame.cells.set(argumentsKey, { value: argumentsBinding });
      if (!ts.isBlock(node.body)) return this.evaluate(node.body, frame);
      hoist(this, node.body.statements, frame);
      const completion = runStatements(this, node.body.statements, 0, frame, () => ({ dead: false, value: undefinedValue }));
      if (completion.dead) this.dead = true;
      return completion.value;
    } finally {
      this.#running.pop();
      this.#depth--;
      this.loops = loops;
    }
  }

  setProperty(object: ObjectValue, name: string, property: Property): void {
    const { properties, open } = object.contents.value;
    this.trail.write(object.contents, { properties: new Map(properties).set(name, property), open });
  }

  getProperty(value: JsValue, name: string, site: CallSite): JsValue {
    return this.program.force(getProperty(this, this.program.force(value), name, site));
  }

  callMethod(receiver: JsValue, name: string, args: readonly JsValue[], site: CallSite): JsValue {
    return callMethod(this, this.program.force(receiver), name, args, site);
  }

  global(name: string, node: ts.Node, frame: Frame): JsValue {
    return globalValue(this, name, node, frame);
  }

  /** Assigns to a variable. A name without a cell belongs to a scope that was not entered, or is a global. */
  assign(frame: Frame, identifier: ts.Identifier, value: JsValue): void {
    const binding = scopesOf(frame.file).resolve(identifier);
    const cell = binding && findCell(frame, binding);
    if (cell) this.trail.write(cell, value);
    else if (binding) this.declare(frame, binding, value);
  }

  declare(frame: Frame, binding: NonNullable<ReturnType<ReturnType<typeof scopesOf>['resolve']>>, value: JsValue): void {
    const existing = binding.kind === 'var' ? findCell(frame, binding) : frame.cells.get(binding);
    if (existing) this.trail.write(existing, value);
    else {
      // The cell belongs to this run of the scope, so another branch cannot meet it, except for `var`.
      const cell: Cell<JsValue> = { value: undefinedValue };
      frame.cells.set(binding, cell);
      this.trail.write(cell, value);
    }
  }

  unknownConditionAt(place: Place, what: string, reason: UnknownReason, of?: 'request' | 'origin'): Condition {
    return unknownCondition(`${what}:${place.uri}#${place.range.start}-${place.range.end}`, reason, of);
  }
}

export interface Explored {
  readonly completion: Completion;
  readonly effects: Effects;
  readonly changes: Changes;
}

/** The hidden binding of `arguments`. */
export const argumentsKey = {
  name: 'arguments',
  kind: 'const' as const,
  declarations: [],
  scope: { node: undefined as never, parent: undefined, names: new Map() },
};

function isWrittenAt(node: ts.Node, site: ts.Node): boolean {
  for (let current: ts.Node | undefined = node; current; current = current.parent as ts.Node | undefined) if (current === site) return true;
  return false;
}

function nameOf(parameter: ts.ParameterDeclaration): string {
  return ts.isIdentifier(parameter.name) ? parameter.name.text : 'parameter';
}

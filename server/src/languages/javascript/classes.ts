/** Classes of a program: what `new` makes of them, and their members. */
import { type Frame, openFrame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { isStatic, memberName } from './members.ts';
import { withDefault } from './patterns.ts';
import { isFunctionLike } from './scope.ts';
import * as ts from './syntax.ts';
import { type CallSite, type ClassValue, type JsValue, objectValue, type ObjectValue, undefinedValue } from './values.ts';

/** `new Class(…)`. What a class that is not in sight puts on an instance is not known. */
export function construct(interpreter: Interpreter, target: ClassValue, args: readonly JsValue[], site: CallSite): ObjectValue {
  const instance = objectValue(new Map(), site.place, extendsUnseen(interpreter, target), target);
  initialise(interpreter, target, instance, args, site);
  return instance;
}

/** What the constructors of a class and of those that it extends do to an instance, with its fields. */
function initialise(interpreter: Interpreter, target: ClassValue, instance: ObjectValue, args: readonly JsValue[], site: CallSite): void {
  const { node, frame } = target;
  const base = baseOf(interpreter, target);
  const constructor = node.members.find((member) => ts.isConstructorDeclaration(member) && member.body !== undefined);
  if (base && !constructor) initialise(interpreter, base, instance, args, site);
  // A constructor of a class that extends another one makes the fields by its `super(…)`.
  if (!constructor || !extendedBy(node)) makeFields(interpreter, node, instance, frame);
  if (constructor && ts.isConstructorDeclaration(constructor)) {
    const inner = openFrame(frame, instance);
    const given = [...args];
    constructor.parameters.forEach(({ modifiers, name, initializer }, index) => {
      if (!modifiers || !ts.isIdentifier(name)) return;
      const value = args[index] ?? undefinedValue;
      // The parameter and the field hold the same: a default is made once.
      given[index] = initializer ? withDefault(interpreter, value, initializer, inner) : value;
      interpreter.setProperty(instance, name.text, { value: given[index] });
    });
    interpreter.callFunction({ kind: 'function', node: constructor, frame, self: instance }, given, site);
  }
}

function makeFields(interpreter: Interpreter, { members }: ts.ClassLikeDeclaration, instance: ObjectValue, around: Frame): void {
  const frame = openFrame(around, instance);
  for (const member of members) {
    if (!ts.isPropertyDeclaration(member) || isStatic(member)) continue;
    const name = memberName(member.name);
    if (name === undefined) continue;
    const value = member.initializer ? interpreter.evaluate(member.initializer, frame) : undefinedValue;
    interpreter.setProperty(instance, name, {
      value,
      keyPlace: interpreter.place(member.name, frame),
      property: interpreter.place(member, frame),
    });
  }
}

/** `super(…)`: the constructor of the class that the one around `node` extends, and then the fields of that one. */
export function callSuper(interpreter: Interpreter, node: ts.Node, args: readonly JsValue[], frame: Frame, site: CallSite): void {
  const { self } = frame;
  const own = memberAround(node)?.parent;
  if (self?.kind !== 'object' || !own || !isClass(own)) return;
  const base = baseOf(interpreter, { node: own, frame });
  if (base) initialise(interpreter, base, self, args, site);
  makeFields(interpreter, own, self, frame);
}

/** `super.name` at a node; undefined where the class that is meant is not in sight. */
export function superMember(interpreter: Interpreter, node: ts.Node, name: string, frame: Frame, site: CallSite): JsValue | undefined {
  const around = memberAround(node);
  const base = around && isClass(around.parent) ? baseOf(interpreter, { node: around.parent, frame }) : undefined;
  if (!around || !base) return undefined;
  const self = frame.self ?? undefinedValue;
  const member = isStatic(around) ? classStatic(interpreter, base, name) : classMember(interpreter, base, name, self, site);
  return member ?? (extendsUnseen(interpreter, base) ? undefined : undefinedValue);
}

/** The member of a class, or of an object, in which `super` and `this` stand at a node. */
function memberAround(node: ts.Node): ts.Node | undefined {
  let current = node;
  while ((!isFunctionLike(current) && !ts.isPropertyDeclaration(current)) || ts.isArrowFunction(current)) {
    if (ts.isSourceFile(current)) return undefined;
    current = current.parent;
  }
  return current;
}

function isClass(node: ts.Node): node is ts.ClassLikeDeclaration {
  return ts.isClassDeclaration(node) || ts.isClassExpression(node);
}

/** A member of an instance, of its class or of those that this one extends; undefined where none in sight has it. */
export function classMember(
  interpreter: Interpreter,
  target: ClassValue,
  name: string,
  self: JsValue,
  site: CallSite,
): JsValue | undefined {
  for (const member of target.node.members) {
    if (isStatic(member) || !member.name || memberName(member.name) !== name) continue;
    if (ts.isMethodDeclaration(member))
      return { kind: 'function', node: member, frame: target.frame, self, place: interpreter.place(member, target.frame) };
    if (ts.isGetAccessorDeclaration(member))
      return interpreter.callFunction({ kind: 'function', node: member, frame: target.frame, self }, [], site);
  }
  const base = baseOf(interpreter, target);
  return base && classMember(interpreter, base, name, self, site);
}

/** A member of a class itself, or of those that it extends; undefined where none in sight has it. */
export function classStatic(interpreter: Interpreter, target: ClassValue, name: string): JsValue | undefined {
  const assigned = target.statics.value.get(name);
  if (assigned) return assigned.value;
  for (const member of target.node.members) {
    if (!isStatic(member) || !member.name || memberName(member.name) !== name) continue;
    if (ts.isMethodDeclaration(member))
      return { kind: 'function', node: member, frame: target.frame, self: target, place: interpreter.place(member, target.frame) };
    if (ts.isPropertyDeclaration(member) && member.initializer) {
      const value = interpreter.evaluate(member.initializer, target.frame);
      interpreter.trail.write(target.statics, new Map(target.statics.value).set(name, { value }));
      return value;
    }
    if (ts.isGetAccessorDeclaration(member)) {
      const place = interpreter.place(member, target.frame);
      return interpreter.callFunction({ kind: 'function', node: member, frame: target.frame, self: target }, [], {
        place,
        argumentPlaces: [],
      });
    }
    // A static block may set it.
    if (ts.isPropertyDeclaration(member) && target.node.members.some(isStaticBlock))
      return interpreter.unknown(member, target.frame, 'unsupported');
  }
  const base = baseOf(interpreter, target);
  return base && classStatic(interpreter, base, name);
}

/** The only member with a body and without a name or parameters. */
function isStaticBlock(member: ts.Node): boolean {
  return 'body' in member && !('name' in member && member.name !== undefined) && !ts.isConstructorDeclaration(member);
}

function extendedBy(node: ts.ClassLikeDeclaration): ts.Expression | undefined {
  return node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0]?.expression;
}

/** The class that another one extends, where it is in sight. */
export function baseOf(interpreter: Interpreter, { node, frame }: Pick<ClassValue, 'node' | 'frame'>): ClassValue | undefined {
  const expression = extendedBy(node);
  const base = expression ? interpreter.evaluate(expression, frame) : undefined;
  return base?.kind === 'class' && base.node !== node ? base : undefined;
}

/** Whether a class, or one that it extends, extends one that is not in sight: it may have any member. */
export function extendsUnseen(interpreter: Interpreter, target: ClassValue): boolean {
  const base = baseOf(interpreter, target);
  return base ? extendsUnseen(interpreter, base) : extendedBy(target.node) !== undefined;
}

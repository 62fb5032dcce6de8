/** Classes of a program: what `new` makes of them. */
import { openFrame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { isStatic, memberName } from './members.ts';
import { withDefault } from './patterns.ts';
import * as ts from './syntax.ts';
import { type CallSite, type ClassValue, type JsValue, objectValue, type ObjectValue, undefinedValue } from './values.ts';

/** `new Class(…)`. */
export function construct(interpreter: Interpreter, target: ClassValue, args: readonly JsValue[], site: CallSite): ObjectValue {
  const instance = objectValue(new Map(), site.place, false, target);
  initialise(interpreter, target, instance, args, site);
  return instance;
}

/** What the constructors of a class and of those that it extends do to an instance, with its fields. */
export function initialise(
  interpreter: Interpreter,
  target: ClassValue,
  instance: ObjectValue,
  args: readonly JsValue[],
  site: CallSite,
): void {
  const base = baseOf(interpreter, target);
  const constructor = target.node.members.find((member) => ts.isConstructorDeclaration(member) && member.body !== undefined);
  if (base && !constructor) initialise(interpreter, base, instance, args, site);
  const frame = openFrame(target.frame, instance);
  for (const member of target.node.members) {
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
  if (constructor && ts.isConstructorDeclaration(constructor)) {
    const given = [...args];
    constructor.parameters.forEach(({ modifiers, name, initializer }, index) => {
      if (!modifiers || !ts.isIdentifier(name)) return;
      const value = args[index] ?? undefinedValue;
      // The parameter and the field hold the same: a default is made once.
      given[index] = initializer ? withDefault(interpreter, value, initializer, frame) : value;
      interpreter.setProperty(instance, name.text, { value: given[index] });
    });
    interpreter.callFunction({ kind: 'function', node: constructor, frame: target.frame, self: instance }, given, site);
  }
}

/** The class that another one extends, where it is in sight. */
export function baseOf(interpreter: Interpreter, target: ClassValue): ClassValue | undefined {
  const clause = target.node.heritageClauses?.find((each) => each.token === ts.SyntaxKind.ExtendsKeyword);
  const expression = clause?.types[0]?.expression;
  const base = expression ? interpreter.evaluate(expression, target.frame) : undefined;
  return base?.kind === 'class' ? base : undefined;
}

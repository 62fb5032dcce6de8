/** Objects that Nest makes of classes: guards, interceptors, middleware. What is injected into them is not in sight. */
import { baseOf, construct } from '../javascript/classes.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import * as ts from '../javascript/syntax.ts';
import type { CallSite, ClassValue, JsValue } from '../javascript/values.ts';

/** An instance of a class, or the object that was given in place of one. */
export function instanceOf(interpreter: Interpreter, value: JsValue, site: CallSite): JsValue {
  const target = interpreter.program.force(value);
  if (target.kind !== 'class') return target;
  let owner: ClassValue | undefined = target;
  let constructor: ts.ConstructorDeclaration | undefined;
  for (let depth = 0; owner && !constructor && depth < 8; depth++) {
    constructor = owner.node.members.find((member) => ts.isConstructorDeclaration(member));
    owner = baseOf(interpreter, owner);
  }
  const args = (constructor?.parameters ?? []).map((parameter, index) =>
    interpreter.unknownAt(
      { uri: target.frame.uri, range: { start: parameter.pos, end: parameter.end } },
      'unresolved',
      ts.isIdentifier(parameter.name) ? parameter.name.text : `injected ${index}`,
    ),
  );
  return construct(interpreter, target, args, site);
}

/** A method of an instance; undefined where its code is not in sight. */
export function methodOf(interpreter: Interpreter, instance: JsValue, name: string, site: CallSite): JsValue | undefined {
  if (instance.kind !== 'object') return undefined;
  const method = interpreter.getProperty(instance, name, site);
  return method.kind === 'function' ? method : undefined;
}

/** What a person would call a guard: the name of its class, or the expression. */
export function nameOfProvider(value: JsValue): string {
  if (value.kind === 'class') return value.node.name?.text ?? 'class';
  if (value.kind === 'object') return value.instanceOf?.node.name?.text ?? 'object';
  return value.kind === 'unknown' ? (value.name ?? 'guard') : value.kind;
}

/** Decorators of classes, their methods and parameters, with what they are called with. */
import type { Frame } from '../javascript/frame.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import * as ts from '../javascript/syntax.ts';
import type { CallSite, JsValue } from '../javascript/values.ts';

export interface Decorator {
  readonly name: string;
  readonly args: readonly JsValue[];
  readonly site: CallSite;
}

/** The decorators of a node in the order of the text. `frame`: where the class stands. */
export function decoratorsOf(interpreter: Interpreter, node: ts.Node, frame: Frame): readonly Decorator[] {
  const { modifiers } = node as { readonly modifiers?: readonly ts.Node[] };
  return (modifiers ?? []).flatMap((modifier): Decorator[] => {
    if (modifier.kind !== ts.SyntaxKind.Decorator) return [];
    const { expression } = modifier as { readonly expression?: ts.Expression };
    if (!expression) return [];
    const call = ts.isCallExpression(expression) ? expression : undefined;
    const args: readonly ts.Expression[] = call?.arguments ?? [];
    return [
      {
        name: ts.textOf(call?.expression ?? expression, frame.file).replace(/^.*\./s, ''),
        args: args.map((argument) => interpreter.evaluate(argument, frame)),
        site: {
          node: expression,
          place: interpreter.place(expression, frame),
          argumentPlaces: args.map((argument) => interpreter.place(argument, frame)),
        },
      },
    ];
  });
}

/** The values of a list, or the one value in place of it. */
export function listed(value: JsValue | undefined): readonly JsValue[] {
  if (!value || value.kind === 'undefined') return [];
  return value.kind === 'array' ? value.contents.value.elements : [value];
}

/** A property of an object; undefined where it has none or is no object. */
export function propertyOf(value: JsValue | undefined, name: string): JsValue | undefined {
  return value?.kind === 'object' ? value.contents.value.properties.get(name)?.value : undefined;
}

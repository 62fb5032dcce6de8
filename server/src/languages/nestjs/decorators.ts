/** Decorators of classes, their methods and parameters, with what they are called with. */
import type { Frame } from '../javascript/frame.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import * as ts from '../javascript/syntax.ts';
import { type CallSite, type HostObject, hostValue, type JsValue, nativeFunction } from '../javascript/values.ts';

export interface Decorator {
  readonly name: string;
  readonly args: readonly JsValue[];
  readonly site: CallSite;
  /** Its code is not in sight, or does more than put decorators together: it may stand for any others. */
  readonly unseen?: true;
}

/** What `applyDecorators(…)` makes. */
export class ComposedDecorators implements HostObject {
  readonly type = 'decorators';
  readonly decorators: readonly JsValue[];
  constructor(decorators: readonly JsValue[]) {
    this.decorators = decorators;
  }
}

/** What a decorator of Nest makes where it is called: `Get('cats')`. */
export class MadeDecorator implements HostObject {
  readonly type = 'decorator';
  readonly name: string;
  readonly args: readonly JsValue[];
  readonly site: CallSite;
  constructor(name: string, args: readonly JsValue[], site: CallSite) {
    this.name = name;
    this.args = args;
    this.site = site;
  }
}

/** Decorators of Nest that are known by their names. */
const known =
  /^(?:Controller|Module|Injectable|Global|Catch|Get|Sse|Post|Put|Patch|Delete|Options|Head|Search|All|Header|HttpCode|Redirect|Render|Version|SetMetadata|Use(?:Guards|Filters|Interceptors|Pipes)|WebSocketGateway)$/;

/** A decorator of Nest as a program imports it; undefined for any other name. */
export function decoratorNamed(name: string): JsValue | undefined {
  return known.test(name) ? nativeFunction(name, (args, site) => hostValue(new MadeDecorator(name, args, site))) : undefined;
}

/** The decorators of a node in the order of the text. `frame`: where the class stands. */
export function decoratorsOf(interpreter: Interpreter, node: ts.Node, frame: Frame): readonly Decorator[] {
  return expressionsOf(node).map((expression) => asWritten(interpreter, expression, frame));
}

/**
 * The same, with those in place of a decorator of the author's that it puts together (`applyDecorators`). They are applied from the
 * first one on, and decorators of the text from the last one up, so they stand in reverse.
 */
export function composedDecoratorsOf(interpreter: Interpreter, node: ts.Node, frame: Frame): readonly Decorator[] {
  return expressionsOf(node).flatMap((expression) => {
    const written = asWritten(interpreter, expression, frame);
    if (known.test(written.name)) return [written];
    let made: JsValue = { kind: 'undefined' };
    interpreter.capture(() => {
      made = interpreter.evaluate(expression, frame);
      interpreter.dead = false;
    });
    return partsOf(made, written);
  });
}

function partsOf(value: JsValue, written: Decorator): readonly Decorator[] {
  if (value.kind === 'host' && value.host instanceof ComposedDecorators)
    return value.host.decorators.toReversed().flatMap((each) => partsOf(each, written));
  const { site } = written;
  if (value.kind === 'host' && value.host instanceof MadeDecorator) {
    const { name, args, site: own } = value.host;
    return [{ name, args, site: own.place.uri === site.place.uri ? own : { ...site, argumentPlaces: args.map(() => site.place) } }];
  }
  // Packages describe an interface, or store what others read.
  return value.kind === 'unknown' && value.provenance ? [written] : [{ ...written, unseen: true }];
}

function expressionsOf(node: ts.Node): readonly ts.Expression[] {
  const { modifiers } = node as { readonly modifiers?: readonly ts.Node[] };
  return (modifiers ?? []).flatMap((modifier) =>
    modifier.kind === ts.SyntaxKind.Decorator ? ((modifier as { readonly expression?: ts.Expression }).expression ?? []) : [],
  );
}

function asWritten(interpreter: Interpreter, expression: ts.Expression, frame: Frame): Decorator {
  const call = ts.isCallExpression(expression) ? expression : undefined;
  const args: readonly ts.Expression[] = call?.arguments ?? [];
  return {
    name: ts.textOf(call?.expression ?? expression, frame.file).replace(/^.*\./s, ''),
    args: args.map((argument) => interpreter.evaluate(argument, frame)),
    site: {
      node: expression,
      place: interpreter.place(expression, frame),
      argumentPlaces: args.map((argument) => interpreter.place(argument, frame)),
    },
  };
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

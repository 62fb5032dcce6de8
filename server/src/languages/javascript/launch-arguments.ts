/** The switch that starts a browser without the same-origin policy, among the arguments that a program starts it with. */
import * as ts from './syntax.ts';

export const switchedOff = '--disable-web-security';

/**
 * The switch as a browser takes it: an argument of its own, or a word of a command line, where the words beside the program
 * are options, paths and addresses. Electron's `appendSwitch` takes it without the dashes. A sentence about it is none.
 */
export function isLaunchArgument(node: ts.StringLiteralLike): boolean {
  const [program, ...words] = node.text.trim().split(/\s+/);
  if (words.length > 0) return [program, ...words].includes(switchedOff) && words.every((word) => /^-|[/.:=&'"]/.test(word));
  const { parent } = node;
  return (
    program === switchedOff ||
    (`--${node.text}` === switchedOff &&
      ts.isCallExpression(parent) &&
      ts.isPropertyAccessExpression(parent.expression) &&
      parent.expression.name.text === 'appendSwitch')
  );
}

const testPath = /(^|[/.])(test|tests|__tests__|spec|specs|e2e|cypress|playwright|puppeteer|karma|wdio|jest|vitest)([/.]|$)/i;

/** Whether a file belongs to tests, by its address: there a browser may be started as it likes. */
export function isOfTests(uri: string): boolean {
  return testPath.test(uri);
}

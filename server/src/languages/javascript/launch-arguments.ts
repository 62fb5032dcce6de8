/** The switch that starts a browser without the same-origin policy, among the arguments that a program starts it with. */
import type { Observation } from '../../policy/observation.ts';
import { isOfTests, switchedOff, switchIn } from '../browser-switch.ts';
import * as ts from './syntax.ts';

type LaunchArgument = Extract<Observation, { readonly kind: 'launchArgument' }>;

/** What stands beside the program in a command line: options, paths and addresses, and names of browsers. A sentence has other words. */
const ofCommands = /^-|[/.:=&'"]|chrom|electron|brave|msedge/i;

/**
 * The switch as a browser takes it: an argument of its own, or a word of a command line. Electron's `appendSwitch` takes it without
 * the dashes.
 */
export function launchArgument(node: ts.Node, tree: ts.SourceFile, uri: string): LaunchArgument | undefined {
  const written = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) ? ts.textOf(node, tree) : '';
  if (!written.includes('disable-web-security')) return undefined;
  const range = ts.rangeOf(node, tree);
  const found: LaunchArgument = {
    kind: 'launchArgument',
    text: switchedOff,
    place: { uri, range },
    test: isOfTests(uri.split(/[/.]/)),
  };
  if (ts.isStringLiteralLike(node) && isWholeArgument(node)) return found;
  // What a template puts in is a path or an address where a command has one.
  const words = written.slice(1, -1).replace(/\$\{[^}]*\}/g, '=');
  const [, ...beside] = words.trim().split(/\s+/);
  const at = switchIn(written);
  if (!at || beside.length === 0 || !beside.every((word) => ofCommands.test(word))) return undefined;
  const within = ({ start, end }: ts.SyntaxRange) => ({ uri, range: { start: range.start + start, end: range.start + end } });
  return { ...found, place: within(at.word), amongWords: within(at.withBlanks) };
}

function isWholeArgument({ text, parent }: ts.StringLiteralLike): boolean {
  return (
    text.trim() === switchedOff ||
    (`--${text}` === switchedOff &&
      ts.isCallExpression(parent) &&
      ts.isPropertyAccessExpression(parent.expression) &&
      parent.expression.name.text === 'appendSwitch')
  );
}

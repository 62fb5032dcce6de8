/** Routes by the segments of their paths, so that a request's own are found without asking every other. */
import { remember } from '../../core/remember.ts';
import { isParameter, isSplat, segmentsOf } from './paths.ts';

interface Node {
  readonly literals: Map<string, Node>;
  /** Below `:name`, which takes any one segment. */
  any: Node | undefined;
  /** Routes that end here. */
  readonly here: number[];
  /** Routes whose next segment is a pattern: they may match anything that begins like this. */
  readonly open: number[];
}

/** A segment as the trie asks for it: its text in lower case where it is literal. */
type Step = { readonly literal: string } | 'parameter' | 'pattern';

const stepsOf = remember((path): readonly Step[] =>
  segmentsOf(path).map((segment): Step => {
    if (/^:\w+$/.test(segment)) return 'parameter';
    return isParameter(segment) || isSplat(segment) ? 'pattern' : { literal: segment.toLowerCase() };
  }),
);

export class RouteTrie {
  readonly #root = node();

  /** Adds a route by its path as Express writes it; undefined where it is not known or a regular expression. */
  add(path: string | undefined, index: number): void {
    let at = this.#root;
    for (const step of path === undefined ? [] : stepsOf(path)) {
      if (step === 'pattern') {
        at.open.push(index);
        return;
      }
      at = step === 'parameter' ? (at.any ??= node()) : childOf(at, step.literal);
    }
    (path === undefined ? at.open : at.here).push(index);
  }

  /**
   * The routes that may cover every request of a route, ascending and each once. A route with a literal segment does not
   * cover one that has a parameter there.
   */
  candidates(route: string): readonly number[] {
    const found: number[] = [];
    const steps = stepsOf(route);
    const follow = (from: Node, depth: number): void => {
      for (const index of from.open) found.push(index);
      const step = steps[depth];
      if (step === undefined) {
        for (const index of from.here) found.push(index);
        return;
      }
      if (from.any) follow(from.any, depth + 1);
      const literal = typeof step === 'object' ? from.literals.get(step.literal) : undefined;
      if (literal) follow(literal, depth + 1);
    };
    follow(this.#root, 0);
    return found.length < 2 ? found : [...new Set(found)].sort((a, b) => a - b);
  }
}

function node(): Node {
  return { literals: new Map(), any: undefined, here: [], open: [] };
}

function childOf(parent: Node, segment: string): Node {
  let child = parent.literals.get(segment);
  if (!child) parent.literals.set(segment, (child = node()));
  return child;
}

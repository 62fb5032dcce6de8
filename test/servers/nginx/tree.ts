/** Generated configuration as a tree, so that a difference can be shrunk by leaving parts out. */

export interface ConfigNode {
  readonly name: string;
  /** Arguments as they are spelled, quotes included. */
  readonly args: readonly string[];
  readonly body?: readonly ConfigNode[];
  /** For `include`: the file that is written, and what stands in it. */
  readonly file?: string;
}

export const line = (name: string, ...args: readonly string[]): ConfigNode => ({ name, args });
export const block = (name: string, args: readonly string[], body: readonly ConfigNode[]): ConfigNode => ({ name, args, body });

export interface Rendered {
  readonly text: string;
  /** Included files by their path beside the main file. */
  readonly files: Readonly<Record<string, string>>;
}

/** The text of a configuration and of the files that it includes. */
export function render(nodes: readonly ConfigNode[]): Rendered {
  const files: Record<string, string> = {};
  const lines = (each: readonly ConfigNode[], indent: string): string =>
    each
      .map((node) => {
        const head = `${indent}${[node.name, ...node.args].join(' ')}`;
        if (node.file !== undefined) {
          files[node.file] = lines(node.body ?? [], '');
          return `${head};\n`;
        }
        return node.body ? `${head} {\n${lines(node.body, `${indent}    `)}${indent}}\n` : `${head};\n`;
      })
      .join('');
  return { text: lines(nodes, ''), files };
}

/** Every tree that lacks one node of this one, larger parts first. What is listened on stays: without it nothing could ask. */
export function* smaller(nodes: readonly ConfigNode[]): Generator<readonly ConfigNode[]> {
  const servers = nodes.filter((node) => node.name === 'server').length;
  for (const [index, node] of nodes.entries())
    if (node.name !== 'listen' && (node.name !== 'server' || servers > 1)) yield nodes.filter((_node, other) => other !== index);
  for (const [index, node] of nodes.entries()) {
    if (!node.body) continue;
    for (const body of smaller(node.body)) yield nodes.map((each, other) => (other === index ? { ...node, body } : each));
  }
}

/** Every node of a tree with the nodes around it, outermost first. */
export function* walk(
  nodes: readonly ConfigNode[],
  around: readonly ConfigNode[] = [],
): Generator<readonly [ConfigNode, readonly ConfigNode[]]> {
  for (const node of nodes) {
    yield [node, around];
    if (node.body) yield* walk(node.body, [...around, node]);
  }
}

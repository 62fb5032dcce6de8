import type { OutlineItem } from '../../core/language.ts';
import type { Node } from './syntax.ts';

const shown: ReadonlySet<string> = new Set([
  'header',
  'requestheader',
  'setenvif',
  'setenvifnocase',
  'setenvifexpr',
  'rewriterule',
  'rewritecond',
  'require',
  'proxypass',
  'errordocument',
  'servername',
  'documentroot',
]);

/** The sections of a file and the directives that shape its responses. */
export function outlineOf(nodes: readonly Node[], uri: string): readonly OutlineItem[] {
  return nodes.flatMap((node): OutlineItem[] => {
    if (node.kind === 'section') {
      return [
        {
          name: node.name,
          kind: 'block',
          place: { uri, range: node.range },
          namePlace: { uri, range: node.nameRange },
          children: outlineOf(node.children, uri),
          ...(node.rest !== '' && { detail: node.rest }),
        },
      ];
    }
    if (node.kind !== 'directive' || !shown.has(node.key)) return [];
    return [
      {
        name: node.name,
        kind: 'directive',
        place: { uri, range: node.range },
        namePlace: { uri, range: node.nameRange },
        children: [],
        ...(node.rest !== '' && { detail: node.rest }),
      },
    ];
  });
}

import type { OutlineItem } from '../../core/language.ts';
import type { Directive, Node, Section } from './syntax.ts';

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
      const detail = detailOf(node);
      return [
        {
          // An empty name is no symbol.
          name: `${node.name} ${node.rest}`.trim() || '(empty)',
          ...(detail !== undefined && { detail }),
          kind: 'block',
          place: { uri, range: node.range },
          namePlace: { uri, range: node.nameRange },
          children: outlineOf(node.children, uri),
        },
      ];
    }
    if (node.kind !== 'directive' || !shown.has(node.key)) return [];
    const [title, detail] = titleOf(node);
    return [
      {
        name: title,
        ...(detail !== '' && { detail }),
        kind: 'directive',
        place: { uri, range: node.range },
        namePlace: { uri, range: node.nameRange },
        children: [],
      },
    ];
  });
}

/** A host's name, which its address hides. */
function detailOf(section: Section): string | undefined {
  if (section.key !== 'virtualhost') return undefined;
  const named = section.children.find((child) => child.kind === 'directive' && child.key === 'servername');
  return named?.kind === 'directive' ? named.args[0]?.value : undefined;
}

/** What somebody looks for, and the rest: `Header always set Access-Control-Allow-Origin` and its value, `SetEnvIf Origin`. */
function titleOf({ name, key, args }: Directive): readonly [title: string, detail: string] {
  const values = args.map((argument) => argument.value);
  const table = /^(?:always|onsuccess)$/i.test(values[0] ?? '') ? 1 : 0;
  const shownWords = key === 'header' ? table + 2 : key === 'requestheader' ? 2 : 1;
  return [[name, ...values.slice(0, shownWords)].join(' '), values.slice(shownWords).join(' ')];
}

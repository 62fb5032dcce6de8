import type { OutlineItem } from '../../core/language.ts';
import { placeOf } from './lines.ts';
import type { Source } from './lines.ts';
import { directivesIn } from './syntax.ts';
import type { NginxDirective, NginxItem } from './syntax.ts';

/** Directives without a block that shape a response. */
const shown: ReadonlySet<string> = new Set([
  'add_header',
  'more_set_headers',
  'more_clear_headers',
  'proxy_hide_header',
  'proxy_pass',
  'return',
  'error_page',
  'auth_basic',
  'auth_request',
]);

/** The blocks of a file and the directives in them that shape responses. */
export function outlineOf(source: Source): readonly OutlineItem[] {
  return itemsOf(source, source.syntax.items);
}

function itemsOf(source: Source, items: readonly NginxItem[]): readonly OutlineItem[] {
  return directivesIn(items).flatMap((directive): OutlineItem[] => {
    const { name, block } = directive;
    if (!block && !shown.has(name.value)) return [];
    const detail = detailOf(directive);
    return [
      {
        name: titleOf(directive),
        ...(detail !== '' && { detail }),
        kind: block ? 'block' : 'directive',
        place: placeOf(source, directive.range),
        namePlace: placeOf(source, name.range),
        children: block ? itemsOf(source, block.items) : [],
      },
    ];
  });
}

const wordsOf = (directive: NginxDirective, from = 0): string =>
  directive.args
    .slice(from)
    .map((word) => word.value)
    .join(' ');

/** What somebody looks for: `location /api/`, `map $http_origin $cors_origin`, `add_header Vary`. An empty name is no symbol. */
function titleOf(directive: NginxDirective): string {
  const { name, args, block } = directive;
  const words = block ? wordsOf(directive) : (args[0]?.value ?? '');
  return `${name.value === '' ? '(empty)' : name.value} ${words}`.trim();
}

/** The value of a header line; the names of a server, or else what it listens on. */
function detailOf(directive: NginxDirective): string {
  if (!directive.block) return wordsOf(directive, 1);
  if (directive.name.value !== 'server') return '';
  const inside = directivesIn(directive.block.items);
  const named = inside.find((each) => each.name.value === 'server_name') ?? inside.find((each) => each.name.value === 'listen');
  return named === undefined ? '' : wordsOf(named);
}

/** What gets a name in a configuration and where the name is used: variables, upstreams, named locations, ports. */
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import { localPort } from '../../core/local-address.ts';
import type { NamedPlace } from '../../core/navigation.ts';
import type { TextRange } from '../../core/text.ts';
import { configurationOf } from './configuration.ts';
import { passes } from './directives.ts';
import { interpolate, sourceOffsets } from './interpolate.ts';
import { placeOf } from './lines.ts';
import type { Body, Line, Source } from './lines.ts';
import type { NginxWord } from './syntax.ts';

/** Which argument of a directive is the variable that it defines; the last one is -1. */
const definers: ReadonlyMap<string, number> = new Map([
  ['map', 1],
  ['geo', -1],
  ['split_clients', 1],
  ['set', 0],
  ['auth_request_set', 0],
  ['perl_set', 0],
  ['js_set', 0],
  ['js_var', 0],
  ['set_by_lua_block', 0],
  ['set_by_lua_file', 0],
]);

/** Directives that may name a location by `@name`. */
const jumps: ReadonlySet<string> = new Set(['error_page', 'try_files', 'post_action']);

/** Every name of the configuration that a file belongs to. */
export function namesOf(file: SourceFile, files: SourceFiles): readonly NamedPlace[] {
  const names: NamedPlace[] = [];
  collect(configurationOf(file, files), undefined, names);
  return names;
}

function collect(body: Body, scope: string | undefined, names: NamedPlace[]): void {
  for (const line of body.lines) {
    names.push(...namesIn(line, scope));
    if (!line.body) continue;
    const inner = line.name === 'server' ? `${line.source.file.uri}#${line.directive.range.start}` : scope;
    collect(line.body, inner, names);
  }
}

function namesIn(line: Line, scope: string | undefined): readonly NamedPlace[] {
  const { name, args, source } = line;
  const names: NamedPlace[] = [];
  const add = (kind: NamedPlace['kind'], text: string, role: NamedPlace['role'], range: TextRange): void => {
    const within = kind === 'named location' && scope !== undefined ? { scope } : {};
    names.push({ kind, name: text, role, place: placeOf(source, range), ...within });
  };
  const defined = definers.get(name);
  const definition = defined === undefined ? undefined : args.at(defined);
  for (const word of [line.directive.name, ...args]) {
    const value = word.value;
    for (const part of interpolate(word, source.file.text).parts)
      if (part.kind === 'variable') add('variable', part.name, word === definition ? 'definition' : 'use', part.range);
    for (const group of groupsIn(word, source)) add('variable', group.name, 'definition', group.range);
    if (value.startsWith('@') && (jumps.has(name) || name === 'location'))
      add('named location', value, name === 'location' ? 'definition' : 'use', word.content);
  }
  const [first] = args;
  if (first === undefined) return names;
  if (name === 'upstream') add('upstream', first.value.toLowerCase(), 'definition', first.content);
  if (passes.has(name)) {
    const address = /^(?:\w+:\/\/)?([^/:$\s]+)(?::\d+)?(?=\/|$)/.exec(first.value);
    const host = address?.[1];
    if (address && host !== undefined) {
      const start = first.content.start + address[0].lastIndexOf(host);
      add('upstream', host.toLowerCase(), 'use', { start, end: start + host.length });
    }
  }
  if (passes.has(name) || name === 'server') {
    const local = localPort(first.value);
    if (local !== undefined) add('port', local.port, 'use', { start: first.content.start, end: first.content.start + local.length });
  }
  return names;
}

/** The named groups of a word that is a pattern: each makes a variable. */
function groupsIn(word: NginxWord, source: Source): readonly { readonly name: string; readonly range: TextRange }[] {
  if (!word.value.includes('(?')) return [];
  const offsets = sourceOffsets(word, source.file.text);
  return [...word.value.matchAll(/\(\?P?[<']([A-Za-z_]\w*)[>']/g)].map((match) => {
    const name = match[1] ?? '';
    const from = match.index + match[0].length - 1 - name.length;
    const start = offsets[from] ?? word.content.start;
    return { name: name.toLowerCase(), range: { start, end: start + name.length } };
  });
}

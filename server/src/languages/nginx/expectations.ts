/** What a place expects of the requests that it answers: the headers that it decides by, the methods that it is made for. */
import type { Observation } from '../../policy/observation.ts';
import { interpolate } from './interpolate.ts';
import { inherited, own, serverOf, type Level } from './levels.ts';
import { placeOf, type Line, type Source } from './lines.ts';
import type { NginxWord } from './syntax.ts';
import type { Variables } from './variables.ts';

/** How deep maps may refer to each other. */
const deepest = 8;

/** The request headers and methods of every policy, by the levels that the policies stand for. */
export function expectations(levels: ReadonlyMap<string, Level>, variables: Variables): readonly Observation[] {
  const reads = new Map<string, Extract<Observation, { kind: 'requestHeaderRead' }> & { policies: string[] }>();
  const routes: Observation[] = [];
  for (const [id, level] of levels) {
    for (const { name, source, word } of conditionsOf(level).flatMap((line) =>
      line.args.flatMap((each) => headersIn(each, line.source, variables, 0)),
    )) {
      const key = `${source.file.uri} ${word.range.start} ${name}`;
      const known = reads.get(key);
      if (known) known.policies.push(id);
      else reads.set(key, { kind: 'requestHeaderRead', name, place: placeOf(source, word.range), policies: [id] });
    }
    for (const line of [...inherited(level, 'dav_methods').lines, ...own(level, 'limit_except')])
      for (const word of line.args)
        if (/^[A-Z]+$/.test(word.value) && word.value !== 'OPTIONS')
          routes.push({ kind: 'route', method: word.value, path: pathOf(level), place: placeOf(line.source, word.range), policy: id });
  }
  return [...reads.values(), ...routes];
}

/** The `if` lines that run for a request of a level: its own and those of its server. */
function conditionsOf(level: Level): readonly Line[] {
  const server = serverOf(level);
  return server && server !== level ? [...own(server, 'if'), ...own(level, 'if')] : own(level, 'if');
}

interface HeaderRead {
  readonly name: string;
  readonly source: Source;
  readonly word: NginxWord;
}

/** The request headers that a word's variables come from, through maps as well. The Origin is no such header. */
function headersIn(word: NginxWord, source: Source, variables: Variables, depth: number): readonly HeaderRead[] {
  return interpolate(word, source.file.text).parts.flatMap((part) => {
    if (part.kind !== 'variable' || depth > deepest) return [];
    const { name } = part;
    if (name.startsWith('http_'))
      return name === 'http_origin' ? [] : [{ name: name.slice('http_'.length).replaceAll('_', '-'), source, word }];
    const table = variables.tableOf(name);
    const from = table?.name === 'map' ? table.args[0] : undefined;
    return table && from ? headersIn(from, table.source, variables, depth + 1) : [];
  });
}

function pathOf({ line }: Level): string {
  return line?.name === 'location' ? line.args.map((word) => word.value).join(' ') : '/';
}

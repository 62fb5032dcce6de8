/** Where a name under the cursor comes from, and who else uses it, across files and languages. */
import { sameName, type NamedPlace } from './core/navigation.ts';
import type { Place, TextRange } from './core/text.ts';
import type { Workspace } from './core/workspace.ts';
import { languages } from './languages/index.ts';
import type { LintDocument, Service } from './service.ts';

export interface Destination {
  /** The name that was asked about, in the document. */
  readonly range: TextRange;
  readonly places: readonly Place[];
}

export interface NavigationContext {
  readonly service: Service;
  readonly workspace: Workspace;
}

/** How many programs of a workspace are looked through for the port that a proxy names. */
const MOST_PROGRAMS = 3000;

/** Where the name at an offset is defined: a variable, an upstream, an included file, the application behind a proxy. */
export async function definitionAt(
  document: LintDocument,
  offset: number,
  context: NavigationContext,
  signal?: AbortSignal,
): Promise<Destination | undefined> {
  const { service } = context;
  const links = await service.consult(document, (engine, file, files) => engine.links?.(file, files), signal);
  const link = links?.find(({ place }) => around(place.range, offset));
  if (link) return { range: link.place.range, places: link.targets.map((uri) => ({ uri, range: { start: 0, end: 0 } })) };
  const { names, asked } = await namesAt(document, offset, context, signal);
  for (const name of asked) {
    const places =
      name.kind === 'port' && name.role === 'use'
        ? await programsOn(name.name, context, signal)
        : placesOf(names.filter((each) => each.role === 'definition' && sameName(each, name)));
    if (places.length > 0) return { range: name.place.range, places };
  }
  return undefined;
}

/** Every place of the configuration where the name at an offset stands; empty where there is none. */
export async function referencesAt(
  document: LintDocument,
  offset: number,
  withDefinitions: boolean,
  context: NavigationContext,
  signal?: AbortSignal,
): Promise<readonly Place[]> {
  const { names, asked } = await namesAt(document, offset, context, signal);
  const [name] = asked;
  return name === undefined ? [] : placesOf(names.filter((each) => sameName(each, name) && (withDefinitions || each.role === 'use')));
}

/** All names, and those at an offset, the shortest first. */
async function namesAt(
  document: LintDocument,
  offset: number,
  { service }: NavigationContext,
  signal: AbortSignal | undefined,
): Promise<{ readonly names: readonly NamedPlace[]; readonly asked: readonly NamedPlace[] }> {
  const names = (await service.consult(document, (engine, file, files) => engine.names?.(file, files), signal)) ?? [];
  const asked = names
    .filter(({ place }) => place.uri === document.uri && around(place.range, offset))
    .sort((a, b) => a.place.range.end - a.place.range.start - (b.place.range.end - b.place.range.start));
  return { names, asked };
}

/** Where programs of the workspace listen on a port. A file that does not hold the number is not parsed. */
async function programsOn(
  port: string,
  { service, workspace }: NavigationContext,
  signal: AbortSignal | undefined,
): Promise<readonly Place[]> {
  const programs = languages.filter((language) => language.configuration !== true);
  const uris = (await workspace.files()).filter((uri) => programs.some((language) => language.claims(uri) === 'yes'));
  const places: Place[] = [];
  for (const uri of uris.slice(0, MOST_PROGRAMS)) {
    if (signal?.aborted === true) return [];
    const text = await workspace.read(uri);
    if (text === undefined || !text.includes(port) || !text.includes('listen')) continue;
    const names = (await service.consult({ uri, text }, (engine, file, files) => engine.names?.(file, files), signal)) ?? [];
    places.push(...placesOf(names.filter((each) => each.kind === 'port' && each.role === 'definition' && each.name === port)));
  }
  return places;
}

const around = ({ start, end }: TextRange, offset: number): boolean => start <= offset && offset <= end;

/** Each place once, although a file that is included twice is read twice. */
function placesOf(names: readonly NamedPlace[]): readonly Place[] {
  return [...new Map(names.map(({ place }) => [`${place.uri}#${place.range.start}`, place])).values()];
}

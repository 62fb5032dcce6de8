import type { SourceFile, SourceFiles } from '../../core/files.ts';
import type { Extraction, LanguageEngine, Part } from '../../core/language.ts';
import { all, always } from '../../policy/condition.ts';
import type { Alternative, Condition, Policy, PolicyKind, RerouteTarget, Steps } from '../../policy/model.ts';
import type { Place } from '../../core/text.ts';
import { createAuthoring } from './authoring.ts';
import { renameVariables, remember } from './environment.ts';
import { expectedAt } from './expected.ts';
import { htaccessChain, includesOf, isHtaccess } from './files.ts';
import { endApart } from './endings.ts';
import { conditionWithin, htaccessHost, proxyOf, scopesOf, serverHosts, type Host } from './hosts.ts';
import { areApart, type Layer } from './layers.ts';
import { linksOf } from './links.ts';
import { namesOf } from './names.ts';
import { observationsOf } from './observations.ts';
import { outlineOf } from './outline.ts';
import { divide, type Elsewhere, type HostPart } from './parts.ts';
import { programOf } from './program.ts';
import { changesOriginHeader, firstHeaderRead } from './request-headers.ts';
import { forgetVary, type ActiveLayer } from './responses.ts';
import { scan, type Entry } from './scan.ts';
import { send } from './send.ts';
import { parseFile } from './tree.ts';
import { variablesOf } from './variable-names.ts';
import type { Node } from './syntax.ts';

export const engine: LanguageEngine = {
  extract,
  expectedAt,
  names: namesOf,
  links: linksOf,
  divide: (file, files) => divide(file, files)?.map(partOf),
};

function partOf({ range, surroundings, elsewhere, alone }: HostPart): Part {
  const { isFirst, speaksOfCors, variables, unresolved } = elsewhere;
  return {
    range,
    surroundings: `${isFirst ? 'first' : ''} ${speaksOfCors ? 'cors' : ''} ${unresolved ? 'open' : ''} ${[...variables].join(' ')}\n${surroundings}`,
    extract: (files) => extract(alone(), files, elsewhere),
  };
}

/** More places than this get no policy of their own. */
const mostPlaces = 80;

function extract(file: SourceFile, files: SourceFiles, elsewhere?: Elsewhere): Extraction {
  const tree = parseFile(file);
  const hosts = hostsOf(file, files, elsewhere?.isFirst !== false);
  const policies: Policy[] = [];
  const routing: Alternative[] = [];
  hosts.forEach((host, index) => {
    const made = policiesOf(host, index);
    policies.push(...made.policies);
    routing.push(...made.routing);
  });
  return {
    policies,
    routing,
    observations: observationsOf(tree, file, hosts, policies, elsewhere),
    comments: commentsOf(tree.nodes),
    get outline() {
      return outlineOf(tree.nodes, file.uri);
    },
    authoring: createAuthoring(file, files),
  };
}

function hostsOf(file: SourceFile, files: SourceFiles, withDefault: boolean): readonly Host[] {
  if (isHtaccess(file.uri, parseFile(file).nodes)) {
    const chain = htaccessChain(file, files).map(({ file: each, url }) => ({ file: each, url, entries: entriesOf(each, files) }));
    return [htaccessHost(chain, file)];
  }
  return serverHosts(entriesOf(file, files), file, withDefault);
}

function entriesOf(file: SourceFile, files: SourceFiles): readonly Entry[] {
  return scan(parseFile(file).nodes, {
    file,
    defines: new Map(),
    guard: always,
    methods: undefined,
    depth: 0,
    include: includesOf(files, parseFile, file),
  });
}

function policiesOf(host: Host, index: number): { readonly policies: readonly Policy[]; readonly routing: readonly Alternative[] } {
  const scopes = relevantScopes(host);
  const variables = variablesOf(host.layers);
  const uniform = host.layers.every((layer) => layer.when.kind === 'always');
  const changesOrigin = host.layers.some((layer) => layer.entries.some((entry) => entry.kind === 'item' && changesOriginHeader(entry)));
  const lookupDiffers = host.layers.some((layer) => layer.nested) ? 'always' : host.layers.some(differsByMethod) ? 'by method' : 'never';
  const varyPlace = firstHeaderRead(
    host.layers.flatMap((layer) => [...(layer.section === undefined ? [] : [layer.section]), ...layer.entries]),
  );
  const errorPolicies = new Map<string, string>();
  const errorPolicy = (path: string): string => {
    const id = errorPolicies.get(path) ?? `host ${index} error ${path}`;
    errorPolicies.set(path, id);
    return id;
  };
  const policies: Policy[] = [];
  const routing: Alternative[] = [];
  scopes.forEach((scope, at) => {
    const active = activeLayers(host, scopes, scope);
    const proxied = proxyOf(
      host,
      active.map(({ layer }) => layer),
    );
    // What a later place covers is its own: what is proxied there says nothing of the server around it.
    const proxy = { ...proxied, when: conditionWithin(proxied.when, scope, scopes.slice(at + 1)) };
    const steps = programOf({
      active,
      proxy,
      variables,
      varyPlace,
      errorPolicy,
      uniform,
      lookupDiffers,
      handlersUnseen: host.handlersUnseen,
      scripts: host.scripts,
      within: (condition) => conditionWithin(condition, scope),
    });
    const id = `host ${index} place ${at}`;
    policies.push(policyOf(host, scope, id, steps));
    routing.unshift({ when: all(host.when, scope.when), policy: id });
  });
  const [first] = policies;
  for (const [path, id] of errorPolicies) {
    if (first === undefined) break;
    // A changed Origin would go into the page's own round, where SetEnvIf sees it.
    const to: RerouteTarget = changesOrigin ? { unknown: 'unsupported' } : { path };
    const steps: Steps = [...renameVariables(variables.all), remember('error-page', always), ...forgetVary, { kind: 'reroute', to }];
    policies.push({ ...first, id, title: `ErrorDocument ${path}`, steps });
  }
  return { policies, routing };
}

/** Places whose lines matter to a response; the first is the server or the folder itself. */
function relevantScopes(host: Host): readonly Layer[] {
  const scopes = scopesOf(host);
  const base =
    host.kind === 'htaccess'
      ? scopes.filter((layer) => layer.file !== undefined)
      : scopes.filter((layer) => layer.kind === 'server').slice(-1);
  const rest = scopes.filter(
    (layer) =>
      layer.section !== undefined &&
      layer.kind !== 'server' &&
      (matters(layer) || host.layers.some((other) => other.host === layer && matters(other))),
  );
  return [...base, ...rest].slice(0, mostPlaces);
}

const relevant =
  /^(?:header|requestheader|setenv.*|unsetenv|passenv|browsermatch.*|rewrite.*|redirect.*|errordocument|require|order|allow|deny|satisfy|proxypass.*|sethandler|addhandler|addtype|fallbackresource)$/;

function matters(layer: Layer): boolean {
  return layer.entries.some((entry) =>
    entry.kind === 'block' ? entry.section.key.startsWith('require') : relevant.test(entry.directive.key),
  );
}

/** The layers that a request in a place can have, when this place is the last one that covers it. */
function activeLayers(host: Host, scopes: readonly Layer[], scope: Layer): readonly ActiveLayer[] {
  const position = scopes.indexOf(scope);
  const later = new Set(scopes.slice(position + 1));
  return host.layers.flatMap((layer): ActiveLayer[] => {
    const owner = layer.host ?? layer;
    if (later.has(owner) || areApart(layer, scope) || (owner !== scope && endApart(owner.endings, scope.endings))) return [];
    const when = conditionWithin(layer.when, scope);
    if (when.kind === 'never') return [];
    const { branch } = layer;
    if (branch === undefined) return [{ layer, when }];
    const varies = branch.varies.map((vary) => ({ ...vary, when: conditionWithin(vary.when, scope) }));
    return [{ layer: { ...layer, branch: { ...branch, varies } }, when }];
  });
}

/** Whether a layer can look different to the lookup of a FallbackResource, which asks with GET. */
function differsByMethod(layer: Layer): boolean {
  if (readsMethod(layer.when)) return true;
  return layer.entries.some((entry) => {
    if (entry.kind === 'block') return entry.section.key.startsWith('require') || entry.methods !== undefined;
    const { key, rest } = entry.directive;
    return entry.methods !== undefined || key === 'require' || (key === 'rewritecond' && /REQUEST_METHOD|THE_REQUEST/i.test(rest));
  });
}

function readsMethod(condition: Condition): boolean {
  if (condition.kind === 'all' || condition.kind === 'any') return condition.of.some(readsMethod);
  return condition.kind === 'not' ? readsMethod(condition.of) : condition.kind === 'method';
}

const kinds: Readonly<Record<string, PolicyKind>> = {
  server: 'server',
  directory: 'directory',
  files: 'files',
  location: 'location',
  proxy: 'location',
};

function policyOf(host: Host, scope: Layer, id: string, steps: Steps): Policy {
  const file = scope.file ?? host.file;
  const whole: Place = { uri: file.uri, range: { start: 0, end: file.text.length } };
  const block = scope.section;
  const place: Place = block === undefined ? firstLine(file) : { uri: block.file.uri, range: block.section.opening };
  const extent: Place = block === undefined ? whole : { uri: block.file.uri, range: block.section.range };
  return {
    id,
    title: block === undefined || scope.kind === 'server' ? host.title : `<${block.section.name} ${block.section.rest}>`,
    language: 'apache',
    kind: host.kind === 'htaccess' && scope.kind === 'directory' ? 'htaccess' : (kinds[scope.kind] ?? 'location'),
    place,
    extent,
    steps,
    send,
    fragment: host.fragment,
    ...(servesAssets(scope) && { staticFiles: true }),
  };
}

function firstLine(file: SourceFile): Place {
  const end = file.text.indexOf('\n');
  return { uri: file.uri, range: { start: 0, end: end === -1 ? file.text.length : end } };
}

/** `<FilesMatch "\.(ttf|woff2)$">`: nothing there runs, and an error is no loss to a script. */
function servesAssets(scope: Layer): boolean {
  if (scope.kind !== 'files') return false;
  const names = scope.section?.section.rest ?? '';
  return assets.test(names) && !programs.test(names);
}

const assets =
  /\b(?:ttf|ttc|otf|eot|woff2?|svgz?|png|jpe?g|gif|ico|webp|avif|bmp|cur|css|js|mjs|wasm|map|toml|pdf|vtt|m3u8|mpd|mp[34]|webm|ogg)\b/i;
const programs = /\b(?:php\d?|phtml|cgi|fcgi|pl|py|rb|lua)\b/i;

function commentsOf(nodes: readonly Node[]): Extraction['comments'] {
  return nodes.flatMap((node) => (node.kind === 'comment' ? [node.range] : node.kind === 'section' ? commentsOf(node.children) : []));
}

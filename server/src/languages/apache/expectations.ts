/** What a configuration expects of its requests: the headers that it reads, the methods that a place is made for. */
import type { Place } from '../../core/text.ts';
import type { Policy } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
import type { Host } from './hosts.ts';
import type { Layer } from './layers.ts';
import { requireSections } from './access.ts';
import { errorDocuments } from './responses.ts';
import { argumentPlace, placeOf, type Entry, type Item } from './scan.ts';
import { rangeInFile, type Argument } from './syntax.ts';

/** `%{HTTP:Name}` of mod_rewrite and of expressions, `%{req:Name}` of expressions. */
const headerRead = /%\{(?:HTTP|req|req_novary):([A-Za-z0-9-]+)\}/g;
/** What SetEnvIf looks at that is no header (mod_setenvif.c, special_header). */
const requestParts = /^(?:remote_host|remote_addr|server_addr|request_method|request_protocol|request_uri)$/i;
const otherMethods = /^(?:OPTIONS|TRACE)$/;

/** The request headers, methods and error documents of each host, with the policies that they concern. */
export function expectations(hosts: readonly Host[], policiesOf: (host: Host) => readonly Policy[]): readonly Observation[] {
  const found = new Map<string, Observation>();
  for (const host of hosts) {
    const policies = policiesOf(host);
    for (const layer of host.layers) {
      const concerned = policiesIn(layer, policies);
      for (const observation of [...layer.entries.flatMap((entry) => ofEntry(entry, layer, concerned)), ...pagesOf(layer, concerned)])
        add(found, observation);
    }
  }
  return [...found.values()];
}

/** One read in a file that several hosts share concerns the policies of all of them. */
function add(found: Map<string, Observation>, observation: Observation): void {
  if (observation.kind === 'route') {
    found.set(`route ${observation.policy} ${observation.method} ${observation.place.range.start}`, observation);
  } else if (observation.kind === 'requestHeaderRead' || observation.kind === 'errorAnswer') {
    const key = `${observation.kind} ${observation.place.uri} ${observation.place.range.start}`;
    const known = found.get(key);
    const before = known?.kind === observation.kind ? known.policies : [];
    found.set(key, { ...observation, policies: [...new Set([...before, ...observation.policies])] });
  }
}

/** The policies of a layer's place and of those within it; of the whole host where the place has none of its own. */
function policiesIn(layer: Layer, policies: readonly Policy[]): readonly string[] {
  const section = (layer.host ?? layer).section;
  const within = section
    ? policies.filter(
        ({ extent }) =>
          extent.uri === section.file.uri &&
          section.section.range.start <= extent.range.start &&
          extent.range.end <= section.section.range.end,
      )
    : [];
  return (within.length > 0 ? within : policies).map((policy) => policy.id);
}

function ofEntry(entry: Entry, layer: Layer, policies: readonly string[]): readonly Observation[] {
  if (entry.kind === 'block')
    return requireSections.has(entry.section.key) ? entry.entries.flatMap((inner) => ofEntry(inner, layer, policies)) : [];
  const { key, args } = entry.directive;
  if (/^(?:rewritecond|rewriterule|setenvifexpr|require)$/.test(key))
    return [...args.flatMap((argument) => readsIn(entry, argument, policies)), ...methodsOf(entry, layer, policies)];
  if (key === 'setenvif' || key === 'setenvifnocase') {
    const [attribute] = args;
    return attribute === undefined || !/^[A-Za-z][A-Za-z0-9-]*$/.test(attribute.value) || requestParts.test(attribute.value)
      ? []
      : reading(attribute.value, argumentPlace(entry, attribute), policies);
  }
  if (key === 'cgipassauth' && entry.values[0]?.toLowerCase() === 'on') return reading('authorization', placeOf(entry), policies);
  return methodsOf(entry, layer, policies);
}

function readsIn(entry: Entry, argument: Argument, policies: readonly string[]): readonly Observation[] {
  return [...argument.value.matchAll(headerRead)].flatMap((match) => {
    const range = rangeInFile(argument, match.index, match.index + match[0].length);
    return reading(match[1] ?? '', { uri: entry.file.uri, range }, policies);
  });
}

function reading(name: string, place: Place, policies: readonly string[]): readonly Observation[] {
  return name.toLowerCase() === 'origin' ? [] : [{ kind: 'requestHeaderRead', name: name.toLowerCase(), place, policies }];
}

/** Methods that a line lets through or has answered: AllowMethods, Script, `Require method`, access within Limit and LimitExcept. */
function methodsOf(item: Item, layer: Layer, policies: readonly string[]): readonly Observation[] {
  const { key } = item.directive;
  const [first = '', ...rest] = item.values.map((value) => value ?? '');
  const named =
    key === 'allowmethods'
      ? [first, ...rest]
      : key === 'script'
        ? [first]
        : key === 'require' && first.toLowerCase() === 'method'
          ? rest
          : key === 'require' || key === 'deny'
            ? limitedTo(item, first, rest)
            : [];
  const path = (layer.host ?? layer).section?.section.rest.replace(/^"(.*)"$/, '$1') ?? '/';
  return named
    .filter((method) => /^[A-Z]+$/.test(method) && !otherMethods.test(method))
    .flatMap((method) => policies.map((policy): Observation => ({ kind: 'route', method, path, place: placeOf(item), policy })));
}

/** `<LimitExcept GET PUT>` that refuses the others leaves these; `<Limit PUT>` that asks for a user expects it. */
function limitedTo(item: Item, first: string, [second = '']: readonly string[]): readonly string[] {
  const { methods } = item;
  if (methods === undefined) return [];
  const refuses = `${first} ${second}`.toLowerCase() === (item.directive.key === 'deny' ? 'from all' : 'all denied');
  if (refuses) return methods.kind === 'notIn' ? methods.members : [];
  return methods.kind === 'in' ? methods.members : [];
}

/** Error documents of this server's own, which answer with the header lines of their own place (behaviour 2.2). */
function pagesOf(layer: Layer, policies: readonly string[]): readonly Observation[] {
  return errorDocuments(layer)
    .filter(({ target }) => target?.startsWith('/') === true)
    .map(({ status, item }) => ({ kind: 'errorAnswer', place: placeOf(item), policies, what: 'ErrorDocument', statuses: [status] }));
}

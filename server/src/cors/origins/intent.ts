import { parse as parseHost } from 'tldts';
import { difference, matching, NO_ORIGINS, oneOf, union, type OriginSet } from './origin-set.ts';
import { OPEN, templatesOf } from './templates.ts';

/** Whom the author of an origin check meant to let in. */
export interface Intent {
  /** Registrable domains, whose every subdomain belongs to the same owner. */
  readonly domains: readonly string[];
  /** Hosts without a public suffix (`localhost`, `api`, addresses): meant as they are written. */
  readonly hosts: readonly string[];
  /** Public suffixes under which the check leaves the registrable name open, so that anybody can get one. */
  readonly sharedSuffixes: readonly string[];
  /** Whole origins of other schemes that the check names. */
  readonly otherOrigins: readonly string[];
  /** Everything the author can have meant: http and https, every subdomain of the domains, the hosts, any port. */
  readonly set: OriginSet;
}

export interface IntentOptions {
  /** Domains the configuration declares as the author's own, shared suffixes included. */
  readonly trustedDomains?: readonly string[];
}

/**
 * What the author of a check meant, from the literal text in it: `^https://.*\.acme\.io` speaks of `acme.io`. Public
 * suffixes come from the public suffix list with its private part, so `acme.vercel.app` is a domain of its own.
 */
export function intendedDomains(set: OriginSet, { trustedDomains = [] }: IntentOptions = {}): Intent {
  const domains = new Set(trustedDomains.map((domain) => domain.toLowerCase().replace(/^\*?\.|\.$/g, '')));
  const trusted = [...domains];
  const hosts = new Set<string>();
  const suffixes = new Set<string>();
  const others = new Set<string>();
  for (const template of templatesOf(set)) {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(template)?.[1];
    if (scheme !== undefined && !/^https?$/.test(scheme)) {
      if (!template.includes(OPEN)) others.add(template);
      continue;
    }
    const meant = meantHost(template);
    if (meant?.kind === 'domain') domains.add(meant.name);
    const below =
      meant?.kind === 'domain' && meant.open === true && !trusted.includes(meant.name) ? SHARED_BELOW.get(meant.name) : undefined;
    if (below !== undefined) suffixes.add(below);
    if (meant?.kind === 'host') hosts.add(meant.name);
    if (meant?.kind === 'suffix' && !trusted.some((domain) => meant.name === domain || meant.name.endsWith(`.${domain}`)))
      suffixes.add(meant.name);
  }
  return {
    domains: [...domains],
    hosts: [...hosts],
    sharedSuffixes: [...suffixes],
    otherOrigins: [...others],
    set: union([ownOrigins([...domains], suffixes), originsAt([...hosts]), oneOf([...others])]),
  };
}

/**
 * Domains of hosters, each with a public suffix below it: whoever lets all of `.railway.app` in takes it for the hoster's own
 * name, and lets in what anybody gets under it. `judge.test.ts` holds each against the list.
 */
const SHARED_BELOW: ReadonlyMap<string, string> = new Map([
  ['railway.app', 'up.railway.app'],
  ['amazonaws.com', 's3.amazonaws.com'],
  ['windows.net', 'web.core.windows.net'],
]);

/** The origins of the domains without what is anybody's below them. */
function ownOrigins(domains: readonly string[], suffixes: ReadonlySet<string>): OriginSet {
  const hosters = domains.filter((domain) => suffixes.has(SHARED_BELOW.get(domain) ?? ''));
  if (hosters.length === 0) return originsUnder(domains);
  const below = originsUnder(hosters.flatMap((domain) => SHARED_BELOW.get(domain) ?? []));
  return union([difference(originsUnder(hosters), below), originsUnder(domains.filter((domain) => !hosters.includes(domain)))]);
}

/** The http and https origins of the domains and all their subdomains, at any port. */
export function originsUnder(domains: readonly string[]): OriginSet {
  if (domains.length === 0) return NO_ORIGINS;
  const deployed = domains.filter((domain) => DEPLOYED.test(domain));
  const deployments = deployed.length === 0 ? '' : `|[^/:.]*--${anyOf(deployed)}`;
  return javascript(`^https?://(?:(?:[^/:]+\\.)?${anyOf(domains)}${deployments})\\.?(?::\\d+)?$`);
}

/**
 * Names under which `anything--name` belongs to whoever has `name`: deployments of a site, which gets no name with two hyphens
 * (Netlify), branches of a repository (`branch--repository--owner`, Adobe).
 */
const DEPLOYED = /\.(?:netlify\.app|(?:aem|hlx)\.(?:live|page))$/;

/** The http and https origins of exactly these hosts, at any port. */
export function originsAt(hosts: readonly string[]): OriginSet {
  if (hosts.length === 0) return NO_ORIGINS;
  return javascript(`^https?://${anyOf(hosts)}\\.?(?::\\d+)?$`);
}

/** The origins a JavaScript pattern finds. */
export function javascript(source: string): OriginSet {
  return matching({ dialect: 'javascript', source, flags: '' });
}

/** The text as a pattern for itself. */
export function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** A pattern for any of the texts, with common beginnings shared: a list of hundreds stays cheap to follow. */
export function anyOf(texts: readonly string[]): string {
  const byFirst = new Map<string, string[]>();
  for (const text of new Set(texts)) byFirst.set(text.charAt(0), [...(byFirst.get(text.charAt(0)) ?? []), text.slice(1)]);
  const branches = [...byFirst].map(([first, rests]) => {
    if (first === '') return '';
    const [only] = rests;
    return quote(first) + (rests.length === 1 && only !== undefined ? quote(only) : anyOf(rests));
  });
  return `(?:${branches.join('|')})`;
}

/**
 * The registrable domain of a host name, or undefined where it lies under no public suffix. What browsers take as a host is
 * looked at, whether or not a registrar would sell each label of it: `a-.evil.com` is one.
 */
export function registrableDomain(host: string): string | undefined {
  const { domain, isIcann, isPrivate } = parseHost(host, { allowPrivateDomains: true, validateHostname: false });
  return domain !== null && (isIcann === true || isPrivate === true) ? domain : undefined;
}

/** `open`: the domain itself is all that is written of the host, and what stands before it is left open. */
type Meant = { readonly kind: 'domain' | 'host' | 'suffix'; readonly name: string; readonly open?: boolean };

/** Names that mean this machine or a private network wherever they stand, and those that examples are written with. */
const LOCAL = /^(?:localhost|.*\.(?:localhost|local|test|example|internal))$/;

/** The host a template speaks of: the text that ends its host part, up to what is left open before it. */
function meantHost(template: string): Meant | undefined {
  const slashes = template.lastIndexOf('//');
  const hasScheme = slashes >= 0;
  const rest = hasScheme ? template.slice(slashes + 2) : template;
  const address = /^\[[0-9a-f:.]+\]/.exec(rest)?.[0];
  if (address !== undefined) return { kind: 'host', name: address };
  const colon = rest.search(/[:/]/);
  const host = colon < 0 ? rest : rest.slice(0, colon);
  const isWhole = colon >= 0 || !host.endsWith(OPEN);
  // What follows the last text is open: text before it that ends in a dot is only the beginning of a name.
  const chunks = host.split(OPEN).filter((chunk) => chunk !== '');
  const last = chunks.at(-1);
  if (last === undefined) return undefined;
  const name = last.replace(/^[^a-z0-9_]+/, '').replace(/\.$/, '');
  if (!/^[a-z0-9_]/.test(name) || (last.endsWith('.') && !isWhole)) return undefined;
  const openBefore = host.indexOf(last) > 0;
  const parsed = parseHost(name, { allowPrivateDomains: true });
  if (parsed.isIp === true) return { kind: 'host', name };
  if (LOCAL.test(name)) return { kind: openBefore && name.includes('.') ? 'domain' : 'host', name };
  const suffix = parsed.publicSuffix;
  if ((parsed.isIcann === true || parsed.isPrivate === true) && suffix !== null) {
    // `.vercel.app`, or `app-*-team.vercel.app` whose registrable label is open at its beginning.
    if (suffix === name) return openBefore && (last.startsWith('.') || suffix.includes('.')) ? { kind: 'suffix', name } : undefined;
    const ofOneSite = last.startsWith('--') && DEPLOYED.test(name);
    const openLabel = openBefore && /^[-_]/.test(last) && parsed.domain === name && !ofOneSite;
    if (openLabel) return { kind: 'suffix', name: suffix };
    return parsed.domain === null ? undefined : { kind: 'domain', name: parsed.domain, open: openBefore && parsed.domain === name };
  }
  if (name.includes('.')) return isWhole && /\.[a-z][a-z0-9-]*$/.test(name) ? { kind: openBefore ? 'domain' : 'host', name } : undefined;
  return hasScheme && isWhole && !openBefore ? { kind: 'host', name } : undefined;
}

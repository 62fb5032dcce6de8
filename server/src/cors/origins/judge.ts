import { localHttp, neverPlainHttp } from '../local-http.ts';
import { contains, difference, intersection, oneOf, union, type OriginSet } from './origin-set.ts';
import { textsOf } from './apart.ts';
import type { Origins } from './index.ts';
import { examplesOf } from './examples.ts';
import { anyOf, intendedDomains, javascript, originsUnder, quote, registrableDomain, type Intent } from './intent.ts';
import { withEscapedDots } from './pattern-edits.ts';
import { OPEN, templatesOf } from './templates.ts';

/** An origin that proves an answer, `false` where there is proven to be none, undefined where it is undecided. */
export type Witness = string | false | undefined;

/**
 * Whether somebody the author did not mean gets in, and how:
 * - `anything`: any site does;
 * - `suffix`: text follows the domain (`https://acme.io.evil.com`);
 * - `lookalike`: text stands before it (`https://evil-acme.io`);
 * - `shared-suffix`: a name that anybody can get under a shared suffix (`https://evil.vercel.app`);
 * - `address`: any address of the internet is let in (`https://203.0.113.66`), and anybody can have one;
 * - `dot`: a bare dot takes another character (`https://appxacme.io`); where nobody can register such a host,
 *   `registrable` is false.
 */
export type Foreign =
  | { readonly kind: 'none' | 'undecided' }
  | { readonly kind: 'anything' | 'suffix' | 'lookalike' | 'shared-suffix' | 'address'; readonly witness: string }
  | { readonly kind: 'dot'; readonly witness: string; readonly registrable: boolean };

export interface Judgement {
  readonly foreign: Foreign;
  /** `null`, which sandboxed frames and redirects send (behaviour 4.8). */
  readonly nullWitness: Witness;
  /** An http origin of a host that others can be on the path to: not of this machine or a private network. */
  readonly insecureWitness: Witness;
  /** Whether every subdomain of one of the author's domains is let in. */
  readonly everySubdomain: boolean | undefined;
  /** Whether no origin that a browser sends gets in. */
  readonly matchesNothing: boolean | undefined;
}

const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const HOST_CHARACTER = "[a-z0-9\\-_!$&'()+,;=`{}~]";
/** Suffixes that stand for all of them: of every usual length, and the ones lookalikes are registered under most. */
const SUFFIXES = [
  'com',
  'net',
  'org',
  'io',
  'dev',
  'app',
  'co',
  'de',
  'uk',
  'co.uk',
  'xyz',
  'info',
  'site',
  'cloud',
  'online',
  'website',
  'computer',
  'academy',
];
const EVIL = 'https://evil.com';
/** Sites nobody thinks of when writing a check; `EVIL` is one. */
/** Addresses of the internet that nobody lists together; the first is set aside for examples (RFC 5737). */
const ADDRESSES = ['203.0.113.66', '8.8.4.4', '93.184.215.14', '151.101.1.69'];
const SCHEMES_AND_PORTS = ['', ':3000', ':8080'].flatMap((port) =>
  ['https', 'http'].map((scheme) => (host: string) => `${scheme}://${host}${port}`),
);
const ANY_SITE = javascript('^https://(?:evil[a-z0-9]*|[a-z]{3,8}evil)\\.com$');
const HARMLESS_HTTP = javascript(`${localHttp}|${neverPlainHttp}`);
/** More domains than this make an automaton that is slow to search. */
const MANY_DOMAINS = 60;
const HTTP = javascript('^http://');

/** Judges a set against what its author meant. Every witness is proven by the real checks. */
export function judge(origins: Origins, set: OriginSet, intent: Intent): Judgement {
  const listed = literalValues(set);
  if (listed) return judgeList(origins, set, listed);
  const matchesNothing = examplesOf(set).length > 0 ? false : origins.isEmpty(set);
  if (matchesNothing === true) {
    return { foreign: { kind: 'none' }, nullWitness: false, insecureWitness: false, everySubdomain: false, matchesNothing };
  }
  return {
    foreign: foreign(origins, set, intent),
    nullWitness: nullWitness(origins, set),
    insecureWitness: insecure(origins, set, intent),
    everySubdomain: everySubdomain(origins, set, intent),
    matchesNothing,
  };
}

/** The values of a plain list, and of patterns that spell them out. */
function literalValues(set: OriginSet): readonly string[] | undefined {
  if (set.kind !== 'union') return set.kind === 'oneOf' && set.ignoreCase === true ? undefined : textsOf(set);
  const values: string[] = [];
  for (const member of set.of) {
    const listed = literalValues(member);
    if (!listed) return undefined;
    for (const value of listed) values.push(value);
  }
  return values;
}

/** Whoever is written out was meant, so a list needs no search. */
function judgeList(origins: Origins, set: OriginSet, values: readonly string[]): Judgement {
  return {
    foreign: { kind: 'none' },
    nullWitness: values.includes('null') ? 'null' : false,
    insecureWitness:
      values.find(
        (value) => contains(HTTP, value) === true && contains(HARMLESS_HTTP, value) === false && origins.isEmpty(oneOf([value])) === false,
      ) ?? false,
    everySubdomain: false,
    matchesNothing: origins.isEmpty(set),
  };
}

/**
 * Of a long list beside patterns only the patterns are searched, against what they mean themselves. Whoever is found must
 * still be nobody the list means.
 */
function foreign(origins: Origins, set: OriginSet, intent: Intent): Foreign {
  if (set.kind !== 'union' || intent.domains.length <= MANY_DOMAINS) return searchForeign(origins, set, intent);
  const open = union(set.of.filter((member) => literalValues(member) === undefined));
  const found = searchForeign(origins, open, intendedDomains(open));
  return 'witness' in found && contains(intent.set, found.witness) !== false ? { kind: 'undecided' } : found;
}

function searchForeign(origins: Origins, set: OriginSet, intent: Intent): Foreign {
  const outside = intersection([difference(set, intent.set), registrable(set, intent)]);
  const shared = originsUnder(intent.sharedSuffixes);
  const known = examplesOf(set);
  const foreignWitness = (among: OriginSet, prefer: readonly OriginSet[]): string | undefined =>
    notOfTheAuthors(origins.witness(among, { prefer, known }), intent);
  if (contains(set, EVIL) !== false && origins.isSubset(ANY_SITE, set) === true) {
    const witness = foreignWitness(outside, [javascript('^https://evil\\.com$')]);
    if (witness !== undefined) return { kind: 'anything', witness };
  }
  const escaped = withEscapedDots(set);
  const unanchored = intersection([difference(outside, shared), escaped]);
  const witness = foreignWitness(unanchored, shapes(set, intent));
  if (witness !== undefined) return { kind: followsMeantText(witness, set, intent) ? 'suffix' : 'lookalike', witness };
  const anybody = foreignWitness(
    intersection([outside, shared]),
    ['evil', '[a-z0-9-]*evil', '[a-z0-9-]*evil[a-z0-9-]*'].flatMap((name) =>
      intent.sharedSuffixes.map((suffix) => javascript(`^https://${name}\\.${anyNameUnder(suffix)}$`)),
    ),
  );
  if (anybody !== undefined) return { kind: 'shared-suffix', witness: anybody };
  const address = SCHEMES_AND_PORTS.map((of) => ADDRESSES.map(of)).find((all) => all.every((each) => contains(set, each) === true))?.[0];
  if (address !== undefined) return { kind: 'address', witness: address };
  const dotted = foreignWitness(difference(outside, escaped), dotShapes(intent, true));
  if (dotted !== undefined) return { kind: 'dot', witness: dotted, registrable: true };
  const nobody = intersection([difference(difference(set, intent.set), escaped), javascript('^https?://')]);
  const unregistrable = origins.witness(nobody, { prefer: dotShapes(intent, false), known });
  if (unregistrable !== undefined) return { kind: 'dot', witness: unregistrable, registrable: false };
  return origins.isEmpty(outside) === true ? { kind: 'none' } : { kind: 'undecided' };
}

/** What stands behind a name that somebody can get: of `*.replit.dev` in the public suffix list one label more than the suffix. */
function anyNameUnder(suffix: string): string {
  return registrableDomain(`evil.${suffix}`) === undefined ? `[a-z]+\\.${quote(suffix)}` : quote(suffix);
}

/** Web origins whose registrable domain somebody can register: letters, digits and hyphens before a public suffix. */
function registrable(set: OriginSet, intent: Intent): OriginSet {
  const suffixes = new Set([...SUFFIXES, ...intent.sharedSuffixes]);
  for (const domain of intent.domains) suffixes.add(domain.slice(domain.indexOf('.') + 1));
  for (const template of templatesOf(set)) {
    const ending = /[^\0/:]*\.([a-z0-9-]+)(?::\0?\d*)?\0?$/.exec(template)?.[1];
    if (ending !== undefined && registrableDomain(`evil.${ending}`) !== undefined) suffixes.add(ending);
  }
  return javascript(`^https?://(?:${HOST_CHARACTER}+\\.)*${LABEL}\\.${anyOf([...suffixes])}(?::\\d+)?$`);
}

/** A witness whose host the public suffix list confirms to be registrable by somebody else. */
function notOfTheAuthors(witness: string | undefined, intent: Intent): string | undefined {
  if (witness === undefined) return undefined;
  const domain = registrableDomain(new URL(witness).hostname);
  return domain === undefined || intent.domains.includes(domain) ? undefined : witness;
}

/** What a lookalike or a suffix witness should look like, the most telling first. */
function shapes(set: OriginSet, intent: Intent): readonly OriginSet[] {
  const names = [...intent.domains, ...intent.hosts, ...intent.sharedSuffixes];
  const starts = templatesOf(set).flatMap((template) => /^https?:\/\/[^\0]+(?=\0)/.exec(template)?.[0] ?? []);
  const wanted: string[] = [];
  if (names.length > 0) {
    const any = anyOf(names);
    wanted.push(
      `^https://(?:[a-z0-9-]+\\.)*${any}\\.evil\\.com$`,
      `^https?://(?:[a-z0-9-]+\\.)?${any}[^/]?evil\\.com$`,
      `^https?://(?:[a-z0-9-]+\\.)?${any}[^/]*\\.evil\\.com$`,
      `^http://(?:[a-z0-9-]+\\.)*${any}\\.evil\\.com$`,
      `^https?://evil[^/]*${any}$`,
      `^https?://[^/]*${any}[^/]*evil[^/]*$`,
    );
  }
  if (starts.length > 0) wanted.push(`^${anyOf(starts)}[^/]*evil\\.com$`);
  return [oneOf([...telling(names, starts), ...examplesOf(set)]), ...[...wanted, '^https://[^/]*evil[^/]*$'].map(javascript)];
}

/** Names and beginnings past these are like the first ones. */
const MOST_NAMES = 12;

/** Origins that show at a glance what a check takes them for. Most checks that are too wide take one of these. */
function telling(names: readonly string[], starts: readonly string[]): readonly string[] {
  const around = [
    (name: string) => `https://evil-${name}`,
    (name: string) => `https://evil${name}`,
    (name: string) => `https://${name}.evil.com`,
    (name: string) => `https://app.${name}.evil.com`,
    (name: string) => `https://${name}_.evil.com`,
  ];
  return [
    ...around.flatMap((make) => names.slice(0, MOST_NAMES).map(make)),
    ...starts.slice(0, MOST_NAMES).flatMap((start) => [`${start}.evil.com`, `${start}evil.com`]),
    EVIL,
  ];
}

/** Hosts of the author in which one dot is another character. */
function dotShapes(intent: Intent, registered: boolean): readonly OriginSet[] {
  return [...intent.domains, ...intent.hosts].map((name) => {
    const loose = name.split('.').map(quote).join('[a-z]');
    return javascript(registered ? `^https?://[a-z0-9]+x${quote(name)}$` : `^https?://${loose}$`);
  });
}

function followsMeantText(witness: string, set: OriginSet, intent: Intent): boolean {
  const host = new URL(witness).hostname;
  const names = [...intent.domains, ...intent.hosts, ...intent.sharedSuffixes];
  if (names.some((name) => host.includes(name) && !host.endsWith(name))) return true;
  return templatesOf(set).some((template) => {
    const text = template.endsWith(OPEN) ? template.slice(0, -1) : template;
    return text !== '' && !text.includes(OPEN) && witness.startsWith(text);
  });
}

function insecure(origins: Origins, set: OriginSet, intent: Intent): Witness {
  const own = intent.domains.length + intent.hosts.length > 0 ? intersection([set, intent.set]) : set;
  const names = [...intent.domains, ...intent.hosts];
  const examples = examplesOf(set).map((example) => example.replace(/^https:/, 'http:'));
  const usual = ['', 'app.', 'www.'].flatMap((label) => names.slice(0, MOST_NAMES).map((name) => `http://${label}${name}`));
  const shapes = names.length === 0 ? [] : [javascript(`^http://(?:[a-z]+\\.)?${anyOf(names)}$`)];
  const prefer = [oneOf([...usual, ...examples]), ...shapes];
  return find(origins, difference(intersection([own, HTTP]), HARMLESS_HTTP), prefer, examples);
}

/** One origin needs no automata, unless its membership is undecided. */
function nullWitness(origins: Origins, set: OriginSet): Witness {
  const inside = contains(set, 'null');
  if (inside === undefined) return find(origins, intersection([set, { kind: 'oneOf', values: ['null'] }]));
  return inside && 'null';
}

function everySubdomain(origins: Origins, set: OriginSet, intent: Intent): boolean | undefined {
  const answers = intent.domains.map((domain) => {
    // One subdomain left out settles it, and a check that lists names leaves this one out.
    if (contains(set, `https://evil-1.${domain}`) === false) return false;
    return origins.isSubset(javascript(`^https://[a-z0-9]+(?:-[a-z0-9]+)*\\.${quote(domain)}$`), set);
  });
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

function find(origins: Origins, set: OriginSet, prefer: readonly OriginSet[] = [], known: readonly string[] = []): Witness {
  const witness = origins.witness(set, { prefer, known });
  if (witness !== undefined) return witness;
  return origins.isEmpty(set) === true ? false : undefined;
}

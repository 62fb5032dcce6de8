import type { Methods } from '../../policy/codes.ts';
import { all, always, any, never, not, unknown } from '../../policy/condition.ts';
import type { Authentication, Condition } from '../../policy/model.ts';
import { isSet } from './environment.ts';
import { parseExpression } from './expression.ts';
import { expressionCondition, scopeOf, type VaryOnRead } from './expression-condition.ts';
import { placeOf, unknownReason, type Block, type Entry, type Item } from './scan.ts';

/** What access control says to a request, as conditions on it. */
export interface Access {
  readonly granted: Condition;
  /** Not granted, but a user could be: the server answers 401 and not 403 (mod_authz_core, AUTHZ_DENIED_NO_USER). */
  readonly needsUser: Condition;
}

export const openAccess: Access = { granted: always, needsUser: never };

/** The access control of one place: what its own lines say. */
export interface AccessLines {
  /** `Require` and the sections around it; a place that has one replaces what stands outside (AuthMerging Off). */
  readonly requirements: readonly Entry[];
  /** `Order`, `Allow`, `Deny` of mod_access_compat; these replace the outer ones together. */
  readonly hosts: readonly Item[];
  readonly satisfyAny: boolean | undefined;
}

export const requireSections: ReadonlySet<string> = new Set(['requireall', 'requireany', 'requirenone']);
const accessDirectives: ReadonlySet<string> = new Set(['order', 'allow', 'deny']);

export function accessLines(entries: readonly Entry[]): AccessLines {
  const items = entries.filter((entry): entry is Item => entry.kind === 'item');
  const satisfy = items.filter((item) => item.directive.key === 'satisfy').at(-1);
  return {
    requirements: entries.filter((entry) =>
      entry.kind === 'item' ? entry.directive.key === 'require' : requireSections.has(entry.section.key),
    ),
    hosts: items.filter((item) => accessDirectives.has(item.directive.key)),
    satisfyAny: satisfy === undefined ? undefined : satisfy.values[0]?.toLowerCase() === 'any',
  };
}

/** One requirement's answer. `neutral`: it says nothing about this method. */
interface Answer extends Access {
  readonly neutral: Condition;
}

/** What the collected requirements of a place grant. Several at the top are alternatives, as in RequireAny. */
export function requirementAccess(entries: readonly Entry[], varies: VaryOnRead[]): Access {
  const answer = anyAnswer(inTurn(entries, always, 'any', varies));
  // Where nothing says anything about the method, nothing is refused.
  return { granted: any(answer.granted, answer.neutral), needsUser: answer.needsUser };
}

/** The answers of requirements, each asked only as far as the ones before leave it open. */
function inTurn(
  entries: readonly Entry[],
  reached: Condition,
  logic: 'any' | 'all',
  varies: VaryOnRead[],
  shutsOut = false,
): readonly Answer[] {
  let open = reached;
  return entries.map((entry) => {
    const answer = requirementAnswer(entry, open, varies, shutsOut);
    const goesOn = logic === 'any' ? not(answer.granted) : any(answer.granted, answer.needsUser, answer.neutral);
    open = all(open, goesOn);
    return answer;
  });
}

function requirementAnswer(entry: Entry, reached: Condition, varies: VaryOnRead[], shutsOut: boolean): Answer {
  const applies = all(entry.guard, methodCondition(entry.methods));
  const asked = all(reached, applies);
  const plain = entry.kind === 'item' ? itemAnswer(entry, asked, varies, shutsOut) : sectionAnswer(entry, asked, varies, shutsOut);
  if (applies.kind === 'always') return plain;
  return { granted: all(applies, plain.granted), needsUser: all(applies, plain.needsUser), neutral: any(not(applies), plain.neutral) };
}

function methodCondition(methods: Methods | undefined): Condition {
  return methods === undefined ? always : { kind: 'method', in: methods };
}

function sectionAnswer(section: Block, reached: Condition, varies: VaryOnRead[], shutsOut: boolean): Answer {
  const { key } = section.section;
  const requirements = section.entries.filter((entry) =>
    entry.kind === 'item' ? entry.directive.key === 'require' : requireSections.has(entry.section.key),
  );
  const inner = inTurn(requirements, reached, key === 'requireall' ? 'all' : 'any', varies, shutsOut || key === 'requirenone');
  switch (key) {
    case 'requireall':
      return allAnswer(inner);
    case 'requirenone': {
      const answer = anyAnswer(inner);
      // Never grants by itself: it refuses, or has no say.
      return { granted: never, needsUser: never, neutral: not(answer.granted) };
    }
    default:
      return anyAnswer(inner);
  }
}

function anyAnswer(answers: readonly Answer[]): Answer {
  return {
    granted: any(...answers.map((answer) => answer.granted)),
    needsUser: any(...answers.map((answer) => answer.needsUser)),
    neutral: all(...answers.map((answer) => answer.neutral)),
  };
}

function allAnswer(answers: readonly Answer[]): Answer {
  const passes = all(...answers.map((answer) => any(answer.granted, answer.neutral)));
  const neutral = all(...answers.map((answer) => answer.neutral));
  return {
    granted: all(passes, not(neutral)),
    // Refused outright by any, it is no matter of a user.
    needsUser: all(
      ...answers.map((answer) => any(answer.granted, answer.needsUser, answer.neutral)),
      any(...answers.map((answer) => answer.needsUser)),
    ),
    neutral,
  };
}

function itemAnswer(item: Item, reached: Condition, varies: VaryOnRead[], shutsOut: boolean): Answer {
  const values = item.values;
  const negated = values[0]?.toLowerCase() === 'not';
  const [provider = '', ...rest] = negated ? values.slice(1) : values;
  const answer = providerAnswer(item, provider.toLowerCase(), rest, negated ? 2 : 1, reached, varies, shutsOut || negated);
  if (!negated) return { ...answer, neutral: never };
  // `Require not` refuses where the requirement holds and has no say otherwise.
  return { granted: never, needsUser: never, neutral: not(answer.granted) };
}

function providerAnswer(
  item: Item,
  provider: string,
  rest: readonly (string | undefined)[],
  first: number,
  reached: Condition,
  varies: VaryOnRead[],
  shutsOut: boolean,
): Access {
  if (rest.includes(undefined)) return granted(unknown(`require:${item.directive.rest}`, unknownReason(item.directive.rest)));
  const words = rest.flatMap((word) => word ?? []);
  switch (provider) {
    case 'all':
      return granted(words[0]?.toLowerCase() === 'granted' ? always : never);
    case 'method':
      return granted({ kind: 'method', in: { kind: 'in', members: [...words, ...(words.includes('GET') ? ['HEAD'] : [])] } });
    case 'env':
      return granted(any(...words.map(isSet)));
    case 'expr': {
      const argument = item.directive.args[first];
      if (argument === undefined) return openAccess;
      // Without quotes the rest of the line is the expression.
      const text = rest.length > 1 ? words.join(' ') : (words[0] ?? '');
      const judged = expressionCondition(parseExpression(text).expression, scopeOf(item.file.uri, argument, text));
      varies.push(...judged.varies.map(({ header, when }) => ({ header, when: all(reached, when) })));
      return granted(judged.condition);
    }
    case 'valid-user':
    case 'user':
    case 'group':
    case 'ldap-user':
    case 'ldap-group':
    case 'file-owner': {
      const condition: Condition = { kind: 'authenticated', authentication: authenticationOf(item) };
      return { granted: condition, needsUser: not(condition) };
    }
    case 'ip':
    case 'host':
    case 'forward-dns':
    case 'local':
      return granted(ofClient(`require:${provider}:${words.join(' ')}`, shutsOut));
    default:
      return granted(unknown(`require:${provider}:${words.join(' ')}`, 'environment'));
  }
}

/**
 * Whether a request comes from some addresses. Whom a place lets in tells where it stands, perhaps behind a wall that nothing here
 * shows. Where it only shuts some out, there are others, and what they meet is certain.
 */
function ofClient(id: string, shutsOut: boolean): Condition {
  return shutsOut ? unknown(`${id}:shut out`, 'credentials', 'request') : unknown(id, 'environment');
}

function granted(condition: Condition): Access {
  return { granted: condition, needsUser: never };
}

export function authenticationOf(item: Item): Authentication {
  return { place: placeOf(item), name: `Require ${item.directive.rest}`.trim(), confidence: 'proven' };
}

/** What `Order`, `Allow` and `Deny` let through (mod_access_compat.c, check_dir_access). */
export function hostCondition(items: readonly Item[]): Condition {
  const from = (key: string): Condition =>
    any(...items.filter((item) => item.directive.key === key).map((item) => all(item.guard, methodCondition(item.methods), hostsOf(item))));
  const allowed = from('allow');
  const denied = from('deny');
  const loose = any(not(denied), allowed);
  const strict = all(allowed, not(denied));
  // Of several orders the last counts that is for the method; without any it is deny,allow.
  return items
    .filter((item) => item.directive.key === 'order')
    .reduce((before, item) => {
      const order = item.values.join(',').toLowerCase();
      const own = order.startsWith('allow') || order.startsWith('mutual') ? strict : loose;
      const applies = all(item.guard, methodCondition(item.methods));
      return applies.kind === 'always' ? own : any(all(applies, own), all(not(applies), before));
    }, loose);
}

function hostsOf(item: Item): Condition {
  const [, ...hosts] = item.values;
  return any(
    ...hosts.map((host): Condition => {
      if (host === undefined) return unknown(`host:${item.directive.rest}`, 'environment');
      if (host.toLowerCase() === 'all') return always;
      if (/^env=/i.test(host)) return host[4] === '!' ? not(isSet(host.slice(5))) : isSet(host.slice(4));
      return ofClient(`host:${host}`, item.directive.key === 'deny');
    }),
  );
}

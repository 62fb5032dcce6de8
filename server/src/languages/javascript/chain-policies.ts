/** Policies of an application whose requests meet chains of functions: one for every path with chains of its own. */
import type { LanguageId } from '../../core/language.ts';
import type { Place } from '../../core/text.ts';
import type { Methods } from '../../policy/codes.ts';
import { conditionKey, unknown } from '../../policy/condition.ts';
import type { Alternative, Condition, Policy, Step, Steps } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
import { type ChainEnd, compose, errorAnswer } from './chain-composition.ts';
import type { Link } from './chains.ts';
import type { Effects } from './effects.ts';
import type { FrameworkPolicies } from './framework.ts';
import { collapse, plainAnswer, send } from './steps.ts';

/** A path of an application, or everything that no route has. */
export interface ChainPlace {
  /** As the author writes it, with what it is mounted under; undefined for the rest. */
  readonly path: string | undefined;
  /** Which requests are meant, as far as their path tells. */
  readonly when: Condition;
  readonly place: Place;
  readonly extent: Place;
  /** The methods of the routes on it; undefined where they take every method. */
  readonly methods: Methods | undefined;
  /** The routes on it, one for each method; `ALL` for every method. */
  readonly routes: readonly { readonly method: string; readonly place: Place }[];
  /** What requests meet: the first whose condition they fulfil. */
  readonly meets: readonly ChainMet[];
}

export interface ChainMet {
  readonly when: Condition;
  readonly links: readonly Link[];
  /** How it ends, where that is not as elsewhere in the application; ends with one key are the same. */
  readonly end?: ChainEnd & { readonly key: string };
}

export interface ChainApplication {
  readonly language: LanguageId;
  /** Keeps the ids of several applications apart. */
  readonly prefix: string;
  /** The application is handed over by somebody who is not in sight. */
  readonly fragment: boolean;
  readonly places: readonly ChainPlace[];
  readonly end: ChainEnd;
}

/** The policies of an application; places whose requests meet the same have one policy together. */
export function chainPolicies({ language, prefix, fragment, places, end }: ChainApplication): FrameworkPolicies {
  const policies: Policy[] = [];
  const routing: Alternative[] = [];
  const observations: Observation[] = [];
  const bySignature = new Map<string, string>();
  const uses = new Map<Link['key'], { link: Link; policies: Set<string> }>();
  for (const each of places) {
    const signature = JSON.stringify([
      each.methods ?? null,
      ...each.meets.map((met) => [
        conditionKey(met.when),
        met.end?.key,
        ...met.links.map((link) => [shapeOf(link), conditionKey(link.when)]),
      ]),
    ]);
    let id = bySignature.get(signature);
    if (id === undefined) {
      const title = titleOf(each);
      id = `${prefix}${title}`;
      if (policies.some((policy) => policy.id === id)) id += ` ${each.place.range.start}`;
      bySignature.set(signature, id);
      policies.push({
        id,
        language,
        title,
        kind: each.routes.length === 0 ? 'application' : 'route',
        place: each.place,
        extent: each.extent,
        ...(each.methods ? { methods: each.methods } : {}),
        steps: collapse(stepsOf(each, end)),
        send,
        fragment,
      });
    }
    routing.push({ when: each.when, policy: id });
    for (const { method, place } of each.routes) observations.push({ kind: 'route', method, path: each.path ?? '*', place, policy: id });
    for (const { links } of each.meets)
      for (const link of links) {
        const known = uses.get(link.key);
        if (known) known.policies.add(id);
        else uses.set(link.key, { link, policies: new Set([id]) });
      }
  }
  for (const { link, policies: ids } of uses.values()) observations.push(...observationsOf(link, [...ids]));
  return { policies, routing, observations };
}

/** What a link has in common with those that do the same: routes whose handlers only answer, with one status, are one policy. */
function shapeOf(link: Link): string {
  if (!link.final) return link.key;
  const { effects, cors, authentication, errors, keptOnError } = link.follow();
  const plain = cors || authentication || errors || keptOnError ? undefined : plainAnswer(collapse(toSteps(effects)));
  return plain ? `answer ${plain.status.kind} ${plain.status.members.join()}` : link.key;
}

function titleOf({ path, routes }: ChainPlace): string {
  return routes.length === 0
    ? `application${path === undefined ? '' : ` ${path}`}`
    : `${[...new Set(routes.map(({ method }) => method))].join(', ')} ${path ?? '*'}`;
}

function stepsOf({ meets }: ChainPlace, end: ChainEnd): Steps {
  return meets.reduceRight<Steps>((otherwise, { when, links, end: own }) => {
    const then = toSteps(compose(links, own ?? end));
    return when.kind === 'always' ? then : [{ kind: 'branch', when, then, otherwise }];
  }, []);
}

function toSteps(effects: Effects): Steps {
  return effects.flatMap((effect): Step[] => {
    switch (effect.kind) {
      case 'branch':
        return [{ ...effect, then: toSteps(effect.then), otherwise: toSteps(effect.otherwise) }];
      case 'delegate':
        return [
          {
            kind: 'branch',
            when: unknown(effect.id, 'unresolved'),
            then: [{ kind: 'upstream', by: 'upstream', hidden: [], place: effect.place }],
          },
        ];
      case 'next':
      case 'downstream':
      case 'respond':
      case 'given':
        return [];
      case 'raise':
        return [errorAnswer(effect)];
      default:
        return [effect];
    }
  });
}

function observationsOf(link: Link, policies: readonly string[]): Observation[] {
  const { cors, authentication, reads, effects } = link.follow();
  const observations: Observation[] = [];
  if (cors) observations.push({ kind: 'corsLayer', ...cors, policies, around: link.around });
  if (authentication) observations.push({ kind: 'authentication', authentication, policies });
  for (const { name, place } of reads) observations.push({ kind: 'requestHeaderRead', name: name.toLowerCase(), place, policies });
  const writes = (list: Effects): void => {
    for (const effect of list) {
      if (effect.kind === 'write') observations.push({ kind: 'headerWritten', write: effect.write });
      else if (effect.kind === 'branch') {
        writes(effect.then);
        writes(effect.otherwise);
      }
    }
  };
  writes(effects);
  return observations;
}

/** What a chain of links does to a request as one tree, in which every path ends. */
import { placeKey, type Place } from '../../core/text.ts';
import { anyOf, everything, isSubset } from '../../policy/codes.ts';
import { unknown } from '../../policy/condition.ts';
import type { ChainRules, FollowedLink, Link } from './chains.ts';
import { type Effect, type Effects, straighten } from './effects.ts';

const largestTree = 4000;

/**
 * Closes the paths of one function: a path that neither went on nor ended means what `silence` says. A status that was
 * set before an end is that of the answer.
 */
export function settle(effects: Effects, silence: ChainRules['silence'], place: Place): Effects {
  let size = 0;
  interface Path {
    readonly passed: boolean;
    readonly status: Extract<Effect, { kind: 'respond' }> | undefined;
  }
  const end = ({ passed, status }: Path): Effects => {
    if (passed) return [];
    if (status && silence !== 'goesOn') return [{ kind: 'answer', status: status.status, by: 'application', ...at(status.place) }];
    return silence === 'goesOn' ? [{ kind: 'downstream', place }] : [{ kind: 'answer', status: silence.answers, by: 'application', place }];
  };
  const walk = (list: Effects, path: Path, rest: (path: Path) => Effects): Effects => {
    const output: Effect[] = [];
    let current = path;
    for (const [index, effect] of list.entries()) {
      if (++size > largestTree) return output;
      switch (effect.kind) {
        case 'respond':
          // Behind `downstream` it changes the status of the answer that came from there.
          if (current.passed) output.push(effect);
          else current = { ...current, status: effect };
          continue;
        case 'given':
          if (!current.passed) return [...output, ...walk([...effect.effects, ...list.slice(index + 1)], current, rest)];
          // Whether anybody hears of it depends on what else was met.
          output.push({ kind: 'delegate', name: 'response', id: `given:${placeKey(effect.place)}`, place: effect.place });
          continue;
        case 'downstream':
          if (!current.passed) output.push(effect);
          current = { passed: true, status: undefined };
          continue;
        case 'branch': {
          if (!decides(effect)) {
            output.push(effect);
            continue;
          }
          const remaining = list.slice(index + 1);
          const goOn = (after: Path): Effects => walk(remaining, after, rest);
          return [...output, { ...effect, then: walk(effect.then, current, goOn), otherwise: walk(effect.otherwise, current, goOn) }];
        }
        case 'answer':
        case 'raise':
        case 'hang':
        case 'fail':
        case 'upstream':
        case 'reroute':
        case 'next':
          return [...output, effect];
        default:
          output.push(effect);
      }
    }
    return [...output, ...rest(current)];
  };
  return walk(effects, { passed: false, status: undefined }, end);
}

/** What a chain does to a request, and where an error goes that was thrown past these links. */
export interface ChainEnd {
  /** Where the last link goes on. */
  readonly end: Answer;
  /** `outer`: the links around, the innermost last. `back` goes on in them as behind an answer. */
  raised(effect: Raise, outer: readonly FollowedLink[], back: (answer: Answer) => Effects): Effects;
}

export type Answer = Extract<Effect, { kind: 'answer' }>;
export type Raise = Extract<Effect, { kind: 'raise' }>;

/** What a framework's own error handler answers. */
export function errorAnswer({ status, place, why }: Raise): Answer {
  const refuses = status === 401 || why === 'authentication';
  return {
    kind: 'answer',
    status: anyOf(status ?? 500),
    by: 'application',
    place,
    refusal: refuses ? 'authentication' : 'error',
  };
}

/** The effects of a chain as one tree, in which every path ends. */
export function compose(links: readonly Link[], chainEnd: ChainEnd): Effects {
  const { end } = chainEnd;
  let size = 0;
  const from = (index: number, outer: readonly FollowedLink[], back: (answer: Answer) => Effects): Effects => {
    const link = links[index];
    if (!link) return back(end);
    const followed = link.follow();
    const beyond = (then: (answer: Answer) => Effects): Effects => from(index + 1, [...outer, followed], then);
    // What it throws itself is not behind it.
    const { keptOnError: _behind, ...itself } = followed;
    const own = walk(followed.effects, [...outer, itself], beyond, back, undefined);
    if (link.when.kind === 'always') return own;
    return [{ kind: 'branch', when: link.when, then: own, otherwise: from(index + 1, outer, back) }];
  };
  /** `answer`: what came back from downstream, once it did. */
  const walk = (
    list: Effects,
    outer: readonly FollowedLink[],
    beyond: (then: (answer: Answer) => Effects) => Effects,
    back: (answer: Answer) => Effects,
    answer: Answer | undefined,
  ): Effects => {
    const output: Effect[] = [];
    let current = answer;
    for (const [index, effect] of list.entries()) {
      if (++size > largestTree)
        return [...output, { kind: 'branch', when: unknown('chain', 'too-many-cases'), then: [end], otherwise: [] }, end];
      switch (effect.kind) {
        case 'downstream': {
          const remaining = list.slice(index + 1);
          return [...output, ...beyond((came) => walk(remaining, outer, beyond, back, came))];
        }
        case 'respond':
          if (current && replaces(effect, current)) current = withStatus(current, effect);
          continue;
        case 'answer':
          return [...output, ...back(effect)];
        case 'raise':
          return [...output, ...chainEnd.raised(effect, outer, back)];
        case 'delegate': {
          // What answers out of sight comes back through the links around as any answer does.
          const unseen: Answer = { kind: 'answer', status: everything, by: 'application', place: effect.place };
          const came = back(unseen);
          if (came.length === 1 && came[0] === unseen) {
            output.push(effect);
            continue;
          }
          const then = straighten(came, (last) =>
            last?.kind === 'answer' && last.place === unseen.place
              ? [{ kind: 'upstream', by: 'upstream', hidden: [], place: effect.place }]
              : last
                ? [last]
                : [],
          );
          const otherwise = walk(list.slice(index + 1), outer, beyond, back, current);
          return [...output, { kind: 'branch', when: unknown(effect.id, 'unresolved'), then, otherwise }];
        }
        case 'branch': {
          if (!decides(effect) && current === undefined) {
            output.push(effect);
            continue;
          }
          const remaining = list.slice(index + 1);
          const side = (effects: Effects): Effects => walk([...effects, ...remaining], outer, beyond, back, current);
          return [...output, { ...effect, then: side(effect.then), otherwise: side(effect.otherwise) }];
        }
        default:
          output.push(effect);
      }
    }
    return current ? [...output, ...back(current)] : output;
  };
  return from(0, [], (answer) => [answer]);
}

/** Whether a status that is set behind an answer takes the place of the answer's. */
function replaces({ over }: Extract<Effect, { kind: 'respond' }>, { status }: Answer): boolean {
  return over === undefined || isSubset(status, over);
}

/** The answer with another status, which is then what decided it. */
function withStatus({ place: _decided, ...answer }: Answer, { status, place }: Extract<Effect, { kind: 'respond' }>): Answer {
  return { ...answer, status, ...at(place) };
}

const at = (place: Place | undefined): { readonly place?: Place } => (place ? { place } : {});

/** The framework's own answer where nothing that the author wrote answers: it stands nowhere in the text. */
export const notFound: Answer = { kind: 'answer', status: anyOf(404), by: 'application' };

const deciding = new WeakMap<Effect, boolean>();

/** Whether how a request goes on is settled within a branch. */
function decides(effect: Effect): boolean {
  if (effect.kind !== 'branch') return !['write', 'assign', 'configure', 'repath', 'delegate'].includes(effect.kind);
  const known = deciding.get(effect);
  if (known !== undefined) return known;
  const found = effect.then.some(decides) || effect.otherwise.some(decides);
  deciding.set(effect, found);
  return found;
}

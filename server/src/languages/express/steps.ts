/** The steps of a policy: what the handlers do that a request meets in order. */
import { isMeantForScripts } from '../../cors/headers.ts';
import { type Place, samePlace } from '../../core/text.ts';
import { anyOf, everything, type Codes } from '../../policy/codes.ts';
import { conditionKey, conditionsIn, unknown } from '../../policy/condition.ts';
import type { Condition, Step, Steps } from '../../policy/model.ts';
import { type Effect, type Effects, straighten } from '../javascript/effects.ts';
import { unseenRoutes } from '../javascript/unseen-routes.ts';
import { bearsOnCors, collapse, plainAnswer } from '../javascript/steps.ts';
import type { Handler } from './application.ts';
import { originRefused } from './cors-package.ts';
import { type FollowedHandler } from './handlers.ts';

interface HandlerItem {
  readonly kind: 'handler';
  readonly followed: FollowedHandler;
  readonly handler: Handler;
  readonly when: Condition;
  readonly own: boolean;
  /** The application and the routers around, the outermost first. */
  readonly routers: readonly object[];
  /** The route that it is a handler of. */
  readonly route?: object;
  /** The application that it hands requests to. */
  readonly entranceOf?: Place;
}

/** One thing that a request meets on its way. */
export type Item =
  | HandlerItem
  /** Express answers OPTIONS itself at the end of a router with routes on the path. */
  | { readonly kind: 'options'; readonly place: Place; readonly routers: readonly object[] }
  /** Routers that are not in sight, where no route in sight takes the request. */
  | { readonly kind: 'unseen'; readonly routers: readonly object[] };

/** The steps through a list of items. `open`: what comes behind them is not in sight. */
export function stepsOf(items: readonly Item[], open = false): Steps {
  const steps: Step[] = [];
  items.forEach((item, index) => {
    if (item.kind === 'options') {
      steps.push({
        kind: 'branch',
        when: { kind: 'method', in: anyOf('OPTIONS') },
        then: [{ kind: 'answer', status: anyOf(200), by: 'application' }],
      });
      return;
    }
    if (item.kind === 'unseen') {
      steps.push(...convert(unseenRoutes([]), { items, index, open }));
      return;
    }
    if (item.followed.takesErrors) return;
    const own = collapse(convert(item.followed.effects, { items, index, open }));
    if (own.length === 0) return;
    if (item.when.kind === 'always') steps.push(...own);
    else steps.push({ kind: 'branch', when: item.when, then: own });
  });
  // Nothing answered: Express says 404 and keeps the headers written so far (behaviour 3.7).
  if (!open) steps.push({ kind: 'answer', status: anyOf(404), by: 'application' });
  return steps;
}

/**
 * What two policies have in common where they are the same but for handlers that nothing is written by: those that do
 * nothing, and those that only answer or refuse without a preflight ever meeting them. A number for each such item, as
 * those of a whole route are put together and looked up for every route.
 */
export class Signatures {
  readonly #ofItems = new Map<Item, number>();
  readonly #ofTexts = new Map<string, number>();

  /** A text that two lists of items share where policies of them are the same. */
  ofAll(items: readonly Item[]): string {
    return items.map((item) => this.#of(item)).join();
  }

  #of(item: Item): number {
    let signature = this.#ofItems.get(item);
    if (signature === undefined) {
      const text = signatureFor(item);
      signature = this.#ofTexts.get(text) ?? this.#ofTexts.size;
      this.#ofTexts.set(text, signature);
      this.#ofItems.set(item, signature);
    }
    return signature;
  }
}

function signatureFor(item: Item): string {
  if (item.kind !== 'handler') return item.kind;
  const { followed, handler, own } = item;
  if (followed.effects.length === 0 && !followed.takesErrors) return 'nothing';
  const when = conditionKey(item.when);
  const shape = followed.takesErrors ? undefined : shapeOfEffects(followed.effects, own, item.when);
  return shape === 'nothing' ? shape : `${shape ?? `${handler.place.uri}#${handler.place.range.start}`} ${when}`;
}

/** What is done, without places; undefined where it is done nowhere else. */
function shapeOfEffects(effects: Effects, own: boolean, when: Condition): string | undefined {
  if (effects.some(skips)) return undefined;
  const steps = collapse(convert(effects, { items: [], index: 0, open: true }));
  if (steps.length === 0) return 'nothing';
  const plain = own ? plainAnswer(steps) : undefined;
  if (plain) return `answer ${plain.status.kind} ${plain.status.members.join()}`;
  if (!neverMeetsOptions(when)) return undefined;
  return shapeOf(own ? steps.filter((step) => step.kind !== 'write' || bearsOnCors(step.write.name)) : steps);
}

function neverMeetsOptions(condition: Condition): boolean {
  if (condition.kind === 'method') return condition.in.members.includes('OPTIONS') !== (condition.in.kind === 'in');
  return condition.kind === 'all' && condition.of.some(neverMeetsOptions);
}

/**
 * The answers among steps, what they depend on, and the names of what is written for scripts, without places; undefined where anything
 * else is done or is unknown.
 */
function shapeOf(steps: Steps): string | undefined {
  const shapes: string[] = [];
  for (const step of steps) {
    if (step.kind === 'answer') shapes.push(`answer ${JSON.stringify([step.status, step.by, step.refusal])}`);
    else if (step.kind === 'fail') shapes.push(`fail ${JSON.stringify(step.status)}`);
    else if (step.kind === 'write' && isMeantForScripts(step.write.name)) shapes.push(`write ${step.write.name.toLowerCase()}`);
    else if (step.kind === 'branch') {
      if ([...conditionsIn(step.when)].some((each) => each.kind === 'unknown')) return undefined;
      const [then, otherwise] = [shapeOf(step.then), shapeOf(step.otherwise ?? [])];
      if (then === undefined || otherwise === undefined) return undefined;
      shapes.push(`${conditionKey(step.when)} ? ${then} : ${otherwise}`);
    } else return undefined;
  }
  return `(${shapes.join('; ')})`;
}

/** Where effects come up: at which item, of which list. */
interface Position {
  readonly items: readonly Item[];
  readonly index: number;
  readonly open: boolean;
  /** It was reached past others, so that going on does not lead to what stands behind the effects. */
  readonly apart?: true;
}

function convert(effects: Effects, at: Position): Steps {
  return effects.flatMap((effect): Steps => {
    switch (effect.kind) {
      case 'branch':
        return [
          {
            kind: 'branch',
            when: effect.when,
            then: convert(effect.then, at),
            otherwise: convert(effect.otherwise, at),
            ...(effect.place ? { place: effect.place } : {}),
          },
        ];
      case 'next':
        return at.apart || effect.past ? stepsOf(at.items.slice(behind(at, effect.past)), at.open) : [];
      case 'downstream':
      case 'respond':
      case 'given':
        return [];
      case 'raise':
        return raised(effect, at);
      case 'delegate':
        if (effect.to && isEntrance(at, effect.to)) return [];
        return [
          {
            kind: 'branch',
            when: unknown(effect.id, 'unresolved'),
            then: [{ kind: 'upstream', by: 'upstream', hidden: [], place: effect.place }],
          },
        ];
      default:
        return [effect];
    }
  });
}

function isEntrance({ items, index }: Position, to: Place): boolean {
  const item = items[index];
  return item?.kind === 'handler' && item.entranceOf !== undefined && samePlace(item.entranceOf, to);
}

function skips(effect: Effect): boolean {
  return effect.kind === 'branch'
    ? effect.then.some(skips) || effect.otherwise.some(skips)
    : effect.kind === 'next' && effect.past !== undefined;
}

/** The index of what a handler goes on to; in middleware `next('route')` is `next()` (behaviour 3.15). */
function behind({ items, index }: Position, past: 'route' | 'router' | undefined): number {
  const own = items[index];
  let next = index + 1;
  if (own?.kind !== 'handler' || past === undefined) return next;
  const isWithin = (other: Item): boolean =>
    past === 'router'
      ? own.routers.every((router, depth) => other.routers[depth] === router)
      : other.kind === 'handler' && other.route !== undefined && other.route === own.route;
  for (let other = items[next]; other && isWithin(other); other = items[next]) next++;
  return next;
}

/** The error handlers behind an item in the routers around it, or Express's own, which keeps the headers (behaviour 3.7). */
function raised(raise: Extract<Effect, { kind: 'raise' }>, { items, index: raising, open }: Position): Steps {
  const isError = raise.status !== undefined && raise.status >= 400 && raise.status < 600;
  const status: Codes = anyOf(isError ? raise.status : 500);
  const refuses = raise.why === 'authentication' || (raise.status === 401 && raise.why !== originRefused);
  for (let index = raising + 1; index < items.length; index++) {
    const item = items[index];
    if (item?.kind !== 'handler' || !item.followed.takesErrors || !isAround(item, items[raising])) continue;
    const effects = straighten(item.followed.effects, (end) =>
      end ? [end] : [{ kind: 'answer', status: everything, by: 'application', place: item.handler.place }],
    );
    const steps = convert(effects, { items, index, open, apart: true });
    return refuses ? steps.map(asRefusal) : steps;
  }
  if (refuses) return [{ kind: 'answer', status, by: 'application', place: raise.place, refusal: 'authentication' }];
  return [{ kind: 'fail', status, place: raise.place }];
}

/** Whether errors of one item come to another: a router that is mounted is not entered with one (behaviour 3.14). */
function isAround(handler: HandlerItem, raising: Item | undefined): boolean {
  return raising?.kind !== 'handler' || handler.routers.every((router, depth) => raising.routers[depth] === router);
}

function asRefusal(step: Step): Step {
  if (step.kind === 'answer') return { ...step, refusal: 'authentication' };
  if (step.kind === 'branch')
    return { ...step, then: step.then.map(asRefusal), ...(step.otherwise ? { otherwise: step.otherwise.map(asRefusal) } : {}) };
  return step;
}

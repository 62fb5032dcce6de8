/** What can be told of a handler's function before and after it is followed. */
import type { Place } from '../../core/text.ts';
import type { Condition } from '../../policy/model.ts';
import type { Effect, Effects } from './effects.ts';
import type { Program } from './modules.ts';
import type * as ts from './syntax.ts';
import type { FunctionValue, JsValue } from './values.ts';

/** Words without which a handler neither writes a header that matters, nor reads one, nor refuses anybody. */
const telling = /header|origin|\b(?:set|append|vary|get|writeHead|cookie)\(|\b40[13]\b|auth|forbidden|cors/i;
/** Header lines that say nothing about CORS. */
const harmless =
  /\.(?:setHeader|set|header)\(\s*['"`](?:cache-control|content-(?!disposition|range)[\w-]+|etag|last-modified|expires|pragma)/gi;
/** The response given to another function. */
const handsOn = /[(,]\s*(?:res|response|reply|ctx|context|c)\s*[,)](?!\s*(?::[^=]*)?(?:=>|\{))/;
/** Shorter handlers are followed anyway, for the status that they answer with. */
const shortHandler = 240;

const plain = new WeakMap<ts.Node, boolean>();

/**
 * Whether a route's own handler only computes an answer: most handlers do, and following them tells nothing. Remembered
 * by the node, which lives as long as its text.
 */
export function isPlainHandler(value: FunctionValue): boolean {
  let answer = plain.get(value.node);
  if (answer === undefined) plain.set(value.node, (answer = readsAsPlain(value)));
  return answer;
}

function readsAsPlain({ node, frame }: FunctionValue): boolean {
  if (node.end - node.pos < shortHandler) return false;
  const text = frame.file.text.slice(node.body?.pos ?? node.pos, node.end);
  return !telling.test(text.replace(harmless, '')) && !handsOn.test(text);
}

/** Whether a handler refuses somebody for missing credentials. */
export function mentionsAuthentication(effect: Effect): boolean {
  if (effect.kind === 'answer') return effect.refusal === 'authentication';
  if (effect.kind !== 'branch') return false;
  return speaksOfAuthentication(effect.when) || effect.then.some(mentionsAuthentication) || effect.otherwise.some(mentionsAuthentication);
}

function speaksOfAuthentication(condition: Condition): boolean {
  switch (condition.kind) {
    case 'authenticated':
      return true;
    case 'not':
      return speaksOfAuthentication(condition.of);
    case 'all':
    case 'any':
      return condition.of.some(speaksOfAuthentication);
    default:
      return false;
  }
}

export function writesAllowOrigin(effects: Effects): boolean {
  return effects.some((effect) =>
    effect.kind === 'write'
      ? effect.write.name.toLowerCase() === 'access-control-allow-origin' && effect.write.op !== 'unset'
      : effect.kind === 'branch' && (writesAllowOrigin(effect.then) || writesAllowOrigin(effect.otherwise)),
  );
}

/** A function's own name, or the name under which it is registered; that of its class for the `use` of a middleware. */
export function nameOfFunction(value: FunctionValue, place: Place, program: Program): string {
  const { name } = value.node;
  const own = name && 'text' in name && typeof name.text === 'string' ? name.text : undefined;
  const ofClass = value.self?.kind === 'object' ? value.self.instanceOf?.node.name?.text : undefined;
  if (own !== undefined) return own === 'use' ? (ofClass ?? own) : own;
  const text = program.textAt(place);
  return /^[\w$.]{1,60}$/.test(text) ? text : 'middleware';
}

const identities = new WeakMap<object, number>();
let nextIdentity = 1;

/** A text that is the same for the same code with the same surroundings: of a list of handlers, several stand at one place. */
export function identityOf(value: JsValue): string {
  const key: object = value.kind === 'function' ? value.frame : value.kind === 'host' ? value.host : value;
  let identity = identities.get(key);
  if (identity === undefined) identities.set(key, (identity = nextIdentity++));
  return value.kind === 'function' ? `${identity}@${value.node.pos}` : String(identity);
}

/** koa2-cors 2.0 and koa-cors 0.0.16, option by option, as their sources work (behaviour 8.10 and 8.11). */
import { anyOf } from '../../policy/codes.ts';
import { all, any, methodIs, not, originPresent } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { asksMethod, type CorsCall, type CorsOptions, isEmptyText, joinedList } from '../javascript/cors-options.ts';
import { truth } from '../javascript/origin-tests.ts';
import { wholeOrigin } from '../javascript/origin-texts.ts';
import * as ts from '../javascript/syntax.ts';
import { arrayValue, choiceValue, type FunctionValue, type JsValue, stringValue } from '../javascript/values.ts';
import type { KoaCall } from './cors-middleware.ts';

const koa2Methods = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
export const koa2Defaults: CorsOptions = new Map([['allowMethods', { value: arrayValue(koa2Methods.map((name) => stringValue(name))) }]]);
export const koa1Defaults: CorsOptions = new Map([
  ['origin', { value: { kind: 'boolean', value: true } }],
  ['methods', { value: stringValue('GET,HEAD,PUT,POST,DELETE') }],
]);

/** The request's Origin, or `*` where it has none: what both send by default. */
const originOrStar: JsValue = choiceValue(originPresent, wholeOrigin, stringValue('*'));

/** koa2-cors: nothing is sent again with an error. */
export function followKoa2Cors(koa: KoaCall, call: CorsCall): void {
  const { interpreter, place } = call;
  const goOn = (): void => interpreter.emit({ kind: 'downstream', place });
  call.write('origin', 'merge', 'Vary', stringValue('Origin'));
  const option = call.value('origin');
  const made = option.kind === 'function' ? answerOf(koa, option, koa.context) : choiceValue(truth(option), option, originOrStar);
  if (made.kind === 'unknown') {
    unseen(call);
    return;
  }
  call.each(made, (origin) =>
    interpreter.branch(
      truth(origin),
      () => {
        writeOrigin(call, origin);
        const credentials = onlyTrue(call.value('credentials'));
        const allowCredentials = (): void => call.write('credentials', 'set', 'Access-Control-Allow-Credentials', stringValue('true'));
        interpreter.branch(
          methodIs('OPTIONS'),
          () =>
            interpreter.branch(
              asksMethod,
              () => {
                call.each(call.value('maxAge'), (value) =>
                  interpreter.branch(truth(value), () => call.write('maxAge', 'set', 'Access-Control-Max-Age', value)),
                );
                interpreter.branch(credentials, allowCredentials);
                joinList(call, 'allowMethods', 'Access-Control-Allow-Methods');
                if (truth(call.value('allowHeaders')).kind === 'never') allowRequestedHeaders(call, 'allowHeaders', true);
                else joinList(call, 'allowHeaders', 'Access-Control-Allow-Headers');
                interpreter.emit({ kind: 'answer', status: anyOf(204), by: 'application', place });
              },
              goOn,
            ),
          () => {
            // `*` goes without credentials, on the actual response only.
            if (!(origin.kind === 'string' && origin.text === '*')) interpreter.branch(credentials, allowCredentials);
            joinList(call, 'exposeHeaders', 'Access-Control-Expose-Headers');
            goOn();
          },
        );
      },
      goOn,
    ),
  );
}

/** koa-cors: everything goes out with every response, and never Vary. */
export function followKoa1Cors(koa: KoaCall, call: CorsCall): void {
  const { interpreter, place } = call;
  const option = call.value('origin');
  const made = option.kind === 'function' ? answerOf(koa, option, koa.context) : option;
  call.each(made, (each) => {
    const isSwitchedOn = each.kind === 'boolean' && each.value && option.kind !== 'function';
    const origin = isSwitchedOn ? originOrStar : each;
    if (origin.kind === 'boolean' && !origin.value) {
      // `false` ends the request where it stands: nothing behind it runs.
      interpreter.emit({ kind: 'answer', status: anyOf(404), by: 'application', place });
      return;
    }
    if (!['string', 'choice', 'originText', 'environment', 'concat'].includes(origin.kind)) {
      unseen(call);
      return;
    }
    call.each(origin, (value) => writeOrigin(call, value));
    call.writeList('expose', 'Access-Control-Expose-Headers');
    const age = call.value('maxAge');
    if (age.kind === 'number') call.write('maxAge', 'set', 'Access-Control-Max-Age', age);
    interpreter.branch(onlyTrue(call.value('credentials')), () =>
      call.write('credentials', 'set', 'Access-Control-Allow-Credentials', stringValue('true')),
    );
    sendMethods(call);
    const headers = joinedList(call.value('headers'), ',');
    if (!headers || isEmptyText(headers)) allowRequestedHeaders(call, 'headers', false);
    else call.write('headers', 'set', 'Access-Control-Allow-Headers', headers);
    interpreter.branch(
      methodIs('OPTIONS'),
      () => interpreter.emit({ kind: 'answer', status: anyOf(204), by: 'application', place }),
      () => interpreter.emit({ kind: 'downstream', place }),
    );
  });
}

/** What an origin function answers; neither package waits for a promise. */
function answerOf({ interpreter, site }: KoaCall, option: FunctionValue, argument: JsValue): JsValue {
  const { node } = option;
  const isAsync = ts.hasModifier(node, ts.SyntaxKind.AsyncKeyword);
  const made = interpreter.callFunction(option, [argument], site);
  interpreter.dead = false;
  return isAsync ? interpreter.unknownAt(site.place, 'unsupported', 'promise') : made;
}

/** Some Allow-Origin, for somebody. */
function unseen({ interpreter, place }: CorsCall): void {
  interpreter.emit({ kind: 'delegate', name: 'cors', id: `cors:${place.range.start}`, place });
  interpreter.emit({ kind: 'downstream', place });
}

/** The value as text; a list makes several lines. */
function writeOrigin(call: CorsCall, value: JsValue): void {
  const [first, ...more] = value.kind === 'array' ? value.contents.value.elements : [value];
  if (first) call.write('origin', 'set', 'Access-Control-Allow-Origin', first);
  for (const each of more) call.write('origin', 'add', 'Access-Control-Allow-Origin', each);
}

function onlyTrue(value: JsValue): Condition {
  if (value.kind === 'choice') return any(all(value.when, onlyTrue(value.then)), all(not(value.when), onlyTrue(value.otherwise)));
  if (value.kind === 'condition' || value.kind === 'unknown') return truth(value);
  return { kind: value.kind === 'boolean' && value.value ? 'always' : 'never' };
}

/** koa2-cors joins lists, empty ones too, and fails on a text. */
function joinList(call: CorsCall, option: string, header: string): void {
  const { interpreter, place } = call;
  call.each(call.value(option), (value) => {
    const joined = joinedList(value, ',');
    if (!joined || isEmptyText(value)) return;
    if (value.kind !== 'string') {
      call.write(option, 'set', header, joined);
      return;
    }
    interpreter.emit({ kind: 'raise', status: 500, place, why: `${option} is a text and no list`, handler: undefined });
    interpreter.dead = true;
  });
}

/** koa-cors sends its methods even where there are none. */
function sendMethods(call: CorsCall): void {
  call.each(call.value('methods'), (value) => {
    const joined = joinedList(value, ',');
    if (joined) call.write('methods', 'set', 'Access-Control-Allow-Methods', joined);
  });
}

/** The headers that a preflight asks for are allowed, without a word in Vary. `evenEmpty`: with an empty line where it asks for none. */
function allowRequestedHeaders(call: CorsCall, option: string, evenEmpty: boolean): void {
  const send = (value: JsValue): void => call.write(option, 'set', 'Access-Control-Allow-Headers', value);
  const requested: JsValue = { kind: 'datum', datum: 'header:access-control-request-headers', place: call.place };
  call.interpreter.branch(
    truth(requested),
    () => send(requested),
    () => {
      if (evenEmpty) send(stringValue(''));
    },
  );
}

/** What a handler gives back becomes steps of the policy (behaviour 13). */
import { anyOf } from '../../policy/codes.ts';
import { conditionKey } from '../../policy/condition.ts';
import type { Exchange, ExchangeListener } from '../javascript/chains.ts';
import { FetchResponse } from '../javascript/fetch-response.ts';
import { codesOf, HeaderWriter } from '../javascript/header-writer.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { type CallSite, type ChoiceValue, type JsValue, type ObjectContents, objectValue } from '../javascript/values.ts';

/** Takes the answers of one handler. */
export function answersTo(interpreter: Interpreter, listener: ExchangeListener): NonNullable<Exchange['returned']> {
  const headers = new HeaderWriter(interpreter, 'headers', (write) => listener.throwing(write));
  const send = (response: FetchResponse, { properties, open }: ObjectContents): void => {
    const choice = [...properties.values()].map(({ value }) => value).find((value) => value.kind === 'choice');
    if (choice) {
      const side = (name: 'then' | 'otherwise') => () => send(response, { properties: chosen(properties, choice, name), open });
      interpreter.branch(choice.when, side('then'), side('otherwise'));
      return;
    }
    const { status, unseen, site } = response;
    const { place } = site;
    headers.writeAll('set', objectValue(properties), site, 'removes');
    // The lines of an answer from elsewhere are sent on but for those that were set or taken away here.
    const hidden = [...properties].filter(([, { value }]) => !(value.kind === 'undefined' && value.absent)).map(([name]) => name);
    if (unseen || open) interpreter.emit({ kind: 'upstream', by: 'upstream', hidden, place });
    else interpreter.emit({ kind: 'respond', status: status ? codesOf(status) : anyOf(200), place });
  };
  const answer = (value: JsValue, site: CallSite): void => {
    if (value.kind === 'choice')
      interpreter.branch(
        value.when,
        () => answer(value.then, site),
        () => answer(value.otherwise, site),
      );
    else if (value.kind === 'host' && value.host instanceof FetchResponse) send(value.host, value.host.headers.lines.contents.value);
    else if (value.kind === 'unknown') interpreter.emit({ kind: 'upstream', by: 'upstream', hidden: [], place: value.place ?? site.place });
  };
  return (value, site) => {
    const effects = interpreter.capture(() => answer(value, site));
    if (effects.length > 0) interpreter.emit({ kind: 'given', effects, place: site.place });
  };
}

/** The lines on one side of a condition. */
function chosen(properties: ObjectContents['properties'], { when }: ChoiceValue, side: 'then' | 'otherwise'): ObjectContents['properties'] {
  const key = conditionKey(when);
  return new Map(
    [...properties].map(([name, property]) => {
      const { value } = property;
      return [name, value.kind === 'choice' && conditionKey(value.when) === key ? { ...property, value: value[side] } : property];
    }),
  );
}

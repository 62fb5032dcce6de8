/** What a handler passes on to: the next one, or the handler of errors. */
import type { Place } from '../../core/text.ts';
import type { Interpreter } from '../javascript/interpreter.ts';
import { truth } from '../javascript/origin-tests.ts';
import { type JsValue, undefinedValue } from '../javascript/values.ts';

/** `next()`, `next(error)`, `next('route')`. */
export function callNext(interpreter: Interpreter, error: JsValue | undefined, place: Place): JsValue {
  const past = error?.kind === 'string' && (error.text === 'route' || error.text === 'router') ? error.text : undefined;
  if (!error || past) {
    interpreter.emit({ kind: 'next', place, ...(past && { past }) });
    return undefinedValue;
  }
  interpreter.branch(
    truth(error),
    () => {
      const own = statusOfError(error);
      const status = own !== undefined && own >= 400 && own < 600 ? own : interpreter.errorStatus?.();
      interpreter.emit({
        kind: 'raise',
        place,
        why: 'next is called with an error',
        handler: undefined,
        ...(status === undefined ? {} : { status }),
      });
    },
    () => interpreter.emit({ kind: 'next', place }),
  );
  return undefinedValue;
}

const namedErrors: Readonly<Record<string, number>> = { Unauthorized: 401, Forbidden: 403, NotFound: 404, BadRequest: 400 };

/** The status that an error carries, as it is plain to see. */
export function statusOfError(error: JsValue): number | undefined {
  // `ok ? null : error`: what is no error has no status.
  if (error.kind === 'choice') return statusOfError(error.then) ?? statusOfError(error.otherwise);
  if (error.kind === 'object') {
    const status = (error.contents.value.properties.get('status') ?? error.contents.value.properties.get('statusCode'))?.value;
    const code = status && numberIn(status);
    if (code !== undefined) return code;
    const name = error.instanceOf?.node.name?.text ?? '';
    return /unauth/i.test(name) ? 401 : /forbidden/i.test(name) ? 403 : undefined;
  }
  if (error.kind === 'unknown' && error.provenance?.package === 'http-errors') {
    const [code] = error.provenance.args;
    if (code?.kind === 'number') return code.value;
    return namedErrors[error.provenance.path[0] ?? ''];
  }
  if (error.kind === 'unknown' && /unauthori[sz]ed/i.test(error.name ?? '')) return 401;
  return undefined;
}

/** The number of a value; of one that was given under a condition, that number. */
function numberIn(value: JsValue): number | undefined {
  if (value.kind === 'choice') return numberIn(value.then) ?? numberIn(value.otherwise);
  return value.kind === 'number' ? value.value : undefined;
}

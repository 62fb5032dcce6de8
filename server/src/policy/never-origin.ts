import type { RequestDatum, Value } from './model.ts';

/** Stand for what holds no slash, and for what holds any text. */
const NAME = '\uE000';
const ANYTHING = '\uE001';

/** Everything that an origin, or `*`, may begin with: a scheme, `://`, and no slash after that. */
const beginning = /^(?:\*|[a-z\uE000][\w+.\uE000-]*(?::\/?|:\/\/[^/?#\s]*)?)?$/i;

/** Whether a value can be no origin whatever the request is: it holds a path, begins as no origin does, or is a name without a scheme. */
export function isNeverAnOrigin(value: Value): boolean {
  if (value.kind === 'literal') return false;
  const text = value.kind === 'concat' ? value.parts.map(shapeOf).join('') : shapeOf(value);
  const [known = '', ...others] = text.split(ANYTHING);
  return !beginning.test(known) || (others.length === 0 && known.includes(NAME) && !known.includes(':'));
}

function shapeOf(value: Value): string {
  if (value.kind === 'literal') return value.text;
  // nginx's `$hostname`, the name of the machine.
  if (value.kind === 'unknown' && value.id === 'variable:hostname') return NAME;
  return value.kind === 'request' ? shapeOfDatum(value.datum) : ANYTHING;
}

function shapeOfDatum(datum: RequestDatum): string {
  switch (datum) {
    case 'path':
    case 'uri':
      return `/${ANYTHING}`;
    case 'host':
    case 'scheme':
    case 'header:host':
      return NAME;
    default:
      return ANYTHING;
  }
}

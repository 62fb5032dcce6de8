import type { HeaderLine, Sending, Sent, Value } from '../../policy/model.ts';

/**
 * What httpd sends from its tables: `always` first, then the plain lines (http_filters.c joins the two), with all Vary
 * lines folded into one at the place of the first (behaviour 2.5). What a response of the server's own leaves out was
 * kept back before; `response` holds what stood in its tables before it failed (`responses.ts`).
 */
export function send({ tables }: Sending): Sent {
  return { lines: foldVary([...(tables.always ?? []), ...(tables.onsuccess ?? []), ...(tables.response ?? [])]), withheld: [] };
}

function foldVary(lines: readonly HeaderLine[]): readonly HeaderLine[] {
  const vary = lines.filter(isVary);
  const [first] = vary;
  if (first === undefined) return lines;
  const replaced = vary.flatMap((line) => line.replaced ?? []);
  const folded: HeaderLine = {
    name: first.name,
    value: foldValues(vary.map((line) => line.value)),
    writes: vary.flatMap((line) => line.writes),
    ...(replaced.length > 0 && { replaced }),
  };
  const others = lines.filter((line) => !isVary(line));
  const at = lines.indexOf(first);
  const before = lines.slice(0, at).filter((line) => !isVary(line)).length;
  return [...others.slice(0, before), folded, ...others.slice(before)];
}

function isVary(line: HeaderLine): boolean {
  return line.name.toLowerCase() === 'vary';
}

function foldValues(values: readonly Value[]): Value {
  const tokens: string[] = [];
  let place: Value['place'];
  for (const value of values) {
    place ??= value.place;
    if (value.kind !== 'literal') return { kind: 'unknown', id: 'vary', reason: value.kind === 'unknown' ? value.reason : 'unsupported' };
    for (const token of value.text.split(/[\s,]+/)) {
      if (token !== '' && !tokens.some((other) => other.toLowerCase() === token.toLowerCase())) tokens.push(token);
    }
  }
  return { kind: 'literal', text: tokens.join(','), ...(place && { place }) };
}

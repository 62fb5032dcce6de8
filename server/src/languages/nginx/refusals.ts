/** Lines that nginx refuses at start and that concern CORS (behaviour 1.5). */
import type { Observation } from '../../policy/observation.ts';
import { interpolate } from './interpolate.ts';
import { headOf, placeOf, wholeOf } from './lines.ts';
import type { Body, Line } from './lines.ts';

type Refused = Extract<Observation, { kind: 'refused' }>;

/** What nginx certainly refuses in a configuration. Lines under template conditions count: they stand there for somebody. */
export function refusals(body: Body): readonly Refused[] {
  const found: Refused[] = [];
  visit(body, [], found);
  return found;
}

/** Blocks of nginx that are no place for a map. */
const belowHttp: ReadonlySet<string> = new Set(['server', 'location', 'if', 'limit_except']);

function visit(body: Body, around: readonly Line[], found: Refused[]): void {
  const [first, ...alike] = body.lines.flatMap((line) => misplacedHeader(line, around) ?? []);
  // The block is the mistake, however many lines are in it.
  if (first) found.push(alike.length > 0 ? { ...first, alike: alike.map(({ place }) => place) } : first);
  for (const line of body.lines) {
    const refused = misplacedHeader(line, around) ? undefined : judge(line, around);
    if (refused) found.push(refused);
    if (line.body && line.name !== 'types') visit(line.body, [...around, line], found);
  }
}

function judge(line: Line, around: readonly Line[]): Refused | undefined {
  const misspelt = /^(?:add_header|more_set_headers|proxy_hide_header)$/i.exec(line.name);
  if (misspelt && line.name !== line.name.toLowerCase()) {
    return {
      kind: 'refused',
      place: placeOf(line.source, line.directive.name.range),
      why: 'directive names are case-sensitive',
      remedy: `Write ${line.name.toLowerCase()}.`,
      replacement: line.name.toLowerCase(),
    };
  }
  if (line.name === 'add_header') return judgeAddHeader(line);
  const inner = around.at(-1)?.name;
  if (line.name === 'if' && inner === 'if')
    return {
      kind: 'refused',
      place: headOf(line),
      why: 'an if inside an if is not allowed',
      remedy: 'Join both conditions in a variable, or use a map.',
    };
  if (line.name === 'location' && (inner === 'if' || inner === 'limit_except'))
    return { kind: 'refused', place: headOf(line), why: `a location inside ${inner} is not allowed`, remedy: 'Move the location out.' };
  if (line.name === 'if') return judgeIf(line);
  if (
    line.name === 'map' &&
    inner !== undefined &&
    belowHttp.has(inner) &&
    line.args.some((word) => /\$\{?http_origin\b/i.test(word.value))
  )
    return {
      kind: 'refused',
      place: headOf(line),
      why: `a map inside ${inner} is not allowed`,
      remedy: 'Move it out of the server, to the level of http.',
    };
  if (line.name.startsWith('if('))
    return {
      kind: 'refused',
      place: placeOf(line.source, line.directive.name.range),
      why: 'a space has to stand between if and its bracket',
      remedy: 'Write "if (".',
      replacement: `if ${line.name.slice(2)}`,
    };
  return undefined;
}

/** An add_header in a block where nginx has none. */
function misplacedHeader(line: Line, around: readonly Line[]): Refused | undefined {
  const inner = around.at(-1);
  if (line.name !== 'add_header' || !inner) return undefined;
  const refused = { kind: 'refused', place: wholeOf(line), block: wholeOf(inner) } as const;
  if (inner.name === 'limit_except')
    return { ...refused, why: 'add_header is not allowed in limit_except', remedy: 'Move it to the location, with always.' };
  if (inner.name === 'if' && around.at(-2)?.name === 'server')
    return {
      ...refused,
      why: 'add_header is not allowed in an if of a server',
      remedy: 'Move the if into a location, or set a variable here and add the header below.',
    };
  return undefined;
}

function judgeAddHeader(line: Line): Refused | undefined {
  const [name, value, third, fourth] = line.args;
  // What has no end is still being typed.
  if (!name || line.directive.terminator === 'missing') return undefined;
  const glued = judgeQuotes(line);
  if (glued) return glued;
  if (!value) return { kind: 'refused', place: wholeOf(line), why: 'add_header needs a name and a value', remedy: 'Add the value.' };
  if (fourth && third) {
    const list = line.args.slice(1).filter((word) => word.value !== 'always');
    const last = list.at(-1);
    const first = list[0];
    const plain = list.every((word) => word.quoting === 'none' && !word.template && /^[\w*-]+,?$/.test(word.value));
    const place = placeOf(line.source, { start: value.range.start, end: last?.range.end ?? value.range.end });
    return {
      kind: 'refused',
      place,
      why: 'a value with spaces needs quotes',
      remedy: 'Put the value in quotes.',
      ...(plain && first && last && { replacement: `"${line.source.file.text.slice(first.range.start, last.range.end)}"` }),
    };
  }
  if (third && !third.template && third.value !== 'always') {
    const place = placeOf(line.source, third.range);
    if (third.value.toLowerCase() === 'always')
      return { kind: 'refused', place, why: 'always has to be in lower case', remedy: 'Write always.', replacement: 'always' };
    const whole = placeOf(line.source, { start: value.range.start, end: third.range.end });
    const plain = value.quoting === 'none' && third.quoting === 'none';
    return {
      kind: 'refused',
      place: whole,
      why: 'a value with spaces needs quotes',
      remedy: 'Put the value in quotes.',
      ...(plain && { replacement: `"${line.source.file.text.slice(value.range.start, third.range.end)}"` }),
    };
  }
  return judgeValue(line);
}

/** nginx takes a space, a ";", a "{" or a ")" behind a closing quote and nothing else. */
function judgeQuotes(line: Line): Refused | undefined {
  for (const [index, word] of line.args.entries()) {
    const next = line.args[index + 1];
    if (word.template || next?.template === true) continue;
    if (!word.closed)
      return {
        kind: 'refused',
        place: placeOf(line.source, word.range),
        why: 'a quote is not closed',
        remedy: 'Close it where its text ends.',
      };
    if (!next || word.quoting === 'none' || next.range.start !== word.range.end) continue;
    const range = { start: word.range.start, end: next.range.end };
    const { text } = line.source.file;
    const replacement = spaced(text.slice(range.start, word.range.end), text.slice(next.range.start, range.end));
    return {
      kind: 'refused',
      place: placeOf(line.source, range),
      why: 'text stands right behind a closing quote',
      remedy: 'Close the quote where its text ends, and put a space behind it.',
      ...(replacement !== undefined && { replacement }),
    };
  }
  return undefined;
}

/** Two words with a space between them, where a quote of the first's, opened for the second, was closed instead: `'A '*'`. */
function spaced(quoted: string, rest: string): string | undefined {
  const quote = quoted.slice(0, 1);
  if (!/["']/.test(rest)) return `${quoted} ${rest}`;
  return quoted.endsWith(` ${quote}`) && rest.indexOf(quote) === rest.length - 1
    ? `${quoted.slice(0, -1).trimEnd()}${quote} ${quote}${rest}`
    : undefined;
}

function judgeValue(line: Line): Refused | undefined {
  const value = line.args[1];
  if (!value || value.template) return undefined;
  const { error } = interpolate(value, line.source.file.text);
  if (error)
    return {
      kind: 'refused',
      place: placeOf(line.source, value.range),
      why: 'a "$" has to be followed by the name of a variable, and nothing escapes it',
      remedy: 'Remove the "$".',
    };
  return undefined;
}

function judgeIf(line: Line): Refused | undefined {
  const place = headOf(line);
  for (const word of line.args) {
    const text = word.value.replace(/\)$/, '');
    if (word.quoting !== 'none') continue;
    if (text === '&&' || text === '||')
      return { kind: 'refused', place, why: `an if knows no "${text}"`, remedy: 'Join the conditions in a map.' };
    if (text === '==' || text === '===')
      return {
        kind: 'refused',
        place: placeOf(line.source, { start: word.range.start, end: word.range.start + text.length }),
        why: 'an if compares with a single "="',
        remedy: 'Write "=".',
        replacement: '=',
      };
  }
  const pattern = line.args.findIndex((word) => /^!?~\*?$/.test(word.value));
  const next = line.args[pattern + 1];
  if (pattern >= 0 && next?.quoting === 'none' && line.directive.terminator === 'block' && !line.args.at(-1)?.value.endsWith(')')) {
    return { kind: 'refused', place, why: 'a "{" ends an unquoted pattern', remedy: 'Put the pattern in quotes.' };
  }
  return undefined;
}

import type { Finding } from '../core/finding.ts';
import type { RuleContext } from '../core/rule.ts';
import { placeKey, type Place } from '../core/text.ts';
import { isSafelistedMethod } from '../cors/headers.ts';
import { parseTokenList } from '../cors/token.ts';
import type { ResponseCase } from '../policy/evaluate.ts';
import type { HeaderLine, HeaderWrite } from '../policy/model.ts';
import { allowsCredentials, type PolicyView, withName } from '../policy/view.ts';
import { proven } from './evidence.ts';

/** One constant value of a header, wherever it is sent from the same piece of text. */
export interface SentText {
  readonly text: string;
  /** Where the value stands. */
  readonly place: Place;
  readonly write: HeaderWrite;
  /** The policies that send it. */
  readonly views: readonly PolicyView[];
  /** Those of them whose preflights are answered with it. */
  readonly answering: readonly PolicyView[];
  /** Sent in some response together with Access-Control-Allow-Origin and `Access-Control-Allow-Credentials: true`. */
  readonly credentials: boolean;
}

const sent = new WeakMap<RuleContext['views'], Map<string, readonly SentText[]>>();

/**
 * The constant values that an author wrote for a header in any response of the file, each piece of text once, in order of their
 * places. Found once for all rules.
 */
export function sentTexts({ views }: Pick<RuleContext, 'views'>, name: string): readonly SentText[] {
  let known = sent.get(views);
  if (!known) sent.set(views, (known = new Map<string, readonly SentText[]>()));
  let texts = known.get(name);
  if (!texts) known.set(name, (texts = findTexts(views, name)));
  return texts;
}

function findTexts(views: RuleContext['views'], name: string): readonly SentText[] {
  const found = new Map<string, { -readonly [Key in keyof SentText]: SentText[Key] }>();
  for (const { line, response, write, view, answersPreflight } of sentLines(views).get(name.toLowerCase()) ?? []) {
    if (line.value.kind !== 'literal' || write.implied === true) continue;
    const place = line.value.place ?? write.valuePlace;
    const key = `${placeKey(place)} ${line.value.text}`;
    const known = found.get(key) ?? {
      text: line.value.text,
      place,
      write,
      views: [],
      answering: [],
      credentials: false,
    };
    known.credentials ||= allowsCredentials(response) && withName(response.lines, 'Access-Control-Allow-Origin').length > 0;
    if (!known.views.includes(view)) known.views = [...known.views, view];
    const isAsked = answersPreflight && !(name === 'Access-Control-Allow-Headers' && asksForNoHeaders(response));
    if (isAsked && !known.answering.includes(view)) known.answering = [...known.answering, view];
    found.set(key, known);
  }
  return [...found.values()].sort((a, b) => a.place.range.start - b.place.range.start);
}

/** A constant value that several writes of the file joined (`append`, `merge`), by the last of them. */
export interface JoinedText {
  readonly text: string;
  readonly write: HeaderWrite;
  /** The writes that it joined its own text to. */
  readonly earlier: readonly HeaderWrite[];
}

/** What a finding about a joined value points at besides. */
export function joinedTo(earlier: readonly HeaderWrite[]): Finding['related'] {
  return earlier.map(({ place }) => ({ place, message: 'It is joined to this one.' }));
}

/** The constant values of a header that several writes joined to, each once by its last write. */
export function joinedTexts({ views }: Pick<RuleContext, 'views'>, name: string): readonly JoinedText[] {
  const found = new Map<string, JoinedText>();
  const responses = views.flatMap((view) => [...proven(view.preflight), ...proven(view.actual)]);
  for (const response of responses) {
    for (const { value, writes } of [...withName(response.lines, name), ...withName(response.withheld, name)]) {
      const write = writes.at(-1);
      if (value.kind !== 'literal' || !write || writes.length < 2 || (write.op !== 'append' && write.op !== 'merge')) continue;
      const key = `${placeKey(write.place)} ${value.text}`;
      if (!found.has(key)) found.set(key, { text: value.text, write, earlier: writes.slice(0, -1) });
    }
  }
  return [...found.values()].sort((a, b) => a.write.place.range.start - b.write.place.range.start);
}

/** A preflight that names no headers needs no list of them: what a package answers instead to one that does is its own text. */
export function asksForNoHeaders({ when }: ResponseCase): boolean {
  return when.data.get('header:access-control-request-headers')?.oneOf?.every((text) => text === '') === true;
}

/** Header names that a page may send, or that the browser sends for it, without a list. */
const UNASKED = /^(?:accept|accept-language|content-language|origin)$/i;

/** Whether a list names a method or header that a page may not send unasked. */
export function asksForLeave({ name, value }: HeaderLine): boolean {
  const list = value.kind === 'literal' ? parseTokenList(value.text) : undefined;
  if (list?.ok !== true) return false;
  return name.toLowerCase() === 'access-control-allow-methods'
    ? list.tokens.some((method) => method !== 'OPTIONS' && !isSafelistedMethod(method))
    : list.tokens.some((header) => !UNASKED.test(header));
}

/** Whether a preflight's answer lets a page send, with credentials, what it could not send without asking. */
export function givesLeave(preflight: ResponseCase): boolean {
  return ['Access-Control-Allow-Methods', 'Access-Control-Allow-Headers'].some((name) =>
    withName(preflight.lines, name).some((line) => {
      const { value } = line;
      // With credentials a `*` is only a name.
      return value.kind !== 'literal' || (value.text.trim() !== '*' && asksForLeave(line));
    }),
  );
}

/** A line that one write of the file made alone, in a response that is proven to be sent. */
interface SentLine {
  readonly line: HeaderLine;
  readonly response: ResponseCase;
  readonly write: HeaderWrite;
  readonly view: PolicyView;
  readonly answersPreflight: boolean;
}

const linesByName = new WeakMap<RuleContext['views'], ReadonlyMap<string, readonly SentLine[]>>();

/** The lines of all views by their names in lower case, preflights before the others; gone through once for all rules and names. */
function sentLines(views: RuleContext['views']): ReadonlyMap<string, readonly SentLine[]> {
  const known = linesByName.get(views);
  if (known) return known;
  const found = new Map<string, SentLine[]>();
  for (const view of views) {
    for (const responses of [view.preflight, view.actual]) {
      for (const response of proven(responses)) {
        for (const lines of [response.lines, response.withheld]) {
          for (const line of lines) {
            const [write, second] = line.writes;
            // An error goes without what `unset` takes out, too: there is no line then.
            if (!write || second || write.op === 'unset') continue;
            const name = line.name.toLowerCase();
            const same = found.get(name);
            const sent = { line, response, write, view, answersPreflight: responses === view.preflight };
            if (same) same.push(sent);
            else found.set(name, [sent]);
          }
        }
      }
    }
  }
  linesByName.set(views, found);
  return found;
}

/** Whether something that is not in sight may add a line of a name (in lower case) to a response. */
export function mayBeAdded(response: ResponseCase, name: string): boolean {
  return response.unknown !== undefined || (!response.complete && !response.hidden.includes(name));
}

/** The lines of a name, sent or withheld, that one write of the file made alone. */
export function* linesOf(
  responses: readonly ResponseCase[],
  name: string,
): Generator<{ readonly line: HeaderLine; readonly response: ResponseCase; readonly write: HeaderWrite }> {
  for (const response of responses) {
    for (const lines of [response.lines, response.withheld]) {
      for (const line of withName(lines, name)) {
        const [write, second] = line.writes;
        if (write && !second && write.op !== 'unset') yield { line, response, write };
      }
    }
  }
}

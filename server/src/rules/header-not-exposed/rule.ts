import type { Rule } from '../../core/rule.ts';
import { placeKey, type Place } from '../../core/text.ts';
import { isForbiddenResponseHeader, isMeantForScripts, isSafelistedResponseHeader } from '../../cors/headers.ts';
import { nearMissCorsHeader } from '../../cors/near-miss.ts';
import type { HeaderLine, HeaderWrite } from '../../policy/model.ts';
import { linesNamed, type PolicyView } from '../../policy/view.ts';
import { proven } from '../evidence.ts';
import { offer, report, HEADER_LANGUAGES } from '../report.ts';
import { listed } from '../words.ts';

export const headerNotExposed: Rule = {
  id: 'header-not-exposed',
  category: 'response',
  level: 'info',
  languages: HEADER_LANGUAGES,
  summary: 'A response header meant for scripts is not in Access-Control-Expose-Headers.',
  fix: 'unsafe',
  yieldsTo: ['unknown-cors-header'],
  *check({ views, authoring }) {
    for (const { lines, list, allowed } of unexposed(views)) {
      const names = [...new Set(lines.map(({ line }) => line.name))];
      const edits = list
        ? authoring.replaceText(list.place, [list.text, ...names].join(', '))
        : authoring.addHeaderBeside(allowed, { name: 'Access-Control-Expose-Headers', value: names.join(', ') });
      for (const { line, write, misspelt } of lines)
        yield report(
          'header-not-exposed',
          'info',
          write.place,
          `Pages of other origins cannot read ${line.name}, although the response is open to them. List it in Access-Control-Expose-Headers.`,
          // One list answers for all of them: every finding brings the same edit.
          { ...(misspelt && { cause: misspelt.place }), fixes: offer(`Expose ${listed(names)}`, 'unsafe', edits) },
        );
    }
  },
};

interface Unexposed {
  readonly lines: {
    readonly line: HeaderLine;
    readonly write: HeaderWrite;
    /** What exposes it, but for its name. */
    readonly misspelt: HeaderWrite | undefined;
  }[];
  /** What exposes some already, and else what lets pages read. */
  readonly list: { readonly text: string; readonly place: Place } | undefined;
  readonly allowed: HeaderWrite;
}

/** Lines meant for scripts that are not exposed, by what would expose them. */
function unexposed(views: readonly PolicyView[]): Iterable<Unexposed> {
  const found = new Map<string, Unexposed>();
  const seen = new Set<string>();
  for (const response of views.flatMap((view) => proven(view.actual))) {
    const allowed = linesNamed(response, 'Access-Control-Allow-Origin')[0]?.writes.at(-1);
    const exposing = linesNamed(response, 'Access-Control-Expose-Headers');
    if (!allowed || !response.complete || exposing.some((line) => line.value.kind !== 'literal')) continue;
    const exposed = new Set(exposing.flatMap(({ value }) => (value.kind === 'literal' ? value.text.toLowerCase().split(/\s*,\s*/) : [])));
    const list = textOf(exposing[0]);
    for (const line of response.lines) {
      const write = line.writes.at(-1);
      if (!write || exposed.has('*') || !isMissed(line.name.toLowerCase(), exposed) || seen.has(placeKey(write.place))) continue;
      seen.add(placeKey(write.place));
      const key = placeKey(list?.place ?? allowed.place);
      const group = found.get(key) ?? { lines: [], list, allowed };
      group.lines.push({ line, write, misspelt: misspeltList(response.lines, line.name) });
      found.set(key, group);
    }
  }
  return found.values();
}

function misspeltList(lines: readonly HeaderLine[], name: string): HeaderWrite | undefined {
  const list = lines.find(({ name: own, value }) => isListOf(value, name) && nearMissCorsHeader(own) === 'Access-Control-Expose-Headers');
  return list?.writes.at(-1);
}

function isListOf(value: HeaderLine['value'], name: string): boolean {
  return (
    value.kind === 'literal' &&
    value.text
      .toLowerCase()
      .split(/\s*,\s*/)
      .includes(name.toLowerCase())
  );
}

function isMissed(name: string, exposed: ReadonlySet<string>): boolean {
  return isMeantForScripts(name) && !exposed.has(name) && !isSafelistedResponseHeader(name) && !isForbiddenResponseHeader(name);
}

/** A constant list and where it is written. */
function textOf(line: HeaderLine | undefined): Unexposed['list'] {
  const place = line?.value.place ?? line?.writes.at(-1)?.valuePlace;
  return line?.value.kind === 'literal' && place ? { text: line.value.text, place } : undefined;
}

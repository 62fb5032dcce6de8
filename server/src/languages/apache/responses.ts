import { anyOf } from '../../policy/codes.ts';
import { all, literal } from '../../policy/condition.ts';
import type { Condition, ErrorPage, HeaderWrite, ResponseConfiguration, Step, Steps, Value } from '../../policy/model.ts';
import type { VaryOnRead } from './expression-condition.ts';
import { headerCondition, headerLine, headerWrites, isRefusal, type HeaderLineParts } from './header.ts';
import { areApart, type Layer } from './layers.ts';
import { includesUnseen, placeOf, type Item } from './scan.ts';
import { hasPlaceholder } from './words.ts';

/** A layer that a request may have, and when. */
export interface ActiveLayer {
  readonly layer: Layer;
  readonly when: Condition;
}

/** A header that the server adds to Vary by itself, and when. */
export interface AutomaticVary extends VaryOnRead {
  readonly item: Item | undefined;
  readonly place: HeaderWrite['place'];
}

/** The header lines of a layer, read once. */
interface LayerLines {
  readonly when: Condition;
  readonly layer: Layer;
  readonly lines: readonly HeaderLineParts[];
}

/** Writes by hand in the text, as against those that the server makes of itself (Vary): only these can be edited. */
const written = new WeakMap<HeaderWrite, HeaderLineParts>();

/** The line that a write stands for; undefined for what the server writes of itself. */
export function lineOfWrite(write: HeaderWrite): HeaderLineParts | undefined {
  return written.get(write);
}

/** Makes a write known as that of a line, so that it can be edited. */
export function registerWrite(write: HeaderWrite, line: HeaderLineParts): HeaderWrite {
  written.set(write, line);
  return write;
}

const parsed = new WeakMap<Item, HeaderLineParts | undefined>();

/** A `Header` or `RequestHeader` line of an item; undefined where it is none or the server refuses it. */
export function headerLineOf(item: Item): HeaderLineParts | undefined {
  if (item.directive.key !== 'header' && item.directive.key !== 'requestheader') return undefined;
  if (parsed.has(item)) return parsed.get(item);
  const line = headerLine(item);
  const parts = isRefusal(line) ? undefined : line;
  parsed.set(item, parts);
  return parts;
}

/** Whether a template or the environment writes a part of a Header line without which the server's reading of it is not known. */
export function isUnread(item: Item): boolean {
  if (item.directive.key !== 'header') return false;
  const line = headerLine(item);
  return (
    isRefusal(line) &&
    (line.argument?.value.includes('${') === true || item.directive.args.some((argument) => hasPlaceholder(argument.value)))
  );
}

/** Everything that writes response headers for a set of layers, in the order in which the server does it. */
export class ResponseWriter {
  private readonly layers: readonly LayerLines[];
  private readonly writes = new Map<HeaderLineParts, ReturnType<typeof headerWrites>>();
  private readonly origin: Value;
  /** A section of the place includes what is not in sight (what stands around all sections is seldom about headers), or a line is unread. */
  private readonly open: boolean;

  constructor(active: readonly ActiveLayer[], origin: Value) {
    this.origin = origin;
    this.open = active.some(({ layer }) =>
      layer.entries.some((entry) => (layer.section !== undefined && includesUnseen(entry)) || (entry.kind === 'item' && isUnread(entry))),
    );
    this.layers = active.map(({ layer, when }) => ({
      when,
      layer,
      lines: layer.entries
        .flatMap((entry) => (entry.kind === 'item' ? (headerLineOf(entry) ?? []) : []))
        .filter((line) => line.table !== 'request'),
    }));
  }

  /** The configuration of a response with these lines, to which a file that is not in sight may add. */
  configuration(respond: Steps): ResponseConfiguration {
    return { respond, ...(this.open && { open: 'unresolved' as const }) };
  }

  /** The lines of a response that a handler made: both tables, `always` first (mod_headers.c, output filter). */
  handled(): Steps {
    return [...this.table('always', false), ...this.table('onsuccess', false)];
  }

  /** The lines of a response that the server makes itself: `always` only; the others are kept back (behaviour 2.1). */
  failed(): Steps {
    return [...this.table('always', false, 'response'), ...this.table('onsuccess', true)];
  }

  /** A 204 of the server's own keeps what stands in the plain table already, but no plain line is written (http_protocol.c). */
  withoutContent(): Steps {
    return [...this.table('always', false), ...this.table('onsuccess', true)];
  }

  /** Names that the lines replace or remove whatever an upstream sends in their table. */
  replaced(table: 'always' | 'onsuccess'): readonly string[] {
    return this.layers.flatMap(({ when, lines }) =>
      lines
        .filter(
          (line) =>
            line.table === table &&
            when.kind === 'always' &&
            !line.early &&
            (line.action === 'set' || line.action === 'unset') &&
            line.condition === undefined &&
            line.item.guard.kind === 'always',
        )
        .map((line) => line.nameText.toLowerCase()),
    );
  }

  /**
   * `early` lines take effect before anything else is known: only the server's own have any (behaviour 2.11). Those of
   * `always` are kept twice: an error of the server's own moves them out of the reach of later lines (http_protocol.c,
   * ap_send_error_response), every other response leaves them in.
   */
  early(): Steps {
    return this.earlyLines().flatMap(({ line, when, table }) => {
      const steps = this.steps(line, when, false);
      return table === 'always' ? [...steps, ...steps.map(intoStash)] : steps;
    });
  }

  /** The plain `early` lines are gone from an error of the server's own, and the `always` ones stand apart. */
  earlyForErrors(): Steps {
    return this.unsetEarly('onsuccess', 'onsuccess', 'always', 'always');
  }

  /** A handler's response has its `early` lines in place; a proxied one starts with an empty plain table. */
  earlyForHandlers(proxied: boolean): Steps {
    return [...this.unsetEarly('always', 'response'), ...(proxied ? this.unsetEarly('onsuccess', 'onsuccess') : [])];
  }

  private unsetEarly(...pairs: readonly ('always' | 'onsuccess' | 'response')[]): Steps {
    const steps: Step[] = [];
    for (let at = 0; at + 1 < pairs.length; at += 2) {
      const target = pairs[at + 1];
      for (const { line, table } of this.earlyLines()) {
        if (table !== pairs[at] || target === undefined) continue;
        for (const { write } of this.writesOf(line)) steps.push({ kind: 'write', write: { ...write, op: 'unset', table: target } });
      }
    }
    return steps;
  }

  private earlyLines(): readonly { readonly line: HeaderLineParts; readonly when: Condition; readonly table: HeaderLineParts['table'] }[] {
    return this.layers.flatMap(({ when, layer, lines }) =>
      layer.kind === 'server' && layer.branch === undefined
        ? lines
            .filter((line) => line.early)
            .map((line) => ({ line, when, table: line.action === 'echo' ? ('onsuccess' as const) : line.table }))
        : [],
    );
  }

  private table(table: 'always' | 'onsuccess', withheld: boolean, vary: 'onsuccess' | 'response' = 'onsuccess'): Steps {
    return this.layers.flatMap(({ when, lines }) =>
      lines.filter((line) => line.table === table && !line.early).flatMap((line) => this.steps(line, when, withheld, vary)),
    );
  }

  private steps(line: HeaderLineParts, when: Condition, withheld: boolean, vary: 'onsuccess' | 'response' = 'onsuccess'): Steps {
    const { varies } = headerCondition(line, { origin: this.origin });
    const place = placeOf(line.item);
    const automatic = withheld
      ? []
      : varies.map((read) => varyStep({ header: read.header, when: all(when, line.item.guard, read.when), item: line.item, place }, vary));
    const writes = this.writesOf(line).map(({ write, when: condition }) => {
      const sent: HeaderWrite = withheld ? { ...write, statuses: anyOf<number>() } : write;
      if (withheld) written.set(sent, line);
      return guarded(all(when, condition), [{ kind: 'write', write: sent }], place);
    });
    return [...automatic, ...writes];
  }

  private writesOf(line: HeaderLineParts): ReturnType<typeof headerWrites> {
    const known = this.writes.get(line);
    if (known !== undefined) return known;
    const made = headerWrites(line, { origin: this.origin });
    for (const { write } of made) written.set(write, line);
    this.writes.set(line, made);
    return made;
  }
}

export function guarded(when: Condition, then: Steps, place?: HeaderWrite['place']): Step {
  const [only] = then;
  if (when.kind === 'always' && only !== undefined && then.length === 1) return only;
  return { kind: 'branch', when, then, ...(place && { place }) };
}

/** The same step on the table that only an error of the server's own sends. */
function intoStash(step: Step): Step {
  if (step.kind === 'write') return { ...step, write: { ...step.write, table: 'response' } };
  return step.kind === 'branch' ? { ...step, then: step.then.map(intoStash) } : step;
}

/** What the server adds to Vary goes into the table of plain lines, or on an error into what stands apart (behaviour 2.15). */
function varyStep({ header, when, place }: AutomaticVary, table: 'onsuccess' | 'response' = 'onsuccess'): Step {
  const write: HeaderWrite = {
    op: 'append',
    table,
    name: 'Vary',
    value: { kind: 'literal', text: header },
    place,
    namePlace: place,
    valuePlace: place,
  };
  return guarded(when, [{ kind: 'write', write }], place);
}

const soFar: Value = { kind: 'variable', name: 'vary', unset: '' };
const kept: Value = { kind: 'variable', name: 'vary:kept', unset: '' };

/**
 * What the server has put into Vary by itself so far. It stands in the table of plain lines, which an internal redirect
 * takes along; so it is kept as a text of the request, in the order in which the headers were read, each behind a comma: `send`
 * makes a list of it. It names what was there before once, as every name more would be evaluated on its own at each further read.
 */
export function addToVary({ header, when, place }: Omit<AutomaticVary, 'item'>): Step {
  const added: Value = { kind: 'literal', text: `, ${header}`, place };
  const read: Value = when.kind === 'always' ? added : { kind: 'choice', options: [{ when, value: added }], otherwise: literal('') };
  return { kind: 'assign', variable: 'vary', place, value: { kind: 'concat', parts: [soFar, read], place } };
}

/** A looked-up resource starts with an empty Vary of its own; the request's joins behind it (ap_internal_fast_redirect). */
export const keepVary: Steps = [
  { kind: 'assign', variable: 'vary:kept', value: soFar },
  { kind: 'assign', variable: 'vary', value: { kind: 'literal', text: '' } },
];

/** The page of an error starts with empty tables. */
export const forgetVary: Steps = ['vary', 'vary:kept'].map((variable) => ({
  kind: 'assign',
  variable,
  value: { kind: 'literal', text: '' },
}));

/** The server's own Vary as a line of a response. */
export function writeVary(place: HeaderWrite['place']): Steps {
  return [soFar, kept].map((value): Step => {
    const write: HeaderWrite = { op: 'append', table: 'onsuccess', name: 'Vary', value, place, namePlace: place, valuePlace: place };
    const empty: Condition = { kind: 'test', value, in: { kind: 'oneOf', values: [''] } };
    return { kind: 'branch', when: empty, then: [], otherwise: [{ kind: 'write', write }], place };
  });
}

/** An ErrorDocument: a local path that answers in the request's place, or an address to redirect to. */
export interface ErrorDocument {
  readonly status: number;
  /** A path, an address, or undefined for a text or the server's own page. */
  readonly target: string | undefined;
  readonly item: Item;
}

export function errorDocuments(layer: Layer): readonly ErrorDocument[] {
  return layer.entries.flatMap((entry) => {
    if (entry.kind !== 'item' || entry.directive.key !== 'errordocument') return [];
    const [code, target] = entry.values;
    const status = Number(code);
    if (!(status >= 400 && status <= 599)) return [];
    const local =
      target !== undefined && (target.startsWith('/') || /^https?:\/\//i.test(target)) && entry.directive.args[1]?.quote !== '"';
    return [{ status, target: local ? target : undefined, item: entry }];
  });
}

/** Places that multiply to more configurations than this are not followed. */
export const mostMerged = 64;

/** The configuration of responses that the server makes itself, with the error documents in force. */
export function errorConfiguration(writer: ResponseWriter, active: readonly ActiveLayer[], policyOf: (path: string) => string): Steps {
  const respond = writer.failed();
  const documented = active.flatMap(({ layer, when }) => {
    const documents = errorDocuments(layer);
    return documents.length === 0 ? [] : [{ layer, when, documents }];
  });
  let merged = 0;
  const build = (left: typeof documented, chosen: ReadonlyMap<number, ErrorDocument>): Steps => {
    if (merged >= mostMerged) return [{ kind: 'reroute', to: { unknown: 'too-many-cases' } }];
    const [at, ...others] = left;
    if (at === undefined) {
      merged++;
      return [
        { kind: 'configure', configuration: { ...writer.configuration(respond), errorPages: pagesOf([...chosen.values()], policyOf) } },
      ];
    }
    const changed = new Map(chosen);
    for (const document of at.documents) changed.set(document.status, document);
    if (at.when.kind === 'always') return build(others, changed);
    const within = others.filter(({ layer }) => !areApart(layer, at.layer));
    return [{ kind: 'branch', when: at.when, then: build(within, changed), otherwise: build(others, chosen) }];
  };
  return [...writer.earlyForErrors(), ...build(documented, new Map())];
}

function pagesOf(documents: readonly ErrorDocument[], policyOf: (path: string) => string): readonly ErrorPage[] {
  return documents.flatMap((document): ErrorPage[] => {
    if (document.target === undefined) return [];
    const statuses = anyOf(document.status);
    const place = placeOf(document.item);
    if (!document.target.startsWith('/')) return [{ statuses, to: { redirect: document.target }, place }];
    return [{ statuses, to: { policy: policyOf(document.target) }, method: 'GET', place }];
  });
}

/** The lines of some places, each with when its place counts. */
export function itemsOf(active: readonly ActiveLayer[]): readonly { readonly item: Item; readonly when: Condition }[] {
  return active.flatMap(({ layer, when }) => layer.entries.flatMap((entry) => (entry.kind === 'item' ? [{ item: entry, when }] : [])));
}

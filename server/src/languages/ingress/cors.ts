/** What ingress-nginx makes of its CORS annotations (behaviour 12). */
import type { Extraction } from '../../core/language.ts';
import type { Place } from '../../core/text.ts';
import { matching, oneOf } from '../../cors/origins/origin-set.ts';
import { any, literal, methodIs, originIn, unknown } from '../../policy/condition.ts';
import { anyOf } from '../../policy/codes.ts';
import type { CheckEntry, Condition, HeaderWrite, Step, Steps, Value } from '../../policy/model.ts';
import type { Annotation, IngressResource } from './manifest.ts';

/** What the controller writes where an annotation is missing (behaviour 12.2). */
const defaults = {
  methods: 'GET, PUT, POST, DELETE, PATCH, OPTIONS',
  headers: 'DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization',
  maxAge: '1728000',
} as const;

// The controller's own expressions for whole lists, in a form that needs no backtracking (behaviour 12.3).
const validOrigins = /^(?:\*|(?:[A-Za-z0-9.,-]|(?<=[a-z]):\/\/|\*\.|:\d)*)$/;
const validOrigin = /^(?:[a-z]+:\/\/(?:\*\.)?[A-Za-z0-9.-]*(?::\d+)?|null)$/;
const validMethods = /^[A-Za-z](?:[A-Za-z]|(?<=[A-Za-z]),|(?<=[A-Za-z,])\s)*$/;
const validNames = /^[\w-](?:[\w-]|(?<=[\w-]),|(?<=[\w,-])\s)*$/;
const validExposed = /^[\w*-](?:[\w*-]|(?<=[\w*-]),|(?<=[\w*,-])\s)*$/;

/** Whether an annotation is on, as Go's strconv.ParseBool reads it; undefined where it is missing or no truth value. */
function truthOf(annotation: Annotation | undefined): boolean | undefined {
  const text = annotation?.text ?? '';
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text) ? false : undefined;
}

/** Whether CORS is on; undefined where a template says so. */
export function switchedOn({ annotations }: IngressResource): boolean | undefined {
  const enable = annotations.get('enable-cors');
  return enable?.open === true ? undefined : truthOf(enable) === true;
}

/** Why CORS is off: somebody said so, or nobody said that it is on. Undefined where it is on, or a template decides. */
export function switchedOff(resource: IngressResource): 'said' | 'unsaid' | undefined {
  if (switchedOn(resource) !== false) return undefined;
  return truthOf(resource.annotations.get('enable-cors')) === false ? 'said' : 'unsaid';
}

const alwaysSent = [
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-max-age',
];

/**
 * Whether the controller's CORS headers go out whatever a snippet of the location sets: other headers are none of theirs, and what it
 * sets by `more_set_headers` comes before those that the controller writes in an `if`. So with `*`, where every request takes that
 * `if`, and the headers that it always sends.
 */
export function overrules({ annotations }: IngressResource, { policies }: Extraction): boolean {
  const origins = annotations.get('cors-allow-origin');
  const everybody = !origins || (!origins.open && entriesOf(origins).some((entry) => entry.text === '*'));
  const [policy, second] = policies;
  return policy !== undefined && !second && policy.steps.every((step) => onlySetsHeaders(step, everybody));
}

function onlySetsHeaders(step: Step, everybody: boolean): boolean {
  if (step.kind === 'assign' || step.kind === 'upstream') return true;
  if (step.kind !== 'configure') return false;
  return step.configuration.respond.every((each) => {
    if (each.kind !== 'write') return false;
    const name = each.write.name.toLowerCase();
    if (name !== 'vary' && !name.startsWith('access-control-')) return true;
    return everybody && each.write.table !== 'nginx' && alwaysSent.includes(name);
  });
}

/** The steps of a request for one of the paths of an Ingress; the service behind it is not in sight. */
export function stepsOf(resource: IngressResource): Steps {
  const enable = resource.annotations.get('enable-cors');
  if (enable?.open === true) return [{ kind: 'reroute', to: { unknown: 'placeholder' } }];
  return enable && truthOf(enable) === true ? new CorsSteps(resource, enable).steps() : toService([]);
}

const toService = (hidden: readonly string[]): Steps => [{ kind: 'upstream', by: 'upstream', hidden }];

class CorsSteps {
  readonly #resource: IngressResource;
  readonly #enable: Annotation;

  constructor(resource: IngressResource, enable: Annotation) {
    this.#resource = resource;
    this.#enable = enable;
  }

  #annotation(name: string): Annotation | undefined {
    return this.#resource.annotations.get(name);
  }

  steps(): Steps {
    const origins = this.#annotation('cors-allow-origin');
    if (!origins) return this.#granted({ ...literal('*'), place: this.#enable.valuePlace }, undefined);
    const entries = entriesOf(origins);
    if (origins.open) return this.#granted({ kind: 'unknown', id: 'cors-allow-origin', reason: 'placeholder' }, origins);
    const wildcard = entries.find((entry) => entry.text === '*');
    const everybody = this.#granted({ ...literal('*'), place: wildcard?.place ?? origins.valuePlace }, origins);
    if (wildcard) return everybody;
    const listed = this.#listed(origins, entries);
    // A list that is not well formed counts as `*` or without the entries that are not, by the controller's version and flags.
    return validOrigins.test(origins.text.replaceAll(' ', ''))
      ? listed
      : [{ kind: 'branch', when: unknown('annotation-validation', 'outside'), then: everybody, otherwise: listed }];
  }

  #listed(origins: Annotation, entries: readonly CheckEntry[]): Steps {
    const reflected = this.#granted({ kind: 'origin', absent: '', place: origins.valuePlace }, origins);
    const patterns = entries.filter((entry) => validOrigin.test(entry.text) && entry.text.includes('*'));
    const exact = entries.filter((entry) => !patterns.includes(entry));
    const compared = exact.filter((entry) => validOrigin.test(entry.text));
    // Without any entry left the controller's expression is empty, and matches everybody (behaviour 12.4).
    const everybody = compared.length + patterns.length === 0;
    const values = (everybody ? exact : compared).map((entry) => entry.text);
    const conditions: Condition[] = patterns.map(({ text, place }) => {
      const pattern = { dialect: 'pcre', source: patternOf(text), flags: 'i' } as const;
      return originIn(matching(pattern), { form: 'pattern', place, pattern });
    });
    if (exact.length > 0) conditions.push(originIn(oneOf(values, true), { form: 'list', place: origins.valuePlace, entries: exact }));
    const otherwise = everybody ? reflected : toService([]);
    return [{ kind: 'branch', when: any(...conditions), then: reflected, otherwise }];
  }

  /** The headers, on the answer to OPTIONS that the controller makes, or on what the service sends. */
  #granted(allowed: Value, origins: Annotation | undefined): Steps {
    const writes = this.#writes(allowed, origins);
    const configure: Step = {
      kind: 'configure',
      configuration: {
        respond: writes.flatMap((write): readonly Step[] => [
          { kind: 'write', write: { ...write, op: 'unset', table: 'upstream', value: literal('') } },
          { kind: 'write', write },
        ]),
      },
    };
    const preflight: Steps = [configure, { kind: 'answer', status: anyOf(204), by: 'server', place: this.#enable.place }];
    return [
      {
        kind: 'branch',
        when: methodIs('OPTIONS'),
        then: preflight,
        otherwise: [configure, ...toService(writes.map((write) => write.name.toLowerCase()))],
      },
    ];
  }

  #writes(allowed: Value, origins: Annotation | undefined): readonly HeaderWrite[] {
    const credentials = this.#annotation('cors-allow-credentials');
    const exposed = this.#annotation('cors-expose-headers');
    const writes = [this.#write('Access-Control-Allow-Origin', allowed, origins)];
    if (credentials?.open === true) writes.push(this.#write('Access-Control-Allow-Credentials', filledIn('credentials'), credentials));
    else if (truthOf(credentials) !== false) {
      const written = truthOf(credentials) === true ? credentials : undefined;
      writes.push(this.#write('Access-Control-Allow-Credentials', this.#text('true', written), written));
    }
    writes.push(this.#list('Access-Control-Allow-Methods', 'cors-allow-methods', validMethods, defaults.methods));
    writes.push(this.#list('Access-Control-Allow-Headers', 'cors-allow-headers', validNames, defaults.headers));
    if (exposed && (exposed.open || validExposed.test(exposed.text)))
      writes.push(this.#list('Access-Control-Expose-Headers', 'cors-expose-headers', validExposed, ''));
    writes.push(this.#list('Access-Control-Max-Age', 'cors-max-age', /^[+-]?\d+$/, defaults.maxAge));
    return writes;
  }

  /** A header whose value is an annotation's text where the controller takes it, else its default. */
  #list(name: string, key: string, valid: RegExp, otherwise: string): HeaderWrite {
    const annotation = this.#annotation(key);
    if (annotation?.open === true) return this.#write(name, filledIn(key), annotation);
    const written = annotation && valid.test(annotation.text) ? annotation : undefined;
    return this.#write(name, this.#text(written?.text ?? otherwise, written), written);
  }

  #text(text: string, written: Annotation | undefined): Value {
    return { ...literal(text), place: (written ?? this.#enable).valuePlace };
  }

  /** `written` is undefined for what nobody wrote: the annotation that switches CORS on stands for it. */
  #write(name: string, value: Value, written: Annotation | undefined): HeaderWrite {
    const { place, keyPlace, valuePlace } = written ?? this.#enable;
    return {
      op: 'set',
      table: 'headersMore',
      name,
      value,
      omitEmpty: true,
      place,
      namePlace: keyPlace,
      valuePlace,
      ...(written === undefined && { implied: true }),
    };
  }
}

function filledIn(id: string): Value {
  return { kind: 'unknown', id, reason: 'placeholder' };
}

/** The expression for an entry with a wildcard: one label, letters of any case (behaviour 12.3). */
function patternOf(entry: string): string {
  return `^${entry.replace(/[.+?^${}()|[\]\\/]/g, '\\$&').replace('*', '[A-Za-z0-9\\-]+')}$`;
}

/** The entries of a list, without those that are empty. */
function entriesOf({ text, valuePlace, verbatim }: Annotation): readonly CheckEntry[] {
  const entries: CheckEntry[] = [];
  let at = 0;
  for (const part of text.split(',')) {
    const entry = part.trim();
    const start = valuePlace.range.start + at + part.indexOf(entry);
    const place: Place = verbatim ? { uri: valuePlace.uri, range: { start, end: start + entry.length } } : valuePlace;
    if (entry !== '') entries.push({ text: entry, place });
    at += part.length + 1;
  }
  return entries;
}

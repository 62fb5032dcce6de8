/** From a manifest to its extraction: each Ingress is one policy, as ingress-nginx serves it (behaviour 12). */
import type { SourceFile } from '../../core/files.ts';
import type { Extraction, LanguageEngine } from '../../core/language.ts';
import { all, always, test } from '../../policy/condition.ts';
import type { Alternative, Condition, HeaderLine, Policy, Sending, Sent, Steps } from '../../policy/model.ts';
import { createAuthoring } from './authoring.ts';
import { overrules, stepsOf, switchedOn } from './cors.ts';
import { ignoredAnnotations } from './ignored-annotations.ts';
import { manifestOf } from './manifest.ts';
import type { IngressPath, IngressResource } from './manifest.ts';
import { withSnippets } from './snippet-authoring.ts';
import { snippetsOf } from './snippets.ts';
import type { Snippet } from './snippets.ts';

/** nginx's own engine, once a manifest has had a snippet. */
let nginx: LanguageEngine | undefined;

export const engine: LanguageEngine = {
  extract,
  prepare: async (text) => {
    if (/\/(?:configuration|server)-snippet/.test(text)) nginx ??= (await import('../nginx/engine.ts')).engine;
  },
};

function extract(file: SourceFile): Extraction {
  const { resources, comments } = manifestOf(file);
  const served = resources.map((resource, index) => serve(resource, index, file));
  const snippets = served.flatMap((each) => each.snippets);
  return {
    policies: served.flatMap((each) => each.policies),
    routing: routingOf(resources, served),
    observations: [...resources.flatMap(ignoredAnnotations), ...snippets.flatMap(({ extraction }) => extraction.observations)],
    comments: [...comments, ...snippets.flatMap(({ extraction }) => extraction.comments)].sort((a, b) => a.start - b.start),
    outline: [],
    authoring: withSnippets(createAuthoring(file), snippets),
  };
}

/** How requests for one Ingress are answered. */
interface Served {
  readonly policies: readonly Policy[];
  readonly routing: readonly Alternative[];
  readonly snippets: readonly Snippet[];
}

function serve(resource: IngressResource, index: number, file: SourceFile): Served {
  const read = resource.open ? [] : snippetsOf(resource, file, nginx);
  const speaks = read === undefined || read.some(({ into, extraction }) => into === 'server' || !overrules(resource, extraction));
  // What the controller's headers and those of a snippet make together is not worked out.
  const snippets = switchedOn(resource) === false ? (read ?? []) : [];
  const written = snippets.flatMap(({ extraction }) => extraction.policies);
  const [only, second] = snippets;
  if (only?.into === 'location' && !second) return { policies: written, routing: only.extraction.routing, snippets };
  const steps: Steps = resource.open ? unknown('placeholder') : speaks ? unknown('unsupported') : stepsOf(resource);
  const policy = policyOf(resource, index, steps);
  return { policies: [policy, ...written], routing: [{ when: always, policy: policy.id }], snippets };
}

function unknown(reason: 'placeholder' | 'unsupported'): Steps {
  return [{ kind: 'reroute', to: { unknown: reason } }];
}

function policyOf(resource: IngressResource, index: number, steps: Steps): Policy {
  return {
    language: 'ingress',
    id: `ingress-${index}`,
    title: `Ingress ${resource.name}`.trim(),
    kind: 'location',
    place: resource.place,
    extent: resource.extent,
    steps,
    send,
    fragment: false,
  };
}

/** The headers-more module takes the place of the service's lines before it adds its own. */
function send({ tables }: Sending): Sent {
  const upstream: readonly HeaderLine[] = tables.upstream ?? [];
  return { lines: [...upstream, ...(tables.headersMore ?? [])], withheld: [] };
}

/** The longest path of a host is chosen first. */
function routingOf(resources: readonly IngressResource[], served: readonly Served[]): readonly Alternative[] {
  const [first, second] = served;
  if (!first) return [];
  if (!second) return first.routing;
  const ways = resources.flatMap((resource, index) => resource.paths.map((path) => ({ path, routing: served[index]?.routing ?? [] })));
  ways.sort((a, b) => b.path.path.length - a.path.path.length || Number(b.path.exact) - Number(a.path.exact));
  return [
    // Never holds: it names the policy that answers where the host is not known.
    ...first.routing.slice(0, 1).map(({ policy }) => ({ when: test(host, { kind: 'none' }), policy })),
    ...ways.flatMap(({ path, routing }) => routing.map(({ when, policy }) => ({ when: all(reached(path), when), policy }))),
  ];
}

const host = { kind: 'request', datum: 'host', absent: '' } as const;
const path = { kind: 'request', datum: 'path', absent: '' } as const;

function reached({ host: name, path: prefix, exact }: IngressPath): Condition {
  const named = name?.startsWith('*.') === true ? ({ kind: 'suffix', text: name.slice(1) } as const) : name;
  return all(
    named === undefined ? always : test(host, typeof named === 'string' ? { kind: 'oneOf', values: [named] } : named),
    prefix === '/' && !exact ? always : test(path, exact ? { kind: 'oneOf', values: [prefix] } : { kind: 'prefix', text: prefix }),
  );
}

/** From a manifest to its extraction: each Ingress is one policy, as ingress-nginx serves it (behaviour 7). */
import type { SourceFile } from '../../core/files.ts';
import type { Extraction, LanguageEngine } from '../../core/language.ts';
import { all, always, test } from '../../policy/condition.ts';
import type { Alternative, Condition, HeaderLine, Policy, Sending, Sent, Steps } from '../../policy/model.ts';
import { createAuthoring } from './authoring.ts';
import { stepsOf } from './cors.ts';
import { manifestOf } from './manifest.ts';
import type { IngressPath, IngressResource } from './manifest.ts';

export const engine: LanguageEngine = { extract };

function extract(file: SourceFile): Extraction {
  const { resources, comments } = manifestOf(file);
  const policies = resources.map(policyOf);
  return {
    policies,
    routing: routingOf(resources, policies),
    observations: [],
    comments,
    outline: [],
    authoring: createAuthoring(file),
  };
}

/** nginx text of the author's that may write headers, or be about the Origin in any other way. */
const meddling = /access-control|vary|origin|cors|header|return|rewrite|include|lua/i;

function policyOf(resource: IngressResource, index: number): Policy {
  return {
    language: 'ingress',
    id: `ingress-${index}`,
    title: `Ingress ${resource.name}`.trim(),
    kind: 'location',
    place: resource.place,
    extent: resource.extent,
    steps: steps(resource),
    send,
    fragment: false,
  };
}

function steps(resource: IngressResource): Steps {
  if (resource.open) return [{ kind: 'reroute', to: { unknown: 'placeholder' } }];
  const snippets = ['configuration-snippet', 'server-snippet'].map((name) => resource.annotations.get(name)?.text ?? '');
  return snippets.some((text) => meddling.test(text)) ? [{ kind: 'reroute', to: { unknown: 'unsupported' } }] : stepsOf(resource);
}

/** The headers-more module takes the place of the service's lines before it adds its own. */
function send({ tables }: Sending): Sent {
  const upstream: readonly HeaderLine[] = tables.upstream ?? [];
  return { lines: [...upstream, ...(tables.headersMore ?? [])], withheld: [] };
}

/** The longest path of a host is chosen first. */
function routingOf(resources: readonly IngressResource[], policies: readonly Policy[]): readonly Alternative[] {
  const [first, second] = policies;
  if (!first) return [];
  if (!second) return [{ when: always, policy: first.id }];
  const ways = resources.flatMap((resource, index) => resource.paths.map((path) => ({ path, policy: policies[index] ?? first })));
  ways.sort((a, b) => b.path.path.length - a.path.path.length || Number(b.path.exact) - Number(a.path.exact));
  return [
    // Never holds: it names the policy that answers where the host is not known.
    { when: test(host, { kind: 'none' }), policy: first.id },
    ...ways.map(({ path, policy }) => ({ when: reached(path), policy: policy.id })),
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

/** CORS annotations that ingress-nginx does not read: misspelled ones, and all of them where nothing switches CORS on (behaviour 12.1). */
import type { Place } from '../../core/text.ts';
import type { Observation } from '../../policy/observation.ts';
import { ingressPackage, optionsOf } from '../../cors/package-options.ts';
import { switchedOff } from './cors.ts';
import { type Annotation, annotationPrefix, type IngressResource } from './manifest.ts';

const known = new Set(optionsOf(ingressPackage)?.map(({ name }) => name));

/** One observation for each misspelled annotation, and one for the first that waits for `enable-cors`. */
export function ignoredAnnotations(resource: IngressResource): readonly Observation[] {
  if (resource.open) return [];
  const ours = [...resource.annotations].filter(([name]) => /^(?:enable-)?cors\b/i.test(name));
  const misspelled = ours.filter(([name]) => !known.has(name)).map(([name, annotation]) => observed(name, annotation));
  const waiting = ours.find(([name]) => known.has(name) && name !== 'enable-cors');
  const isMissing = switchedOff(resource) === 'unsaid' && waiting !== undefined;
  return isMissing ? [...misspelled, { ...observed(...waiting), needs: 'enable-cors: "true"' }] : misspelled;
}

function observed(name: string, annotation: Annotation): Extract<Observation, { kind: 'corsOption' }> {
  const { place, valuePlace, open } = annotation;
  return { kind: 'corsOption', package: ingressPackage, name, namePlace: nameOf(name, annotation), valuePlace, known: !open, layer: place };
}

/** The key without the prefix of ingress-nginx, and without the quote behind it. */
function nameOf(name: string, { keyPlace }: Annotation): Place {
  const { start, end } = keyPlace.range;
  const quote = end - start > annotationPrefix.length + name.length ? 1 : 0;
  return { uri: keyPlace.uri, range: { start: end - name.length - quote, end: end - quote } };
}

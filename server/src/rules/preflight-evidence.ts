import type { Observation } from '../policy/observation.ts';
import { isSafelistedMethod } from '../cors/headers.ts';
import type { PolicyView } from '../policy/view.ts';


const PREFLIGHT_HEADERS = ['access-control-allow-methods', 'access-control-allow-headers', 'access-control-max-age'];

/**
 * Whether preflights are known to come to a policy: it writes headers that only a preflight's answer needs, has a route for
 * another method than GET, HEAD and POST, parses JSON, or reads Authorization or a header of its own.
 */
export function expectsPreflights(view: PolicyView, observations: readonly Observation[]): boolean {
  const { id, methods } = view.policy;
  if (methods?.kind === 'in' && methods.members.some((method) => method !== 'OPTIONS' && !isSafelistedMethod(method))) return true;
  const written = [...view.actual, ...view.preflight].flatMap((response) => [...response.lines, ...response.withheld]);
  if (written.some((line) => line.writes.length > 0 && PREFLIGHT_HEADERS.includes(line.name.toLowerCase()))) return true;
  return observations.some(
    (each) =>
      (each.kind === 'requestHeaderRead' && each.policies.includes(id) && !['accept', 'accept-language', 'content-language', 'origin', 'host', 'cookie', 'referer', 'user-agent'].includes(each.name.toLowerCase())) ||
      (each.kind === 'route' && each.policy === id && !['OPTIONS', 'ALL', '*'].includes(each.method.toUpperCase()) && !isSafelistedMethod(each.method)),
  );
}

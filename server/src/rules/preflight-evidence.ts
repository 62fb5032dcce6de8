import type { Observation } from '../policy/observation.ts';
import { isForbiddenRequestHeader, isSafelistedMethod } from '../cors/headers.ts';
import type { PolicyView } from '../policy/view.ts';

const PREFLIGHT_HEADERS = ['access-control-allow-methods', 'access-control-allow-headers', 'access-control-max-age'];

/** Headers that pages may send without permission, or that proxies, networks and other servers send. */
const NOT_FROM_PAGES =
  /^(?:accept|accept-language|content-language|range|x-forwarded-.*|x-real-ip|forwarded|via|cf-.*|true-client-ip|x-amz.*|x-amzn-.*|x-vercel-.*|fly-.*|x-request-id|x-correlation-id|traceparent|tracestate|user-agent|if-.*|.*signature.*|stripe-.*|x-hub-.*|x-github-.*|x-gitlab-.*|x-slack-.*|x-twilio-.*|x-shopify-.*|svix-.*|x-webhook-.*|x-cron.*|x-health.*)$/;

/** Whether a request header is one that a page's script sends, and only after a preflight. */
export function needsPermission(name: string): boolean {
  return !isForbiddenRequestHeader(name) && !NOT_FROM_PAGES.test(name.toLowerCase());
}

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
      (each.kind === 'requestHeaderRead' && each.policies.includes(id) && needsPermission(each.name)) ||
      (each.kind === 'route' &&
        each.policy === id &&
        !['OPTIONS', 'ALL', '*'].includes(each.method.toUpperCase()) &&
        !isSafelistedMethod(each.method)),
  );
}

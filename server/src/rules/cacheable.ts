import { has } from '../policy/codes.ts';
import type { ResponseCase } from '../policy/evaluate.ts';

/** Statuses that HTTP caches store without being told to (RFC 9110, section 15.1); a redirect is followed, not read. */
const STORED = [200, 203, 204, 206, 300, 404, 405, 410, 414, 501];

/** The statuses with which HTTP caches store a response: none where it answers neither GET nor HEAD. */
export function storedStatuses({ status, when }: ResponseCase): readonly number[] {
  return has(when.methods, 'GET') || has(when.methods, 'HEAD') ? STORED.filter((each) => has(status, each)) : [];
}

/** Whether HTTP caches store a response by themselves. */
export function isCacheable(response: ResponseCase): boolean {
  return storedStatuses(response).length > 0;
}

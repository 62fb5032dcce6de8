import { anyOf } from '../../policy/codes.ts';
import { all, unknown } from '../../policy/condition.ts';
import type { Condition, Steps } from '../../policy/model.ts';
import { matchingPaths, pathIn, pathsUnder } from './paths.ts';
import { placeOf, unknownReason, type Item } from './scan.ts';

const statuses: ReadonlyMap<string, number> = new Map([
  ['permanent', 301],
  ['temp', 302],
  ['seeother', 303],
  ['gone', 410],
]);

/** Redirect, RedirectMatch, RedirectPermanent and RedirectTemp (mod_alias.c, try_redirect): the first that matches answers. */
export function redirectSteps(items: readonly { readonly item: Item; readonly when: Condition }[], configure: () => Steps): Steps {
  const found = items.flatMap(({ item, when }) => {
    const redirect = redirectOf(item);
    return redirect === undefined ? [] : [{ ...redirect, item, when: all(when, item.guard, redirect.condition) }];
  });
  if (found.length === 0) return [];
  const errors = configure();
  return found.map(({ item, when, status }) => ({
    kind: 'branch',
    when,
    place: placeOf(item),
    then: [...errors, { kind: 'answer', status: anyOf(status), by: 'server', place: placeOf(item) }],
  }));
}

/** Whether a line names no path: the place itself is what redirects (mod_alias.c, try_redirect). */
export function redirectsWholePlace(item: Item): boolean {
  return redirectOf(item)?.condition.kind === 'always';
}

function redirectOf(item: Item): { readonly status: number; readonly condition: Condition } | undefined {
  const { key } = item.directive;
  if (!/^redirect(?:match|permanent|temp)?$/.test(key)) return undefined;
  const values = [...item.values];
  let status = key === 'redirectpermanent' ? 301 : 302;
  const first = values[0]?.toLowerCase();
  const named = first === undefined ? undefined : (statuses.get(first) ?? (/^\d{3}$/.test(first) ? Number(first) : undefined));
  if (named !== undefined && (key === 'redirect' || key === 'redirectmatch')) {
    status = named;
    values.shift();
  }
  const [path, url] = values;
  const unknownPath = (): Condition => unknown(`redirect:${item.directive.rest}`, unknownReason(item.directive.rest));
  if (values.includes(undefined)) return { status, condition: unknownPath() };
  if (key === 'redirectmatch') return path === undefined ? undefined : { status, condition: pathIn(matchingPaths(path)) };
  // With an address alone the place itself is what redirects; 3xx without an address is refused.
  if (url === undefined && status >= 300 && status < 400) return path === undefined ? undefined : { status, condition: { kind: 'always' } };
  return path === undefined ? { status, condition: { kind: 'always' } } : { status, condition: pathIn(pathsUnder(path)) };
}

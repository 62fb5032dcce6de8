/** error_page: which page answers for which status (behaviour 1.14). */
import { anyOf } from '../../policy/codes.ts';
import type { ErrorPage, RerouteTarget } from '../../policy/model.ts';
import { splitTarget } from './content.ts';
import { inherited } from './levels.ts';
import type { Level } from './levels.ts';
import { wholeOf } from './lines.ts';
import type { Line } from './lines.ts';
import { redirects } from './script.ts';

/** How an error page's target is found: a path of the server, or a named location. */
export interface PageTargets {
  page(path: string, query?: string | null): RerouteTarget;
  namedTarget(name: string): RerouteTarget;
}

/** The error pages in force at a level. Of two for one status the first counts. */
export function errorPages(level: Level, targets: PageTargets): readonly ErrorPage[] {
  return inherited(level, 'error_page').lines.flatMap((line) => {
    const page = readErrorPage(line, targets);
    return page ? [page] : [];
  });
}

function readErrorPage(line: Line, targets: PageTargets): ErrorPage | undefined {
  const words = [...line.args];
  const target = words.pop();
  if (!target) return undefined;
  const override = words.at(-1)?.value.startsWith('=') === true ? words.pop()?.value.slice(1) : undefined;
  const statuses = words.map((word) => Number(word.value)).filter((code) => Number.isInteger(code));
  const status = override === undefined ? undefined : override === '' ? ('target' as const) : Number(override);
  const common = { statuses: anyOf(...statuses), place: wholeOf(line), ...(status !== undefined && { status }) };
  if (target.value.startsWith('@')) return { ...common, to: targets.namedTarget(target.value) };
  if (target.value.startsWith('/') || target.template) {
    const { path, query = '' } = splitTarget(target, line.source);
    return {
      ...common,
      to: path === undefined ? { unknown: target.template ? 'placeholder' : 'unsupported' } : targets.page(path, query),
      method: 'GET',
    };
  }
  // `error_page 405 =200 $uri;`: the same path asked for with GET. What another variable begins with is not known.
  if (/^\$(?:(?:document_)?uri$|\{(?:document_)?uri\}$)/.test(target.value)) return { ...common, to: { append: '' }, method: 'GET' };
  if (target.value.startsWith('$') && !/^\$\{?scheme\}?:\/\//.test(target.value)) return { ...common, to: { unknown: 'unsupported' } };
  const redirect = typeof status === 'number' && redirects.includes(status) ? status : 302;
  return { ...common, to: { redirect: target.value }, status: redirect };
}

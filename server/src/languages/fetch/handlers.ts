/** Which of a module's exports a runtime or a framework calls with a request. */
import type { Place } from '../../core/text.ts';
import type { Program } from '../javascript/modules.ts';
import { exportsOf } from '../javascript/exports.ts';
import * as ts from '../javascript/syntax.ts';
import type { FunctionValue, JsValue } from '../javascript/values.ts';

/** A function that is called with a request. */
export interface Handler {
  readonly value: FunctionValue;
  /** Its name, or the whole of it where it has none. */
  readonly place: Place;
  readonly extent: Place;
  /** It gets an object with the request in it: an event of a service worker, the context of a function. */
  readonly getsEvent: boolean;
  /** The only method that it is called for, in capitals. */
  readonly method?: string;
  /** Where the file's name says it; the framework around then may add headers, and answer what no handler takes. */
  readonly path?: string;
}

/** Files whose names are paths, as the frameworks' documentation has them: what their handlers are called and given. */
interface Convention {
  /** Its first group is the path. */
  readonly file: RegExp;
  readonly getsEvent: boolean;
  /** The name of a handler by its method; of one for every method without. */
  readonly nameOf: (method?: string) => string | undefined;
}

const byMethod = (method?: string): string | undefined => method;
const onRequest = (method = ''): string => `onRequest${method.charAt(0)}${method.slice(1).toLowerCase()}`;
const conventions: readonly Convention[] = [
  // Next.js: routes, and what is called before them.
  { file: /\/app\/(?:(.*)\/)?route\.[cm]?[jt]sx?$/, getsEvent: false, nameOf: byMethod },
  { file: /\/(middleware)\.[cm]?[jt]s$/, getsEvent: false, nameOf: (method) => (method === undefined ? 'middleware' : undefined) },
  { file: /\/(proxy)\.[cm]?[jt]s$/, getsEvent: false, nameOf: (method) => (method === undefined ? 'proxy' : undefined) },
  // SvelteKit, Cloudflare Pages, Astro, Vercel.
  { file: /\/src\/routes\/(?:(.*)\/)?\+server\.[jt]s$/, getsEvent: true, nameOf: byMethod },
  { file: /\/functions\/(.*)\.[jt]sx?$/, getsEvent: true, nameOf: onRequest },
  { file: /\/src\/pages\/(.*)\.[jt]s$/, getsEvent: true, nameOf: byMethod },
  { file: /\/(api\/.*)\.[jt]s$/, getsEvent: false, nameOf: byMethod },
];

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The handlers among the exports of a module that was followed. */
export function exportedHandlers(program: Program, uri: string): readonly Handler[] {
  const record = program.recordOf(uri);
  if (!record) return [];
  const { names } = exportsOf(record.file);
  // Brackets are all that a name of a route has beside letters.
  const file = uri.replaceAll('%5B', '[').replaceAll('%5D', ']');
  const convention = conventions.find((each) => each.file.test(file));
  if (convention) {
    const { getsEvent, nameOf } = convention;
    const path = pathOf(convention.file.exec(file)?.[1]);
    const found = [...methods, undefined].flatMap((method) => {
      const name = nameOf(method);
      if (name === undefined || !names.has(name)) return [];
      return handlerOf(program.exported(uri, name), { getsEvent, path, ...(method === undefined ? {} : { method }) });
    });
    if (found.length > 0) return found;
  }
  const main = program.exported(uri, 'default');
  const object = main.kind === 'object' ? main.contents.value.properties.get('fetch')?.value : undefined;
  if (object) return handlerOf(object, { getsEvent: false });
  return main.kind === 'function' && takesRequest(main) ? handlerOf(main, { getsEvent: false }) : [];
}

function handlerOf(value: JsValue, more: Omit<Handler, 'value' | 'place' | 'extent'>): readonly Handler[] {
  return value.kind === 'function' ? [{ value, place: placeOf(value, value.node.name), extent: placeOf(value), ...more }] : [];
}

function placeOf({ node: whole, frame }: FunctionValue, node: ts.Node = whole): Place {
  return { uri: frame.uri, range: { start: ts.startOf(node, frame.file), end: node.end } };
}

/** `users/[id]/(inner)/[...rest]/index` as `/users/:id/*`; what is called for everything below a folder is `*` there. */
function pathOf(folders = ''): string {
  const segments = folders.split('/').filter((each) => each !== '' && each !== 'index' && !/^\(.*\)$/.test(each));
  return `/${segments.map((each) => each.replace(/^(?:\[{1,2}\.\.\..*|_?middleware|proxy)$/, '*').replace(/^\[\[?(\w+)\]?\]$/, ':$1')).join('/')}`;
}

/** A function whose first parameter is said to be a request of the Fetch API. */
function takesRequest({ node, frame }: FunctionValue): boolean {
  const type = node.parameters[0]?.type;
  return type !== undefined && /^(?:Next)?Request\b/.test(ts.textOf(type, frame.file));
}

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

/** Files whose names are paths, as the frameworks' documentation has them, and what their handlers are given. */
const conventions: readonly { readonly file: RegExp; readonly getsEvent: boolean }[] = [
  // Next.js, SvelteKit, Cloudflare Pages, Astro, Vercel.
  { file: /\/app\/(?:(.*)\/)?route\.[cm]?[jt]sx?$/, getsEvent: false },
  { file: /\/src\/routes\/(?:(.*)\/)?\+server\.[jt]s$/, getsEvent: true },
  { file: /\/functions\/(.*)\.[jt]sx?$/, getsEvent: true },
  { file: /\/src\/pages\/(.*)\.[jt]s$/, getsEvent: true },
  { file: /\/(api\/.*)\.[jt]s$/, getsEvent: false },
];

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The handlers among the exports of a module that was followed. */
export function exportedHandlers(program: Program, uri: string): readonly Handler[] {
  const record = program.recordOf(uri);
  if (!record) return [];
  const names = exportsOf(record.file).names;
  const handler = (value: JsValue | undefined, more: Omit<Handler, 'value' | 'place' | 'extent'>): Handler[] =>
    value?.kind === 'function' ? [{ value, place: placeOf(value, value.node.name), extent: placeOf(value), ...more }] : [];
  // Brackets are all that a name of a route has beside letters.
  const path = uri.replaceAll('%5B', '[').replaceAll('%5D', ']');
  const convention = conventions.find(({ file }) => file.test(path));
  const byMethod = convention
    ? methods.flatMap((method) => {
        const name = [method, `onRequest${method.charAt(0)}${method.slice(1).toLowerCase()}`].find((each) => names.has(each));
        const { file, getsEvent } = convention;
        return name === undefined ? [] : handler(program.exported(uri, name), { method, getsEvent, path: pathOf(file.exec(path)?.[1]) });
      })
    : [];
  if (byMethod.length > 0) return byMethod;
  const main = program.exported(uri, 'default');
  const object = main.kind === 'object' ? main.contents.value.properties.get('fetch')?.value : undefined;
  if (object) return handler(object, { getsEvent: false });
  return main.kind === 'function' && takesRequest(main) ? handler(main, { getsEvent: false }) : [];
}

function placeOf({ node: whole, frame }: FunctionValue, node: ts.Node = whole): Place {
  return { uri: frame.uri, range: { start: ts.startOf(node, frame.file), end: node.end } };
}

/** `users/[id]/(inner)/[...rest]/index` as `/users/:id/*`. */
function pathOf(folders = ''): string {
  const segments = folders.split('/').filter((each) => each !== '' && each !== 'index' && !/^\(.*\)$/.test(each));
  return `/${segments.map((each) => each.replace(/^\[{1,2}\.\.\..*$/, '*').replace(/^\[\[?(\w+)\]?\]$/, ':$1')).join('/')}`;
}

/** A function whose first parameter is said to be a request of the Fetch API. */
function takesRequest({ node, frame }: FunctionValue): boolean {
  const type = node.parameters[0]?.type;
  return type !== undefined && /^(?:Next)?Request\b/.test(ts.textOf(type, frame.file));
}

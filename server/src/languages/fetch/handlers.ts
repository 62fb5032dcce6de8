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
  { file: /\/src\/(hooks)\.server\.[jt]s$/, getsEvent: true, nameOf: (method) => (method === undefined ? 'handle' : undefined) },
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
  // A name of a route has brackets and parentheses in it.
  const file = uri.replace(/%(?:5B|5D|28|29)/gi, decodeURIComponent);
  const handlerOf = (name: string, value: JsValue, more: Omit<Handler, 'value' | 'place' | 'extent'>): readonly Handler[] => {
    if (value.kind !== 'function') return [];
    // One that another file made, as in `export const GET = withCors(handler)`, is this file's handler where it is exported.
    const at = value.frame.uri === uri ? undefined : exportOf(record.file, uri, name);
    return [{ value, place: at ?? placeOf(value, value.node.name), extent: at ?? placeOf(value), ...more }];
  };
  const convention = conventions.find((each) => each.file.test(file));
  if (convention) {
    const { getsEvent, nameOf } = convention;
    const path = pathOf(convention.file.exec(file)?.[1]);
    const found = [...methods, undefined].flatMap((method) => {
      const name = nameOf(method);
      if (name === undefined || !names.has(name)) return [];
      const value = program.exported(uri, name);
      // Other frameworks have functions and files of that name as well.
      const isMeant = name !== 'middleware' && name !== 'proxy' ? true : isOfNext.test(record.file.text) || takesRequest(value);
      return isMeant ? handlerOf(name, value, { getsEvent, path, ...(method === undefined ? {} : { method }) }) : [];
    });
    if (found.length > 0) return found;
  }
  const main = program.exported(uri, 'default');
  const object = main.kind === 'object' ? main.contents.value.properties.get('fetch')?.value : undefined;
  if (object) return handlerOf('default', object, { getsEvent: false });
  const isHandler = takesRequest(main) || runsAtEdge(program.exported(uri, 'config'));
  return isHandler ? handlerOf('default', main, { getsEvent: false }) : [];
}

const isOfNext = /['"]next\/server['"]/;

function placeOf({ node: whole, frame }: FunctionValue, node: ts.Node = whole): Place {
  return { uri: frame.uri, range: { start: ts.startOf(node, frame.file), end: node.end } };
}

function exportOf(file: ts.SourceFile, uri: string, name: string): Place {
  const statement = file.statements.find((each) => new RegExp(`^export\\b.*\\b${name}\\b`, 's').test(ts.textOf(each, file)));
  return { uri, range: statement ? ts.rangeOf(statement, file) : { start: 0, end: 0 } };
}

/** `users/[id]/(inner)/[...rest]/index` as `/users/:id/*`; what is called for everything below a folder is `*` there. */
function pathOf(folders = ''): string {
  const segments = folders.split('/').filter((each) => each !== '' && each !== 'index' && !/^\(.*\)$/.test(each));
  return `/${segments.map((each) => each.replace(/^(?:\[{1,2}\.\.\..*|_?middleware|proxy|hooks)$/, '*').replace(/^\[\[?(\w+)\]?\]$/, ':$1')).join('/')}`;
}

/** A function whose first parameter is said to be a request of the Fetch API. */
function takesRequest(value: JsValue): boolean {
  const type = value.kind === 'function' ? value.node.parameters[0]?.type : undefined;
  return value.kind === 'function' && type !== undefined && /^(?:Next)?Request\b/.test(ts.textOf(type, value.frame.file));
}

/** `export const config = { runtime: 'edge' }`, with which Vercel calls a function with a request of the Fetch API. */
function runsAtEdge(config: JsValue): boolean {
  const runtime = config.kind === 'object' ? config.contents.value.properties.get('runtime')?.value : undefined;
  return runtime?.kind === 'string' && /^(?:experimental-)?edge$/.test(runtime.text);
}

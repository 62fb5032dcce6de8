/** Options of the cors package that only other files use. */
import { placeKey, type Place } from '../../core/text.ts';
import { findCell } from '../javascript/frame.ts';
import type { Program } from '../javascript/modules.ts';
import { scopesOf } from '../javascript/scope.ts';
import type { JsValue } from '../javascript/values.ts';
import { CorsMiddleware } from './cors-package.ts';
import type { ExpressRuntime } from './runtime.ts';

/**
 * Options that another file hands to the cors package, as their names say: `corsOptions`, `corsConfig`. They are read as
 * if they were handed over here, unless a call in this file has them already.
 */
export function assumedLayers(program: Program, runtime: ExpressRuntime, uri: string): CorsMiddleware[] {
  const record = program.recordOf(uri);
  // Options that are made anew in a call or a delegate cannot be told from these.
  if (!record || runtime.corsCalls.some((call) => call.options.kind !== 'object' && call.options.kind !== 'undefined')) return [];
  const originOf = (value: JsValue): Place | undefined =>
    value.kind === 'object' ? value.contents.value.properties.get('origin')?.property : undefined;
  const used = new Set(runtime.corsCalls.flatMap((call) => originOf(call.options) ?? []).map(placeKey));
  const layers: CorsMiddleware[] = [];
  for (const [name, binding] of scopesOf(record.file).top.names) {
    const value = /cors/i.test(name) ? findCell(record.frame, binding)?.value : undefined;
    const origin = value && originOf(value);
    if (value?.place?.uri === uri && origin && !used.has(placeKey(origin))) layers.push(new CorsMiddleware(value, value.place));
  }
  return layers;
}

import type { TextRange } from '../../core/text.ts';
import { rangeInFile, type Argument } from './syntax.ts';

/** One flag of `[…]`. */
export interface RewriteFlag {
  /** The name in lower case, its long form shortened: `NC` and `nocase` are both `nc`. */
  readonly key: string;
  /** What stands behind the first `=`; undefined where there is none. */
  readonly value: string | undefined;
  readonly range: TextRange;
}

export interface RewriteFlags {
  readonly flags: readonly RewriteFlag[];
  /** mod_rewrite refuses the line: the brackets are missing or a blank stands inside them. */
  readonly malformed: boolean;
}

const longNames: ReadonlyMap<string, string> = new Map([
  ['nocase', 'nc'],
  ['novary', 'nv'],
  ['ornext', 'or'],
  ['chain', 'c'],
  ['cookie', 'co'],
  ['discardpath', 'dpi'],
  ['env', 'e'],
  ['forbidden', 'f'],
  ['gone', 'g'],
  ['handler', 'h'],
  ['last', 'l'],
  ['next', 'n'],
  ['nosubreq', 'ns'],
  ['noescape', 'ne'],
  ['proxy', 'p'],
  ['passthrough', 'pt'],
  ['qsappend', 'qsa'],
  ['qsdiscard', 'qsd'],
  ['qslast', 'qsl'],
  ['redirect', 'r'],
  ['skip', 's'],
  ['type', 't'],
]);

/** Reads the third argument of RewriteRule or RewriteCond (mod_rewrite.c, `cmd_parseflagfield`). */
export function rewriteFlags(argument: Argument | undefined): RewriteFlags {
  if (argument === undefined) return { flags: [], malformed: false };
  const { value } = argument;
  if (!value.startsWith('[') || !value.endsWith(']') || value.length < 2) return { flags: [], malformed: true };
  const flags: RewriteFlag[] = [];
  let at = 1;
  while (at < value.length - 1) {
    const comma = value.indexOf(',', at);
    const end = comma === -1 ? value.length - 1 : comma;
    const text = value.slice(at, end);
    const equals = text.indexOf('=');
    const name = (equals === -1 ? text : text.slice(0, equals)).trim().toLowerCase();
    if (name !== '') {
      flags.push({
        key: longNames.get(name) ?? name,
        value: equals === -1 ? undefined : text.slice(equals + 1),
        range: rangeInFile(argument, at, end),
      });
    }
    at = end + 1;
  }
  return { flags, malformed: false };
}

export function flagOf(flags: RewriteFlags, key: string): RewriteFlag | undefined {
  return flags.flags.find((flag) => flag.key === key);
}

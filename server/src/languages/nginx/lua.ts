/** Lua inside nginx configuration (OpenResty): found, measured and otherwise left alone. */

/** True for a directive whose block holds Lua: `content_by_lua_block`, `set_by_lua_block`, … */
export function holdsLua(directiveName: string): boolean {
  return directiveName.endsWith('_by_lua_block');
}

/**
 * The offset of the `}` that closes the Lua block whose body starts at `start`, or undefined when nothing closes it.
 * Braces in Lua strings, long brackets and comments do not count, as in ngx_http_lua_conf_read_lua_token.
 */
export function endOfLua(text: string, start: number): number | undefined {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const char = text[at];
    if (char === '{') depth++;
    else if (char === '}') {
      if (depth === 0) return at;
      depth--;
    } else if (char === '"' || char === "'") {
      at = endOfLuaString(text, at);
      continue;
    } else if (char === '-' && text[at + 1] === '-') {
      const long = endOfLongBracket(text, at + 2);
      if (long === undefined) {
        const newline = text.indexOf('\n', at);
        at = newline < 0 ? text.length : newline;
      } else at = long;
      continue;
    } else if (char === '[') {
      const long = endOfLongBracket(text, at);
      if (long !== undefined) {
        at = long;
        continue;
      }
    }
    at++;
  }
  return undefined;
}

function endOfLuaString(text: string, start: number): number {
  const quote = text[start];
  let at = start + 1;
  while (at < text.length) {
    const char = text[at];
    if (char === '\\') at += 2;
    // A Lua string ends with its line, so an unclosed one does not swallow the block.
    else if (char === quote || char === '\n') return at + 1;
    else at++;
  }
  return text.length;
}

const longOpening = /\[(=*)\[/y;

function endOfLongBracket(text: string, start: number): number | undefined {
  longOpening.lastIndex = start;
  const opening = longOpening.exec(text);
  if (!opening) return undefined;
  const closing = `]${opening[1] ?? ''}]`;
  const at = text.indexOf(closing, longOpening.lastIndex);
  return at < 0 ? undefined : at + closing.length;
}

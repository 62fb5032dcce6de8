/** Placeholders of template engines that are often found in nginx configuration: Jinja, Go (Helm), Handlebars, ERB, Terraform. */

export interface Placeholder {
  /** Offset just after the placeholder. */
  readonly end: number;
  /** True for tags that write nothing themselves: `{% if %}`, `{{ end }}`, `<% end %>`, `{# … #}`. */
  readonly control: boolean;
}

/** A tag that spans more than this is a mistake in the text rather than a placeholder. */
const longestPlaceholder = 2000;

const goControl = /^\{\{[-~]?\s*(?:[#/^!]|(?:if|else|end|range|with|define|block|break|continue|for|endfor|endif|set)\b|\/\*|\$\w+\s*:?=)/;

/** What Jinja writes here from another file. */
const jinjaInclude = /\{%[-+~]?[ \t]*include\b/y;

/** A directive of a Terraform template; nginx knows nothing that begins so. */
const terraformControl = /%\{~?[ \t]*(?:if|else|endif|for|endfor)\b[^\n{}]*\}/y;
/** An expression of a Terraform template: nginx refuses a `${` that is not followed by a name alone. */
const terraformExpression = /\$\{~?[ \t]*[A-Za-z_]\w*[.([](?:[^\n{}"]|"[^"\n]*")*\}/y;

/**
 * The placeholder that starts at `offset`, if one does.
 *
 * A closing tag has to follow on the same line, or later when nothing between the two looks like the end of an nginx
 * directive. nginx itself never accepts two braces in a row, so `{{` is safe to claim. `{#` is valid nginx (a block whose
 * first line is a comment), so it is taken for a Jinja comment only where no directive has been started.
 */
export function placeholderAt(text: string, offset: number, statementStart: boolean): Placeholder | undefined {
  const first = text.charCodeAt(offset);
  if (first === 0x25 /* % */) return terraform(terraformControl, text, offset, true);
  if (first === 0x24 /* $ */) return terraform(terraformExpression, text, offset, false);
  if (first !== 0x7b /* { */ && first !== 0x3c /* < */) return undefined;
  const second = text[offset + 1];
  if (first === 0x3c) {
    if (second !== '%') return undefined;
    return closedBy(text, offset, '%>', text[offset + 2] !== '=');
  }
  if (second === '{') {
    const found = closedBy(text, offset, text.startsWith('{{{', offset) ? '}}}' : '}}', false);
    return found && { end: found.end, control: goControl.test(text.slice(offset, offset + 80)) };
  }
  if (second === '%') {
    jinjaInclude.lastIndex = offset;
    return closedBy(text, offset, '%}', !jinjaInclude.test(text));
  }
  if (second === '#' && statementStart) return closedBy(text, offset, '#}', true);
  return undefined;
}

/** True when the text holds a placeholder that passes for an ordinary word: `@DOMAIN@`, `%%DOMAIN%%`, `__DOMAIN__`. */
function hasWordPlaceholder(text: string): boolean {
  return /@[A-Z][A-Z0-9_]*@|%%[A-Za-z][A-Za-z0-9_]*%%|__[A-Z][A-Z0-9_]*__/.test(text);
}

/** True where envsubst fills in a part of a pattern: to PCRE nothing can stand between `$` and `{`. */
export function isPartOfPatternFilledIn(pattern: string): boolean {
  return /\$\{[A-Z_][A-Z0-9_]*\}/.test(pattern);
}

/** The end of an envsubst placeholder `${NAME}` or a word such as `@NAME@` that fills the rest of its line, else undefined. */
export function loneWordPlaceholder(text: string, offset: number): number | undefined {
  const first = text[offset];
  if (first !== '$' && first !== '@' && first !== '%' && first !== '_') return undefined;
  loneWord.lastIndex = offset;
  const match = loneWord.exec(text);
  return match?.[1] === undefined ? undefined : offset + match[1].length;
}

const loneWord =
  /(\$\{[A-Z][A-Z0-9_]{0,200}\}|@[A-Z][A-Z0-9_]{0,200}@|%%[A-Za-z]\w{0,200}%%|__[A-Z][A-Z0-9_]{0,200}__)(?=[ \t]{0,200}(?:\r?\n|#|\}|$))/y;

function terraform(pattern: RegExp, text: string, offset: number, control: boolean): Placeholder | undefined {
  pattern.lastIndex = offset;
  return pattern.test(text) ? { end: pattern.lastIndex, control } : undefined;
}

/** Whether a word holds a placeholder in its own signs. */
export function hasPlaceholder(word: string): boolean {
  return /\{\{|\{%|<%|%\{~?\s*(?:if|for)\b|\$\{~?\s*[A-Za-z_]\w*[.([]/.test(word) || hasWordPlaceholder(word);
}

function closedBy(text: string, offset: number, closing: string, control: boolean): Placeholder | undefined {
  const limit = Math.min(text.length, offset + longestPlaceholder);
  const inside = text.slice(offset + 2, limit);
  const at = inside.indexOf(closing);
  if (at < 0) return undefined;
  const body = inside.slice(0, at);
  const newline = body.indexOf('\n');
  if (newline >= 0 && /[;{}]\s*$/m.test(body)) return undefined;
  return { end: offset + 2 + at + closing.length, control };
}

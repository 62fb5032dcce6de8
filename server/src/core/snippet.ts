/** Snippet syntax of LSP and of editors: `$1` and `${1:text}` are places to fill in. */

function escape(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

/** A text in snippet syntax in which the first occurrence of each of `stops`, in their order, is to be filled in. */
export function snippetOf(text: string, stops: readonly string[]): string {
  return stops.reduce((snippet, stop, index) => snippet.replace(escape(stop), () => `\${${index + 1}:${escape(stop)}}`), escape(text));
}

/**
 * A text in the snippet syntax of LSP and VS Code with every tab stop left as it is: `\$`, `\}` and `\\` are the characters
 * themselves. Throws an Error for a `$` that an editor would take for a variable of its own.
 */
export function withDefaults(snippet: string): string {
  return snippet.replace(
    /\\([$}\\])|\$\{[0-9]+:((?:\\[$}\\]|[^\\}])*)\}|\$\{?[0-9]\}?|\$/g,
    (whole, character?: string, inner?: string) => {
      if (whole === '$') throw new Error(`an editor takes a bare $ for a variable of its own: ${snippet}`);
      return character ?? inner?.replace(/\\([$}\\])/g, '$1') ?? '';
    },
  );
}

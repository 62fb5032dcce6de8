/** The module without what is not reached; see the script. */
export function withoutUnreached(
  text: string,
  options: { readonly factories: ReadonlySet<string>; readonly never: ReadonlySet<string> },
): string;

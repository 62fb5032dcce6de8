/**
 * The port of an address on this machine, and how much of the text names it. Only there is it certain that a program of the
 * workspace may listen; any other host is another machine's or a container's.
 */
export function localPort(address: string): { readonly port: string; readonly length: number } | undefined {
  const match = /^(?:[a-z]+:\/\/)?(?:127(?:\.\d{1,3}){3}|localhost|\[::1\]):(\d{1,5})(?![\d.])/i.exec(address);
  return match?.[1] === undefined ? undefined : { port: match[1], length: match[0].length };
}

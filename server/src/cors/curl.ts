/**
 * curl commands that repeat an exchange outside the browser, so that a proxy can be told from the application behind
 * it. The text is for a POSIX shell; nothing here runs it.
 */
import { preflightFor } from './fetch.ts';
import type { FetchRequest } from './fetch.ts';
import { normaliseMethod } from './headers.ts';
import { sentHeaders } from './safelist.ts';

const unquotedWord = /^[A-Za-z0-9_./:=@%+,-]+$/;

/** Quotes one word for a POSIX shell: nothing in it is expanded. A NUL, which no argument can hold, is dropped. */
export function shellQuote(word: string): string {
  const text = word.replaceAll('\0', '');
  return unquotedWord.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** One header as curl's `-H` takes it: on one line, and `Name;` where the value is empty (`Name:` would remove it). */
function headerArgument(name: string, value: string): string {
  const line = value.replace(/[\r\n]+/g, ' ').trim();
  return line === '' ? `${name};` : `${name}: ${line}`;
}

function command(url: string, method: readonly string[], headers: readonly (readonly [string, string])[]): string {
  // Without --globoff curl expands [] and {} in the address; --url keeps one that begins with '-' from being an option.
  const glob = /[[\]{}]/.test(url) ? ['--globoff'] : [];
  const lines = [['curl', '-i', ...glob, ...method, '--url', url], ...headers.map(([name, value]) => ['-H', headerArgument(name, value)])];
  return lines.map((words) => words.map(shellQuote).join(' ')).join(' \\\n  ');
}

/** The command that repeats the preflight of a request to `url` (absolute). */
export function preflightCommand(url: string, request: FetchRequest): string {
  const { method, headers } = preflightFor(request);
  return command(
    url,
    ['-X', method],
    headers.filter(([name]) => name !== 'Accept'),
  );
}

/**
 * The command that repeats the request itself; without an `origin` none is sent. With credentials it carries a `Cookie`
 * placeholder, because the browser would add what it holds for the site.
 */
export function actualCommand(url: string, request: Omit<FetchRequest, 'origin'> & { readonly origin: string | undefined }): string {
  const method = normaliseMethod(request.method);
  const methodArguments = method === 'GET' ? [] : method === 'HEAD' ? ['--head'] : ['-X', method];
  const cookie: readonly (readonly [string, string])[] = request.credentials === 'include' ? [['Cookie', 'NAME=VALUE']] : [];
  const origin: readonly (readonly [string, string])[] = request.origin === undefined ? [] : [['Origin', request.origin]];
  return command(url, methodArguments, [...origin, ...sentHeaders(request.headers), ...cookie]);
}

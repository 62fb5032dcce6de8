/** What a configuration reads of the request's headers, and what it changes in them. */
import type { Place } from '../../core/text.ts';
import { headerLineOf } from './responses.ts';
import { placeOf, type Entry, type Item } from './scan.ts';

const headerRead = /%\{(?:HTTP|req):[\w-]+\}|\b(?:req|http)\(|%\{HTTP_(?:USER_AGENT|REFERER|COOKIE|FORWARDED|ACCEPT|PROXY_CONNECTION)\}/i;

/** The first entry whose condition reads a request header. */
export function firstHeaderRead(entries: Iterable<Entry>): Place | undefined {
  for (const entry of entries) {
    if (headerRead.test(entry.kind === 'item' ? entry.directive.rest : entry.section.rest)) return placeOf(entry);
    const inside = entry.kind === 'block' ? firstHeaderRead(entry.entries) : undefined;
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** Whether a line changes the Origin that the application sees. */
export function changesOriginHeader(item: Item): boolean {
  const line = headerLineOf(item);
  return (
    line !== undefined &&
    line.table === 'request' &&
    !line.early &&
    line.nameText.toLowerCase() === 'origin' &&
    line.action !== 'note' &&
    line.action !== 'echo'
  );
}

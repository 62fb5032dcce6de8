import type { Automaton } from './regex/automaton.ts';
import { parseJavaScript } from './regex/javascript.ts';
import { minimize } from './regex/minimal.ts';
import { compile } from './regex/program.ts';
import { Simulation } from './regex/simulation.ts';

/** A character of a host name of http or https, as the URL standard lets it through the host parser (behaviour 4.10). */
const HOST_CHARACTER = "[a-z0-9\\-_!$&'()+,;=`{}~]";
/** Labels with dots between them; a trailing dot is part of the name. Empty labels never resolve, so they are left out. */
const NAME = `(?:${HOST_CHARACTER}+\\.)*${HOST_CHARACTER}+\\.?`;
/** A name whose last label is a number is read as an IPv4 address (URL standard, "ends in a number checker"). */
const NOT_A_NUMBER = '(?!(?:[^:/]*\\.)?(?:[0-9]+|0x[0-9a-f]*)\\.?(?::|$))';
const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const IPV4 = `${OCTET}(?:\\.${OCTET}){3}`;
const PIECE = '(?:0|[1-9a-f][0-9a-f]{0,3})';
/** Eight pieces, or fewer with one `::` for at least two; which run of zeros is shortened is left to the URL parser. */
const IPV6 = `\\[(?:${PIECE}(?::${PIECE}){7}|(?=(?:[^:]*:){2,7}[^:]*\\])(?:${PIECE}(?::${PIECE})*)?::(?:${PIECE}(?::${PIECE})*)?)\\]`;
const PORT = '(?:0|[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])';
const HOST = `(?:${NOT_A_NUMBER}${NAME}|${IPV4}|${IPV6})`;
const WEB = `(?:http://${HOST}(?!:80$)|https://${HOST}(?!:443$))(?::${PORT})?`;
/** Schemes that browsers and application shells give to pages of their own, such as `capacitor` or `chrome-extension`. */
const OTHER = `(?!(?:https?|wss?|ftp|file):)[a-z][a-z0-9+.\\-]*://[A-Za-z0-9._~!$&'()*+,;=%\\-]+(?::${PORT})?`;

/** A pattern for every serialized origin a browser can send: web origins without their default port, others, `null`. */
export const ORIGIN_PATTERN = `^(?:${WEB}|${OTHER}|file://|null)$`;

let automaton: Automaton | undefined;

/** The automaton of every serialized origin. */
export function originDomain(): Automaton {
  return (automaton ??= minimize(new Simulation(compile(parseJavaScript(ORIGIN_PATTERN, '')), Infinity)));
}

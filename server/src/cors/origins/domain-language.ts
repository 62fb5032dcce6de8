import type { Automaton } from './regex/automaton.ts';
import { complementOf, Product } from './regex/combination.ts';
import { parseJavaScript } from './regex/javascript.ts';
import { minimize } from './regex/minimal.ts';
import type { TableAutomaton } from './regex/table.ts';
import { compile } from './regex/program.ts';
import { Simulation } from './regex/simulation.ts';

/** A character of a host name of http or https, as the URL standard lets it through the host parser (behaviour 4.10). */
const HOST_CHARACTER = "[a-z0-9\\-_!$&'()+,;=`{}~]";
/** Labels with dots between them; a trailing dot is part of the name. Empty labels never resolve, so they are left out. */
const NAME = `(?:${HOST_CHARACTER}+\\.)*${HOST_CHARACTER}+\\.?`;
const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const IPV4 = `${OCTET}(?:\\.${OCTET}){3}`;
const PIECE = '(?:0|[1-9a-f][0-9a-f]{0,3})';
const PIECES = `${PIECE}(?::${PIECE})*`;
/** Eight pieces, or any with one `::` among them: counting those too would cost more states than all the rest. */
const IPV6 = `\\[(?:${PIECE}(?::${PIECE}){7}|(?:${PIECES})?::(?:${PIECES})?)\\]`;
const PORT = '(?:0|[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])';
/** Schemes that browsers and application shells give to pages of their own, such as `capacitor` or `chrome-extension`. */
const OTHER = `(?!(?:https?|wss?|ftp|file):)[a-z][a-z0-9+.\\-]*://[A-Za-z0-9._~!$&'()*+,;=%\\-]+(?::${PORT})?`;
const SHAPE = `^(?:https?://(?:${NAME}|${IPV6})(?::${PORT})?|${OTHER}|file://|null)$`;
/** A name whose last label is a number is read as an IPv4 address (URL standard, "ends in a number checker"). */
const NUMBER = '^https?://(?:[^:/]*\\.)?(?:[0-9]+|0x[0-9a-f]*)\\.?(?::|$)';
const ADDRESS = `^https?://${IPV4}(?::|$)`;
const DEFAULT_PORT = '^http:.*:80$|^https:.*:443$';

/**
 * The automaton of every serialized origin a browser can send: web origins with names, IPv4 or IPv6 addresses and without
 * their default port, those of other schemes, `null`. It is put together from small ones, which is much quicker than
 * building it from one pattern, and still the most expensive of all: `npm run origin-domain` writes it into `domain-table.ts`.
 */
export function buildOriginDomain(): TableAutomaton {
  return minimize(
    new Product('intersection', [
      search(SHAPE),
      complementOf(new Product('intersection', [search(NUMBER), complementOf(search(ADDRESS))])),
      complementOf(search(DEFAULT_PORT)),
    ]),
  );
}

function search(source: string): Automaton {
  return new Simulation(compile(parseJavaScript(source, '')), Infinity);
}

/** Lines of mod_headers, of all actions, tables and conditions. */
import type { Random } from '../../../tools/random.ts';
import { chunk, origins, type CaseKind, type Chunk } from './configuration.ts';
import type { Construct } from './constructs.ts';

export const ACAO = 'Access-Control-Allow-Origin';
const ACAC = 'Access-Control-Allow-Credentials';
const ACAM = 'Access-Control-Allow-Methods';
const ACAH = 'Access-Control-Allow-Headers';
export const ACEH = 'Access-Control-Expose-Headers';
export const ACMA = 'Access-Control-Max-Age';

function aTable(random: Random): [string, Construct[]] {
  const roll = random.next();
  if (roll < 0.45) return ['always ', ['Header always']];
  if (roll < 0.5) return ['onsuccess ', ['Header onsuccess']];
  return ['', []];
}

function aName(random: Random): string {
  return random.pick([ACAO, ACAO, ACAO, ACAC, ACAM, ACAH, ACEH, ACMA, 'Vary', 'Vary']);
}

function aValueFor(random: Random, name: string): [string, Construct[]] {
  switch (name) {
    case ACAO: {
      const roll = random.next();
      if (roll < 0.25) return ['%{ORIGIN}e', ['%{…}e']];
      if (roll < 0.4) return ['"expr=%{HTTP:Origin}"', ['expr= value']];
      if (roll < 0.46) return ['"%{NOBODY}e"', ['%{…}e', 'undefined variable']];
      if (roll < 0.54) return ['"%{HTTP_ORIGIN}e"', ['%{…}e', 'HTTP_ORIGIN']];
      if (roll < 0.6) return ['"https://%{TENANT}e.example"', ['%{…}e']];
      return [random.pick(['"*"', '*', `"${origins.allowed}"`, `'${origins.second}'`]), []];
    }
    case ACAC:
      return [random.pick(['true', '"true"', 'false']), []];
    case ACAM:
      return [random.pick(['"GET, POST"', '"GET,PUT,DELETE"', 'PUT', '"expr=%{req:Access-Control-Request-Method}"']), []];
    case ACAH:
      return [random.pick(['"Content-Type, X-Requested-With"', 'Authorization', '"*"', '"%{REQUEST_METHOD}e"']), []];
    case ACEH:
      return [random.pick(['"X-Total"', '"100%%"', '"a\\tb"']), []];
    case ACMA:
      return [random.pick(['600', '"86400"']), []];
    default:
      return [random.pick(['Origin', '"Origin"', '"Origin, Accept-Language"', 'accept', '"Origin,origin"']), []];
  }
}

function aSuffix(random: Random, kind: CaseKind): [string, Construct[]] {
  const roll = random.next();
  if (roll < 0.5) return ['', []];
  if (roll < 0.65) return [` env=${random.pick(['ORIGIN', 'ORIGIN', 'TENANT', 'FLAG'])}`, ['env=']];
  if (roll < 0.75) return [` env=!${random.pick(['ORIGIN', 'FLAG'])}`, ['env=!']];
  if (roll < 0.93) return [` "expr=${expression(random)}"`, ['expr= condition']];
  return kind === 'server' || random.chance(0.5) ? [' early', ['early']] : ['', []];
}

/** A condition in the language of `<If>`. */
export function expression(random: Random): string {
  return random.pick([
    `%{HTTP:Origin} == '${origins.allowed}'`,
    `%{req:Origin} != '${origins.second}'`,
    `%{HTTP:Origin} =~ m#^https://(app|admin)\\.example$#`,
    `%{HTTP:Origin} !~ /evil/i`,
    `req('Origin') in {'${origins.allowed}', 'null'}`,
    `%{REQUEST_METHOD} == 'OPTIONS'`,
    `%{REQUEST_METHOD} =~ /^(GET|PUT)$/ && -n %{HTTP:Origin}`,
    `-z %{HTTP:Origin} || %{HTTP:Origin} == 'null'`,
    `!(%{HTTP:Origin} == '${origins.allowed}')`,
    `reqenv('FLAG') == '1'`,
    `-n reqenv('ORIGIN')`,
    `%{REQUEST_URI} =~ m#^/sub/#`,
    `%{HTTP_HOST} != 'x' and %{HTTP:Access-Control-Request-Method} != ''`,
    'true',
  ]);
}

/** A line of mod_headers. */
export function header(random: Random, kind: CaseKind): Chunk {
  const name = aName(random);
  const [table, tableTags] = aTable(random);
  const [suffix, suffixTags] = aSuffix(random, kind);
  const roll = suffix === ' early' ? 1 : random.next();
  if (roll < 0.06) return chunk(`Header ${table}unset ${name}${suffix}`, 'Header unset', ...tableTags, ...suffixTags);
  if (roll < 0.09)
    return chunk(
      `Header ${table}echo ${random.pick(['^Access-Control-Request', '^Origin$', '^X-'])}${suffix}`,
      'Header echo',
      ...tableTags,
      ...suffixTags,
    );
  if (roll < 0.13)
    return chunk(
      `Header ${table}edit ${name} "${random.pick(['^https', 'a', 'Origin$', 'GET, '])}" "${random.pick(['x', 'http', '[$0]'])}"${suffix}`,
      'Header edit',
      ...tableTags,
      ...suffixTags,
    );
  if (roll < 0.17)
    return chunk(
      `Header ${table}edit* ${name} "${random.pick(['[a-e]', ', ?', 'T'])}" "${random.pick(['-', '<$0>', ''])}"${suffix}`,
      'Header edit*',
      ...tableTags,
      ...suffixTags,
    );
  if (roll < 0.19) return chunk(`Header ${table}note ${name} copy`, 'Header note', ...tableTags);
  const [value, valueTags] = aValueFor(random, name);
  const [action, tag] = random.pick<[string, Construct]>([
    ['set', 'Header set'],
    ['set', 'Header set'],
    ['set', 'Header set'],
    ['Set', 'Header set'],
    ['append', 'Header append'],
    ['merge', 'Header merge'],
    ['merge', 'Header merge'],
    ['add', 'Header add'],
    ['setifempty', 'Header setifempty'],
  ]);
  const colon = random.chance(0.04) ? ':' : '';
  const broken = random.chance(0.08);
  // A second round inside the server writes early lines again: only what that does not change is generated.
  if (suffix === ' early' && tag !== 'Header set') return header(random, kind);
  const lines = broken
    ? [`Header ${table}${action} ${name}${colon} \\`, `    ${value}${suffix}`]
    : [`Header ${table}${action} ${name}${colon} ${value}${suffix}`];
  return chunk(lines, tag, ...tableTags, ...valueTags, ...suffixTags, ...(broken ? (['continuation'] as const) : []));
}

/** A header behind a variable, as allowlists are written. */
export function gated(random: Random): Chunk {
  const [table, tags] = aTable(random);
  return chunk(`Header ${table}set ${ACAO} "%{ORIGIN}e" env=ORIGIN`, 'Header set', '%{…}e', 'env=', ...tags);
}

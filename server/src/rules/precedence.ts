/** The rules about who gets in by one check or value, from the one that says most. Where several report, the first of them speaks. */
const aboutReaders = [
  'invalid-allow-origin',
  'wildcard-with-credentials',
  'reflected-origin-with-credentials',
  'request-controlled-origin',
  'unanchored-origin-regex',
  'loose-origin-check',
  'registrable-by-anyone',
  'unescaped-dot-in-origin-regex',
  'null-origin-allowed',
  'insecure-origin-allowed',
  'any-subdomain-allowed',
] as const;

/** The rules about readers that say more than this one, for its `yieldsTo`. */
export function strongerThan(ruleId: (typeof aboutReaders)[number]): readonly string[] {
  return aboutReaders.slice(0, aboutReaders.indexOf(ruleId));
}

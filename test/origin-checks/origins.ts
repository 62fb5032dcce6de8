const domains = [
  'acme.io',
  'app.acme.io',
  'a.b.acme.io',
  'evil-acme.io',
  'evilacme.io',
  'acme.io.evil.com',
  'acmexio.evil.com',
  'acme.com',
];
/** Origins that every check is asked about, whatever it speaks of: lookalikes, ports, addresses, other schemes, `null`. */
export const fixedOrigins: readonly string[] = [
  'null',
  ...['https', 'http'].flatMap((scheme) => [...domains, 'localhost', 'io', '127.0.0.1', '[::1]'].map((host) => `${scheme}://${host}`)),
  ...[
    'https://acme.io:8443',
    'http://localhost:3000',
    'http://localhost:30000',
    'http://acme.io:443',
    'https://acme.io.',
    'https://x.acme.io.',
  ],
  ...['capacitor://localhost', 'chrome-extension://abcdef', 'https://www.acme.io', 'https://acme.co.uk'],
];

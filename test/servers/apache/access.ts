/** Access control. */
import type { Random } from '../../../tools/random.ts';
import { chunk, origins, placeholders, type Chunk } from './configuration.ts';
import type { Construct } from './constructs.ts';
import { expression } from './headers.ts';

function requirement(random: Random): [string, ...Construct[]] {
  return random.pick<[string, ...Construct[]]>([
    ['Require all granted'],
    ['Require all granted'],
    ['Require all denied'],
    ['Require method GET OPTIONS'],
    ['Require method OPTIONS'],
    ['Require env FLAG'],
    ['Require env ORIGIN'],
    [`Require expr "${expression(random)}"`, 'Require expr'],
    [`Require expr "%{HTTP:Origin} == '${origins.allowed}'"`, 'Require expr'],
    ['Require valid-user', 'Require valid-user'],
  ]);
}

/** Who may ask, in the words of mod_authz_core, mod_authz_host and mod_access_compat. */
export function access(random: Random): Chunk {
  const credentials = ['AuthType Basic', 'AuthName x', `AuthUserFile ${placeholders.folder}/users`];
  const roll = random.next();
  if (roll < 0.25) {
    const [line, ...tags] = requirement(random);
    return chunk([...credentials, line], 'Require', ...tags);
  }
  if (roll < 0.5) {
    const name = random.pick<['RequireAny' | 'RequireAll', number]>([
      ['RequireAny', 0],
      ['RequireAll', 1],
    ])[0];
    const lines = [requirement(random), requirement(random)];
    const none = name === 'RequireAll' && random.chance(0.5);
    const body = [
      ...lines.map(([line]) => `  ${line}`),
      ...(none ? ['  <RequireNone>', '    Require method PUT', '  </RequireNone>'] : []),
    ];
    const negated = name === 'RequireAll' && random.chance(0.3) ? ['  Require not env FLAG'] : [];
    return chunk(
      [...credentials, `<${name}>`, ...body, ...negated, `</${name}>`],
      name,
      'Require',
      ...(none ? (['RequireNone'] as const) : []),
      ...lines.flatMap(([, ...tags]) => tags),
    );
  }
  if (roll < 0.62) {
    const [line, ...tags] = requirement(random);
    return chunk(
      [...credentials, `<Limit ${random.pick(['GET', 'GET POST', 'PUT', 'OPTIONS'])}>`, `  ${line}`, '</Limit>'],
      'Limit',
      'Require',
      ...tags,
    );
  }
  if (roll < 0.76) {
    const [line, ...tags] = requirement(random);
    return chunk(
      [...credentials, `<LimitExcept ${random.pick(['OPTIONS', 'GET', 'GET OPTIONS'])}>`, `  ${line}`, '</LimitExcept>'],
      'LimitExcept',
      'Require',
      ...tags,
    );
  }
  if (roll < 0.8)
    return chunk(
      [`<Limit ${random.pick(['GET', 'PUT'])}>`, ...hosts(random).map((line) => `  ${line}`), '</Limit>'],
      'Limit',
      'Order/Allow/Deny',
    );
  return chunk(hosts(random), 'Order/Allow/Deny');
}

function hosts(random: Random): string[] {
  return random.pick([
    ['Order deny,allow', 'Deny from all', 'Allow from env=FLAG'],
    ['Order allow,deny', 'Allow from all', 'Deny from env=FLAG'],
    ['Order allow,deny', 'Allow from env=ORIGIN'],
    ['Deny from all'],
    ['Order deny,allow', 'Allow from all'],
    ['Order Allow,Deny', 'Allow from all'],
  ]);
}

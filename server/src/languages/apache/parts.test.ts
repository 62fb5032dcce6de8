import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editsOf, sameAfterEdits } from '../../../../test/same-after-edits.ts';
import type { Finding } from '../../core/finding.ts';
import type { Rule } from '../../core/rule.ts';
import { samePlace } from '../../core/text.ts';
import type { Workspace } from '../../core/workspace.ts';
import { rules } from '../../rules/index.ts';
import { createService } from '../../service.ts';

const uri = 'file:///etc/apache2/httpd.conf';
const snippet = 'SetEnvIf Origin "^https://included\\.example$" included=$0\nHeader set Access-Control-Allow-Origin "*"\n';
const workspace: Workspace = {
  read: (asked) => Promise.resolve(asked.endsWith('/snippet.conf') ? snippet : undefined),
  list: (folder) => Promise.resolve(folder === 'file:///etc/apache2/' ? [`${folder}snippet.conf`] : []),
  files: () => Promise.resolve([]),
};
const strict = { profile: 'strict', rules: {}, trustedDomains: [] } as const;
const lint = async (service: ReturnType<typeof createService>, text: string): Promise<readonly Finding[]> =>
  (await service.lint({ uri, text, languageId: 'apacheconf' }, { configuration: strict })).findings;

/** What may stand in a virtual host. Some of it concerns the others: variables, definitions, includes. */
const contents = [
  'Header always set Access-Control-Allow-Origin "%{cors_origin}e" env=cors_origin',
  'SetEnvIf Origin "^https://app\\.shop\\.example$" cors_origin=$0',
  'SetEnvIf Origin "shop\\.example" cors_origin=$0\n    Header set Access-Control-Allow-Credentials true',
  'Header set Access-Control-Allow-Origin "*" # cors-lint-disable-line wildcard-origin',
  'Header set Access-Control-Allow-Methods GET, POST',
  'Header always set Access-Control-Allow-Origin "%{included}e" env=included',
  'Include snippet.conf',
  'Include gone.conf',
  'Define origin https://app.shop.example',
  'Header set Access-Control-Allow-Origin "${origin}"',
  'ErrorDocument 404 /missing.html',
  '<Location "/a">\n        Header set Access-Control-Allow-Origin "*"\n        Require valid-user\n    </Location>',
  'RewriteEngine On\n    RewriteCond %{REQUEST_METHOD} OPTIONS\n    RewriteRule ^ - [R=204,L]',
  'ProxyPass "/" "http://127.0.0.1:3000/"',
];
const host = (lines: readonly string[], index: number): string =>
  `<VirtualHost *:80>\n    ServerName s${index}.example\n${lines.map((line) => `    ${line}\n`).join('')}</VirtualHost>\n`;
const around = ['', 'Header set Access-Control-Allow-Origin "*"\n', '# cors-lint-disable-next-line\nHeader set Access-Control-Max-Age x\n'];
const configurations = fc
  .tuple(fc.constantFrom(...around), fc.array(fc.array(fc.constantFrom(...contents), { maxLength: 4 }), { minLength: 2, maxLength: 4 }))
  .map(([head, hosts]) => head + hosts.map(host).join('# next\n'));

const pieces = ['<', '>', '"', '\\\n', '\n', 'x', '</VirtualHost>\n', '<VirtualHost *:80>\n', '<Location /b>\n', 'Define origin x\n', '# '];
const edits = editsOf([...pieces, ...contents]);

describe('a configuration of several virtual hosts', () => {
  it('has the same findings after any edits as when it is read afresh', () =>
    sameAfterEdits(configurations, edits, () => createService({ workspace }), lint)).timeout(120_000);

  it('has the same findings in parts as on the whole', async () => {
    await fc.assert(
      fc.asyncProperty(configurations, async (text) => {
        // On the whole, an error page may be any virtual host's, where in truth a request stays in one, and what one of them includes
        // is not read for another.
        fc.pre(!/ErrorDocument|Include[^]*Include/.test(text));
        // What a virtual host defines holds behind it: the file is then analysed as a whole.
        const undivided = text.replace(/<\/VirtualHost>\n$/, 'Define nothing\n</VirtualHost>\n');
        const [parts, together] = [await lint(createService({ workspace }), text), await lint(createService({ workspace }), undivided)];
        const isIn = (findings: readonly Finding[]) => (finding: Finding) =>
          findings.some((each) => each.ruleId === finding.ruleId && samePlace(each.place, finding.place));
        assert.deepEqual(
          together.filter((each) => !isIn(parts)(each)),
          [],
          text,
        );
        assert.deepEqual(
          parts.filter((each) => !isIn(together)(each)),
          [],
          text,
        );
      }),
      { numRuns: 60 },
    );
  }).timeout(120_000);

  it('costs a key what its own virtual host costs', async () => {
    let examined = 0;
    const counting: Rule = { ...rules[0]!, id: 'counting', check: () => (examined++, []) };
    const text = ['a', 'b', 'c', 'd'].map((name, index) => host([`SetEnvIf Origin "^https://${name}$" cors_${name}=$0`], index)).join('');
    const insert = (at: number, inserted: string): string => text.slice(0, at) + inserted + text.slice(at);
    const inside = text.indexOf('    ServerName s2');
    const rows: readonly (readonly [string, string, number])[] = [
      ['a directive', insert(inside, 'Header set Vary Origin\n'), 1],
      ['a section that is not closed yet', insert(inside, '<Location /\n'), 1],
      ['a variable that nobody else reads', insert(inside, 'SetEnv mine a\n'), 1],
      ['a variable that another one speaks of', insert(inside, 'SetEnv cors_a a\n'), 2],
      ['a line above', insert(0, 'Header set Vary Origin\n'), 4],
    ];
    for (const [what, changed, expected] of rows) {
      const service = createService({ workspace, rules: [counting] });
      await lint(service, text);
      examined = 0;
      await lint(service, changed);
      assert.equal(examined, expected, what);
    }
  });
});

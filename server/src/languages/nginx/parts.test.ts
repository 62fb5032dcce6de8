import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editsOf, sameAfterEdits } from '../../../../test/same-after-edits.ts';
import type { Finding } from '../../core/finding.ts';
import type { Rule } from '../../core/rule.ts';
import type { Workspace } from '../../core/workspace.ts';
import { rules } from '../../rules/index.ts';
import { createService } from '../../service.ts';

const uri = 'file:///etc/nginx/nginx.conf';
const snippet = 'add_header Access-Control-Allow-Origin $http_origin;\nset $included yes;\n';
const workspace: Workspace = {
  read: (asked) => Promise.resolve(asked.endsWith('/snippet.conf') ? snippet : undefined),
  list: () => Promise.resolve([]),
  files: () => Promise.resolve([]),
};
const strict = { profile: 'strict', rules: {}, trustedDomains: [] } as const;
const lint = async (service: ReturnType<typeof createService>, text: string): Promise<readonly Finding[]> =>
  (await service.lint({ uri, text, languageId: 'nginx' }, { configuration: strict })).findings;

/** What may stand in a server. Some of it concerns the others: variables, includes. */
const contents = [
  'add_header Access-Control-Allow-Origin $http_origin;\n        add_header Access-Control-Allow-Credentials true;',
  'add_header Access-Control-Allow-Origin $cors_origin;',
  'add_header Access-Control-Allow-Origin $pattern_origin always;\n        add_header Access-Control-Allow-Credentials true always;',
  'add_header Access-Control-Allow-Origin "*" always; # cors-lint-disable-line wildcard-origin -- a font',
  'set $flag "";',
  'if ($flag = yes) {\n            add_header Access-Control-Allow-Origin $flag;\n            return 204;\n        }',
  'add_header Access-Control-Allow-Origin $included;',
  'include snippet.conf;',
  'include gone/*.conf;',
  'auth_request_set $flag $upstream_http_x;',
  'location /a/ {\n            add_header Access-Control-Allow-Origin GET, POST;\n            proxy_pass http://b;\n        }',
  'location ~ ^/(?<flag>x) {\n            add_header Access-Control-Allow-Methods "GET; PUT";\n            return 200;\n        }',
  'error_page 404 /a/;',
];
const server = (lines: readonly string[]): string =>
  `    server {\n        listen 80;\n${lines.map((line) => `        ${line}\n`).join('')}    }\n`;
const head = `http {
    # cors-lint-disable-next-line null-origin-allowed
    map $http_origin $cors_origin { default ""; null $http_origin; https://app.shop.example $http_origin; }
    map $http_origin $pattern_origin { default ""; "~^https://shop\\.example" $http_origin; }
`;
const configuration = (servers: readonly (readonly string[])[]): string => `${head}${servers.map(server).join('    # next\n')}}\n`;
const configurations = fc
  .array(fc.array(fc.constantFrom(...contents), { maxLength: 4 }), { minLength: 2, maxLength: 5 })
  .map(configuration);

const pieces = [
  '{',
  '}',
  '"',
  "'",
  ';',
  '#',
  '\n',
  'x',
  '$',
  '\n    server {\n    }\n',
  'set $flag a;',
  'always ',
  '{{ ',
  ' }}',
  'include a;',
];
const edits = editsOf([...pieces, ...contents]);

describe('a configuration of several servers', () => {
  it('has the same findings after any edits as when it is read afresh', () =>
    sameAfterEdits(configurations, edits, () => createService({ workspace }), lint)).timeout(120_000);

  it('has the same findings in parts as on the whole', async () => {
    await fc.assert(
      fc.asyncProperty(configurations, async (text) => {
        // A brace that stands elsewhere than servers are laid out: the file is then analysed as a whole.
        const whole = text.replaceAll('\n    }\n', '\n   } \n');
        assert.equal(whole.length, text.length);
        // A variable that nobody sets is named once a server, and on the whole once.
        const summary = (findings: readonly Finding[]) =>
          new Set(
            findings.map(({ ruleId, level, place: { range } }) =>
              ruleId === 'origin-variable-never-set' ? ruleId : `${ruleId} ${level} ${range.start}-${range.end}`,
            ),
          );
        const [parts, together] = [await lint(createService({ workspace }), text), await lint(createService({ workspace }), whole)];
        assert.deepEqual(summary(parts), summary(together), text);
      }),
      { numRuns: 60 },
    );
  }).timeout(120_000);

  it('costs a key what its own server costs, as long as what stands around it stays', async () => {
    let examined = 0;
    const counting: Rule = { ...rules[0]!, id: 'counting', check: () => (examined++, []) };
    const service = createService({ workspace, rules: [counting] });
    const lines = Array.from({ length: 12 }, () => ['add_header Access-Control-Allow-Origin $cors_origin;']);
    const cost = async (text: string): Promise<number> => {
      examined = 0;
      await lint(service, text);
      return examined;
    };
    const text = configuration(lines);
    const inside = text.indexOf('listen', text.indexOf('# next'));
    const rows: readonly (readonly [string, string, number])[] = [
      ['the first time', text, 1],
      ['nothing', text, 0],
      ['a directive in one server', text.slice(0, inside) + 'proxy_buffering off; ' + text.slice(inside), 1],
      ['a brace that is not closed yet', text.slice(0, inside) + 'if ($a) { ' + text.slice(inside), 1],
      ['a quote that is not closed yet', text.slice(0, inside) + 'return 200 "a' + text.slice(inside), 1],
      ['a variable that nobody else reads', text.slice(0, inside) + 'set $mine a;' + text.slice(inside), 1],
      ['a variable that the maps read', text.slice(0, inside) + 'set $http_origin a;' + text.slice(inside), 2],
      ['a line above', `# above\n${text}`, 1],
    ];
    for (const [what, changed, most] of rows) assert.equal(await cost(changed), most, what);
  });

  it('keeps what was examined before a run was cancelled', async () => {
    const abort = new AbortController();
    let examined = 0;
    const counting: Rule = { ...rules[0]!, id: 'counting', check: () => (++examined === 3 && abort.abort(), []) };
    const other: Rule = { ...counting, id: 'after', check: () => [] };
    const service = createService({ workspace, rules: [counting, other] });
    const text = configuration(Array.from({ length: 6 }, (_, index) => [`add_header Access-Control-Allow-Origin "${index}";`]));
    await service.lint({ uri, text, languageId: 'nginx' }, { configuration: strict, signal: abort.signal });
    assert.equal(examined, 3);
    await lint(service, text);
    assert.equal(examined, 3 + 4, 'two parts were done, and the third was under way');
  });
});

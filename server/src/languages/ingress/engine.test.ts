import assert from 'node:assert/strict';
import fc from 'fast-check';
import '../../../../test/property-seed.ts';
import { defaultConfiguration } from '../../core/configuration.ts';
import type { Extraction } from '../../core/language.ts';
import { applyEdits } from '../../core/text.ts';
import { createService, type LintResult } from '../../service.ts';
import { finiteOrigins } from '../../cors/origins/finite.ts';
import { viewPolicy } from '../../policy/view.ts';
import { engine } from './engine.ts';
import { ingress } from './index.ts';

const uri = 'file:///w/ingress.yaml';
const files = { read: () => undefined, list: () => [], candidates: () => [] };

function extract(text: string): Extraction {
  return engine.extract({ uri, text }, files);
}

async function lint(text: string): Promise<LintResult> {
  const service = createService({ workspace: { read: async () => undefined, list: async () => undefined, files: async () => [] } });
  return service.lint({ uri, text }, { configuration: { ...defaultConfiguration, profile: 'strict' } });
}

/** A manifest with these annotations, each a line without the prefix of its key; a line in another form stands as it is. */
function manifest(...annotations: readonly string[]): string {
  const lines = annotations.map((line) => `    ${/^[a-z-]+:/.test(line) ? 'nginx.ingress.kubernetes.io/' : ''}${line}\n`);
  return `kind: Ingress\nmetadata:\n  name: api\n  annotations:\n${lines.join('')}spec:\n  ingressClassName: nginx\n`;
}

/** Every answer that is not the service's alone: preflights, then the rest, each line as `Name: value`. */
function answers(text: string): readonly string[] {
  const extraction = extract(text);
  const [policy] = extraction.policies;
  assert.ok(policy);
  const { preflight, actual } = viewPolicy(
    policy,
    { policies: new Map([[policy.id, policy]]), routing: extraction.routing },
    finiteOrigins,
  );
  const described = [...preflight, ...actual].map(
    (response) =>
      response.unknown ??
      response.lines
        .map(
          ({ name, value }) =>
            `${name.replace('Access-Control-', '')}: ${value.kind === 'literal' ? value.text : value.kind === 'unknown' ? `? (${value.reason})` : value.kind}`,
        )
        .join(' | '),
  );
  return [...new Set(described)].filter((line) => line !== '');
}

const methods = 'Allow-Methods: GET, PUT, POST, DELETE, PATCH, OPTIONS';
const headers =
  'Allow-Headers: DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization';
const age = 'Max-Age: 1728000';
const rest = `Allow-Credentials: true | ${methods} | ${headers} | ${age}`;

const rows: readonly (readonly [title: string, annotations: readonly string[], answers: readonly string[]])[] = [
  ['every default', ['enable-cors: "true"'], [`Allow-Origin: * | ${rest}`]],
  ['Go reads 1 as true', ['enable-cors: "1"'], [`Allow-Origin: * | ${rest}`]],
  ['Go does not read yes', ['enable-cors: "yes"'], []],
  ['nothing without the switch', ['cors-allow-origin: "*"'], []],
  ['a list', ['enable-cors: "true"', 'cors-allow-origin: "https://a.example, https://b.example"'], [`Allow-Origin: origin | ${rest}`]],
  ['a list with * is *', ['enable-cors: "true"', 'cors-allow-origin: "https://a.example, *"'], [`Allow-Origin: * | ${rest}`]],
  [
    'an entry that is none: the rest, or everybody',
    ['enable-cors: "true"', 'cors-allow-origin: "https://a.example/, https://b.example"'],
    [`Allow-Origin: * | ${rest}`, `Allow-Origin: origin | ${rest}`],
  ],
  [
    'everything of the author',
    [
      'enable-cors: "true"',
      'cors-allow-origin: "https://a.example"',
      'cors-allow-credentials: "false"',
      'cors-allow-methods: "GET, PUT"',
      'cors-allow-headers: X-A',
      'cors-expose-headers: "*, X-B"',
      'cors-max-age: 600',
    ],
    ['Allow-Origin: origin | Allow-Methods: GET, PUT | Allow-Headers: X-A | Expose-Headers: *, X-B | Max-Age: 600'],
  ],
  [
    'values that the controller does not take',
    ['enable-cors: "true"', 'cors-allow-methods: "*"', 'cors-expose-headers: "X B; Y"', 'cors-max-age: soon'],
    [`Allow-Origin: * | ${rest}`],
  ],
  [
    'nothing known of a snippet about CORS',
    ['enable-cors: "true"', 'configuration-snippet: |\n      add_header Vary Origin;'],
    ['unsupported'],
  ],
  [
    'a snippet that sets what the controller sets after it',
    ['enable-cors: "true"', 'configuration-snippet: |\n      more_set_headers "Access-Control-Allow-Origin: $http_origin";'],
    [`Allow-Origin: * | ${rest}`],
  ],
  ['a snippet about something else', ['enable-cors: "true"', 'configuration-snippet: |\n      gzip off;'], [`Allow-Origin: * | ${rest}`]],
  [
    'a value that a template fills in',
    ['enable-cors: "true"', 'cors-allow-origin: {{ .Values.origin | quote }}'],
    [`Allow-Origin: ? (placeholder) | ${rest}`],
  ],
  ['annotations that a template decides on', ['{{- if .Values.cors }}', 'enable-cors: "true"', '{{- end }}'], ['placeholder']],
  ['annotations that a template adds', ['enable-cors: "true"', '{{- toYaml .Values.annotations | nindent 4 }}'], ['placeholder']],
];

/** A snippet with its findings, each as `rule at the text that it is about`. */
const snippets: readonly (readonly [title: string, annotations: readonly string[], findings: readonly string[]])[] = [
  [
    'nginx text behind |',
    [
      'configuration-snippet: |\n      add_header Access-Control-Allow-Origin $http_origin always;\n      add_header Access-Control-Allow-Credentials true always;\n      add_header Vary Origin always;',
    ],
    [
      'duplicate-cors-layers at add_header Access-Control-Allow-Origin $http_origin always;',
      'reflected-origin-with-credentials at $http_origin',
    ],
  ],
  [
    'the server’s snippet and its locations',
    [
      'server-snippet: |-\n        location /api {\n          add_header Access-Control-Allow-Origin https://a.example;\n          proxy_pass http://a;\n        }',
    ],
    [
      'duplicate-cors-layers at add_header Access-Control-Allow-Origin https://a.example;',
      'missing-always at add_header Access-Control-Allow-Origin https://a.example;',
    ],
  ],
  [
    'both of them',
    [
      'configuration-snippet: |\n      add_header Access-Control-Allow-Origin null;',
      'server-snippet: |\n      add_header Access-Control-Allow-Origin null;',
    ],
    [
      ...Array.from({ length: 2 }, () => [
        'duplicate-cors-layers at add_header Access-Control-Allow-Origin null;',
        'null-origin-allowed at null',
      ]).flat(),
    ],
  ],
  [
    'a variable that the controller may have',
    ['configuration-snippet: |\n      add_header Access-Control-Allow-Origin $cors always;\n      add_header Vary Origin always;'],
    ['duplicate-cors-layers at add_header Access-Control-Allow-Origin $cors always;'],
  ],
  [
    'beside the controller’s own headers nothing',
    [
      'enable-cors: "true"',
      'cors-allow-origin: https://a.example',
      'configuration-snippet: |\n      add_header Access-Control-Allow-Origin null;',
    ],
    [],
  ],
  ['folded lines are not read', ['configuration-snippet: >-\n      add_header Access-Control-Allow-Origin null;'], []],
  [
    'a template’s lines',
    ['configuration-snippet: |\n      {{- if .Values.cors }}\n      add_header Access-Control-Allow-Origin null;\n      {{- end }}'],
    [],
  ],
  [
    'comments of nginx',
    ['configuration-snippet: |\n      # cors-lint-disable-next-line\n      add_header Access-Control-Allow-Origin null;'],
    [],
  ],
];

describe('Ingress manifests', () => {
  before(() => engine.prepare?.('nginx.ingress.kubernetes.io/server-snippet'));

  for (const [title, annotations, expected] of snippets)
    it(`reads snippets: ${title}`, async () => {
      const text = manifest(...annotations);
      const { findings } = await lint(text);
      assert.deepEqual(
        findings.map(({ ruleId, place: { range } }) => `${ruleId} at ${text.slice(range.start, range.end)}`),
        expected,
      );
    });

  it('edits a snippet as nginx, within its lines', async () => {
    const line = '      add_header Access-Control-Allow-Origin https://a.example';
    const text = manifest(`configuration-snippet: |\n${line};`, 'proxy-body-size: 1m');
    const { findings } = await lint(text);
    const [fix] = findings.find(({ ruleId }) => ruleId === 'missing-always')?.fixes ?? [];
    assert.ok(fix);
    assert.equal(applyEdits(text, fix.edits), text.replace(line, `${line} always`));
    const comments = (['next-line', 'line', 'file'] as const).map((scope) => {
      const edit = extract(text).authoring.disableComment(text.indexOf('https://a.example'), scope, 'missing-always');
      return (
        edit &&
        applyEdits(text, [edit])
          .split('\n')
          .find((each) => each.includes('#'))
      );
    });
    assert.deepEqual(comments, [
      '      # cors-lint-disable-next-line missing-always',
      `${line}; # cors-lint-disable-line missing-always`,
      '# cors-lint-disable-file missing-always',
    ]);
  });

  for (const [title, annotations, expected] of rows)
    it(title, () => {
      assert.deepEqual(answers(manifest(...annotations)), expected);
    });

  it('finds every Ingress among several documents and in lists, and routes by host and path', () => {
    const one = (name: string, host: string, path: string): string =>
      `kind: Ingress\nmetadata: {name: ${name}, annotations: {nginx.ingress.kubernetes.io/enable-cors: "true"}}\nspec: {rules: [{host: ${host}, http: {paths: [{path: ${path}}]}}]}\n`;
    const { policies, routing } = extract(`kind: Service\n---\n${one('a', 'a.example', '/')}---\n${one('b', '"*.example"', '/api')}`);
    assert.deepEqual(
      policies.map(({ title }) => title),
      ['Ingress a', 'Ingress b'],
    );
    assert.deepEqual(
      routing.map(({ policy }) => policy),
      ['ingress-0', 'ingress-1', 'ingress-0'],
    );
    assert.equal(extract(`kind: List\nitems:\n  - kind: Ingress\n  - kind: Service\n`).policies.length, 1);
  });

  it('recognises manifests for ingress-nginx among YAML files', () => {
    assert.equal(ingress.claims(uri), 'maybe');
    assert.equal(ingress.claims('file:///w/pnpm-lock.yaml'), 'no');
    assert.equal(ingress.recognises(manifest('enable-cors: "true"')), true);
    assert.equal(ingress.recognises('kind: Ingress\nmetadata: {annotations: {traefik.io/x: y}}\n'), false);
  });

  it('reads suppressions from comments, and from nothing that looks like one', async () => {
    const text = manifest('# cors-lint-disable-next-line', 'enable-cors: "true"', 'cors-allow-credentials: "true"');
    const { findings, suppressed } = await lint(text);
    assert.deepEqual([findings.length, suppressed.length], [0, 1]);
    const inside = manifest('example: |\n      # cors-lint-disable-file', 'enable-cors: "true"', 'cors-allow-credentials: "true"');
    assert.deepEqual(
      (await lint(inside)).findings.map(({ ruleId }) => ruleId),
      ['wildcard-with-credentials'],
    );
  });

  it('writes the comment that suppresses a finding', async () => {
    for (const scope of ['file', 'next-line'] as const) {
      const text = manifest('enable-cors: "true"', 'cors-allow-credentials: "true"').replaceAll('\n', '\r\n');
      const [finding] = (await lint(text)).findings;
      assert.ok(finding);
      const edit = extract(text).authoring.disableComment(finding.place.range.start, scope, finding.ruleId);
      assert.ok(edit);
      const { findings, suppressed } = await lint(applyEdits(text, [edit]));
      assert.deepEqual([findings.length, suppressed.length], [0, 1], scope);
    }
  });

  it('never throws, and finds places inside of the text', () => {
    const pieces = fc.constantFrom(
      ...[
        'kind: Ingress\n',
        'metadata:\n',
        '  annotations:\n',
        '    nginx.ingress.kubernetes.io/enable-cors: "true"\n',
        '    nginx.ingress.kubernetes.io/configuration-snippet: |\n      add_header Access-Control-Allow-Origin "$http_origin";\n',
        '---\n',
        '{{ x }}',
      ],
      ...[
        '    nginx.ingress.kubernetes.io/cors-allow-origin: >-\n      https://a.example,\n',
        '{{- if a }}\n',
        '#',
        '"',
        '[',
        '{',
        '}',
        '&a ',
        '*a',
        '\t',
        '\r\n',
        '|',
        '\uFEFF',
        ': ',
      ],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const text = parts.join('');
        for (const { extent, place } of extract(text).policies)
          for (const { start, end } of [extent.range, place.range]) assert.ok(start >= 0 && start <= end && end <= text.length);
      }),
    );
    assert.equal(extract(`kind: Ingress\nx: ${'['.repeat(100_000)}`).policies.length, 1);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from './parse.ts';
import { offsetInFile, type ApacheFile, type Argument, type Node } from './syntax.ts';

function joined(file: ApacheFile): string {
  return file.tokens.map((token) => file.text.slice(token.range.start, token.range.end)).join('');
}

/** A tree in one line: `name(args)`, `<name args>{children}`, `#` for comments. */
function outline(nodes: readonly Node[]): string {
  return nodes
    .map((node) => {
      if (node.kind === 'comment') return '#';
      if (node.kind === 'template') return '%';
      const args = node.args.map((argument) => argument.value).join('|');
      if (node.kind === 'directive') return `${node.name}(${args})`;
      return `<${node.name} ${args}>{${outline(node.children)}}${node.closing === undefined ? '!' : ''}`;
    })
    .join(' ');
}

const B = '\\';

// Each row was run through httpd 2.4.71 as a .htaccess; the outline is what it understood.
const trees: readonly (readonly [name: string, text: string, tree: string, ...problems: string[]])[] = [
  ['words and quotes', `Header set X-V "a b" 'c "d"'\n`, 'Header(set|X-V|a b|c "d")'],
  [
    'escapes in and out of quotes',
    `Header set X-V "a${B}"b${B}${B}c${B}d"\nHeader set X-W a${B}${B}b\n`,
    `Header(set|X-V|a"b${B}c${B}d) Header(set|X-W|a${B}b)`,
  ],
  ['text glued behind a quote is the next word', 'Header set X-V "a"env=X\n', 'Header(set|X-V|a|env=X)'],
  ['a quoted name', '"Header" set X-V 1\n', 'Header(set|X-V|1)'],
  ['a continuation', `Header set X-V ${B}\n  "1"\n`, 'Header(set|X-V|1)'],
  ['a continuation inside a word', `Header set Acc${B}\ness 1\n`, 'Header(set|Access|1)'],
  ['a doubled backslash continues too', `Header set X-V "a${B}${B}\n b"\n`, `Header(set|X-V|a${B} b)`],
  ['a comment swallows the next line', `# c ${B}\nHeader set X-V 1\nHeader set X-W 1\n`, '# Header(set|X-W|1)'],
  ['a backslash at the end of the file stays', `Header set X-V a${B}`, `Header(set|X-V|a${B})`],
  ['CRLF', `Header set X-V ${B}\r\n1\r\n# c\r\n`, 'Header(set|X-V|1) #'],
  ['form feed and vertical tab separate', 'Header\fset\vX-V 1\n', 'Header(set|X-V|1)'],
  ['a byte order mark', '\ufeffHeader set X-V 1\n', 'Header(set|X-V|1)', 'byte-order-mark'],
  ['blank lines', ' \n\t\r\nHeader set X-V 1\n\f\n \n  Header set X-W 1\n  ', 'Header(set|X-V|1) Header(set|X-W|1)'],
  ['an unclosed quote', 'Header set X-V "a b\n', 'Header(set|X-V|a b)', 'unclosed-quote'],
  ['a comment only starts a line', 'Header set X-V 1 # c\n', 'Header(set|X-V|1|#|c)'],
  [
    'sections',
    '<IfModule mod_headers.c>\n<If "true">\nHeader set X-V 1\n</If>\n</IfModule>\n',
    '<IfModule mod_headers.c>{<If true>{Header(set|X-V|1)}}',
  ],
  ['a section without arguments', '<RequireAny>\nRequire all granted\n</RequireAny>\n', '<RequireAny >{Require(all|granted)}'],
  [
    'names without regard to case',
    '<IFMODULE mod_headers.c>\nHeader set X-V 1\n</ifmodule>\n',
    '<IFMODULE mod_headers.c>{Header(set|X-V|1)}',
  ],
  ['the last bracket ends the arguments', '<If "%{X} =~ /a>b/"> # note\n</If>\n', '<If %{X} =~ /a>b/>{}'],
  ['a missing bracket', '<Files "x"\nHeader set X-V 1\n</Files>\n', '<Files x>{Header(set|X-V|1)}', 'missing-bracket'],
  ['a missing closing tag', '<If "true">\nHeader set X-V 1\n', '<If true>{Header(set|X-V|1)}!', 'missing-closing-tag'],
  [
    'a mismatched closing tag closes the outer section',
    '<Files a>\n<If "true">\nHeader set X-V 1\n</Files>\nHeader set X-W 1\n',
    '<Files a>{<If true>{Header(set|X-V|1)}!} Header(set|X-W|1)',
    'missing-closing-tag',
  ],
  ['an unexpected closing tag', '</If>\nHeader set X-V 1\n', 'Header(set|X-V|1)', 'unexpected-closing-tag'],
  ['a lone bracket', '<\nHeader set X-V 1\n', 'Header(set|X-V|1)', 'incomplete-directive'],
  ['variables stay', 'Header set X-V "${ORIGIN}"\n', 'Header(set|X-V|${ORIGIN})'],
  [
    'placeholders are one word',
    'ServerName {{ host | lower }}\nHeader set X-V <%= x y %>z\n',
    'ServerName({{ host | lower }}) Header(set|X-V|<%= x y %>z)',
  ],
  ['template lines', '{% if x %}\nHeader set X-V 1\n{% endif %}\n<% y %>\n', '% Header(set|X-V|1) % %'],
  [
    'mod_rewrite cuts its own words',
    `RewriteRule ^a${B} b "c ${B}d" [R=301,L]\nRewriteCond %{HTTP:Origin} ^https://(a|b)${B}.test$ [NC] ignored\n`,
    `RewriteRule(^a${B} b|c ${B}d|[R=301,L]) RewriteCond(%{HTTP:Origin}|^https://(a|b)${B}.test$|[NC])`,
  ],
];

describe('Apache parser', () => {
  for (const [name, text, tree, ...problems] of trees) {
    it(name, () => {
      const file = parse(text);
      assert.equal(outline(file.nodes), tree);
      assert.deepEqual(
        file.problems.map((problem) => problem.kind),
        problems,
      );
      assert.equal(joined(file), text);
    });
  }

  it('nests sections no deeper than readers can follow', () => {
    const deepOf = (nodes: readonly Node[]): number =>
      Math.max(0, ...nodes.map((node) => (node.kind === 'section' ? 1 + deepOf(node.children) : 0)));
    const inside = `${'<If "true">\n'.repeat(20_000)}Header set X-V 1\n`;
    for (const text of [inside, `${inside}${'</If>\n'.repeat(20_000)}Header set X-W 1\n`]) {
      const file = parse(text);
      assert.equal(deepOf(file.nodes), 100);
      assert.equal(joined(file), text);
      assert.equal(file.nodes.length, text === inside ? 1 : 2);
    }
  });

  it('maps values to their offsets', () => {
    const text = `Header set Acc${B}\ness "a${B}"b${B}${B}c"\n`;
    const directive = parse(text).nodes[0];
    assert.ok(directive?.kind === 'directive');
    for (const argument of directive.args) {
      for (let index = 0; index < argument.value.length; index++) {
        assert.equal(text[offsetInFile(argument, index)], argument.value[index]);
      }
    }
  });

  it('gives a tree and joining tokens for any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '<If "',
        '">',
        '</If>',
        '<IfModule mod_headers.c>',
        '</IfModule>',
        '<',
        '>',
        '</',
        '\\\n',
        '\\\r\n',
        '\n',
        '\r\n',
        '"',
        "'",
        '\\',
        ' ',
        '\t',
        '#',
        '{{',
        '}}',
        '${X}',
        'RewriteRule ',
        'Header set X 1',
        '\ufeff',
        '\u2028',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => holds(parse(pieces.join('')), pieces.join(''))),
      { numRuns: 2000 },
    );
  });

  it('survives every mutation of real text', () => {
    const seeds = trees.map(([, text]) => text);
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.constantFrom(...seeds),
        fc.nat(),
        fc.nat(),
        fc.constantFrom('', '"', '\\', '<', '>', '\n'),
        (text, other, from, length, inserted) => {
          const at = from % (text.length + 1);
          const mutated = text.slice(0, at) + inserted + text.slice(at + (length % 8)) + other;
          holds(parse(mutated), mutated);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function holds(file: ApacheFile, text: string): void {
  assert.equal(joined(file), text);
  let at = 0;
  for (const token of file.tokens) {
    assert.equal(token.range.start, at);
    assert.ok(token.range.end > token.range.start);
    at = token.range.end;
  }
  for (const node of file.nodes) nodeHolds(node, text);
}

function nodeHolds(node: Node, text: string): void {
  assert.ok(node.range.start <= node.range.end && node.range.end <= text.length);
  if (node.kind === 'comment' || node.kind === 'template') return;
  assert.ok(node.nameRange.start >= node.range.start && node.nameRange.end <= text.length);
  node.args.forEach((argument) => argumentHolds(argument, text));
  if (node.kind === 'section') node.children.forEach((child) => nodeHolds(child, text));
}

function argumentHolds(argument: Argument, text: string): void {
  assert.ok(argument.range.start <= argument.inner.start && argument.inner.end <= argument.range.end);
  for (let index = 0; index < argument.value.length; index++) {
    assert.equal(text[offsetInFile(argument, index)], argument.value[index]);
  }
}

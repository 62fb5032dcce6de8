/** Configurations for httpd, written at random out of the constructs of the coverage table. */
import { Random } from '../../../tools/random.ts';
import { access } from './access.ts';
import { chunk, placeholders, type Case, type CaseKind, type Chunk } from './configuration.ts';
import type { Construct } from './constructs.ts';
import { ACAO, ACEH, ACMA, expression, gated, header } from './headers.ts';
import { rewriting, variable } from './variables.ts';

/** The configuration that a seed stands for. */
export function generate(seed: number): Case {
  const random = new Random(seed);
  const kind: CaseKind = random.chance(0.5) ? 'htaccess' : 'server';
  const writer = new Writer(random, kind);
  const root = writer.chunks(3 + random.below(6), 0);
  const sub = kind === 'htaccess' && random.chance(0.3) ? new Writer(random, kind).chunks(1 + random.below(3), 0) : [];
  return { seed, kind, root: kind === 'server' ? [...root, ...writer.sections()] : root, sub, crlf: random.chance(0.08) };
}

class Writer {
  private readonly random: Random;
  private readonly kind: CaseKind;
  /** Where no place is around: access control may not stand there. */
  private placeless = false;

  constructor(random: Random, kind: CaseKind) {
    this.random = random;
    this.kind = kind;
  }

  chunks(count: number, depth: number): Chunk[] {
    return Array.from({ length: count }, () => this.any(depth)).flat();
  }

  private any(depth: number): Chunk[] {
    const { random } = this;
    const roll = random.next();
    if (roll < 0.36) return [header(this.random, this.kind)];
    if (roll < 0.5) return [...variable(this.random), gated(this.random)];
    if (roll < 0.58) return [variable(this.random)].flat();
    if (roll < 0.68) return [rewriting(this.random, this.kind)];
    if (roll < 0.78 && depth < 2) return this.conditional(depth);
    if (roll < 0.84 && depth < 2) return [this.files(depth)];
    if (roll < 0.91 && !this.placeless && (depth > 0 || this.kind === 'htaccess')) return [access(this.random)];
    if (roll < 0.96 && depth === 0) return [this.other()];
    return [header(this.random, this.kind)];
  }

  private section(open: string, close: string, inside: readonly Chunk[], ...tags: Construct[]): Chunk {
    return { lines: [open, close], tags, inside };
  }

  private conditional(depth: number): Chunk[] {
    const { random } = this;
    const roll = random.next();
    const inside = (): Chunk[] => {
      const outer = this.placeless;
      this.placeless = outer || (this.kind === 'server' && depth === 0 && roll >= 0.55);
      const chunks = this.chunks(1 + random.below(2), depth + 1);
      this.placeless = outer;
      return chunks;
    };
    if (roll < 0.55) {
      const chain = [this.section(`<If "${expression(random)}">`, '</If>', inside(), 'If')];
      if (random.chance(0.35)) chain.push(this.section(`<ElseIf "${expression(random)}">`, '</ElseIf>', inside(), 'ElseIf'));
      if (random.chance(0.35)) chain.push(this.section('<Else>', '</Else>', inside(), 'Else'));
      // Parts of one chain shrink together: an Else without its If is refused.
      return chain.length === 1 ? chain : [{ lines: ['', ''], tags: [], inside: chain }];
    }
    if (roll < 0.7)
      return [
        this.section(
          `<IfModule ${random.pick(['mod_headers.c', 'headers_module', 'mod_rewrite.c', '!mod_nothing_here.c'])}>`,
          '</IfModule>',
          inside(),
          'IfModule',
        ),
      ];
    if (roll < 0.8)
      return [
        this.section(
          `<IfModule ${random.pick(['MOD_HEADERS.C', 'mod_Headers.c', '!mod_setenvif.c'])}>`,
          '</IfModule>',
          inside(),
          'IfModule',
          'IfModule wrong case',
        ),
      ];
    if (roll < 0.88)
      return [this.section(`<IfVersion ${random.pick(['>= 2.4', '< 2.4', '2.4', '!< 2.4'])}>`, '</IfVersion>', inside(), 'IfVersion')];
    return [this.section(`<IfDefine ${random.pick(['', '!'])}${placeholders.definition}>`, '</IfDefine>', inside(), 'IfDefine')];
  }

  private files(depth: number): Chunk {
    const { random } = this;
    const outer = this.placeless;
    this.placeless = false;
    const inside = this.chunks(1 + random.below(2), depth + 1);
    this.placeless = outer;
    if (random.chance(0.5))
      return this.section(`<Files ${random.pick(['a.txt', '"b.txt"', '*.txt', 'x.*', '?.txt'])}>`, '</Files>', inside, 'Files');
    return this.section(
      `<FilesMatch ${random.pick(['"\\.txt$"', '"^(a|b)\\.txt$"', '"\\.(cgi|html)$"', 'missing', '"^.\\.txt$|cgi"'])}>`,
      '</FilesMatch>',
      inside,
      'FilesMatch',
    );
  }

  private other(): Chunk {
    const { random } = this;
    const options: Chunk[] = [
      chunk(
        `ErrorDocument ${random.pick(['404', '403', '405', '401'])} /${random.pick(['errors/e.html', 'sub/b.txt', 'a.txt'])}`,
        'ErrorDocument local',
      ),
      chunk(`ErrorDocument ${random.pick(['404', '403', '405'])} /${random.pick(['errors/e.html', 'sub/b.txt'])}`, 'ErrorDocument local'),
      chunk(`ErrorDocument ${random.pick(['404', '403'])} "Nothing here"`, 'ErrorDocument text'),
      chunk(`ErrorDocument ${random.pick(['404', '403'])} https://errors.example/`, 'ErrorDocument external'),
      chunk('Redirect 301 /old /sub/', 'Redirect'),
      chunk(
        random.pick([
          'Redirect 301 /old /a.txt',
          'Redirect /old https://new.example/',
          'Redirect gone /old',
          'RedirectPermanent /old /sub/',
        ]),
        'Redirect',
      ),
      chunk('RedirectMatch 302 ^/old$ /a.txt', 'RedirectMatch'),
      chunk(
        random.pick(['RedirectMatch 302 ^/old$ /a.txt', 'RedirectMatch "\\.old$" https://new.example/', 'RedirectMatch 404 ^/sub/']),
        'RedirectMatch',
      ),
      chunk(
        `RequestHeader ${random.pick(['unset Origin', 'set Origin https://proxy.example', 'set Origin https://proxy.example env=FLAG', 'set X-Other 1'])}`,
        'RequestHeader Origin',
      ),
      chunk('FallbackResource /x.cgi', 'FallbackResource'),
    ];
    if (this.kind === 'server') {
      options.push(
        chunk(
          [`Define ALLOWED_${placeholders.definition} https://app.example`, `Header set ${ACAO} "\${ALLOWED_${placeholders.definition}}"`],
          'Define',
          'Header set',
        ),
        chunk(
          [
            `Define ${placeholders.definition}`,
            `<IfDefine ${random.pick(['', '!'])}${placeholders.definition}>`,
            `  Header set ${ACMA} 7`,
            '</IfDefine>',
          ],
          'Define',
          'IfDefine',
          'Header set',
        ),
        chunk([`ProxyPass /api/ ${placeholders.upstream}/`, 'ProxyPass /down/ http://127.0.0.1:1/'], 'ProxyPass'),
      );
    }
    return random.pick(options);
  }

  /** Sections of a server's file. */
  sections(): Chunk[] {
    const { random } = this;
    const inside = (depth = 1): Chunk[] =>
      this.chunks(1 + random.below(3), depth).filter((each) => !each.tags.includes('server rewriting'));
    const count = 1 + random.below(4);
    const proxied = random.chance(0.5)
      ? [
          random.pick([
            chunk([`ProxyPass /api/ ${placeholders.upstream}/`, 'ProxyPass /down/ http://127.0.0.1:1/'], 'ProxyPass'),
            chunk([`ProxyPass /api/ ${placeholders.upstream}/`, 'ProxyPass /down/ http://127.0.0.1:1/'], 'ProxyPass'),
            chunk(['ProxyPass /api/local !', `ProxyPass /api/ ${placeholders.upstream}/`], 'ProxyPass', 'ProxyPass !'),
            chunk(
              [
                '<Location /api/>',
                `  ProxyPass ${placeholders.upstream}/`,
                ...header(this.random, this.kind).lines.map((line) => `  ${line}`),
                '</Location>',
              ],
              'ProxyPass in Location',
              'Location',
            ),
          ]),
        ]
      : [];
    // The inner folder is written first: the server merges by depth, not by the order of the text.
    const folders = ['/www/sub', '/www'].map((folder) =>
      this.section(
        `<Directory "${placeholders.folder}${folder}">`,
        '</Directory>',
        [chunk(`Header always append ${ACEH} X-${folder.length}`, 'Header append', 'Header always')],
        'Directory',
      ),
    );
    return [
      ...(random.chance(0.2) ? folders : []),
      ...proxied,
      ...Array.from({ length: count }, (): Chunk => {
        const roll = random.next();
        const body = inside();
        if (roll < 0.35)
          return this.section(
            `<Location ${random.pick(['/', '/sub', '"/sub/"', '/a.txt', '/api/', '/api', '"/s*/b.txt"', '/su'])}>`,
            '</Location>',
            withoutFiles(body),
            'Location',
          );
        if (roll < 0.5)
          return this.section(
            `<LocationMatch ${random.pick(['"^/(sub|api)/"', '"\\.txt$"', '"/x"'])}>`,
            '</LocationMatch>',
            withoutFiles(body),
            'LocationMatch',
          );
        if (roll < 0.8)
          return this.section(
            `<Directory "${placeholders.folder}${random.pick(['/www', '/www/sub', '', '/www/elsewhere'])}">`,
            '</Directory>',
            body,
            'Directory',
          );
        return this.section('<DirectoryMatch ".*">', '</DirectoryMatch>', body, 'DirectoryMatch');
      }),
    ];
  }
}

/** Files may not stand in a Location. */
function withoutFiles(chunks: readonly Chunk[]): Chunk[] {
  return chunks.flatMap((each) => {
    if (each.tags.includes('Files') || each.tags.includes('FilesMatch')) return withoutFiles(each.inside ?? []);
    return [each.inside === undefined ? each : { ...each, inside: withoutFiles(each.inside) }];
  });
}

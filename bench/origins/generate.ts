import type { Pattern } from '../../server/src/cors/origins/origin-set.ts';
import type { Random } from '../../tools/random.ts';

export type Feature =
  | 'assertion'
  | 'class'
  | 'flags'
  | 'reference'
  | 'look-around'
  | 'nested quantifier'
  | 'atomic or possessive'
  | 'inline flags'
  | 'named group';

export interface Generated {
  readonly pattern: Pattern;
  readonly features: ReadonlySet<Feature>;
}

const LITERALS = [
  'a',
  'b',
  'com',
  'acme',
  'io',
  'https',
  'http',
  's',
  'www',
  'A',
  'Com',
  '1',
  '80',
  '-',
  ':',
  '_',
  "'",
  '=',
  '~',
  '!',
  ',',
];
const ESCAPES = ['\\.', '\\/\\/', '\\/', '\\:', '\\-', '\\x61', '\\x2e'];
const CLASSES = [
  '[a-z]',
  '[^.]',
  '[a-z0-9-]',
  '[^/]',
  '[\\w.-]',
  '[^a-m]',
  '[A-Z]',
  '[.:]',
  '[^:]',
  '[0-9]',
  '\\w',
  '\\d',
  '\\S',
  '\\D',
  '\\W',
  '.',
  '.',
  '.',
];
const JS_ONLY = ['\\u0061', '[^]', '[]', '\\cA', '\\0'];
const JS_LEGACY = ['\\141', ']', '{', '}', '\\k', '\\e', '\\8', 'x{', '[\\c]', '\\c'];
const JS_UNICODE = ['\\p{L}', '\\P{Lu}', '\\u{61}', '[\\p{Ll}\\d]', '\\p{ASCII}', '[^\\p{N}]', '😀', '[a-z😀]'];
const JS_SETS = ['[\\w--\\d]', '[[a-z]&&[a-f]]', '[^[a-z]--[m-p]]', '[[a-z]--b]'];
const PCRE_ONLY = [
  '[[:alpha:]]',
  '[[:alnum:]-]',
  '[^[:punct:]]',
  '[[:^digit:].]',
  '\\h',
  '\\N',
  '\\Qa.b\\E',
  '\\Q.\\E',
  '[]a]',
  '[^]a]',
  '\\x{61}',
  '(?#note)',
  '\\x',
  '[\\Qa-c\\E]',
  '[[:upper:]]',
  '[^[:lower:]]',
  '\\141',
  '\\V',
  '{',
  'x{',
  '\\o{141}',
  '\\R?',
  '[a-c\\d]',
];
const MANY = [
  '.*',
  '.+',
  '(.*\\.)?',
  '[^.]+',
  '(:\\d+)?',
  '(?:[a-z0-9-]+\\.)*',
  '(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+',
  '.*?',
  '[a-z]+?',
];

/** Random patterns about origins, in the syntax of one dialect, each noting what it holds. */
export class PatternGenerator {
  readonly #random: Random;
  readonly #dialect: Pattern['dialect'];
  #features = new Set<Feature>();
  #groups = 0;
  #names: string[] = [];
  #flags = '';
  #wantsReference = false;

  constructor(random: Random, dialect: Pattern['dialect']) {
    this.#random = random;
    this.#dialect = dialect;
  }

  next(): Generated {
    const random = this.#random;
    this.#features = new Set();
    this.#groups = 0;
    this.#names = [];
    this.#flags = random.pick(
      this.#dialect === 'javascript'
        ? ['', '', '', 'i', 'i', 'm', 's', 'u', 'iu', 'v', 'iv', 'g', 'y']
        : ['', '', '', 'i', 'i', 'm', 's', 'x', 'ix'],
    );
    if (this.#flags !== '') this.#features.add('flags');
    this.#wantsReference = random.chance(1 / 25);
    const head = random.chance(1 / 2) ? '^' : '';
    const scheme = random.pick(['', '', 'https?:\\/\\/', 'https:\\/\\/', '(https?|capacitor):\\/\\/']);
    if (scheme.startsWith('(')) this.#groups++;
    const inline = this.#dialect === 'pcre' && random.chance(1 / 10) ? this.#inline() : '';
    const body = this.#sequence(2);
    const reference = this.#wantsReference && this.#groups > 0 ? this.#reference() : '';
    const tail = random.chance(1 / 3) ? 'acme\\.io' : '';
    const end = random.chance(1 / 2) ? random.pick(this.#dialect === 'pcre' ? ['$', '$', '\\z', '\\Z'] : ['$']) : '';
    const source = `${inline}${head}${scheme}${body}${reference}${tail}${end}`;
    if (/\\[bBAzZG]|(?<!\[)\^|\$/.test(source)) this.#features.add('assertion');
    if (/\[/.test(source)) this.#features.add('class');
    return { pattern: { dialect: this.#dialect, source, flags: this.#flags }, features: this.#features };
  }

  #inline(): string {
    this.#features.add('inline flags');
    return this.#random.pick(['(?i)', '(?s)', '(?x)', '(?-i)', '(?i-s)', '(?m)']);
  }

  #reference(): string {
    const random = this.#random;
    this.#features.add('reference');
    const name = this.#names[0];
    if (name !== undefined && random.chance(1 / 2))
      return this.#dialect === 'pcre' ? random.pick([`\\k<${name}>`, `(?P=${name})`, `\\k{${name}}`]) : `\\k<${name}>`;
    const group = 1 + random.below(this.#groups);
    return this.#dialect === 'pcre' && random.chance(1 / 3) ? random.pick([`\\g{${group}}`, '\\g{-1}']) : `\\${group}`;
  }

  #sequence(depth: number): string {
    return Array.from({ length: 1 + this.#random.below(4) }, () => this.#quantified(this.#item(depth), depth)).join('');
  }

  #quantified(item: { text: string; quantifiable: boolean; nests: boolean }, depth: number): string {
    const random = this.#random;
    if (!item.quantifiable || !random.chance(1 / 4)) return item.text;
    const plain = random.pick(['?', '*', '+', '{1,3}', '{0,2}', '{2}', '{1,}']);
    const suffix = random.chance(1 / 5) ? '?' : this.#dialect === 'pcre' && random.chance(1 / 5) ? '+' : '';
    if (suffix === '+') this.#features.add('atomic or possessive');
    if (item.nests && plain !== '?' && depth > 0) this.#features.add('nested quantifier');
    return `${item.text}${plain}${suffix}`;
  }

  #item(depth: number): { text: string; quantifiable: boolean; nests: boolean } {
    const random = this.#random;
    const plain = (text: string): { text: string; quantifiable: boolean; nests: boolean } => ({
      text,
      quantifiable: text.length === 1 || /^\\.$|^\[[^\]]*\]$/.test(text),
      nests: false,
    });
    const choice = depth <= 0 ? random.below(8) : random.below(16);
    if (choice < 3) return plain(random.pick(LITERALS));
    if (choice < 4) return plain(random.pick(ESCAPES));
    if (choice < 6) return plain(random.pick(CLASSES));
    if (choice === 6) return { text: random.pick(this.#special()), quantifiable: false, nests: false };
    if (choice === 7)
      return {
        text: random.pick(['^', '$', '\\b', '\\B', ...(this.#dialect === 'pcre' ? ['\\A', '\\z', '\\G'] : [])]),
        quantifiable: false,
        nests: false,
      };
    if (choice < 10) return this.#group(depth);
    if (choice === 10) return this.#wrap('(?:', `${this.#sequence(depth - 1)}|${this.#sequence(depth - 1)}`);
    if (choice === 11) return this.#lookAround(depth);
    if (choice === 12 && this.#dialect === 'pcre') return this.#pcreGroup(depth);
    if (choice === 12 && random.chance(1 / 3)) {
      this.#features.add('atomic or possessive');
      const group = ++this.#groups;
      return this.#wrap('(?:', `(?=(${this.#withoutGroups(depth - 1)}))\\${group}`);
    }
    const many = random.pick(MANY);
    this.#groups += many.split('').filter((char, index) => char === '(' && many[index + 1] !== '?').length;
    return { text: many, quantifiable: false, nests: false };
  }

  #group(depth: number): { text: string; quantifiable: boolean; nests: boolean } {
    const random = this.#random;
    if (random.chance(1 / 3)) return this.#wrap('(?:', this.#sequence(depth - 1));
    this.#groups++;
    const name = `n${this.#groups}`;
    if (!random.chance(1 / 4)) return this.#wrap('(', this.#sequence(depth - 1));
    this.#features.add('named group');
    this.#names.push(name);
    return this.#wrap(
      this.#dialect === 'pcre' ? random.pick([`(?<${name}>`, `(?P<${name}>`, `(?'${name}'`]) : `(?<${name}>`,
      this.#sequence(depth - 1),
    );
  }

  #lookAround(depth: number): { text: string; quantifiable: boolean; nests: boolean } {
    const random = this.#random;
    this.#features.add('look-around');
    const kind = random.pick(['(?=', '(?!', '(?<=', '(?<!']);
    const behind = kind.includes('<');
    if (behind && this.#dialect === 'pcre')
      return {
        text: `${kind}${random.pick(['a', '\\.', '[a-z]', '\\/\\/', 'acme', '^https:\\/\\/', '[.-]', 'a|b', '(?!a)b'])})`,
        quantifiable: false,
        nests: false,
      };
    const inner = `${random.chance(1 / 4) ? (behind ? '^' : '.*') : ''}${this.#sequence(depth - 1)}${!behind && random.chance(1 / 3) ? '$' : ''}`;
    return { text: `${kind}${inner})`, quantifiable: false, nests: false };
  }

  #pcreGroup(depth: number): { text: string; quantifiable: boolean; nests: boolean } {
    if (this.#random.chance(1 / 2)) {
      this.#features.add('atomic or possessive');
      return this.#wrap('(?>', `${this.#sequence(depth - 1)}${this.#random.chance(1 / 2) ? `|${this.#sequence(depth - 1)}` : ''}`);
    }
    this.#features.add('inline flags');
    const opening = this.#random.pick(['(?i:', '(?-i:', '(?s-i:', '(?x:', '(?:(?i)']);
    return this.#wrap(opening, this.#sequence(depth - 1));
  }

  #withoutGroups(depth: number): string {
    const before = this.#groups;
    for (;;) {
      const text = this.#sequence(depth);
      if (this.#groups === before) return text;
      this.#groups = before;
      this.#names = [];
    }
  }

  #wrap(opening: string, body: string): { text: string; quantifiable: boolean; nests: boolean } {
    return { text: `${opening}${body})`, quantifiable: true, nests: /[*+}]/.test(body) };
  }

  #special(): readonly string[] {
    if (this.#dialect === 'pcre') return PCRE_ONLY;
    if (this.#flags.includes('v')) return [...JS_ONLY, ...JS_UNICODE, ...JS_SETS];
    if (this.#flags.includes('u')) return [...JS_ONLY, ...JS_UNICODE];
    return [...JS_ONLY, ...JS_LEGACY];
  }
}

/** A random origin as browsers serialize them, plain ones most often. */
export function randomOrigin(random: Random): string {
  if (random.chance(1 / 40)) return 'null';
  if (random.chance(1 / 25))
    return random.pick([
      'capacitor://localhost',
      'chrome-extension://abcdef',
      'ionic://A-b.C',
      'app://acme.io',
      'file://',
      'moz-extension://a1-b2:80',
    ]);
  if (random.chance(1 / 25))
    return `${random.pick(['http', 'https'])}://${random.pick(['127.0.0.1', '10.0.0.1', '[::1]', '[fe80::1:2]', '192.168.1.80'])}${random.pick(['', ':8080'])}`;
  const label = (): string =>
    random.pick(['a', 'b', 'ab', 'a-b', '1', 'com', 'www', 'acme', 'aa', 'a1', 'io', 'https', '80', 'xacme', 'acmeio']) +
    (random.chance(1 / 30) ? random.pick(['_', '!', "'", '~', ',', '=', '$']) : '');
  const labels = Array.from({ length: 1 + random.below(4) }, label);
  if (random.chance(1 / 2)) labels.push('acme', random.pick(['io', 'com']));
  return `${random.pick(['http', 'https'])}://${labels.join('.')}${random.pick(['', '', '.', ':1', ':80', ':8443'])}`;
}

/** An origin with one character changed, added or removed. */
export function mutate(random: Random, origin: string): string {
  const at = random.below(origin.length + 1);
  const added = random.chance(1 / 3) ? '' : random.pick([...'abx1.-:_/']);
  return origin.slice(0, at) + added + origin.slice(at + random.below(2));
}

import { readPcreClass } from './pcre-class.ts';
import { characterEscape, pcreEscapes } from './pcre-escapes.ts';
import { asciiTest, characterTest, foldCase, Undecided, type CharacterTest, type Regex, type RegexNode, type Span } from './syntax.ts';

/**
 * Parses a pattern as PCRE and PCRE2 read it, without UTF mode (nginx and Apache compile for bytes), after pcre2pattern(3).
 * What the versions read differently, and what is not modelled (recursion, conditions, branch reset, verbs, `\K`), is
 * refused rather than guessed.
 * @throws Undecided for an invalid or unsupported pattern.
 */
export function parsePcre(source: string, flags: string): Regex {
  if (/[^ -~\t\n]/.test(source)) throw new Undecided('non-ASCII pattern');
  return new Reader(source, flags).read();
}

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly x: boolean;
}

const assertions: Readonly<Record<string, 'start' | 'end' | 'finalEnd' | 'word' | 'notWord'>> = {
  A: 'start',
  G: 'start',
  z: 'end',
  Z: 'finalEnd',
  b: 'word',
  B: 'notWord',
};

class Reader {
  #at = 0;
  #groups = 0;
  #flags: Flags;
  readonly #source: string;
  readonly #names = new Map<string, number>();
  readonly #references: {
    readonly group: number | string;
    readonly node: { type: 'reference'; group: number; ignoreCase: boolean; span: Span };
  }[] = [];

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = { i: flags.includes('i'), m: flags.includes('m'), s: flags.includes('s'), x: flags.includes('x') };
  }

  read(): Regex {
    const node = this.#alternation();
    if (this.#at < this.#source.length) throw new Undecided('unmatched )');
    for (const { group, node: reference } of this.#references) {
      const number = typeof group === 'number' ? group : this.#names.get(group);
      if (number === undefined || number < 1 || number > this.#groups) throw new Undecided('reference to no group');
      reference.group = number;
    }
    return { node, dialect: 'pcre', names: this.#names, groups: this.#groups, sticky: false };
  }

  #alternation(): RegexNode {
    const start = this.#at;
    const of = [this.#concat()];
    while (this.#source[this.#at] === '|') {
      this.#at++;
      of.push(this.#concat());
    }
    const [only] = of;
    return of.length === 1 && only ? only : { type: 'alternation', of, span: this.#span(start) };
  }

  #concat(): RegexNode {
    const start = this.#at;
    const of: RegexNode[] = [];
    for (;;) {
      this.#skip();
      const char = this.#source[this.#at];
      if (char === undefined || char === '|' || char === ')') break;
      if (this.#source.startsWith('\\Q', this.#at)) {
        of.push(...this.#quoted());
        const last = of.pop();
        if (last) of.push(this.#quantified(last));
        continue;
      }
      const atom = this.#atom();
      if (atom) of.push(this.#quantified(atom));
    }
    return { type: 'concat', of, span: this.#span(start) };
  }

  /** Skips what stands for nothing: comments, `\E` without `\Q`, and in extended mode white space and `#` comments. */
  #skip(): void {
    for (;;) {
      const nothing = (this.#flags.x ? /^(?:[ \t\n]+|#[^\n]*(?:\n|$)|\(\?#[^)]*\)|\\E)/ : /^(?:\(\?#[^)]*\)|\\E)/).exec(
        this.#source.slice(this.#at),
      );
      if (!nothing) return;
      this.#at += nothing[0].length;
    }
  }

  /** `\Q…\E`: every character stands for itself, to the end of the pattern where `\E` is missing. */
  #quoted(): RegexNode[] {
    const start = this.#at + 2;
    const end = this.#source.indexOf('\\E', start);
    const stop = end < 0 ? this.#source.length : end;
    this.#at = end < 0 ? stop : end + 2;
    return Array.from({ length: stop - start }, (_, index) =>
      this.#literal(this.#source.charCodeAt(start + index), { start: start + index, end: start + index + 1 }),
    );
  }

  #quantified(of: RegexNode): RegexNode {
    this.#skip();
    const rest = this.#source.slice(this.#at);
    if (/^\{\s*,|^\{\s+\d|^\{\d+\s|^\{\d+,\s/.test(rest)) throw new Undecided('quantifier that versions read differently');
    const quantifier = /^(?:[*+?]|\{(\d+)(,(\d*))?\})/.exec(rest);
    if (!quantifier) return of;
    if (of.type === 'assertion' || of.type === 'look') throw new Undecided('quantified assertion');
    this.#at += quantifier[0].length;
    if (this.#flags.x && /^(?:\s|#)[^]*?[+?]/.test(this.#source.slice(this.#at))) this.#refuseSpacedSuffix();
    const suffix = /^[+?]/.exec(this.#source.slice(this.#at))?.[0];
    if (suffix !== undefined) this.#at++;
    const [text, least, comma, most] = quantifier;
    const min = least === undefined ? (text === '+' ? 1 : 0) : Number(least);
    const max = least === undefined ? (text === '?' ? 1 : Infinity) : comma === undefined ? min : most ? Number(most) : Infinity;
    if (min > max) throw new Undecided('numbers out of order');
    const repeat: RegexNode = { type: 'repeat', of, min, max, lazy: suffix === '?', span: this.#span(of.span.start) };
    const node: RegexNode = suffix === '+' ? { type: 'atomic', of: repeat, span: repeat.span } : repeat;
    this.#skip();
    if (/^(?:[*+?]|\{\d+(?:,\d*)?\})/.test(this.#source.slice(this.#at))) {
      if (/^[*+?]/.test(this.#source.slice(this.#at)) && suffix === undefined) throw new Undecided('quantifier of a quantifier');
      return this.#quantified({ type: 'group', of: node, index: undefined, span: node.span });
    }
    return node;
  }

  /** White space between a quantifier and its `+` or `?`: accepted by some versions only. */
  #refuseSpacedSuffix(): void {
    const before = this.#at;
    this.#skip();
    const spaced = /[+?]/.test(this.#source[this.#at] ?? '');
    this.#at = before;
    if (spaced) throw new Undecided('space inside a quantifier');
  }

  #atom(): RegexNode | undefined {
    const start = this.#at;
    const char = this.#source[this.#at++];
    switch (char) {
      case '^':
        return { type: 'assertion', kind: this.#flags.m ? 'lineStart' : 'start', span: this.#span(start) };
      case '$':
        return { type: 'assertion', kind: this.#flags.m ? 'lineEnd' : 'finalEnd', span: this.#span(start) };
      case '.': {
        const { s } = this.#flags;
        return { type: 'set', test: asciiTest((code) => s || code !== 10, true), form: 'dot', span: this.#span(start) };
      }
      case '[': {
        const { test, end } = readPcreClass(this.#source, start);
        this.#at = end;
        return { type: 'set', test: this.#flags.i ? this.#folded(start, end) : test, form: 'class', span: this.#span(start) };
      }
      case '(':
        return this.#group(start);
      case '\\':
        return this.#escape(start);
      case '*':
      case '+':
      case '?':
        throw new Undecided('quantifier without an item');
      default:
        return this.#literal(this.#source.charCodeAt(start), this.#span(start));
    }
  }

  /** Case is folded before a class is negated: `[^a]` without case takes neither `a` nor `A`. */
  #folded(start: number, end: number): CharacterTest {
    return readPcreClass(this.#source.slice(0, end), start, true).test;
  }

  #group(start: number): RegexNode | undefined {
    const rest = this.#source.slice(start);
    if (rest.startsWith('(*')) {
      const mode = start === 0 ? /^\(\*(?:UTF8?|UCP)\)/.exec(rest) : null;
      if (!mode) throw new Undecided('verb');
      this.#at = start + mode[0].length;
      return undefined;
    }
    const inline = /^\(\?(\^?[imsxJUn]*(?:-[imsx]*)?)([:)])/.exec(rest);
    if (inline) {
      const outer = this.#flags;
      const next = this.#inlineFlags(inline[1] ?? '');
      this.#at = start + inline[0].length;
      this.#flags = next;
      // Without a colon the flags hold to the end of the enclosing group, alternatives included.
      if (inline[2] === ')') return undefined;
      return { type: 'group', of: this.#body(outer), index: undefined, span: this.#span(start) };
    }
    const head = /^\((?:\?(?:(?<atomic>>)|(?<look><?[=!])|P?<(?<name>[A-Za-z_]\w*)>|'(?<quoted>[A-Za-z_]\w*)'))/.exec(rest);
    if (!head && rest.startsWith('(?')) {
      const reference = /^\(\?P=([A-Za-z_]\w*)\)/.exec(rest);
      if (!reference) throw new Undecided('group that is not modelled');
      this.#at = start + reference[0].length;
      return this.#reference(reference[1] ?? '', start);
    }
    this.#at = start + (head?.[0].length ?? 1);
    const { atomic, look, name, quoted } = head?.groups ?? {};
    if (atomic !== undefined) return { type: 'atomic', of: this.#body(this.#flags), span: this.#span(start) };
    if (look !== undefined) {
      const behind = look.startsWith('<');
      const of = this.#body(this.#flags);
      if (behind && !isBounded(of)) throw new Undecided('look-behind without a length');
      return { type: 'look', behind, negate: look.endsWith('!'), of, span: this.#span(start) };
    }
    const index = ++this.#groups;
    const label = name ?? quoted;
    if (label !== undefined) {
      if (this.#names.has(label)) throw new Undecided('duplicate group name');
      this.#names.set(label, index);
    }
    return { type: 'group', of: this.#body(this.#flags), index, span: this.#span(start) };
  }

  /** The inside of a group and its closing parenthesis; flags set inside end with it. */
  #body(outer: Flags): RegexNode {
    const of = this.#alternation();
    if (this.#source[this.#at] !== ')') throw new Undecided('missing )');
    this.#at++;
    this.#flags = outer;
    return of;
  }

  #inlineFlags(text: string): Flags {
    if (/[JUn]|xx/.test(text)) throw new Undecided('flag that is not modelled');
    const [on = '', off = ''] = text.split('-');
    const base: Flags = text.startsWith('^') ? { i: false, m: false, s: false, x: false } : this.#flags;
    const set = (flag: keyof Flags): boolean => (base[flag] || on.includes(flag)) && !off.includes(flag);
    return { i: set('i'), m: set('m'), s: set('s'), x: set('x') };
  }

  #escape(start: number): RegexNode {
    const next = this.#source[this.#at++];
    if (next === undefined) throw new Undecided('pattern ends with a backslash');
    const assertion = assertions[next];
    if (assertion !== undefined) return { type: 'assertion', kind: assertion, span: this.#span(start) };
    const set = pcreEscapes[next];
    if (set) return { type: 'set', test: set, form: 'class', span: this.#span(start) };
    if (next === 'N') return { type: 'set', test: asciiTest((code) => code !== 10, true), form: 'dot', span: this.#span(start) };
    const rest = this.#source.slice(start);
    if (next === 'R') {
      const test = asciiTest((code) => code >= 10 && code <= 13, true);
      return { type: 'set', test: { ...test, beyond: false }, form: 'class', span: this.#span(start) };
    }
    const reference =
      /^\\(?:k(?:<(?<angle>[A-Za-z_]\w*)>|\{(?<brace>[A-Za-z_]\w*)\}|'(?<quote>[A-Za-z_]\w*)')|g(?:\{(?<label>[A-Za-z_]\w*)\}|\{(?<inner>-?\d+)\}|(?<bare>-?\d+)))/.exec(
        rest,
      );
    if (reference) {
      this.#at = start + reference[0].length;
      const { angle, brace, quote, label, inner, bare } = reference.groups ?? {};
      const name = angle ?? brace ?? quote ?? label;
      if (name !== undefined) return this.#reference(name, start);
      const number = Number(inner ?? bare);
      return this.#reference(number < 0 ? this.#groups + 1 + number : number, start);
    }
    const digits = /^\\([1-9]\d*)/.exec(rest)?.[1];
    // From 10 on a number is octal where fewer groups come before it, unless it begins with 8 or 9.
    const octal = digits !== undefined && digits.length > 1 && Number(digits) > this.#groups ? /^[0-7]{1,3}/.exec(digits)?.[0] : undefined;
    if (octal !== undefined) {
      this.#at = start + 1 + octal.length;
      return this.#literal(parseInt(octal, 8) & 255, this.#span(start));
    }
    if (digits !== undefined) {
      this.#at = start + 1 + digits.length;
      return this.#reference(Number(digits), start);
    }
    const { code, length } = characterEscape(rest);
    this.#at = start + length;
    return this.#literal(code, this.#span(start));
  }

  #reference(group: number | string, start: number): RegexNode {
    const node = { type: 'reference' as const, group: 0, ignoreCase: this.#flags.i, span: this.#span(start) };
    this.#references.push({ group, node });
    return node;
  }

  #literal(code: number, span: Span): RegexNode {
    const test = characterTest(code);
    return { type: 'set', test: this.#flags.i ? foldCase(test) : test, form: 'literal', span };
  }

  #span(start: number): Span {
    return { start, end: this.#at };
  }
}

/** Whether the node matches texts of limited length only, which a look-behind needs. */
function isBounded(node: RegexNode): boolean {
  switch (node.type) {
    case 'repeat':
      return node.max !== Infinity && isBounded(node.of);
    case 'concat':
    case 'alternation':
      return node.of.every(isBounded);
    case 'group':
    case 'atomic':
      return isBounded(node.of);
    case 'reference':
      return false;
    default:
      return true;
  }
}

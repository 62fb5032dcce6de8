import {
  asciiTest,
  characterTest,
  childrenOf,
  Undecided,
  walk,
  type CharacterTest,
  type Regex,
  type RegexNode,
  type Span,
} from './syntax.ts';

/**
 * Classes of everything or nothing under the flag `v`: V8 (Node 20) finds nothing with `[^]` or `[^[]]` before `$`, against the
 * language, and its process ends with `[\P{Any}]`. They are not given to it.
 */
const MISHANDLED = /\[\^\]|\[\^\[\]|\\P\{Any\}/;

/** Whether V8 reads a valid pattern against the language. */
export function isMishandled(source: string, flags: string): boolean {
  return flags.includes('v') && MISHANDLED.test(source);
}

/**
 * Parses a JavaScript pattern. The engine itself decides validity and what each class or escape takes (ECMA-262 §22.2,
 * with Annex B where neither `u` nor `v` is set), so the reader below only has to find where each one ends.
 * @throws Undecided for an invalid pattern.
 */
export function parseJavaScript(source: string, flags: string): Regex {
  if (isMishandled(source, flags)) throw new Undecided('classes that V8 gets wrong');
  try {
    new RegExp(source, flags);
  } catch {
    throw new Undecided('invalid pattern');
  }
  const reader = new Reader(source, flags);
  return { ...reader.read(), dialect: 'javascript', sticky: flags.includes('y') };
}

class Reader {
  #at = 0;
  #groups = 0;
  readonly #names = new Map<string, number>();
  readonly #source: string;
  readonly #unicode: boolean;
  readonly #sets: boolean;
  readonly #total: number;
  #flags: string;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#unicode = /[uv]/.test(flags);
    this.#sets = flags.includes('v');
    this.#flags = [...flags].filter((flag) => 'imsuv'.includes(flag)).join('');
    this.#total = this.#countGroups();
  }

  read(): Pick<Regex, 'node' | 'names' | 'groups'> {
    const node = this.#alternation();
    return { node: joinAtomic(node), names: this.#names, groups: this.#total };
  }

  /** What a reference means depends on how many groups the whole pattern has and on their names, so they come first. */
  #countGroups(): number {
    let total = 0;
    for (let at = 0; at < this.#source.length; at++) {
      const char = this.#source[at];
      if (char === '\\') at++;
      else if (char === '[') at = this.#classEnd(at) - 1;
      else if (char === '(') {
        const group = /^\((?!\?)|^\(\?<(?![=!])([^>]+)>/.exec(this.#source.slice(at));
        if (!group) continue;
        total++;
        const name = group[1];
        if (name === undefined) continue;
        if (this.#names.has(name)) throw new Undecided('duplicate group name');
        this.#names.set(name, total);
      }
    }
    return total;
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
    while (this.#at < this.#source.length && this.#source[this.#at] !== '|' && this.#source[this.#at] !== ')') {
      of.push(this.#quantified(this.#atom()));
    }
    return { type: 'concat', of, span: this.#span(start) };
  }

  #quantified(of: RegexNode): RegexNode {
    const quantifier = /^(?:[*+?]|\{(\d+)(,(\d*))?\})(\??)/.exec(this.#source.slice(this.#at, this.#at + 40));
    if (!quantifier) return of;
    this.#at += quantifier[0].length;
    const [text, least, comma, most, lazy] = quantifier;
    const min = least === undefined ? (text.startsWith('+') ? 1 : 0) : Number(least);
    const max = least === undefined ? (text.startsWith('?') ? 1 : Infinity) : comma === undefined ? min : most ? Number(most) : Infinity;
    return { type: 'repeat', of, min, max, lazy: lazy === '?', span: this.#span(of.span.start) };
  }

  #atom(): RegexNode {
    const start = this.#at;
    switch (this.#source[start]) {
      case '^':
        this.#at++;
        return { type: 'assertion', kind: this.#flags.includes('m') ? 'lineStart' : 'start', span: this.#span(start) };
      case '$':
        this.#at++;
        return { type: 'assertion', kind: this.#flags.includes('m') ? 'lineEnd' : 'end', span: this.#span(start) };
      case '(':
        return this.#group();
      case '[':
        this.#at = this.#classEnd(start);
        return this.#leaf(start, 'class');
      case '.':
        this.#at++;
        return this.#leaf(start, 'dot');
      case '\\':
        return this.#escape();
      default:
        this.#at += this.#unicode ? String.fromCodePoint(this.#source.codePointAt(start) ?? 0).length : 1;
        return this.#leaf(start, 'literal');
    }
  }

  #group(): RegexNode {
    const start = this.#at;
    const flags = this.#flags;
    const head = /^\((?:\?(?:(?<look><?[=!])|<[^>]+>|(?<modifiers>[ims]*(?:-[ims]*)?):))?/.exec(this.#source.slice(start));
    const { look, modifiers } = head?.groups ?? {};
    this.#at += head?.[0].length ?? 1;
    let index: number | undefined;
    if (look === undefined && modifiers === undefined) index = ++this.#groups;
    if (modifiers !== undefined) {
      const [on = '', off = ''] = modifiers.split('-');
      this.#flags = [...new Set(flags + on)].filter((flag) => !off.includes(flag)).join('');
    }
    const of = this.#alternation();
    this.#at++;
    this.#flags = flags;
    const span = this.#span(start);
    if (look !== undefined) return { type: 'look', behind: look.startsWith('<'), negate: look.endsWith('!'), of, span };
    return { type: 'group', of, index, span };
  }

  #escape(): RegexNode {
    const start = this.#at;
    const rest = this.#source.slice(start + 1);
    const next = rest[0] ?? '';
    if (next === 'b' || next === 'B') {
      this.#at += 2;
      return { type: 'assertion', kind: next === 'b' ? 'word' : 'notWord', span: this.#span(start) };
    }
    const ignoreCase = this.#flags.includes('i');
    const named = this.#unicode || this.#names.size > 0 ? /^k<([^>]+)>/.exec(rest) : null;
    if (named) {
      this.#at += 1 + named[0].length;
      const group = this.#names.get(named[1] ?? '');
      if (group === undefined) throw new Undecided('unknown group name');
      return { type: 'reference', group, ignoreCase, span: this.#span(start) };
    }
    const digits = /^[1-9]\d*/.exec(rest)?.[0];
    if (digits !== undefined && (this.#unicode || Number(digits) <= this.#total)) {
      this.#at += 1 + digits.length;
      return { type: 'reference', group: Number(digits), ignoreCase, span: this.#span(start) };
    }
    const unit = this.#unicode
      ? /^(?:u[dD][89aAbB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u\{[\da-fA-F]+\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[a-zA-Z]|[pP]\{[^}]*\}|[^])/u
      : /^(?:u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[a-zA-Z]|[0-3][0-7]{0,2}|[4-7][0-7]?|[^])/;
    // Annex B: `\c` before anything but a letter is a backslash, and the `c` is read again.
    const loneBackslash = !this.#unicode && next === 'c' && !/^c[a-zA-Z]/.test(rest);
    this.#at += loneBackslash ? 1 : 1 + (unit.exec(rest)?.[0].length ?? 0);
    if (loneBackslash) return this.#leaf(start, 'literal', '\\\\');
    return this.#leaf(start, /^[dDsSwWpP]/.test(next) && !(/^[pP]/.test(next) && !this.#unicode) ? 'class' : 'literal');
  }

  #leaf(start: number, form: 'literal' | 'dot' | 'class', raw = this.#source.slice(start, this.#at)): RegexNode {
    return { type: 'set', test: engineTest(raw, this.#flags), form, span: this.#span(start) };
  }

  /** The offset behind the class that begins at `at`. With `v` classes nest. */
  #classEnd(at: number): number {
    let depth = 0;
    for (let index = at; index < this.#source.length; index++) {
      const char = this.#source[index];
      if (char === '\\') index++;
      else if (char === '[' && (depth === 0 || this.#sets)) depth++;
      else if (char === ']' && --depth === 0) return index + 1;
    }
    return this.#source.length;
  }

  #span(start: number): Span {
    return { start, end: this.#at };
  }
}

/** The tree with every node replaced by what `change` makes of it, children first. */
function rewrite(node: RegexNode, change: (node: RegexNode) => RegexNode): RegexNode {
  if (childrenOf(node).length === 0) return change(node);
  if (node.type === 'concat' || node.type === 'alternation') {
    return change({ ...node, of: node.of.map((child) => rewrite(child, change)) });
  }
  if (node.type === 'repeat' || node.type === 'group' || node.type === 'look' || node.type === 'atomic') {
    return change({ ...node, of: rewrite(node.of, change) });
  }
  return node;
}

/**
 * `(?=(X))\1` is how JavaScript spells an atomic group: a look-ahead is left after its first match, and the reference
 * takes exactly that text. Joined only where nothing else refers to the group.
 */
function joinAtomic(root: RegexNode): RegexNode {
  const uses = new Map<number, number>();
  for (const node of walk(root)) if (node.type === 'reference') uses.set(node.group, (uses.get(node.group) ?? 0) + 1);
  if (uses.size === 0 || hasReferenceBehind(root)) return root;
  return rewrite(root, (node) => {
    if (node.type !== 'concat') return node;
    const of: RegexNode[] = [];
    for (const item of node.of) {
      const look = of.at(-1);
      const body = look?.type === 'look' && !look.behind && !look.negate ? onlyItem(look.of) : undefined;
      if (item.type === 'reference' && look && body?.type === 'group' && body.index === item.group && uses.get(item.group) === 1) {
        of[of.length - 1] = { type: 'atomic', of: body.of, span: { start: look.span.start, end: item.span.end } };
      } else of.push(item);
    }
    return { ...node, of };
  });
}

/** A look-behind is matched from its end to its beginning, so that the reference there comes before its group. */
function hasReferenceBehind(root: RegexNode): boolean {
  for (const node of walk(root)) {
    if (node.type !== 'look' || !node.behind) continue;
    for (const inner of walk(node.of)) if (inner.type === 'reference') return true;
  }
  return false;
}

function onlyItem(node: RegexNode): RegexNode | undefined {
  return node.type === 'concat' && node.of.length === 1 ? node.of[0] : undefined;
}

const tests = new Map<string, CharacterTest>();

/** What one class, escape or character takes, asked of the engine character by character. */
function engineTest(raw: string, flags: string): CharacterTest {
  const relevant = [...flags].filter((flag) => flag !== 'm').join('');
  const key = `${relevant}/${raw}`;
  const known = tests.get(key);
  if (known) return known;
  const only = soleCharacter(raw);
  if (only !== undefined && !relevant.includes('i')) return kept(key, characterTest(only));
  if (/\\q\{/.test(raw) && flags.includes('v')) throw new Undecided('strings in a class');
  const single = new RegExp(`^(?:${raw})$`, relevant);
  return kept(
    key,
    asciiTest((code) => single.test(String.fromCharCode(code)), single.test('é')),
  );
}

function kept(key: string, test: CharacterTest): CharacterTest {
  if (tests.size >= 2000) tests.clear();
  tests.set(key, test);
  return test;
}

/** The code of an ASCII character that stands for itself, as it is or behind a backslash; most leaves are one. */
function soleCharacter(raw: string): number | undefined {
  const character = /^(?:[\w/:,;=~!#%&@<>"'`-]|\\[.\\/$^|()[\]{}*+?])$/.test(raw) ? raw.at(-1) : undefined;
  return character?.charCodeAt(0);
}

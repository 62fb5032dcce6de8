import { originDomain } from './domain.ts';
import { examplesOf } from './examples.ts';
import type { Origins } from './index.ts';
import { canonicalKey, complement, contains, intersection, type OriginSet, type Pattern } from './origin-set.ts';
import { symbolIndex } from './regex/alphabet.ts';
import type { Automaton } from './regex/automaton.ts';
import { complementOf, constant, PartAutomaton, Product } from './regex/combination.ts';
import { textAutomaton, Trie } from './regex/literal.ts';
import { parse } from './regex/parse.ts';
import { FramedAutomaton } from './regex/framed.ts';
import { PieceAutomaton } from './regex/piece.ts';
import { compile } from './regex/program.ts';
import { Simulation } from './regex/simulation.ts';
import { Undecided, walk } from './regex/syntax.ts';
import { allWords, ALPHABETS, classesIn, isEmptyLanguage, wordsByLength, type Budget } from './search.ts';

/** How many automata are kept. */
const MAX_CACHED = 200;
/** Steps in looking for a witness of one set. */
const MAX_WITNESS_STEPS = 240_000;
/** One shape of a witness is looked for with this part of all the steps at most, so that the next one has its turn. */
const SHARES = 3;
/** How many candidates for a witness are tried in each alphabet. */
const MAX_CANDIDATES = 12;

/** Shapes of origins that read well, the best first. */
const READABLE_SHAPES: readonly OriginSet[] = [
  '^https://(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)*\\.)+(?:com|net|org|io|dev|app|test)$',
  '^https://(?:[a-z0-9]+(?:-[a-z0-9]+)*\\.)*[a-z0-9]+(?:-[a-z0-9]+)*$',
  '^https?://(?:[a-z0-9]+(?:-[a-z0-9]+)*\\.)*[a-z0-9]+(?:-[a-z0-9]+)*(?::\\d+)?$',
].map((source) => ({ kind: 'pattern', pattern: { dialect: 'javascript', source, flags: '' } }));

/** Set algebra over origins with finite automata. Sets met again are not compiled again. */
export class AutomataOrigins implements Origins {
  readonly #automata = new Map<string, Automaton | undefined>();
  /** What was found out about sets being empty: a subset, a witness and a list of members all begin with that question. */
  readonly #emptiness = new Map<string, boolean | undefined>();

  isEmpty(set: OriginSet): boolean | undefined {
    const key = canonicalKey(set);
    if (this.#emptiness.has(key)) return this.#emptiness.get(key);
    // Somebody whom the set names itself is most often in it, which no automaton is needed for.
    const answer = this.#holdsExample(set) ? false : decide(() => isEmptyLanguage(this.#within(set)));
    if (this.#emptiness.size >= MAX_CACHED) this.#emptiness.delete(this.#emptiness.keys().next().value ?? '');
    this.#emptiness.set(key, answer);
    return answer;
  }

  isSubset(a: OriginSet, b: OriginSet): boolean | undefined {
    return this.isEmpty(intersection([a, complement(b)]));
  }

  equal(a: OriginSet, b: OriginSet): boolean | undefined {
    const there = this.isSubset(a, b);
    return there === true ? this.isSubset(b, a) : there;
  }

  /** Whether two patterns succeed on the same texts, origins or not, of the characters that origins are made of. */
  sameTexts(a: Pattern, b: Pattern): boolean | undefined {
    return decide(() => {
      const [one, other] = [a, b].map((pattern) => this.#automatonOf({ kind: 'pattern', pattern }));
      if (!one || !other) return undefined;
      return (
        isEmptyLanguage(new Product('intersection', [one, complementOf(other)])) &&
        isEmptyLanguage(new Product('intersection', [complementOf(one), other]))
      );
    });
  }

  witness(
    set: OriginSet,
    { prefer = [], known = [] }: { readonly prefer?: readonly OriginSet[]; readonly known?: readonly string[] } = {},
  ): string | undefined {
    const listed = prefer.flatMap((shape) => (shape.kind === 'oneOf' && shape.ignoreCase !== true ? shape.values : []));
    const guessed = listed.find((origin) => contains(set, origin) === true && isSerializedOrigin(origin));
    if (guessed !== undefined) return guessed;
    const holdsKnown = known.some((origin) => contains(set, origin) === true && isSerializedOrigin(origin));
    if (!holdsKnown && this.isEmpty(set) !== false) return undefined;
    const repeats = decide(() => this.#membersOf(set).some(({ classOf, kindOf }) => classOf !== kindOf));
    const budget = { left: MAX_WITNESS_STEPS };
    const shapes = prefer.filter((shape) => shape.kind !== 'oneOf');
    for (const alphabet of ALPHABETS) {
      // Where no group is referred to, one symbol of each kind is one of each class.
      if (alphabet === 'kinds' && repeats !== true) continue;
      const readable = alphabet === 'kinds' || alphabet === 'readable';
      for (const shape of readable ? [...shapes, ...READABLE_SHAPES] : [...shapes, undefined]) {
        const share = { left: Math.min(budget.left, MAX_WITNESS_STEPS / SHARES) };
        budget.left -= share.left;
        const found = decide(() => this.#firstProven(set, shape, alphabet, share));
        budget.left += share.left;
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  members(set: OriginSet, limit: number): readonly string[] | undefined {
    return decide(() => allWords(this.#within(set), limit));
  }

  fullMatches(pattern: Pattern): OriginSet {
    const { dialect, source, flags } = pattern;
    if (dialect === 'pcre') {
      // An open `\Q` ends before the parenthesis, and so does a comment of the extended mode, which would swallow it.
      const closed = `${source}${/\\Q/.test(source) ? '\\E' : ''}`;
      const whole = { dialect, source: `\\A(?>${closed})\\z`, flags };
      return { kind: 'pattern', pattern: parse(whole) ? whole : { ...whole, source: `\\A(?>${closed}\n)\\z` } };
    }
    const shifted = shiftReferences(pattern);
    if (shifted === undefined) return { kind: 'pattern', pattern: { dialect, source: '(', flags: '' } };
    return { kind: 'pattern', pattern: { dialect, source: `^(?=(${shifted}))\\1$`, flags: flags.replace(/[gmy]/g, '') } };
  }

  /**
   * Membership as the automaton sees it. `contains` is what callers want; this is held against the real engines in tests.
   */
  accepts(set: OriginSet, origin: string): boolean | undefined {
    return decide(() => runs(this.#automatonOf(set), origin));
  }

  /** Whether an origin that the set names itself is one of its members that browsers send. */
  #holdsExample(set: OriginSet): boolean {
    return examplesOf(set).some((origin) => decide(() => runs(originDomain(), origin)) === true);
  }

  /** The first candidate that the real checks confirm. */
  #firstProven(set: OriginSet, shape: OriginSet | undefined, alphabet: (typeof ALPHABETS)[number], budget: Budget): string | undefined {
    const automaton = this.#within(shape === undefined ? set : intersection([set, shape]));
    const classes = classesIn(automaton, alphabet);
    const isProven = (word: string): boolean => isSerializedOrigin(word) && contains(set, word) === true;
    // The shortest word is nearly always one, and is found with every state entered once.
    const [first] = wordsByLength(automaton, classes, 1, budget);
    if (first === undefined || isProven(first)) return first;
    let left = MAX_CANDIDATES;
    for (const word of wordsByLength(automaton, classes, 3, budget)) {
      if (isProven(word)) return word;
      if (--left === 0) break;
    }
    return undefined;
  }

  #within(set: OriginSet): Automaton {
    // The domain comes first, as it decides most; the members of an intersection beside it, so that none moves behind it.
    return new Product('intersection', [originDomain(), ...this.#membersOf(set)]);
  }

  /** What all has to accept for a set to hold an origin. */
  #membersOf(set: OriginSet): readonly Automaton[] {
    return (set.kind === 'intersection' ? set.of : [set]).map((member) => this.#automatonOf(member));
  }

  #automatonOf(set: OriginSet): Automaton {
    const key = canonicalKey(set);
    let automaton = this.#automata.get(key);
    if (!automaton) {
      automaton = this.#build(set);
      if (this.#automata.size >= MAX_CACHED) this.#automata.delete(this.#automata.keys().next().value ?? '');
    } else this.#automata.delete(key);
    // Put last again, so that what was not used for longest goes first.
    this.#automata.set(key, automaton);
    return automaton;
  }

  #build(set: OriginSet): Automaton {
    switch (set.kind) {
      case 'all':
        return constant(true);
      case 'none':
        return constant(false);
      case 'oneOf':
        return new Trie(set.values, set.ignoreCase === true);
      case 'prefix':
      case 'suffix':
      case 'contains':
        return textAutomaton(set.kind, set.text, set.ignoreCase === true);
      case 'pattern':
        return patternAutomaton(set.pattern);
      case 'part':
        if (set.part === 'origin') return this.#automatonOf(wholeOrigin(set.of));
        return new PartAutomaton(set.part, this.#automatonOf(set.of));
      case 'piece':
        return new PieceAutomaton(set.piece, this.#automatonOf(set.of));
      case 'framed':
        return new FramedAutomaton(set.before, set.after, this.#automatonOf(set.of));
      case 'union':
      case 'intersection':
        return new Product(
          set.kind,
          set.of.map((member) => this.#automatonOf(member)),
        );
      case 'complement':
        return complementOf(this.#automatonOf(set.of));
    }
  }
}

/** The answer, or undefined where it cannot be decided. */
function decide<Answer>(question: () => Answer): Answer | undefined {
  try {
    return question();
  } catch (error) {
    // A RangeError is the stack or an array ending in a hostile pattern.
    if (error instanceof Undecided || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether an automaton accepts a text. */
function runs(automaton: Automaton, text: string): boolean {
  let state = automaton.start;
  for (let at = 0; at < text.length; at++) {
    const symbol = symbolIndex(text.charCodeAt(at));
    if (symbol < 0) throw new Undecided('no character of an origin');
    state = automaton.step(state, automaton.classOf[symbol] ?? 0);
  }
  return automaton.accepts(state);
}

function patternAutomaton(pattern: Pattern): Automaton {
  const regex = parse(pattern);
  if (!regex) throw new Undecided('unsupported pattern');
  return new Simulation(compile(regex));
}

const WEB: OriginSet = { kind: 'pattern', pattern: { dialect: 'javascript', source: '^https?://', flags: '' } };

/** `new URL(origin).origin` is the origin itself for http and https, the text `null` for other schemes, an error for `null`. */
function wholeOrigin(of: OriginSet): OriginSet {
  const acceptsNull = contains(of, 'null');
  if (acceptsNull === undefined) throw new Undecided('null not decided');
  const web: OriginSet = { kind: 'intersection', of: [WEB, of] };
  if (!acceptsNull) return web;
  return { kind: 'union', of: [web, { kind: 'complement', of: { kind: 'union', of: [WEB, { kind: 'oneOf', values: ['null'] }] } }] };
}

/** Whether a browser would serialize an origin this way: the URL parser gives the text back. */
export function isSerializedOrigin(text: string): boolean {
  if (text === 'null') return true;
  try {
    const url = new URL(text);
    return /^https?:$/.test(url.protocol) ? url.origin === text : url.href.startsWith(text);
  } catch {
    return false;
  }
}

/** The source with every numbered reference one higher, for use inside one more group; undefined when it is not valid. */
function shiftReferences(pattern: Pattern): string | undefined {
  const regex = parse(pattern);
  if (!regex) return undefined;
  let { source } = pattern;
  const references = [...walk(regex.node)].filter((node) => node.type === 'reference').sort((a, b) => b.span.start - a.span.start);
  for (const { span, group } of references) {
    const text = source.slice(span.start, span.end);
    if (/^\\\d+$/.test(text)) source = `${source.slice(0, span.start)}\\${group + 1}${source.slice(span.end)}`;
    else if (!/^\\k/.test(text)) return undefined;
  }
  return source;
}

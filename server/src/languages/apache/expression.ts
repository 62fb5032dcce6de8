/**
 * The boolean and string expressions of `<If>`, `<ElseIf>`, `expr=` and `Require expr` (httpd's server/util_expr_scan.l
 * and util_expr_parse.y, 2.4). Ranges are indices of the expression's text.
 */
import { remember } from '../../core/remember.ts';

export interface ExpressionRange {
  readonly start: number;
  readonly end: number;
}

/** A pattern in an expression: `/…/i` or `m#…#i`. `range` holds the delimiters and the flags. */
export interface RegexLiteral {
  readonly source: string;
  readonly flags: string;
  readonly range: ExpressionRange;
}

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A piece of an expression that has a text value. */
export type Word =
  | { readonly kind: 'literal'; readonly text: string; readonly range: ExpressionRange }
  /** `%{NAME}`. */
  | { readonly kind: 'variable'; readonly name: string; readonly range: ExpressionRange }
  /** `name(argument)` or `%{name:argument}`. */
  | { readonly kind: 'call'; readonly name: string; readonly argument: Word; readonly range: ExpressionRange }
  /** `$1`: a group of the last match in the same expression. */
  | { readonly kind: 'group'; readonly group: number; readonly range: ExpressionRange }
  | { readonly kind: 'concat'; readonly parts: readonly Word[]; readonly range: ExpressionRange }
  /** A form that is accepted without being understood. */
  | { readonly kind: 'unknown'; readonly range: ExpressionRange };

export type Expression =
  | { readonly kind: 'constant'; readonly value: boolean; readonly range: ExpressionRange }
  | { readonly kind: 'not'; readonly of: Expression; readonly range: ExpressionRange }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression; readonly range: ExpressionRange }
  /** `numeric`: compared as integers (`-eq` and its like). */
  | {
      readonly kind: 'compare';
      readonly comparison: Comparison;
      readonly numeric: boolean;
      readonly left: Word;
      readonly right: Word;
      readonly range: ExpressionRange;
    }
  | {
      readonly kind: 'match';
      readonly negated: boolean;
      readonly subject: Word;
      readonly regex: RegexLiteral;
      readonly range: ExpressionRange;
    }
  /** `list` is undefined where it is not written out. */
  | { readonly kind: 'in'; readonly subject: Word; readonly list: readonly Word[] | undefined; readonly range: ExpressionRange }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Word; readonly range: ExpressionRange }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Word; readonly right: Word; readonly range: ExpressionRange }
  | { readonly kind: 'unknown'; readonly range: ExpressionRange };

export interface ExpressionProblem {
  readonly range: ExpressionRange;
  readonly message: string;
}

export interface ParsedExpression {
  readonly expression: Expression;
  /** Why httpd refuses the expression, as far as that is certain. */
  readonly problem: ExpressionProblem | undefined;
}

export interface ParsedText {
  readonly word: Word;
  readonly problem: ExpressionProblem | undefined;
}

/** Nested parentheses and negations beyond this are not followed; nobody writes them and the stack is finite. */
const maximumDepth = 100;
/** Conditions and words beyond this are not followed either: what reads the tree goes as deep as an expression is long. */
const mostParts = 1000;

class Failure extends Error {
  /** Undefined where httpd may well take the expression. */
  readonly problem: ExpressionProblem | undefined;
  constructor(message: string, problem?: ExpressionProblem) {
    super(message);
    this.problem = problem;
  }
}

/** How many expressions are remembered: a file holds a few, which are asked for again and again. */
const mostRemembered = 500;

/** Parses a boolean expression. Never throws: what cannot be read becomes `unknown`, with the problem beside it. */
export const parseExpression = remember(
  (text): ParsedExpression =>
    guarded<ParsedExpression>(
      () => {
        const parser = new ExpressionParser(text);
        const expression = parser.or(0);
        parser.end();
        return { expression, problem: undefined };
      },
      (problem) => ({ expression: { kind: 'unknown', range: { start: 0, end: text.length } }, problem }),
    ),
  mostRemembered,
);

/** Parses a text with variables in it, as `Header set X expr=…` takes one. Never throws. */
export const parseText = remember(
  (text): ParsedText =>
    guarded<ParsedText>(
      () => ({ word: new ExpressionParser(text).string(''), problem: undefined }),
      (problem) => ({ word: { kind: 'unknown', range: { start: 0, end: text.length } }, problem }),
    ),
  mostRemembered,
);

function guarded<T>(attempt: () => T, recover: (problem: ExpressionProblem | undefined) => T): T {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof Failure) return recover(error.problem);
    throw error;
  }
}

const space = /[ \t\n]/;
const identifier = /[a-zA-Z][a-zA-Z0-9_]*/y;
const digits = /-?[0-9]+/y;
const dashOperator = /-[a-zA-Z_][a-zA-Z_0-9]*/y;
const regexDelimiters = '/#$%^|?!\'",;:._-';

const numericOperators: ReadonlyMap<string, Comparison> = new Map([
  ['-eq', '=='],
  ['-ne', '!='],
  ['-lt', '<'],
  ['-le', '<='],
  ['-gt', '>'],
  ['-ge', '>='],
  ['eq', '=='],
  ['ne', '!='],
  ['lt', '<'],
  ['le', '<='],
  ['gt', '>'],
  ['ge', '>='],
]);

class ExpressionParser {
  private at = 0;
  private parts = 0;
  /** How many variables the scanner is inside of: `%{a:%{b:…}}`. */
  private variables = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  end(): void {
    this.skip();
    if (this.at < this.text.length) this.fail('Unexpected text behind the expression.');
  }

  or(depth: number): Expression {
    let left = this.and(depth);
    while (this.takeOperator('||', 'or')) {
      const right = this.and(depth);
      left = { kind: 'or', left, right, range: { start: left.range.start, end: right.range.end } };
    }
    return left;
  }

  private and(depth: number): Expression {
    let left = this.condition(depth);
    while (this.takeOperator('&&', 'and')) {
      const right = this.condition(depth);
      left = { kind: 'and', left, right, range: { start: left.range.start, end: right.range.end } };
    }
    return left;
  }

  private condition(depth: number): Expression {
    this.skip();
    const start = this.at;
    this.follow(depth);
    if (this.text[start] === '!' || this.peekWord() === 'not') {
      this.at += this.text[start] === '!' ? 1 : 3;
      const of = this.condition(depth + 1);
      return { kind: 'not', of, range: { start, end: of.range.end } };
    }
    const constant = this.peekWord();
    if (constant === 'true' || constant === 'false') {
      this.at += constant.length;
      return { kind: 'constant', value: constant === 'true', range: this.since(start) };
    }
    if (this.text[start] === '(') return this.parenthesised(depth);
    const unary = this.match(dashOperator);
    if (unary !== undefined && unary.length === 2) {
      this.at += 2;
      const operand = this.word(depth);
      return { kind: 'unary', operator: unary.slice(1), operand, range: this.since(start) };
    }
    return this.comparison(start, depth);
  }

  /** `( condition )`. httpd refuses a parenthesis around one side of a comparison. */
  private parenthesised(depth: number): Expression {
    const start = this.at;
    this.at++;
    const inner = this.or(depth + 1);
    this.skip();
    if (this.text[this.at] !== ')') this.fail('A closing parenthesis is missing.');
    this.at++;
    return { ...inner, range: this.since(start) };
  }

  private comparison(start: number, depth: number): Expression {
    const left = this.word(depth);
    this.skip();
    const symbol = ['==', '=~', '!=', '!~', '<=', '>=', '<', '>', '='].find((candidate) => this.text.startsWith(candidate, this.at));
    if (symbol === '=~' || symbol === '!~') {
      this.at += 2;
      const regex = this.regex();
      return { kind: 'match', negated: symbol === '!~', subject: left, regex, range: this.since(start) };
    }
    if (symbol !== undefined) {
      this.at += symbol.length;
      const right = this.word(depth);
      const comparison: Comparison = symbol === '=' || symbol === '==' ? '==' : (symbol as Comparison);
      return { kind: 'compare', comparison, numeric: false, left, right, range: this.since(start) };
    }
    return this.namedComparison(start, left, depth);
  }

  private namedComparison(start: number, left: Word, depth: number): Expression {
    const operator = this.match(dashOperator) ?? this.match(identifier);
    if (operator === undefined) this.fail('An operator is missing here.');
    this.at += operator.length;
    const comparison = numericOperators.get(operator);
    if (comparison !== undefined) {
      const right = this.word(depth);
      return { kind: 'compare', comparison, numeric: true, left, right, range: this.since(start) };
    }
    if (operator === '-in' || operator === 'in') {
      const list = this.list(depth);
      return { kind: 'in', subject: left, list, range: this.since(start) };
    }
    if (!operator.startsWith('-')) this.fail(`“${operator}” is not an operator.`);
    const right = this.word(depth);
    return { kind: 'binary', operator: operator.slice(1), left, right, range: this.since(start) };
  }

  private list(depth: number): readonly Word[] | undefined {
    this.skip();
    if (this.text[this.at] !== '{') {
      this.word(depth);
      return undefined;
    }
    const items: Word[] = [];
    do {
      this.at++;
      items.push(this.word(depth));
      this.skip();
    } while (this.text[this.at] === ',');
    if (this.text[this.at] !== '}') this.fail('The list is missing its closing brace.');
    this.at++;
    return items;
  }

  private word(depth: number): Word {
    let left = this.plainWord(depth);
    for (;;) {
      this.skip();
      if (this.text[this.at] !== '.') return left;
      this.at++;
      const right = this.plainWord(depth);
      left = { kind: 'concat', parts: [left, right], range: { start: left.range.start, end: right.range.end } };
    }
  }

  private plainWord(depth: number): Word {
    this.follow(depth);
    this.skip();
    const start = this.at;
    const first = this.text[start];
    if (first === '"' || first === "'") {
      this.at++;
      const content = this.string(first);
      this.at++;
      return { ...content, range: this.since(start) };
    }
    if (first === '%' && this.text[start + 1] === '{') return this.variable();
    if (first === '$' && /[0-9]/.test(this.text[start + 1] ?? '')) {
      this.at += 2;
      return { kind: 'group', group: Number(this.text[start + 1]), range: this.since(start) };
    }
    const number = this.match(digits);
    if (number !== undefined) {
      this.at += number.length;
      return { kind: 'literal', text: number, range: this.since(start) };
    }
    return this.call(depth);
  }

  private call(depth: number): Word {
    const start = this.at;
    const name = this.match(identifier);
    if (name === undefined) this.fail('A string, a variable or a function is expected here.');
    this.at += name.length;
    this.skip();
    if (this.text[this.at] !== '(') {
      this.at = start;
      this.fail(`“${name}” has to be in quotes, or a function with parentheses.`);
    }
    this.at++;
    const argument = this.word(depth + 1);
    this.skip();
    if (this.text[this.at] !== ')') this.fail('A closing parenthesis is missing.');
    this.at++;
    return { kind: 'call', name, argument, range: this.since(start) };
  }

  /** `%{NAME}` or `%{function:argument}`; `%{:…:}` is read over. */
  private variable(): Word {
    const start = this.at;
    this.follow(this.variables);
    this.at += 2;
    if (this.text[this.at] === ':') {
      const end = this.text.indexOf(':}', this.at);
      if (end === -1) this.fail('The variable is missing its closing brace.');
      this.at = end + 2;
      return { kind: 'unknown', range: this.since(start) };
    }
    const name = this.match(identifier);
    if (name === undefined) this.fail('A variable’s name is expected here.');
    this.at += name.length;
    if (this.text[this.at] === ':') {
      this.at++;
      this.variables++;
      const argument = this.string('}');
      this.variables--;
      this.at++;
      return { kind: 'call', name, argument, range: this.since(start) };
    }
    if (this.text[this.at] !== '}') this.fail('The variable is missing its closing brace.');
    this.at++;
    return { kind: 'variable', name, range: this.since(start) };
  }

  /** A string up to `stop`, which is not consumed; up to the end of the text for an empty `stop`. */
  string(stop: string): Word {
    const start = this.at;
    const parts: Word[] = [];
    let literal = '';
    let literalStart = this.at;
    const flush = (): void => {
      if (literal !== '') parts.push({ kind: 'literal', text: literal, range: { start: literalStart, end: this.at } });
      literal = '';
    };
    while (this.at < this.text.length && (stop === '' || this.text[this.at] !== stop)) {
      const character = this.text[this.at] ?? '';
      const following = this.text[this.at + 1] ?? '';
      if (literal === '') literalStart = this.at;
      if (character === '%' && following === '{') {
        flush();
        parts.push(this.variable());
      } else if (character === '$' && /[0-9]/.test(following)) {
        flush();
        this.at += 2;
        parts.push({ kind: 'group', group: Number(following), range: { start: this.at - 2, end: this.at } });
      } else if (character === '\\' && following !== '') {
        literal += this.escape();
      } else {
        literal += character;
        this.at++;
      }
    }
    if (stop !== '' && this.at >= this.text.length)
      this.fail(stop === '}' ? 'The variable is missing its closing brace.' : 'The string is not closed.');
    flush();
    const [only] = parts;
    if (only === undefined) return { kind: 'literal', text: '', range: this.since(start) };
    return parts.length === 1 ? only : { kind: 'concat', parts, range: this.since(start) };
  }

  private escape(): string {
    const octal = /\\[0-7]{1,3}/y;
    const code = this.match(octal);
    if (code !== undefined) {
      this.at += code.length;
      return String.fromCharCode(parseInt(code.slice(1), 8) & 255);
    }
    const letter = this.text[this.at + 1] ?? '';
    this.at += 2;
    const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
    return controls[letter] ?? letter;
  }

  /** A pattern ends at the next delimiter: a backslash does not protect it. */
  private regex(): RegexLiteral {
    this.skip();
    const start = this.at;
    if (this.text[this.at] === 'm' && regexDelimiters.includes(this.text[this.at + 1] ?? ' ')) this.at++;
    const delimiter = this.text[this.at];
    if (delimiter === undefined || !(delimiter === '/' || this.at > start)) this.fail('A pattern in slashes is expected here.');
    const from = this.at + 1;
    const to = this.text.indexOf(delimiter, from);
    if (to === -1) this.fail('The pattern is missing its closing delimiter.');
    this.at = to + 1;
    let flags = '';
    if (this.text[this.at] === 'i') {
      flags = 'i';
      this.at++;
    }
    return { source: this.text.slice(from, to), flags, range: this.since(start) };
  }

  private takeOperator(symbol: string, name: string): boolean {
    this.skip();
    const found = this.text.startsWith(symbol, this.at) ? symbol : this.peekWord() === name ? name : undefined;
    if (found === undefined) return false;
    this.at += found.length;
    return true;
  }

  private peekWord(): string | undefined {
    return this.match(identifier);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0];
  }

  private skip(): void {
    while (space.test(this.text[this.at] ?? '')) this.at++;
  }

  private since(start: number): ExpressionRange {
    return { start, end: this.at };
  }

  /** Gives up where the expression is too deep, or has become too long. */
  private follow(depth: number): void {
    if (depth > maximumDepth || ++this.parts > mostParts) throw new Failure('The expression is too large.');
  }

  private fail(message: string): never {
    const range = { start: Math.min(this.at, this.text.length), end: Math.min(this.at + 1, this.text.length) };
    throw new Failure(message, { message, range });
  }
}

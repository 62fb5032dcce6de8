import { lineStartAt, type TextRange } from '../../core/text.ts';
import { lineOffset, logicalLineAt, type LogicalLine } from './lines.ts';
import type { ApacheFile, Argument, Node, Section, SyntaxProblem, Token, TokenKind } from './syntax.ts';
import { configurationWords, endOfBareWord, rewriteWords } from './words.ts';

/** A section whose closing tag has not been met yet. */
interface OpenSection {
  readonly name: string;
  readonly key: string;
  readonly nameRange: TextRange;
  readonly args: readonly Argument[];
  readonly rest: string;
  readonly opening: TextRange;
  readonly children: Node[];
}

/** Sections nested deeper than this stand for their lines alone: a tree of any depth has readers that recurse. */
const deepestNesting = 100;

const notSpace = /[^\t-\r ]/g;

const templateLine = /^(?:\{%|<%|\{\{|%\}|%>)/;

/**
 * Parses Apache configuration, httpd.conf and .htaccess alike. Total: any text gives a tree, and problems are data.
 * Lossless: the tokens cover the text. Cut as httpd cuts it (server/config.c, `ap_build_config`; server/util.c).
 */
export function parse(text: string): ApacheFile {
  return new Parser(text).run();
}

class Parser {
  private readonly tokens: Token[] = [];
  private readonly problems: SyntaxProblem[] = [];
  private readonly top: Node[] = [];
  private readonly open: OpenSection[] = [];
  /** How many sections are open within the deepest one that the tree has. */
  private beyond = 0;
  private covered = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  run(): ApacheFile {
    let at = 0;
    if (this.text.charCodeAt(0) === 0xfeff) {
      at = 1;
      this.token('bom', { start: 0, end: 1 });
      this.problem('byte-order-mark', { start: 0, end: 1 }, 'httpd takes the byte order mark for part of a directive’s name.', true);
    }
    for (at = this.behindBlanks(at); at < this.text.length; at = this.behindBlanks(at)) {
      const line = logicalLineAt(this.text, at);
      this.line(line);
      at = line.next;
    }
    const last = this.text.length;
    while (this.open.length > 0) this.leaveUnclosed(last);
    this.space(last);
    return { text: this.text, nodes: this.top, tokens: this.tokens, problems: this.problems };
  }

  /** Where the next line with something in it begins: a virtual host that is read alone stands among the blanks of all others. */
  private behindBlanks(at: number): number {
    notSpace.lastIndex = at;
    const found = notSpace.exec(this.text);
    return found ? Math.max(at, lineStartAt(this.text, found.index)) : this.text.length;
  }

  private line(line: LogicalLine): void {
    const first = line.text[0];
    if (first === undefined) return;
    const range: TextRange = { start: line.start, end: line.end };
    if (first === '#') {
      this.token('comment', range);
      this.add({ kind: 'comment', range });
    } else if (templateLine.test(line.text)) {
      this.token('template', range);
      this.add({ kind: 'template', range });
    } else if (line.text.startsWith('</')) {
      this.closingTag(line, range);
    } else if (first === '<') {
      this.openingTag(line, range);
    } else {
      this.directive(line, range);
    }
  }

  private directive(line: LogicalLine, range: TextRange): void {
    const { length } = line.text;
    const first = line.text[0];
    const quoted = first === '"' || first === "'";
    // A name in quotes is a name too: httpd reads it with the same word scanner as the arguments.
    const word = quoted ? configurationWords(line, 0, length)[0] : undefined;
    const nameEnd = word === undefined ? endOfBareWord(line.text, 0, length) : indexBehind(line, word);
    const name = word?.value ?? line.text.slice(0, nameEnd);
    const nameRange: TextRange = word?.range ?? { start: line.start, end: lineOffset(line, nameEnd - 1) + 1 };
    const key = name.toLowerCase();
    const words = key === 'rewriterule' || key === 'rewritecond' ? rewriteWords : configurationWords;
    const args = words(line, nameEnd, length);
    this.token('name', nameRange);
    for (const argument of args) this.argument(argument);
    this.add({ kind: 'directive', name, key, nameRange, args, rest: line.text.slice(nameEnd).trimStart(), range });
  }

  private openingTag(line: LogicalLine, range: TextRange): void {
    const wordEnd = endOfBareWord(line.text, 0, line.text.length);
    const closedAtName = line.text[wordEnd - 1] === '>' && wordEnd > 1;
    const nameEnd = closedAtName ? wordEnd - 1 : wordEnd;
    const name = line.text.slice(1, nameEnd);
    const nameRange: TextRange = { start: lineOffset(line, 0) + 1, end: lineOffset(line, nameEnd - 1) + 1 };
    if (name === '') {
      this.token('tag', range);
      this.problem('incomplete-directive', range, 'A section needs a name directly behind its “<”.', true);
      return;
    }
    // The handlers look for the last “>” of the line and ignore what follows it.
    const bracket = line.text.lastIndexOf('>');
    const argsEnd = closedAtName ? nameEnd : bracket >= wordEnd ? bracket : line.text.length;
    if (!closedAtName && bracket < wordEnd) {
      this.problem('missing-bracket', range, `<${name}> is missing its closing “>”.`, true);
    }
    const args = closedAtName ? [] : configurationWords(line, wordEnd, argsEnd);
    this.token('tag', { start: line.start, end: nameRange.end });
    for (const argument of args) this.argument(argument);
    if (argsEnd < line.text.length) this.token('tag', { start: lineOffset(line, argsEnd), end: line.end });
    const rest = line.text.slice(Math.min(wordEnd, argsEnd), argsEnd).trim();
    if (this.open.length >= deepestNesting) this.beyond++;
    else this.open.push({ name, key: name.toLowerCase(), nameRange, args, rest, opening: range, children: [] });
  }

  private closingTag(line: LogicalLine, range: TextRange): void {
    this.token('tag', range);
    const word = line.text.slice(2, endOfBareWord(line.text, 0, line.text.length));
    const bracketed = word.endsWith('>');
    if (!bracketed) this.problem('missing-bracket', range, `</${word}> is missing its closing “>”.`, true);
    if (this.beyond > 0) {
      this.beyond--;
      return;
    }
    const key = (bracketed ? word.slice(0, -1) : word).toLowerCase();
    let depth = this.open.length - 1;
    while (depth >= 0 && this.open[depth]?.key !== key) depth--;
    if (depth < 0) {
      const inner = this.open[this.open.length - 1];
      const expected = inner === undefined ? 'no section is open here' : `<${inner.name}> is open here`;
      this.problem('unexpected-closing-tag', range, `</${word.replace(/>$/, '')}> closes nothing: ${expected}.`, true);
      return;
    }
    while (this.open.length - 1 > depth) this.leaveUnclosed(range.start);
    const section = this.open.pop();
    if (section !== undefined) this.add(sectionOf(section, range, range.end));
  }

  /** Ends the innermost section without a closing tag of its own, at `end`. */
  private leaveUnclosed(end: number): void {
    const section = this.open.pop();
    if (section === undefined) return;
    // The sections that httpd reads ahead of the others end with the file without complaint.
    const refused = !/^if(?:module|define|version|file|directive|section)$/.test(section.key);
    this.problem('missing-closing-tag', section.opening, `<${section.name}> has no </${section.name}>.`, refused);
    const last = section.children[section.children.length - 1];
    this.add(sectionOf(section, undefined, Math.min(end, last?.range.end ?? section.opening.end)));
  }

  private argument(argument: Argument): void {
    this.token('argument', argument.range);
    if (!argument.closed) {
      this.problem('unclosed-quote', argument.range, 'This quote is not closed; the word runs to the end of the line.', false);
    }
  }

  private add(node: Node): void {
    const section = this.open[this.open.length - 1];
    (section?.children ?? this.top).push(node);
  }

  private problem(kind: SyntaxProblem['kind'], range: TextRange, message: string, refused: boolean): void {
    this.problems.push({ kind, range, message, refused });
  }

  private token(kind: TokenKind, range: TextRange): void {
    if (range.end <= this.covered) return;
    this.space(range.start);
    this.tokens.push({ kind, range: { start: this.covered, end: range.end } });
    this.covered = range.end;
  }

  private space(until: number): void {
    if (until <= this.covered) return;
    this.tokens.push({ kind: 'space', range: { start: this.covered, end: until } });
    this.covered = until;
  }
}

function sectionOf(section: OpenSection, closing: TextRange | undefined, end: number): Section {
  const { name, key, nameRange, args, rest, opening, children } = section;
  return { kind: 'section', name, key, nameRange, args, rest, opening, closing, children, range: { start: opening.start, end } };
}

/** The index in the line behind a quoted first word. */
function indexBehind(line: LogicalLine, word: Argument): number {
  let index = 0;
  while (index < line.text.length && lineOffset(line, index) < word.range.end) index++;
  return index;
}

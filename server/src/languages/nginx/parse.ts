/**
 * The parser for nginx configuration. It follows nginx's own tokeniser (src/core/ngx_conf_file.c, ngx_conf_read_token)
 * wherever nginx accepts the text, and recovers where nginx would stop, so that a half-typed line costs little of the rest.
 */
import { isDataBlock, isKnownDirective } from './directives.ts';
import { cook } from './interpolate.ts';
import { endOfLua, holdsLua } from './lua.ts';
import type {
  NginxBlock,
  NginxDirective,
  NginxErrorCode,
  NginxFile,
  NginxItem,
  NginxSyntaxError,
  NginxToken,
  NginxTokenKind,
  NginxWord,
  TextRange,
} from './syntax.ts';
import { hasPlaceholder, loneWordPlaceholder, placeholderAt } from './template.ts';
import { endOfQuoted, endOfWord } from './words.ts';

/** Blocks nested deeper than this are kept as opaque text: nginx has no use for them, and a tree of any depth has readers that recurse. */
const deepestNesting = 64;

/** Parses any text. Never throws; what nginx would refuse is in `errors`. Time is linear in the length of the text. */
export function parse(text: string): NginxFile {
  const plain = new Parser(text, false).parse();
  if (!plain.errors.some((error) => error.code === 'unclosed-block')) return plain;
  // Some block is never closed. Reading again with the indentation as a hint usually finds which one it is.
  const hinted = new Parser(text, true).parse();
  return braceErrors(hinted) <= braceErrors(plain) ? hinted : plain;
}

function braceErrors(file: NginxFile): number {
  return file.errors.filter((error) => error.code === 'unclosed-block' || error.code === 'unexpected-close-brace').length;
}

interface OpenBlock {
  readonly name: NginxWord;
  readonly args: readonly NginxWord[];
  readonly open: TextRange;
  readonly items: NginxItem[];
  /** Where on its line the directive starts, or undefined when something stands before it. */
  readonly column: number | undefined;
}

class Parser {
  private readonly text: string;
  private readonly useIndentation: boolean;
  private readonly tokens: NginxToken[] = [];
  private readonly errors: NginxSyntaxError[] = [];
  private readonly rootItems: NginxItem[] = [];
  private readonly open: OpenBlock[] = [];
  private words: NginxWord[] = [];
  private at = 0;
  private template = false;
  /** True where a line break lies between the last word and the current offset. */
  private onNewLine = true;
  /** Where the current line starts, as far as white space shows it. */
  private lineStart = 0;
  /** The column of the directive being read, or undefined when it does not start its line. */
  private column: number | undefined;

  constructor(text: string, useIndentation: boolean) {
    this.text = text;
    this.useIndentation = useIndentation;
  }

  parse(): NginxFile {
    if (this.text.charCodeAt(0) === 0xfeff) {
      this.error('byte-order-mark', 'nginx refuses a byte order mark.', { start: 0, end: 1 });
      this.token('byte-order-mark', 1);
    }
    while (this.at < this.text.length) this.step();
    this.endUnfinished();
    for (let block = this.open.at(-1); block; block = this.open.at(-1)) {
      this.error('unclosed-block', `The block of "${block.name.value}" is not closed.`, block.open);
      this.closeBlock(undefined);
    }
    return {
      text: this.text,
      items: this.rootItems,
      tokens: this.tokens,
      errors: this.errors.sort((a, b) => a.range.start - b.range.start),
      template: this.template,
    };
  }

  private step(): void {
    const char = this.text[this.at];
    switch (char) {
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        this.whitespace();
        return;
      case '#':
        this.comment();
        return;
      case ';':
        this.semicolon();
        return;
      case '}':
        this.closeBrace();
        return;
      default:
        if (this.placeholder()) return;
        // Inside a directive, a placeholder that is not on its own is a word or part of one.
        if (char === '{' && !placeholderAt(this.text, this.at, false)) this.openBrace();
        else this.word();
    }
  }

  private whitespace(): void {
    space.lastIndex = this.at;
    space.test(this.text);
    const end = space.lastIndex;
    const newline = this.text.slice(this.at, end).lastIndexOf('\n');
    if (newline >= 0) {
      this.onNewLine = true;
      this.lineStart = this.at + newline + 1;
    }
    this.token('whitespace', end);
  }

  private comment(): void {
    const newline = this.text.indexOf('\n', this.at);
    let end = newline < 0 ? this.text.length : newline;
    // The carriage return of a CRLF belongs to the line break, although nginx skips it with the comment.
    if (newline > this.at && this.text[newline - 1] === '\r') end--;
    this.token('comment', end);
  }

  private semicolon(): void {
    const range = { start: this.at, end: this.at + 1 };
    if (this.words.length === 0) {
      this.error('unexpected-semicolon', 'A ";" ends no directive here.', range);
      this.token('unexpected', range.end);
      return;
    }
    this.token('semicolon', range.end);
    this.endDirective('semicolon', range, undefined);
  }

  private openBrace(): void {
    const range = { start: this.at, end: this.at + 1 };
    const [name, ...args] = this.words;
    if (name === undefined) {
      this.error('unexpected-open-brace', 'A "{" opens no block here.', range);
      this.token('unexpected', range.end);
      return;
    }
    this.token('open', range.end);
    if (holdsLua(name.value)) this.opaqueBlock(range, endOfLua(this.text, this.at));
    else if (this.open.length >= deepestNesting) {
      this.error('nested-too-deeply', 'Blocks are nested too deeply to be read.', range);
      this.opaqueBlock(range, endOfBraces(this.text, this.at));
    } else {
      this.open.push({ name, args, open: range, items: [], column: this.column });
      this.words = [];
      this.onNewLine = false;
    }
  }

  private opaqueBlock(open: TextRange, end: number | undefined): void {
    const content = { start: open.end, end: end ?? this.text.length };
    if (content.end > content.start) this.token('opaque', content.end);
    let close: TextRange | undefined;
    if (end === undefined) this.error('unclosed-block', `The block of "${this.words[0]?.value ?? ''}" is not closed.`, open);
    else {
      close = { start: end, end: end + 1 };
      this.token('close', close.end);
    }
    const range = { start: open.start, end: close?.end ?? content.end };
    this.endDirective('block', open, { range, open, close, content, items: [], opaque: true });
  }

  private closeBrace(): void {
    this.endUnfinished();
    const range = { start: this.at, end: this.at + 1 };
    if (this.open.length === 0) {
      this.error('unexpected-close-brace', 'A "}" closes no block here.', range);
      this.token('unexpected', range.end);
      return;
    }
    this.token('close', range.end);
    this.closeBlock(range);
  }

  private closeBlock(close: TextRange | undefined): void {
    const block = this.open.pop();
    if (!block) return;
    const end = close?.end ?? this.at;
    const built: NginxBlock = {
      range: { start: block.open.start, end },
      open: block.open,
      close,
      content: { start: block.open.end, end: close?.start ?? end },
      items: block.items,
      opaque: false,
    };
    this.items().push({
      kind: 'directive',
      range: { start: block.name.range.start, end },
      name: block.name,
      args: block.args,
      terminator: 'block',
      terminatorRange: block.open,
      block: built,
    });
    this.onNewLine = false;
  }

  /** A template placeholder between directives. One inside a directive is part of a word. */
  private placeholder(): boolean {
    const starting = this.words.length === 0 || (this.onNewLine && isControlTag(this.text, this.at));
    const found = starting ? this.standalonePlaceholder() : undefined;
    if (!found) return false;
    this.template = true;
    // Between the words of a directive it is left to the tokens: the tree holds what stands between directives.
    if (this.words.length === 0) this.items().push({ kind: 'template', range: { start: this.at, end: found.end }, control: found.control });
    this.token('template', found.end);
    return true;
  }

  private standalonePlaceholder(): { readonly end: number; readonly control: boolean } | undefined {
    const lone = this.words.length === 0 ? loneWordPlaceholder(this.text, this.at) : undefined;
    if (lone !== undefined) return { end: lone, control: false };
    const found = placeholderAt(this.text, this.at, this.words.length === 0);
    // `{{ name }} value;` is a directive whose name is not known; `{{ snippet }}` alone may be any directives.
    if (!found || (!found.control && !endsStatement(this.text, found.end))) return undefined;
    return found;
  }

  private word(): void {
    const start = this.at;
    if (this.startsUnfinishedDirective(start)) this.endUnfinished();
    if (this.words.length === 0) {
      this.column = this.columnOf(start);
      if (this.useIndentation) this.closeByIndentation(start);
    }
    const first = this.text[start];
    const quoted = first === '"' || first === "'";
    let end: number;
    let closed = true;
    if (quoted) {
      const found = endOfQuoted(this.text, start);
      end = found.end;
      closed = found.closed;
      if (!closed) this.error('unclosed-quote', `The quote ${first} is not closed.`, { start, end });
    } else end = endOfWord(this.text, start);
    const content = quoted ? { start: start + 1, end: closed ? end - 1 : end } : { start, end };
    const raw = this.text.slice(content.start, content.end);
    const template = hasPlaceholder(raw);
    if (template) this.template = true;
    this.words.push({
      range: { start, end },
      content,
      value: cook(raw),
      quoting: first === '"' ? 'double' : first === "'" ? 'single' : 'none',
      closed,
      template,
    });
    this.token('word', end);
    this.onNewLine = false;
    if (quoted && closed) this.checkAfterQuote();
  }

  private checkAfterQuote(): void {
    const next = this.text[this.at];
    if (next === undefined || ' \t\r\n;{)'.includes(next)) return;
    const end = next === '}' ? this.at + 1 : endOfWord(this.text, this.at);
    this.error('text-after-quote', 'A closing quote has to be followed by a space, ";", "{" or ")".', { start: this.at, end });
  }

  /**
   * True where a directive without `;` is followed by a line that starts with the name of another one. nginx would take
   * that line for further arguments (behaviour 1.19), which is hardly ever accepted and never meant.
   */
  private startsUnfinishedDirective(start: number): boolean {
    if (this.words.length === 0 || !this.onNewLine) return false;
    const enclosing = this.open.at(-1);
    if (enclosing && isDataBlock(enclosing.name.value)) return false;
    directiveName.lastIndex = start;
    const name = directiveName.exec(this.text)?.[0];
    if (name === undefined || !isKnownDirective(name)) return false;
    // `ssl` and `http2` are parameters of `listen` as well as directives.
    if (this.words[0]?.value === 'listen' && listenParameters.has(name)) return false;
    return this.text[start + name.length] !== ';' || takesNoArguments.has(name);
  }

  /** Closes blocks that the indentation of this directive shows to have ended; used only where a brace is missing. */
  private closeByIndentation(start: number): void {
    const column = this.column;
    if (column === undefined) return;
    directiveName.lastIndex = start;
    const name = directiveName.exec(this.text)?.[0] ?? '';
    if (!isKnownDirective(name)) return;
    for (let block = this.open.at(-1); block; block = this.open.at(-1)) {
      const opener = block.name.value;
      const left = block.column !== undefined && block.column > 0 && column <= block.column;
      const misplaced =
        (name === 'server' && (opener === 'server' || opener === 'location' || opener === 'if' || opener === 'limit_except')) ||
        (name === 'location' && (opener === 'if' || opener === 'limit_except'));
      if (!left && !misplaced) return;
      this.error('unclosed-block', `The block of "${opener}" is not closed.`, block.open);
      this.closeBlock(undefined);
    }
  }

  private columnOf(offset: number): number | undefined {
    const column = offset - this.lineStart;
    if (column > 1000) return undefined;
    return /^[ \t\uFEFF]*$/.test(this.text.slice(this.lineStart, offset)) ? column : undefined;
  }

  private endUnfinished(): void {
    const last = this.words.at(-1);
    if (!last) return;
    const at = { start: last.range.end, end: last.range.end };
    const name = this.words[0]?.value ?? '';
    if (last.closed) this.error('missing-semicolon', `"${name}" is not ended by ";".`, last.range);
    this.endDirective('missing', at, undefined);
  }

  private endDirective(terminator: NginxDirective['terminator'], terminatorRange: TextRange, block: NginxBlock | undefined): void {
    const [name, ...args] = this.words;
    this.words = [];
    this.onNewLine = false;
    if (!name) return;
    const end = block?.range.end ?? terminatorRange.end;
    this.items().push({
      kind: 'directive',
      range: { start: name.range.start, end },
      name,
      args,
      terminator,
      terminatorRange,
      block,
    });
  }

  private items(): NginxItem[] {
    return this.open.at(-1)?.items ?? this.rootItems;
  }

  private token(kind: NginxTokenKind, end: number): void {
    this.tokens.push({ kind, start: this.at, end });
    this.at = end;
  }

  private error(code: NginxErrorCode, message: string, range: TextRange): void {
    this.errors.push({ code, message, range });
  }
}

const space = /[ \t\r\n]+/y;
const directiveName = /[a-z][a-z0-9_]*(?=[ \t;{])/y;
const listenParameters: ReadonlySet<string> = new Set(['ssl', 'http2', 'http3']);
const takesNoArguments: ReadonlySet<string> = new Set([
  'break',
  'internal',
  'empty_gif',
  'flv',
  'mp4',
  'stub_status',
  'ip_hash',
  'least_conn',
]);

function isControlTag(text: string, offset: number): boolean {
  return placeholderAt(text, offset, false)?.control === true;
}

/** True where nothing, a line break, a comment, a brace or another placeholder follows. */
function endsStatement(text: string, offset: number): boolean {
  return /^[ \t]{0,200}(?:\r?\n|$|#|\}|\{[{%#]|<%)/.test(text.slice(offset, offset + 300));
}

/** The offset of the `}` that balances an already opened brace, by counting alone. */
function endOfBraces(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && depth-- === 0) return at;
  }
  return undefined;
}

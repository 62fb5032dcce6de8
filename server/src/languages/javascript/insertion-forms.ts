/** The forms in which frameworks' programs hold a whole policy, as data, and the lines that they share. */
import { preflightSeconds, type WantedPolicy } from '../../cors/wanted-policy.ts';
import { type EditableFile, stringList } from './edits.ts';
import type * as ts from './syntax.ts';

/** How a file is written. */
export interface CodeStyle {
  /** One step of indentation. */
  readonly unit: string;
  /** `;`, or empty. */
  readonly semicolon: string;
  /** A text as a string literal. */
  readonly quoted: (text: string) => string;
}

/** The names that a form may use, each free in the file. */
export interface FormNames {
  readonly application: string;
  /** What the package is imported as; empty where a form imports none. */
  readonly cors: string;
  readonly free: (wanted: string) => string;
  /** The line stands where it may wait. */
  readonly canAwait: boolean;
}

/** A form in which a policy is written for one framework. */
export interface CodeForm {
  readonly framework: string;
  /** The package that makes applications, and the names by which it exports what does. */
  readonly maker: { readonly package: string; readonly names: readonly string[] };
  /** Whether an expression makes one. `name`: what the maker is called in the file; empty where it is not imported. */
  readonly isApplication: (node: ts.Expression, name: string, file: EditableFile) => boolean;
  /** The package that is imported, by its default export or by a name; a form that is written by hand does without it. */
  readonly imports?: { readonly package: string; readonly isNamed?: true; readonly hasDefault?: true };
  readonly byHand?: true;
  /** What shows that the file has a policy: other packages, and names. */
  readonly packages?: readonly string[];
  readonly words?: readonly string[];
  readonly lines: (names: FormNames, wanted: WantedPolicy, style: CodeStyle) => readonly string[];
}

/** The options of a package, by the names that it has for methods and request headers. */
export function optionLines(
  { credentials, methods, headers, origins }: WantedPolicy,
  { quoted }: CodeStyle,
  names: { readonly origin?: string; readonly methods: string; readonly headers: string; readonly noHeaders?: readonly string[] },
): readonly string[] {
  return [
    // A list also where there is one origin: most packages send a text to every page (behaviour 3.1, 6.1).
    `origin: ${names.origin ?? stringList(origins, quoted)},`,
    ...(credentials ? ['credentials: true,'] : []),
    // Left out, the packages allow methods that nobody asked for, and every header that is (behaviour 3.4, 6.4, 7.4, 8.4).
    `${names.methods}: ${stringList(methods.length > 0 ? methods : ['GET', 'HEAD', 'POST'], quoted)},`,
    `${names.headers}: ${stringList(headers.length > 0 ? headers : (names.noHeaders ?? []), quoted)},`,
    `maxAge: ${preflightSeconds},`,
  ];
}

/** `app.use(cors({ … }))`, with what stands before the call. */
export function useLines(
  { application, cors }: FormNames,
  options: readonly string[],
  { unit, semicolon }: CodeStyle,
  first: readonly string[] = [],
): readonly string[] {
  const inner = [...first, `${cors}({`, ...options.map((option) => unit + option), '}),'];
  return [`${application}.use(`, ...inner.map((line) => unit + line), `)${semicolon}`];
}

import { parseArgs } from 'node:util';
import { didYouMean, UsageError } from './spelling.ts';

/** One option of a command, for reading it and for the help. */
export interface OptionInfo {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in the help; absent: the option takes none. */
  readonly value?: string;
  /** May be given several times. */
  readonly multiple?: true;
  readonly about: string;
}

export interface OptionGroup {
  readonly title: string;
  readonly options: readonly OptionInfo[];
}

/** The options that were given, by name, and the rest. */
export interface Arguments {
  readonly positionals: readonly string[];
  has(name: string): boolean;
  /** The last value given. */
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
}

/**
 * Reads arguments by a table of options. Throws a UsageError, one clear line, for an unknown option, a value that is missing
 * or too many, and an option given twice that may stand once. `--` ends the options, `-` is a positional.
 */
export function readArguments(argv: readonly string[], groups: readonly OptionGroup[]): Arguments {
  const options = groups.flatMap((group) => group.options);
  const byName = new Map(options.map((option) => [option.name, option]));
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      options.map(({ name, short, value, multiple }) => [
        name,
        { type: value === undefined ? 'boolean' : 'string', ...(short && { short }), ...(multiple && { multiple }) } as const,
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName } = token;
    const option = byName.get(name);
    if (!option) throw new UsageError(`There is no option "${rawName}".${suggestOption(rawName, options)}`);
    const { value } = token;
    if (option.value === undefined && value !== undefined) throw new UsageError(`The option "${rawName}" takes no value.`);
    if (
      option.value !== undefined &&
      (value === undefined || (!token.inlineValue && /^--[a-z]/.test(value) && byName.has(value.slice(2))))
    ) {
      throw new UsageError(`The option "${rawName}" needs a value: ${rawName} ${option.value}.`);
    }
    const values = given.get(name) ?? [];
    if (values.length > 0 && option.value !== undefined && option.multiple !== true && values[0] !== value) {
      throw new UsageError(`The option "${rawName}" is given twice.`);
    }
    given.set(name, [...values, value ?? '']);
  }
  return {
    positionals,
    has: (name) => given.has(name),
    text: (name) => given.get(name)?.at(-1),
    texts: (name) => given.get(name) ?? [],
  };
}

function suggestOption(written: string, options: readonly OptionInfo[]): string {
  if (!written.startsWith('--')) return ' Options are listed by --help.';
  const hint = didYouMean(
    written,
    options.map((option) => `--${option.name}`),
  );
  return hint === '' || hint.startsWith(' Use one of') ? ' Options are listed by --help.' : hint;
}

/** The value of an option that has a few choices; a UsageError with the nearest for any other. */
export function choiceOf<T extends string>(what: string, written: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === written);
  if (found === undefined) throw new UsageError(`There is no ${what} "${written}".${didYouMean(written, choices)}`);
  return found;
}

/** The options as help shows them, in groups, the explanations in one column. */
export function describeOptions(groups: readonly OptionGroup[]): string {
  const label = ({ name, short, value }: OptionInfo): string =>
    `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
  const width = Math.max(...groups.flatMap((group) => group.options.map((option) => label(option).length)));
  return groups
    .map(({ title, options }) => {
      const lines = options.flatMap((option) => {
        const [first = '', ...more] = wrap(option.about, Math.max(40, 96 - width));
        return [`  ${label(option).padEnd(width)}  ${first}`, ...more.map((line) => ' '.repeat(width + 4) + line)];
      });
      return `${title}:\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** The commands and their options: what `--help` prints and what the arguments are read by. */
import { describeOptions, type OptionGroup } from './arguments.ts';

export const formats = ['stylish', 'json', 'sarif', 'github', 'junit', 'compact'] as const;
export type Format = (typeof formats)[number];

const general: OptionGroup = {
  title: 'General',
  options: [
    { name: 'no-color', about: 'No colours. They follow the terminal, and NO_COLOR is honoured.' },
    { name: 'version', short: 'v', about: 'The version.' },
    { name: 'help', short: 'h', about: 'This text.' },
  ],
};

export const lintOptions: readonly OptionGroup[] = [
  {
    title: 'What is linted',
    options: [
      { name: 'ignore', value: 'PATTERN', multiple: true, about: 'Leave files out, in .gitignore syntax; may be repeated.' },
      { name: 'changed', about: 'Only files that differ from the last commit in git, new files included.' },
      { name: 'since', value: 'REF', about: 'Only files that changed in git since a branch or commit.' },
      { name: 'stdin', about: 'Read the text from standard input.' },
      { name: 'stdin-filename', value: 'FILE', about: 'The name that tells the language and the configuration of that text.' },
    ],
  },
  {
    title: 'Rules',
    options: [
      { name: 'profile', value: 'NAME', about: 'recommended (errors and warnings) or strict (information as well).' },
      { name: 'rule', value: 'ID=LEVEL', multiple: true, about: 'Set a rule to off, info, warning or error; may be repeated.' },
      { name: 'config', value: 'FILE', about: 'Use this configuration instead of the nearest cors-lint.config.json.' },
      { name: 'no-config', about: 'Use no configuration file.' },
      { name: 'report-unused-suppressions', about: 'Warn of comments that suppress nothing.' },
      { name: 'list-rules', about: 'List the rules.' },
      { name: 'explain', value: 'RULE', about: 'What a rule finds, why that is bad, and what to write instead.' },
    ],
  },
  {
    title: 'Fixes',
    options: [
      { name: 'fix', about: 'Apply the safe fixes.' },
      { name: 'unsafe-fixes', about: 'Apply the fixes that may change who can read a response as well. Look at the result.' },
      { name: 'fix-dry-run', about: 'Print the fixes as a unified diff and change nothing.' },
    ],
  },
  {
    title: 'Output and exit status',
    options: [
      { name: 'format', short: 'f', value: 'NAME', about: `${formats.join(', ')}. Default: stylish.` },
      { name: 'max-warnings', value: 'N', about: 'Exit with 1 where there are more warnings than this.' },
      { name: 'baseline', value: 'FILE', about: 'Report only what is not in this file.' },
      { name: 'update-baseline', about: 'Write what is found now into the baseline.' },
    ],
  },
  general,
];

export const simulateOptions: readonly OptionGroup[] = [
  {
    title: 'The request',
    options: [
      {
        name: 'origin',
        value: 'ORIGIN',
        about: 'The page\'s origin; "null" is an opaque one, "none" sends no Origin. Default: https://example.com.',
      },
      { name: 'method', value: 'METHOD', about: 'Default: GET.' },
      { name: 'path', value: '/PATH', about: "Default: the URL's, or /." },
      { name: 'url', value: 'URL', about: 'The address that is fetched. Without it the request goes to the first server.' },
      { name: 'header', value: "'NAME: VALUE'", multiple: true, about: "A request header of the page's; may be repeated." },
      { name: 'credentials', value: 'MODE', about: 'omit, same-origin (default) or include.' },
      { name: 'status', value: 'N', about: 'What the application or the file system answers, where the configuration leaves it open.' },
    ],
  },
  {
    title: 'Output',
    options: [
      { name: 'all', about: 'Show the actual exchange even after a blocked preflight.' },
      { name: 'json', about: 'Print JSON.' },
    ],
  },
  general,
];

export const explainOptions: readonly OptionGroup[] = [{ title: 'Output', options: [{ name: 'json', about: 'Print JSON.' }] }, general];

export const initOptions: readonly OptionGroup[] = [
  { title: 'What is written', options: [{ name: 'profile', value: 'NAME', about: 'recommended or strict. Default: recommended.' }] },
  general,
];

export const lspOptions: readonly OptionGroup[] = [
  { title: 'Transport', options: [{ name: 'stdio', about: 'Standard input and output; the default and the only one for most editors.' }] },
  general,
];

export const commandNames = ['simulate', 'explain', 'init', 'lsp'] as const;
export type CommandName = (typeof commandNames)[number];

const lintHelp = `cors-lint finds CORS mistakes in JavaScript servers (Express, Fastify, Koa, Hono, NestJS, socket.io, Workers and
other fetch handlers), in nginx and Apache configuration and in the annotations of ingress-nginx, and proves them.

Usage:
  cors-lint [paths…] [options]          lint files and folders; default: the current folder
  cors-lint simulate FILE [options]     what a page gets when it fetches, and why
  cors-lint explain "MESSAGE"           what a browser's console message means and where it comes from
  cors-lint init                        write a cors-lint.config.json
  cors-lint lsp --stdio                 the language server, for any editor

`;

const lintNotes = `
Exit status: 0 no error; 1 an error was found, or too many warnings; 2 wrong use, or a path that could not be read.

Examples:
  cors-lint                             lint everything below this folder that git does not ignore
  cors-lint nginx.conf --fix-dry-run    show what the safe fixes would change
  cors-lint --since main -f github      annotate a pull request
  cors-lint --explain missing-always
`;

const helps: Readonly<Record<CommandName, string>> = {
  simulate: `What a page at an origin gets when it fetches from this server: the preflight, where the browser sends one, and the
actual response, judged as the Fetch standard says, with the line that wrote each header.

Usage: cors-lint simulate FILE [options]

${describeOptions(simulateOptions)}
Exit status: 0 where there is a verdict, "unknown" included; 2 otherwise.

Examples:
  cors-lint simulate nginx.conf --origin https://evil.example --path /api/users
  cors-lint simulate src/app.ts --method PUT --header 'Content-Type: application/json' --credentials include
`,
  explain: `What a browser's console message about CORS means, and which places in the workspace cause it.

Usage: cors-lint explain "MESSAGE" [paths…] [options]

${describeOptions(explainOptions)}
Exit status: 0, also where the message is not recognised; 2 wrong use, or a path that could not be read.
`,
  init: `Writes a cors-lint.config.json into the current folder. Never overwrites one.

Usage: cors-lint init [options]

${describeOptions(initOptions)}`,
  lsp: `Starts the language server. Recipes for editors are in docs/editors/.

Usage: cors-lint lsp --stdio

${describeOptions(lspOptions)}`,
};

/** The help of a command; of linting where none is named. */
export function helpOf(command?: CommandName): string {
  return command === undefined ? lintHelp + describeOptions(lintOptions) + lintNotes : helps[command];
}

/** What gets a name in Apache configuration and where the name is used: environment variables, `Define`d ones, ports. */
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import { localPort } from '../../core/local-address.ts';
import type { NamedPlace } from '../../core/navigation.ts';
import { htaccessChain, includesOf, isHtaccess } from './files.ts';
import { rewriteFlags } from './rewrite.ts';
import { features, setEnvIfDirectives } from './setenvif.ts';
import { rangeInFile, type Argument, type Directive, type Node, type Section } from './syntax.ts';
import { parseFile } from './tree.ts';

/** Every name of a file, of the files that it includes, and of the .htaccess files above it. */
export function namesOf(file: SourceFile, files: SourceFiles): readonly NamedPlace[] {
  const names: NamedPlace[] = [];
  const chain = isHtaccess(file.uri, parseFile(file).nodes) ? htaccessChain(file, files).map((each) => each.file) : [file];
  for (const each of chain) collect(parseFile(each).nodes, each, includesOf(files, parseFile, each), names);
  return names;
}

function collect(nodes: readonly Node[], file: SourceFile, include: ReturnType<typeof includesOf>, names: NamedPlace[]): void {
  for (const node of nodes) {
    if (node.kind === 'comment' || node.kind === 'template') continue;
    names.push(...namesIn(node, file.uri));
    if (node.kind === 'section') collect(node.children, file, include, names);
    else if (node.key === 'include' || node.key === 'includeoptional') {
      const path = node.args[0]?.value ?? '';
      if (!path.includes('${')) for (const each of include(path, file)) collect(each.nodes, each.file, include, names);
    }
  }
}

/** Uses of environment variables inside a word, whatever directive it belongs to; the second group is the name. */
const variableUses = /(%\{ENV:|%\{(?=\w+\}e)|\b(?:reqenv|env)\(\s*['"])(\w+)/gi;
const defineUses = /(\$\{)(\w+)\}/g;

function namesIn(node: Directive | Section, uri: string): readonly NamedPlace[] {
  const names: NamedPlace[] = [];
  const add = (kind: NamedPlace['kind'], role: NamedPlace['role'], argument: Argument, start: number, length: number): void => {
    if (length === 0) return;
    const text = argument.value.slice(start, start + length);
    // Environment variables compare without regard to case, `Define`d ones as they are written.
    const name = kind === 'variable' ? text.toLowerCase() : text;
    names.push({ kind, name, role, place: { uri, range: rangeInFile(argument, start, start + length) } });
  };
  for (const argument of node.args) {
    for (const match of argument.value.matchAll(variableUses))
      add('variable', 'use', argument, match.index + (match[1] ?? '').length, (match[2] ?? '').length);
    for (const match of argument.value.matchAll(defineUses)) add('define', 'use', argument, match.index + 2, (match[2] ?? '').length);
  }
  const { key, args } = node;
  const [first, second] = args;
  if (first === undefined) return names;
  if (setEnvIfDirectives.has(key)) {
    for (const { variable, unset, argument } of features(args.slice(key === 'setenvif' || key === 'setenvifnocase' ? 2 : 1)))
      add('variable', unset ? 'use' : 'definition', argument, unset ? 1 : 0, variable.length);
  } else if (key === 'setenv') add('variable', 'definition', first, 0, first.value.length);
  else if (key === 'passenv') for (const argument of args) add('variable', 'definition', argument, 0, argument.value.length);
  else if (key === 'unsetenv') for (const argument of args) add('variable', 'use', argument, 0, argument.value.length);
  else if (key === 'define') add('define', 'definition', first, 0, first.value.length);
  else if (key === 'undefine') add('define', 'use', first, 0, first.value.length);
  else if (key === 'ifdefine') {
    const negated = first.value.startsWith('!') ? 1 : 0;
    add('define', 'use', first, negated, first.value.length - negated);
  } else if (key === 'rewriterule') variablesOfRewrite(args[2], uri, names);
  else if (key === 'require' && first.value.toLowerCase() === 'env')
    for (const argument of args.slice(1)) add('variable', 'use', argument, 0, argument.value.length);
  if (/^(?:header|requestheader|allow|deny|customlog)$/.test(key))
    for (const argument of args) {
      const condition = /^env=!?(?=.)/i.exec(argument.value);
      if (condition) add('variable', 'use', argument, condition[0].length, argument.value.length - condition[0].length);
    }
  const address =
    key === 'proxypass' && first.value.includes('://')
      ? first
      : key === 'proxypass' || key === 'proxypassmatch'
        ? second
        : key === 'balancermember'
          ? first
          : undefined;
  const local = address && localPort(address.value);
  if (address && local)
    names.push({ kind: 'port', name: local.port, role: 'use', place: { uri, range: rangeInFile(address, 0, local.length) } });
  return names;
}

/** `[E=NAME:value]`, `[E=!NAME]`. */
function variablesOfRewrite(argument: Argument | undefined, uri: string, names: NamedPlace[]): void {
  for (const flag of rewriteFlags(argument).flags) {
    if (flag.key !== 'e' || flag.value === undefined) continue;
    const unset = flag.value.startsWith('!');
    const name = (unset ? flag.value.slice(1) : flag.value).split(':')[0] ?? '';
    if (name === '') continue;
    const start = flag.range.end - flag.value.length + (unset ? 1 : 0);
    names.push({
      kind: 'variable',
      name: name.toLowerCase(),
      role: unset ? 'use' : 'definition',
      place: { uri, range: { start, end: start + name.length } },
    });
  }
}

import type { SourceFile } from '../../core/files.ts';
import { indentationAt, lineBreakOf, type Place } from '../../core/text.ts';
import { nearest } from '../../cors/near-miss.ts';
import { localHttp } from '../../cors/local-http.ts';
import type { HeaderWrite, Policy } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
import { authenticationOf } from './access.ts';
import { parseExpression } from './expression.ts';
import { unknownVariables } from './expression-condition.ts';
import {
  formatParts,
  headerLine,
  headerWrites,
  isComment,
  isRefusal,
  withVariableLetters,
  withoutStop,
  withReqenv,
  type HeaderLineParts,
} from './header.ts';
import { expectations } from './expectations.ts';
import type { Host } from './hosts.ts';
import { aboutCors, type Elsewhere } from './parts.ts';
import { headerLineOf, isUnread, registerWrite } from './responses.ts';
import { includesUnseen, placeOf, type Block, type Entry, type Item } from './scan.ts';
import { features, hasGroup, plainPattern, soleMatch, setEnvIfDirectives } from './setenvif.ts';
import { whyUncompilable } from './uncompilable.ts';
import { namesSetBy } from './variable-names.ts';
import { rangeInFile, type ApacheFile, type Argument, type Node } from './syntax.ts';
import { hasPlaceholder } from './words.ts';
import { moduleIsLoaded } from './server-modules.ts';

const corsHeader = /^(?:access-control-|vary$|origin$)/i;
const corsText = /access-control-|origin|cors/i;

/** What a file says about CORS beside the header lines of its policies. */
export function observationsOf(
  tree: ApacheFile,
  file: SourceFile,
  hosts: readonly Host[],
  policies: readonly Policy[],
  elsewhere?: Elsewhere,
): readonly Observation[] {
  const entries = [
    ...new Set(
      hosts.flatMap((host) => host.layers.flatMap((layer) => [...(layer.section === undefined ? [] : [layer.section]), ...layer.entries])),
    ),
  ];
  const ids = policies.map((policy) => policy.id);
  return [
    ...(elsewhere?.speaksOfCors === true || aboutCors(file.text) ? refusedSyntax(tree, file) : []),
    ...refusedInHtaccess(tree, file),
    ...entries.flatMap((entry) => (entry.kind === 'block' ? blockObservations(entry, ids) : itemObservations(entry, ids))),
    ...expectations(hosts, (host) => policies.filter((policy) => policy.id.startsWith(`host ${hosts.indexOf(host)} `))),
    ...neverSet(
      entries,
      hosts.every((host) => !host.fragment) && elsewhere?.unresolved !== true && !entries.some(includesUnseen),
      elsewhere?.variables,
    ),
  ];
}

/** Problems for which the server refuses the file, where the file is about CORS at all. */
function refusedSyntax(tree: ApacheFile, file: SourceFile): readonly Observation[] {
  return tree.problems
    .filter((problem) => problem.refused)
    .map((problem) => ({
      kind: 'refused',
      place: { uri: file.uri, range: problem.range },
      why: withoutStop(problem.message),
      remedy: 'Every request in its place is answered with 500, or the server does not start.',
    }));
}

/** What mod_proxy and the core take in a server's configuration only (their `RSRC_CONF` and `NOT_IN_HTACCESS`). */
const serverOnly = /^(?:proxypass|proxypassmatch|virtualhost|directory|directorymatch|location|locationmatch|proxy|proxymatch)$/;

/** Lines of a .htaccess about CORS for which the server answers every request of its folder with 500. */
function refusedInHtaccess(tree: ApacheFile, file: SourceFile): readonly Observation[] {
  if (!/(?:^|\/)\.htaccess$/.test(file.uri) || !aboutCors(file.text)) return [];
  return refusedAmong(tree.nodes, file);
}

function refusedAmong(nodes: readonly Node[], file: SourceFile): readonly Observation[] {
  return nodes.flatMap((node): readonly Observation[] => {
    // What the server is certain to read as if it stood alone.
    if (node.kind === 'section' && node.key === 'ifmodule' && moduleIsLoaded(node.args[0]?.value ?? '') === true)
      return refusedAmong(node.children, file);
    if ((node.kind !== 'directive' && node.kind !== 'section') || !serverOnly.test(node.key)) return [];
    const range = node.kind === 'section' ? node.opening : node.range;
    return [
      {
        kind: 'refused',
        place: { uri: file.uri, range },
        why: `${node.kind === 'section' ? `<${node.name}>` : node.name} is not allowed in a .htaccess, and every request of its folder is answered with 500`,
        remedy: `Move it to the server's configuration${node.key === 'proxypass' ? ', or proxy with a RewriteRule and its flag [P]' : ''}.`,
      },
    ];
  });
}

function blockObservations(block: Block, policies: readonly string[]): readonly Observation[] {
  if (block.section.key === 'if' || block.section.key === 'elseif') {
    const [argument] = block.section.args;
    const [text] = block.values;
    return argument === undefined || text === undefined ? [] : refusedExpression(argument, text, 0, placeOf(block));
  }
  return block.entries.flatMap((entry) => (entry.kind === 'item' ? itemObservations(entry, policies) : blockObservations(entry, policies)));
}

function itemObservations(item: Item, policies: readonly string[]): readonly Observation[] {
  const { key } = item.directive;
  if (key === 'header' || key === 'requestheader') return headerObservations(item, policies);
  if (key === 'require' && /^(?:valid-user|user|group|ldap-user|ldap-group)$/i.test(item.values[0] ?? '')) {
    return [{ kind: 'authentication', authentication: authenticationOf(item), policies }];
  }
  const [argument] = item.directive.args;
  const [text] = item.values;
  if (key === 'setenvifexpr' && argument && text !== undefined)
    return [...refusedExpression(argument, text, 0, { uri: item.file.uri, range: argument.range }), ...groupsOfNone(item, text)];
  if (setEnvIfDirectives.has(key)) return [...plainGroups(item), ...refusedPattern(item, key.startsWith('browser') ? 0 : 1)];
  return key === 'rewritecond' && item.values[0]?.toLowerCase() !== 'expr' ? refusedPattern(item, 1) : [];
}

function headerObservations(item: Item, policies: readonly string[]): readonly Observation[] {
  const parts = headerLineOf(item);
  if (parts === undefined) return refusedHeader(item);
  if (parts.table === 'request') {
    // Under a condition it may be that of a request which has no Origin, or one that nobody is allowed with.
    const hides =
      parts.nameText.toLowerCase() === 'origin' &&
      (parts.condition === undefined || parts.early) &&
      (parts.action === 'unset' || parts.action === 'set' || parts.action === 'edit');
    const ownAddress = parts.action === 'set' && namesOwnAddress(parts.value?.value ?? '');
    return hides ? [{ kind: 'originHidden', place: placeOf(item), policies, ownAddress }] : [];
  }
  const written = headerWrites(parts, { origin: { kind: 'origin', absent: '' } }).map(({ write }) => registerWrite(write, parts));
  return [...written.map((write: HeaderWrite): Observation => ({ kind: 'headerWritten', write })), ...idleWorkers(parts)];
}

const onThisMachine = new RegExp(localHttp);

/** Whether the application is told its own address, or that of a server beside the proxy, where it listens itself. */
function namesOwnAddress(text: string): boolean {
  return (
    /^(?:expr=)?\w*(?:%\{\w+\})?:\/\/%\{(?:HTTP_HOST|SERVER_NAME|HTTP:Host|req:Host)\}[es]?(?::\d+)?$/i.test(text) ||
    onThisMachine.test(text.replace(/^https:/, 'http:').replace(/\/$|:%\{\w+\}e$/, ''))
  );
}

/** A Header line about CORS that httpd does not take (behaviour 2.8). */
function refusedHeader(item: Item): readonly Observation[] {
  const line = headerLine(item);
  if (!isRefusal(line) || isUnread(item) || !corsText.test(item.directive.rest)) return [];
  const replacement = quotedList(item) ?? readByReqenv(item, line.argument) ?? letteredValue(item, line.argument);
  return [{ kind: 'refused', place: placeOf(item), why: line.why, remedy: line.remedy, ...(replacement !== undefined && { replacement }) }];
}

/** The line with the variables of its `expr=` read as expressions read them. */
function readByReqenv(item: Item, condition: Argument | undefined): string | undefined {
  const text = condition?.offsets === undefined && condition?.quote !== "'" ? condition?.value : undefined;
  const expression = text !== undefined && /^expr=/i.test(text) ? withReqenv(text.slice(5)) : undefined;
  if (condition === undefined || expression === undefined) return undefined;
  const { start, end } = item.directive.range;
  const { text: file } = item.file;
  return `${file.slice(start, condition.range.start)}"expr=${expression}"${file.slice(condition.range.end, end)}`;
}

/** The line with `%{NAME}` made `%{NAME}e`. */
function letteredValue(item: Item, value: Argument | undefined): string | undefined {
  if (value !== undefined && /^expr=/i.test(value.value)) return undefined;
  const lettered = value?.offsets === undefined && value !== undefined ? withVariableLetters(value.value) : undefined;
  if (value === undefined || lettered === undefined) return undefined;
  const { start, end } = item.directive.range;
  const { text } = item.file;
  return text.slice(start, value.inner.start) + lettered + text.slice(value.inner.end, end);
}

/** `Header set Name GET, POST` with its list in quotes, and a comment behind it on a line of its own. */
function quotedList(item: Item): string | undefined {
  const { directive, file } = item;
  const comment = directive.args.find((argument) => isComment(argument));
  const args = directive.args.slice(0, comment ? directive.args.indexOf(comment) : undefined);
  const head = /^(?:always|onsuccess)$/i.test(args[0]?.value ?? '') ? args.splice(0, 1) : [];
  const [action, name, ...values] = args;
  if (
    action === undefined ||
    name === undefined ||
    values.length < (comment ? 1 : 2) ||
    !/^(?:set|append|merge|add|setifempty)$/i.test(action.value) ||
    !corsHeader.test(name.value)
  )
    return undefined;
  const condition = /^(?:env=|expr=|early$)/i.test(values.at(-1)?.value ?? '') ? values.pop() : undefined;
  const written = ({ range }: Argument): string => file.text.slice(range.start, range.end);
  const [only, another] = values;
  if (only === undefined || (!comment && another === undefined) || (another !== undefined && values.some((value) => value.quote !== '')))
    return undefined;
  const value = another === undefined && only.quote !== '' ? written(only) : `"${values.map((each) => each.value).join(' ')}"`;
  const line = [
    directive.name,
    ...[...head, action, name].map((each) => each.value),
    value,
    ...(condition ? [written(condition)] : []),
  ].join(' ');
  if (!comment) return line;
  const { start, end } = placeOf(item).range;
  const remark = file.text.slice(comment.range.start, end);
  // A line that goes on below is more than a comment.
  return remark.includes('\n') ? undefined : `${remark}${lineBreakOf(file.text)}${indentationAt(file.text, start)}${line}`;
}

function refusedExpression(argument: Argument, text: string, offset: number, place: Place): readonly Observation[] {
  if (!corsText.test(text)) return [];
  const parsed = parseExpression(text);
  if (parsed.problem !== undefined)
    return [
      {
        kind: 'refused',
        place,
        why: `the expression is not valid: ${withoutStop(parsed.problem.message)}`,
        remedy: 'Put texts in quotes; a pattern that holds a slash goes between m# and #.',
      },
    ];
  return unknownVariables(parsed.expression).map(({ name, range }): Observation => ({
    kind: 'refused',
    place:
      text === argument.value.slice(offset)
        ? { uri: place.uri, range: rangeInFile(argument, offset + range.start, offset + range.end) }
        : place,
    why: `%{${name}} is no variable of an expression`,
    remedy: 'Write %{HTTP:Name} for a request header.',
    ...(/^http_origin$/i.test(name) && { replacement: '%{HTTP:Origin}' }),
  }));
}

/** A pattern about CORS that PCRE does not compile. */
function refusedPattern(item: Item, index: number): readonly Observation[] {
  const argument = item.directive.args[index];
  if (argument === undefined || !corsText.test(item.directive.rest) || item.values[index] !== argument.value) return [];
  if (hasPlaceholder(argument.value)) return [];
  // RewriteCond compares and asks about files without a pattern.
  const isRewrite = item.directive.key === 'rewritecond';
  if (isRewrite && /^!?(?:[=<>]|-[a-zA-Z]|$)/.test(argument.value)) return [];
  const why = whyUncompilable(isRewrite ? argument.value.replace(/^!/, '') : argument.value);
  if (why === undefined) return [];
  return [
    {
      kind: 'refused',
      place: { uri: item.file.uri, range: argument.inner },
      why: `the pattern does not compile: ${why}`,
      remedy: 'Correct the pattern; any text is `.*`.',
    },
  ];
}

/** `SetEnvIf Origin "https://myapp\.com" O=$0` sends the two characters `$0` (behaviour 2.12). */
function plainGroups(item: Item): readonly Observation[] {
  const { args, key } = item.directive;
  if (key.startsWith('browser') || args[0]?.value.toLowerCase() !== 'origin') return [];
  const pattern = item.values[1];
  if (pattern === undefined || plainPattern(pattern) === undefined) return [];
  return withoutGroup(
    item,
    args.slice(2),
    (group) =>
      `The pattern is plain text for httpd, so ${group} is not replaced: the header carries the characters ${group}. Anchor the pattern: "^…$".`,
  );
}

/** `SetEnvIfExpr "%{HTTP:Origin} =~ m#^https://myapp\.com$#" O=$0` sets whatever was in memory (behaviour 2.12). */
function groupsOfNone(item: Item, text: string): readonly Observation[] {
  const match = soleMatch(parseExpression(text).expression);
  if (!match || hasGroup(match.regex.source) || !corsText.test(text)) return [];
  return withoutGroup(
    item,
    item.directive.args.slice(1),
    (group) =>
      `In SetEnvIfExpr ${group} holds nothing unless the pattern has a group: the header is empty, or the answer is a 500. Put the pattern in brackets: "^(…)$".`,
  );
}

/** The variables that take a group that is not there. */
function withoutGroup(item: Item, args: readonly Argument[], why: (group: string) => string): readonly Observation[] {
  return features(args).flatMap((feature): Observation[] => {
    const group = feature.value === undefined ? undefined : /\$[0-9]/.exec(feature.value)?.[0];
    if (group === undefined) return [];
    return [
      { kind: 'neverSet', place: { uri: item.file.uri, range: feature.argument.range }, variable: feature.variable, why: why(group) },
    ];
  });
}

function idleWorkers(parts: HeaderLineParts): readonly Observation[] {
  if (parts.value === undefined || !corsHeader.test(parts.nameText)) return [];
  const { value, item } = parts;
  return formatParts(value.value).flatMap((part): Observation[] => {
    if (part.kind !== 'tag' || part.tag !== 'i') return [];
    const place: Place = { uri: item.file.uri, range: rangeInFile(value, part.start, part.end) };
    // CGI's name of a header, such as `HTTP_ORIGIN`, is its own name otherwise.
    const held = `expr=%{req:${part.argument.replace(/^HTTP_/i, '').replace(/_/g, '-')}}`;
    return [
      {
        kind: 'neverSet',
        place,
        variable: part.argument,
        why: `%{…}i is the number of idle workers, not a request header. The value "${held}" holds the header.`,
        ...(part.end - part.start === value.value.length && { replacement: held }),
      },
    ];
  });
}

/** What may set variables beside the lines of a configuration: modules, and whatever hands a request to a program. */
const setByServer =
  /^(?:redirect_|http|ssl_|remote_|server_|request_|document_|script_|content_|path_|query_|auth_|unique_|geoip|mm_|no-)/i;

/** `%{HTTP:Origin}e`: a request header in the words of an expression, which no variable is called. */
const headerOfExpression = /^(?:http|req|req_novary):/i;

/**
 * Variables that an Allow-Origin line reads, or waits for, and that nothing sets. A variable of another file is not known to be
 * missing.
 */
function neverSet(entries: readonly Entry[], whole: boolean, elsewhere: Iterable<string> = []): readonly Observation[] {
  const items = entries.filter((entry): entry is Item => entry.kind === 'item');
  const names = [...new Set(items.flatMap(namesSetBy))];
  const set = new Set([...names.map((name) => name.toLowerCase()), ...elsewhere]);
  return items.flatMap((item) => {
    const parts = headerLineOf(item);
    if (parts?.value === undefined || parts.table === 'request' || parts.nameText.toLowerCase() !== 'access-control-allow-origin')
      return [];
    const { value } = parts;
    const guard = guardVariable(parts);
    const read = formatParts(value.value).flatMap((part): Observation[] => {
      if (part.kind !== 'tag' || part.tag !== 'e') return [];
      const name = part.argument.toLowerCase();
      const origin = name === 'http_origin';
      const header = headerOfExpression.test(name);
      if (set.has(name) || name.startsWith('redirect_') || (!origin && !header && !whole)) return [];
      const place: Place = { uri: item.file.uri, range: rangeInFile(value, part.start, part.end) };
      const meant = origin || header ? undefined : nearest(part.argument, names, 2);
      // Where the line waits for the variable itself it is not sent at all.
      const isAbsent = guard?.name.toLowerCase() === name;
      return [
        {
          kind: 'neverSet',
          place,
          variable: part.argument,
          why: whyNeverSet(part.argument, meant, isAbsent, guard !== undefined && !isAbsent),
          ...(meant !== undefined && { replacement: `%{${meant}}e` }),
        },
      ];
    });
    return read.length > 0 || guard === undefined ? read : unsetGuard(guard, names, set, whole);
  });
}

/** `isAbsent`: the line waits for the variable itself; `isGuarded`: for another one. */
function whyNeverSet(name: string, meant: string | undefined, isAbsent: boolean, isGuarded: boolean): string {
  if (/^http_origin$/i.test(name))
    return `%{HTTP_ORIGIN}e is ${isAbsent ? 'not set for files and proxied requests, which go without the header' : '“(null)” for files and proxied requests'}, and ${isGuarded ? "the page's" : 'every site’s'} own origin ${isGuarded ? 'only where' : 'wherever'} CGI or PHP answers. Set a variable with SetEnvIf Origin and send that.`;
  const consequence = isAbsent ? 'the header is never sent' : 'the header is sent as “(null)”';
  if (headerOfExpression.test(name))
    return `%{…}e reads a variable, and none is called ${name}: ${consequence}. Set a variable with SetEnvIf Origin and send that.`;
  return `Nothing sets ${name}: ${consequence}. ${meant === undefined ? 'Set it with SetEnvIf Origin, or correct the name' : `Write ${meant}`}.`;
}

interface Guard {
  readonly name: string;
  readonly place: Place;
}

/** The variable that a line with `env=NAME` waits for. */
function guardVariable({ item, condition }: HeaderLineParts): Guard | undefined {
  const text = condition && item.values[item.directive.args.indexOf(condition)];
  if (condition === undefined || text === undefined || text !== condition.value || !/^env=[^!]/i.test(text)) return undefined;
  return { name: text.slice(4), place: { uri: item.file.uri, range: rangeInFile(condition, 4, text.length) } };
}

/** A line that waits for a variable which nothing sets. What a file does not say whole is certain only of a name in the wrong spelling. */
function unsetGuard({ name, place }: Guard, names: readonly string[], set: ReadonlySet<string>, whole: boolean): readonly Observation[] {
  if (set.has(name.toLowerCase()) || setByServer.test(name)) return [];
  const bare = name.replace(/[^\w.-]/g, '').toLowerCase();
  const respelled = bare === name.toLowerCase() ? undefined : names.find((each) => each.toLowerCase() === bare);
  if (!whole && respelled === undefined) return [];
  const meant = respelled ?? nearest(name, names, 2);
  const remedy = meant === undefined ? 'Set it with SetEnvIf Origin, or correct the name' : `Write ${meant}`;
  return [
    {
      kind: 'neverSet',
      place,
      variable: name,
      why: `Nothing sets ${name}, which this line waits for: the header is never sent. ${remedy}.`,
      ...(meant !== undefined && { replacement: meant }),
    },
  ];
}

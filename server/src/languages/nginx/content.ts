/** What makes the response at a level: an upstream, files, try_files (the precontent and content phases). */
import { allBut, anyOf } from '../../policy/codes.ts';
import { methodIs, methodIsNot, test, unknown, unreachable } from '../../policy/condition.ts';
import type { Codes } from '../../policy/codes.ts';
import type { Place } from '../../core/text.ts';
import type { Step, Steps } from '../../policy/model.ts';
import { isKnownDirective, passes } from './directives.ts';
import { replacedNames } from './headers.ts';
import { interpolate } from './interpolate.ts';
import { inherited, own } from './levels.ts';
import type { Level } from './levels.ts';
import { placeOf, wholeOf } from './lines.ts';
import type { Line, Source } from './lines.ts';
import type { NginxWord } from './syntax.ts';
import { datum } from './variables.ts';
import type { Variables } from './variables.ts';

/** Where an internal redirect goes, as the table of locations decides it. */
export interface Targets {
  /** Steps that start over at a path; `word` spells it, with variables. Its query takes the place of the request's. */
  goTo(word: NginxWord, source: Source): Steps;
  named(name: string): Steps;
  /** Steps that start over at an index file, where another location may answer for it. */
  index(name: string, level: Level): Steps | undefined;
}

const none: Codes = anyOf<number>();

/** The statuses of a file that is sent: an error page in progress puts its own in their place. */
const fileSent: Codes = anyOf(200, 206, 304);
/** What may become of a request for a file. A directory without a slash is redirected. */
const fileStatuses: Codes = anyOf(200, 206, 301, 304, 403, 404);

export interface Handler {
  readonly line: Line;
  readonly kind: 'upstream' | 'cgi' | 'foreign' | 'empty-gif' | 'status';
}

const handlers: Readonly<Record<string, Handler['kind']>> = {
  proxy_pass: 'upstream',
  grpc_pass: 'upstream',
  memcached_pass: 'upstream',
  fastcgi_pass: 'cgi',
  uwsgi_pass: 'cgi',
  scgi_pass: 'cgi',
  content_by_lua_block: 'foreign',
  content_by_lua_file: 'foreign',
  content_by_lua: 'foreign',
  js_content: 'foreign',
  perl: 'foreign',
  passenger_enabled: 'foreign',
  empty_gif: 'empty-gif',
  stub_status: 'status',
};

/** What handles requests at a level. `if` and `limit_except` take their location's upstream along (noname levels). */
export function handlerOf(level: Level): Handler | undefined {
  const line = own(level, ...Object.keys(handlers)).at(-1);
  const kind = line && handlers[line.name];
  if (line && kind) return { line, kind };
  // A module that nothing is known of may answer in the place of files, and preflights too: `vod hls;`.
  const foreign = level.kind === 'location' ? level.body.lines.findLast(({ name }) => !isKnownDirective(name)) : undefined;
  if (foreign) return { line: foreign, kind: 'foreign' };
  const outer = (level.kind === 'if' || level.kind === 'limit_except') && level.parent ? handlerOf(level.parent) : undefined;
  if (!outer) return undefined;
  return level.kind === 'if' || outer.kind === 'upstream' || outer.kind === 'cgi' ? outer : undefined;
}

/** Whether a level serves nothing but files. */
export function servesFiles(level: Level): boolean {
  return handlerOf(level) === undefined && own(level, 'return', 'rewrite').length === 0 && !level.outside;
}

/** The headers that a `…_pass` takes out of its upstream's response, in lower case (behaviour 1.10). */
function hiddenNames(level: Level, handler: Handler, variables: Variables): readonly string[] {
  const module = handler.line.name.replace(/_pass$/, '');
  return [...new Set([...hiddenBy(module, level), ...replacedNames(level, variables)])];
}

/** The same of an upstream that is not in sight, whichever module reaches it: the text speaks of the one that does. */
function hiddenOutside(level: Level, variables: Variables): readonly string[] {
  const hidden = [...passes].flatMap((name) => hiddenBy(name.replace(/_pass$/, ''), level));
  return [...new Set([...hidden, ...replacedNames(level, variables)])];
}

function hiddenBy(module: string, level: Level): readonly string[] {
  const names = (directive: string): string[] =>
    inherited(level, `${module}_${directive}`).lines.flatMap((line) => line.args[0]?.value.toLowerCase() ?? []);
  const passed = names('pass_header');
  return names('hide_header').filter((name) => !passed.includes(name));
}

/** The steps that answer a request which has passed the access phase. They always end it. */
export function contentSteps(level: Level, variables: Variables, targets: Targets): Steps {
  // A true `if` leaves the try_files of its location behind (behaviour 1.20); nothing inherits it.
  const tries = level.kind === 'if' || level.kind === 'limit_except' ? undefined : own(level, 'try_files').at(-1);
  const handled = handle(level, variables, targets);
  return tries ? tryFiles(tries, handled, targets) : handled;
}

function tryFiles(line: Line, found: Steps, targets: Targets): Steps {
  const tried = line.args.slice(0, -1);
  const fallback = line.args.at(-1);
  if (!fallback) return found;
  const exists = unknown(`try_files:${tried.map((word) => word.value).join(' ')}`, 'file-system');
  const otherwise = fallBack(line, fallback, targets);
  const checked: Step = { kind: 'branch', when: exists, then: found, otherwise, place: wholeOf(line) };
  const { path } = splitTarget(fallback, line.source);
  // A fallback that is not there tries itself again until nginx gives up with 500, for which no error_page answers.
  const loops: Step = {
    kind: 'answer',
    status: anyOf(500),
    by: 'application',
    place: placeOf(line.source, fallback.range),
    refusal: 'error',
    overridable: none,
  };
  if (path?.startsWith('/') !== true) return [checked];
  const again: Step = { kind: 'branch', when: exists, then: found, otherwise: [loops], place: wholeOf(line) };
  return [{ kind: 'branch', when: test(datum('path'), { kind: 'oneOf', values: [path] }), then: [again], otherwise: [checked] }];
}

function fallBack(line: Line, word: NginxWord, targets: Targets): Steps {
  const status = Number(word.value.slice(1)) || 500;
  if (word.value.startsWith('='))
    return [
      {
        kind: 'answer',
        status: anyOf(status),
        // That a file is not there is said to every method alike; any other status is somebody's answer.
        by: status === 404 ? 'files' : 'server',
        place: placeOf(line.source, word.range),
        overridable: none,
      },
    ];
  return word.value.startsWith('@') ? targets.named(word.value) : targets.goTo(word, line.source);
}

/** A redirect's target, taken apart. */
export interface Target {
  /** Without the query; undefined where it holds variables. */
  readonly path: string | undefined;
  /** The part of the path before the first variable. */
  readonly start: string;
  /** What stands behind a `?`: undefined where there is none, null where it holds variables. */
  readonly query: string | null | undefined;
}

/** Takes the target of an internal redirect apart. */
export function splitTarget(word: NginxWord, source: Source): Target {
  if (word.template) return { path: undefined, start: '', query: null };
  const { parts } = interpolate(word, source.file.text);
  let start = '';
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'literal') {
      const mark = part.text.indexOf('?');
      start += mark < 0 ? part.text : part.text.slice(0, mark);
      if (mark >= 0) return { path: start, start, query: index === parts.length - 1 ? part.text.slice(mark + 1) : null };
    } else if (part.kind === 'variable' && part.name === 'is_args') return { path: start, start, query: null };
    else return { path: undefined, start, query: undefined };
  }
  return { path: start, start, query: undefined };
}

/** The index files of a level, those whose names hold variables left out. */
function indexNames(level: Level): readonly string[] {
  const { lines } = inherited(level, 'index');
  return lines.length === 0
    ? ['index.html']
    : lines.flatMap((line) => line.args.map((word) => word.value)).filter((name) => !name.includes('$'));
}

function handle(level: Level, variables: Variables, targets: Targets): Steps {
  const handler = handlerOf(level);
  if (!handler)
    return level.outside ? [{ kind: 'upstream', by: 'upstream', hidden: hiddenOutside(level, variables) }] : files(level, targets);
  const place = wholeOf(handler.line);
  switch (handler.kind) {
    case 'upstream':
    case 'cgi':
      return [
        ...gatewayErrors(level, place),
        { kind: 'upstream', by: handler.kind, hidden: hiddenNames(level, handler, variables), place },
      ];
    case 'foreign':
      return [{ kind: 'upstream', by: 'cgi', hidden: replacedNames(level, variables), place }];
    case 'empty-gif':
    case 'status':
      return [
        {
          kind: 'branch',
          when: methodIs('GET', 'HEAD'),
          then: [{ kind: 'answer', status: anyOf(200), by: 'files', place }],
          otherwise: [notAllowed(level)],
        },
      ];
  }
}

/** What nginx says itself where nothing answers behind it, as far as an error_page takes it: that page has headers of its own. */
function gatewayErrors(level: Level, place: Place): Steps {
  const taken = [502, 504].filter((status) =>
    inherited(level, 'error_page').lines.some((line) => line.args.slice(0, -1).some((word) => word.value === String(status))),
  );
  if (taken.length === 0) return [];
  return [
    {
      kind: 'branch',
      when: unreachable,
      then: [{ kind: 'answer', status: anyOf(...taken), by: 'server', place, refusal: 'error' }],
    },
  ];
}

function notAllowed(level: Level): Step {
  const place = level.line && wholeOf(level.line);
  return {
    kind: 'answer',
    status: anyOf(405),
    by: 'files',
    overridable: none,
    ...(place && { place: { uri: place.uri, range: place.range } }),
  };
}

/** Files: only GET and HEAD get one, POST is refused where there is one, everything else always (behaviour 1.16). */
function files(level: Level, targets: Targets): Steps {
  const writing = inherited(level, 'dav_methods')
    .lines.flatMap((line) => line.args.map((word) => word.value))
    .filter((method) => method !== 'off');
  const root = inherited(level, 'root', 'alias').lines.at(-1);
  const place = root && wholeOf(root);
  const steps: Step[] = [];
  if (writing.length > 0)
    steps.push({
      kind: 'branch',
      when: methodIs(...writing),
      then: [{ kind: 'answer', status: allBut(405), by: 'files', ...(place && { place }) }],
    });
  steps.push({ kind: 'branch', when: methodIsNot('GET', 'HEAD', 'POST'), then: [notAllowed(level)] });
  const sent: Step = {
    kind: 'branch',
    when: methodIs('POST'),
    then: [{ kind: 'answer', status: anyOf(301, 403, 404, 405), by: 'files', overridable: none, ...(place && { place }) }],
    otherwise: [{ kind: 'answer', status: fileStatuses, by: 'files', overridable: fileSent, ...(place && { place }) }],
  };
  steps.push(...indexSteps(level, targets, sent), sent);
  return steps;
}

/** A folder's index file is looked for in order; the first that exists is asked for anew, perhaps from another location. */
function indexSteps(level: Level, targets: Targets, sent: Step): Steps {
  const [modifier, path] = level.kind === 'location' ? (level.line?.args ?? []) : [];
  if (modifier?.value === '=' && path?.value.endsWith('/') === false) return [];
  const found = indexNames(level).map((name) => ({ name, elsewhere: targets.index(name, level) }));
  if (found.every(({ elsewhere }) => elsewhere === undefined)) return [];
  const tried = found.reduceRight<Steps>(
    (otherwise, { name, elsewhere }) => [
      { kind: 'branch', when: unknown(`index:${name}`, 'file-system'), then: elsewhere ?? [sent], otherwise },
    ],
    [],
  );
  return [{ kind: 'branch', when: test(datum('path'), { kind: 'suffix', text: '/' }), then: tried }];
}

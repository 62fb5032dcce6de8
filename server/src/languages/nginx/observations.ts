/** What a configuration says about CORS beside its header lines, in the words that rules read. */
import { localHttp } from '../../cors/local-http.ts';
import { conditionsOf } from '../../policy/condition.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
import { authenticationLines, authenticationOf } from './access.ts';
import { handlerOf } from './content.ts';
import { expectations } from './expectations.ts';
import { addedHeaders, addHeaderWrite, inheritance, moreHeaderWrites } from './headers.ts';
import { overridden } from './overridden.ts';
import { inherited, own, serverOf } from './levels.ts';
import type { Level, LevelKind } from './levels.ts';
import { placeOf, wholeOf } from './lines.ts';
import type { Body, Line } from './lines.ts';
import { readLocations } from './locations.ts';
import { refusals } from './refusals.ts';
import { noCaptures } from './variables.ts';
import type { Variables } from './variables.ts';

/** Everything there is to observe in a configuration whose policies have these levels. */
export function observe(body: Body, top: Level, levels: ReadonlyMap<string, Level>, variables: Variables): readonly Observation[] {
  const observations: Observation[] = [];
  const visit = (at: Body, level: Level | undefined): void => {
    for (const line of at.lines) {
      observations.push(...ofLine(line, variables));
      const inner = line.body && levelOf(line, level, top);
      if (line.body) visit(line.body, inner ?? level);
      if (inner) observations.push(...lostBy(inner, variables), ...overridden(inner, variables));
    }
  };
  visit(body, top);
  observations.push(...ofPolicies(levels), ...expectations(levels, variables));
  observations.push(...refusals(body));
  for (const { name, place } of variables.undefinedOnes) {
    const meant = variables.nearestTo(name);
    const isBraced = place.range.end - place.range.start > name.length + 1;
    observations.push({
      kind: 'neverSet',
      place,
      variable: `$${name}`,
      why: `No map, set or module in sight defines \`$${name}\`, and nginx refuses to start. ${meant === undefined ? 'Define it, or correct the name' : `Write \`$${meant}\``}.`,
      ...(meant !== undefined && { replacement: isBraced ? `\${${meant}}` : `$${meant}` }),
    });
  }
  return observations;
}

function levelOf(line: Line, outer: Level | undefined, top: Level): Level | undefined {
  if (!line.body) return undefined;
  if (line.name === 'http') return { ...top, line, body: line.body };
  const kind = blockKinds.find((each) => each === line.name);
  return kind && { kind, line, body: line.body, parent: outer, outside: false };
}

/** Blocks below http that are levels, called as their levels are. */
const blockKinds = ['server', 'location', 'if', 'limit_except'] as const satisfies readonly LevelKind[];

function* ofLine(line: Line, variables: Variables): Generator<Observation> {
  switch (line.name) {
    case 'add_header': {
      const write = addHeaderWrite(line, variables, noCaptures);
      if (write) yield { kind: 'headerWritten', write };
      return;
    }
    case 'more_set_headers':
      for (const write of moreHeaderWrites(line, variables, noCaptures)) if (write.op === 'set') yield { kind: 'headerWritten', write };
      return;
  }
}

/** What a block's own directives take from it: header lines of the outer levels, hidden names of an outer list. */
function* lostBy(level: Level, variables: Variables): Generator<Observation> {
  const { line, parent } = level;
  if (!line || !parent) return;
  const block = wholeOf(line);
  const [first] = own(level, 'add_header');
  if (first && inheritance(level) === 'on') {
    const names = new Set(own(level, 'add_header').map((each) => each.args[0]?.value.toLowerCase()));
    const lost = writesOf(addedHeaders(parent).lines, variables).filter(
      (write) => !names.has(write.name.toLowerCase()) && !restsOnResponse(write),
    );
    if (lost.length > 0)
      yield { kind: 'inheritanceLost', place: wholeOf(first), block, directive: 'add_header', lost, meantForCors: meantForCors(level) };
  }
  for (const name of ['proxy_hide_header', 'fastcgi_hide_header', 'uwsgi_hide_header', 'scgi_hide_header', 'grpc_hide_header']) {
    const [own0] = own(level, name);
    if (!own0) continue;
    const kept = new Set(own(level, name).map((each) => each.args[0]?.value.toLowerCase()));
    const lost = inherited(parent, name)
      .lines.filter((each) => !kept.has(each.args[0]?.value.toLowerCase()))
      .flatMap(hiding);
    if (lost.length > 0)
      yield { kind: 'inheritanceLost', place: wholeOf(own0), block, directive: name, lost, meantForCors: meantForCors(level) };
  }
}

function writesOf(lines: readonly Line[], variables: Variables): readonly HeaderWrite[] {
  return lines.flatMap((line) => addHeaderWrite(line, variables, noCaptures) ?? []);
}

/** Whether the response decides what a line says, as by a map of `$sent_http_content_type`: in the block it may say nothing. */
function restsOnResponse({ value }: HeaderWrite): boolean {
  return [...conditionsOf(value)].some(
    (condition) => condition.kind === 'test' && condition.value.kind === 'unknown' && condition.value.reason === 'upstream',
  );
}

/** A `…_hide_header` as what it does: it removes a line that the upstream sent. */
function hiding(line: Line): readonly HeaderWrite[] {
  const [name] = line.args;
  if (!name) return [];
  const place = placeOf(line.source, name.range);
  return [
    {
      op: 'unset',
      table: 'upstream',
      name: name.value,
      value: { kind: 'literal', text: '' },
      place: wholeOf(line),
      namePlace: place,
      valuePlace: place,
    },
  ];
}

function meantForCors(level: Level): boolean {
  if (own(level, 'add_header', 'more_set_headers').some((line) => line.args[0]?.value.toLowerCase().startsWith('access-control-')))
    return true;
  const asksForOptions = (line: Line): boolean =>
    line.name === 'if' && line.args.some((word) => word.value.replace(/[)"']/g, '') === 'OPTIONS');
  return (level.line !== undefined && asksForOptions(level.line)) || own(level, 'if').some(asksForOptions);
}

/** Authentication, changed Origins and error pages with the policies that they concern. */
function ofPolicies(levels: ReadonlyMap<string, Level>): readonly Observation[] {
  const guarded = new Map<Line, string[]>();
  const hidden = new Map<Line, string[]>();
  const pages = new Map<Line, string[]>();
  const note = (map: Map<Line, string[]>, line: Line, id: string): void => {
    const ids = map.get(line);
    if (ids) ids.push(id);
    else map.set(line, [id]);
  };
  for (const [id, level] of levels) {
    for (const line of authenticationLines(level)) note(guarded, line, id);
    for (const line of originChanges(level)) note(hidden, line, id);
    for (const line of inherited(level, 'error_page').lines) note(pages, line, id);
  }
  return [
    ...[...guarded].map(([line, policies]): Observation => ({ kind: 'authentication', authentication: authenticationOf(line), policies })),
    ...[...hidden].map(([line, policies]): Observation => ({
      kind: 'originHidden',
      place: wholeOf(line),
      policies,
      ownAddress: namesOwnAddress(line),
    })),
    ...[...pages].flatMap(([line, policies]): readonly Observation[] => {
      const statuses = statusesOf(line);
      const target = statuses ? undefined : namedTarget(line, levels.get(policies[0] ?? ''));
      // What a location answers that is not in sight is not known.
      if (!target && line.args.at(-1)?.value.startsWith('@') === true) return [];
      return [
        {
          kind: 'errorAnswer',
          place: wholeOf(line),
          policies,
          what: 'error_page',
          ...(statuses && { statuses }),
          ...(target && { answers: [wholeOf(target)] }),
        },
      ];
    }),
  ];
}

/** The named location that answers for an error_page; undefined where it names none that is in sight. */
function namedTarget({ args }: Line, level: Level | undefined): Line | undefined {
  const name = args.at(-1)?.value ?? '';
  const server = level && serverOf(level);
  return server && name.startsWith('@') ? readLocations(server).find((each) => each.name === name)?.line : undefined;
}

/** The statuses with which an error_page answers; undefined where its target chooses (`=`, a named location). */
function statusesOf({ args }: Line): readonly number[] | undefined {
  const words = args.slice(0, -1).map((word) => word.value);
  const override = words.find((word) => word.startsWith('='));
  if (override === '=' || args.at(-1)?.value.startsWith('@') === true) return undefined;
  return override === undefined ? words.map(Number) : [Number(override.slice(1))];
}

/** The directives in force that give the application another Origin than the request's (behaviour 1.22). */
function originChanges(level: Level): readonly Line[] {
  const handler = handlerOf(level);
  if (!handler) return [];
  const [name, header] =
    handler.line.name === 'proxy_pass'
      ? ['proxy_set_header', 'origin']
      : handler.line.name === 'grpc_pass'
        ? ['grpc_set_header', 'origin']
        : [handler.line.name.replace(/_pass$/, '_param'), 'http_origin'];
  return inherited(level, name).lines.filter((line) => {
    const [key, value] = line.args;
    // What a variable of the configuration's own holds may be the Origin again.
    return (
      key?.value.toLowerCase() === header &&
      value !== undefined &&
      !value.template &&
      (!value.value.includes('$') || ownAddress.test(value.value))
    );
  });
}

const ownAddress = /^(?:(?:https?|\$\{?\w*scheme\}?):\/\/)?\$\{?(?:host|http_host|proxy_host|server_name)\}?(?::(?:\d+|\$\{?\w+\}?))?\/?$/i;
const onThisMachine = new RegExp(localHttp);

/** Whether the application is told its own address, or that of a server beside the proxy, where it listens itself. */
function namesOwnAddress({ args: [, value] }: Line): boolean {
  const text = value?.value ?? '';
  return ownAddress.test(text) || onThisMachine.test(text.replace(/^https:/, 'http:').replace(/\/$/, ''));
}

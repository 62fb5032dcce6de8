/** The policies of a configuration: one for each location, one for each server where no location answers. */
import { anyOf } from '../../policy/codes.ts';
import { all, always, test } from '../../policy/condition.ts';
import type { Alternative, Policy, RerouteTarget, ResponseConfiguration, Step, Steps } from '../../policy/model.ts';
import { accessSteps } from './access.ts';
import { contentSteps, handlerOf, servesFiles, splitTarget } from './content.ts';
import type { Targets } from './content.ts';
import { errorPages } from './error-pages.ts';
import { respondSteps, send } from './headers.ts';
import { flag, own } from './levels.ts';
import type { Level } from './levels.ts';
import { headOf, placeOf, wholeOf } from './lines.ts';
import type { Body, Source } from './lines.ts';
import { contains } from '../../cors/origins/origin-set.ts';
import { choose, chooseByStart, readLocations, waysTo } from './locations.ts';
import type { Choice, Location } from './locations.ts';
import { assignments, dependsOnPath, hasScript, scriptSteps } from './script.ts';
import type { ScriptHost } from './script.ts';
import { chooseServer, nameServer } from './servers.ts';
import type { NginxWord } from './syntax.ts';
import { isOneOf, noCaptures, unknownCaptures } from './variables.ts';
import type { Captures, Variables } from './variables.ts';

/** Variables of the model's own: which server a rerouted request stays in, and whether its script has run already. */
const serverChosen = '#server';
const pastServer = '#past-server';

export interface Compiled {
  readonly policies: readonly Policy[];
  readonly routing: readonly Alternative[];
  /** The level of each policy, for observations. */
  readonly levels: ReadonlyMap<string, Level>;
}

/** Compiles servers (levels of kind server, in file order) into policies and the table that leads to them. */
export function compileServers(servers: readonly Level[], variables: Variables, root: Source): Compiled {
  const compilers = new Map(servers.map((level, index) => [level, new ServerCompiler(level, index, variables, root, servers.length > 1)]));
  const policies: Policy[] = [];
  const routing: Alternative[] = [];
  const levels = new Map<string, Level>();
  for (const compiler of compilers.values()) {
    compiler.compile();
    policies.push(...compiler.policies);
    for (const [id, level] of compiler.levels) levels.set(id, level);
    // A request that is rerouted stays in its server.
    if (servers.length > 1) routing.push(...compiler.routing.map((each) => ({ ...each, when: all(compiler.isChosen, each.when) })));
  }
  for (const { when, server } of chooseServer(servers)) {
    const ways = compilers.get(server)?.routing ?? [];
    routing.push(...ways.map((each) => ({ ...each, when: all(when, each.when) })));
  }
  return { policies, routing, levels };
}

class ServerCompiler implements Targets {
  readonly policies: Policy[] = [];
  readonly levels = new Map<string, Level>();
  readonly routing: Alternative[] = [];
  readonly isChosen: ReturnType<typeof isOneOf>;
  /** Whether lines of the server may be out of sight. */
  readonly #open: boolean;
  readonly #level: Level;
  readonly #key: string;
  readonly #several: boolean;
  readonly #variables: Variables;
  readonly #root: Source;
  readonly #locations: readonly Location[];
  readonly #configurations = new Map<Level, ResponseConfiguration>();
  readonly #made = new Set<string>();

  constructor(level: Level, index: number, variables: Variables, root: Source, several: boolean) {
    this.#level = level;
    this.#key = String(index);
    this.#several = several;
    this.#variables = variables;
    this.#root = root;
    this.#locations = readLocations(level);
    this.#open = level.outside || isOpen(level.body);
    this.isChosen = isOneOf({ kind: 'variable', name: serverChosen, unset: '' }, this.#key);
  }

  compile(): void {
    // In the order of the file; redirects and what no location takes come after them.
    const every = (locations: readonly Location[]): void => {
      for (const location of locations) {
        this.#policyFor({ location, redirect: false });
        every(location.nested);
      }
    };
    every(this.#locations);
    for (const way of waysTo(this.#locations)) this.routing.push({ when: way.when, policy: this.#policyFor(way.choice) });
  }

  // Targets

  goTo(word: NginxWord, source: Source): Steps {
    const { query = '' } = splitTarget(word, source);
    return this.#goTo(word, source, query);
  }

  #goTo(word: NginxWord, source: Source, query: string | null | undefined): Steps {
    const place = placeOf(source, word.range);
    const { path, start } = splitTarget(word, source);
    if (path !== undefined) return [{ kind: 'reroute', to: this.page(path, query), place }];
    if (word.template) return [{ kind: 'reroute', to: { unknown: 'placeholder' } }];
    const choice = start.startsWith('/') ? chooseByStart(this.#locations, start) : undefined;
    return [{ kind: 'reroute', to: choice ? this.#target(choice) : { unknown: 'unsupported' }, place }];
  }

  named(name: string): Steps {
    return [{ kind: 'reroute', to: this.namedTarget(name) }];
  }

  namedTarget(name: string): RerouteTarget {
    const location = this.#locations.find((each) => each.modifier === 'named' && each.name === name);
    if (location) return { policy: this.#policyFor({ location, redirect: false }) };
    return { unknown: this.#level.body.open ?? (this.#level.outside ? 'outside' : 'unresolved') };
  }

  /** Where an internal redirect to a path goes. A location that is `internal` is entered past its refusal. */
  page(path: string, query?: string | null): RerouteTarget {
    const asked = query === undefined ? {} : { query };
    const choice = choose(this.#locations, path);
    return choice?.location && isInternal(choice.location)
      ? { policy: this.#policyFor(choice, 'inside'), path, ...asked }
      : { path, ...asked };
  }

  #target(choice: Choice): RerouteTarget {
    return { policy: this.#policyFor(choice, choice.location && isInternal(choice.location) ? 'inside' : 'outside') };
  }

  index(name: string, level: Level): Steps | undefined {
    const location = this.#find(level);
    const again = dependsOnPath(this.#level, this.#variables) || (location !== undefined && dependsOnPath(location.level, this.#variables));
    if (location?.modifier === 'regex') {
      // A longer path still matches a pattern that is open at its end.
      const open =
        !/\$|\\z/i.test(location.name) &&
        this.#locations.every((each) => !each.matches || each === location || contains(each.matches, `/${name}`) === false);
      return open && !again ? undefined : [{ kind: 'reroute', to: { append: name } }];
    }
    const start = location && location.modifier !== 'named' ? location.name : '/';
    const folder = start.endsWith('/') ? start : `${start}/`;
    const paths = [name.startsWith('/') ? name : `${folder}${name}`, name.startsWith('/') ? name : `${folder}any/${name}`];
    const samples = paths.map((path) => [path, choose(this.#locations, path)] as const);
    const elsewhere = samples.filter(([, choice]) => choice === undefined || choice.location !== location);
    if (elsewhere.length === 0 && !again) return undefined;
    const [here] = samples;
    if (!here) return undefined;
    const [path] = here;
    const there = samples[1]?.[1];
    const deeper: Step[] = there !== undefined && there.location === location && !again ? [] : [{ kind: 'reroute', to: { append: name } }];
    return [
      {
        kind: 'branch',
        when: test({ kind: 'request', datum: 'path', absent: '' }, { kind: 'oneOf', values: [folder] }),
        then: [{ kind: 'reroute', to: this.page(path) }],
        otherwise: deeper,
      },
    ];
  }

  #find(level: Level): Location | undefined {
    const own = level.kind === 'location' ? level : level.parent;
    const search = (locations: readonly Location[]): Location | undefined => {
      for (const each of locations) {
        if (each.level.line === own?.line && own?.line !== undefined) return each;
        const inner = search(each.nested);
        if (inner) return inner;
      }
      return undefined;
    };
    return search(this.#locations);
  }

  // Policies

  #policyFor({ location, redirect }: Choice, entry: 'outside' | 'inside' = 'outside'): string {
    const level = location?.level ?? this.#level;
    const base = location
      ? `location ${location.id}`
      : `server ${this.#root.file.uri}#${this.#level.line?.directive.range.start ?? `${this.#key}${startOf(this.#level)}`}`;
    const id = `${base}${redirect ? ' redirect' : ''}${entry === 'inside' ? ' inside' : ''}`;
    if (this.#made.has(id)) return id;
    this.#made.add(id);
    this.levels.set(id, level);
    const file = placeOf(this.#root, { start: 0, end: 0 });
    const line = level.line;
    this.policies.push({
      id,
      language: 'nginx',
      title: titleOf(location, redirect),
      kind: location ? 'location' : 'server',
      place: line ? headOf(line) : file,
      extent: line ? wholeOf(line) : placeOf(this.#root, { start: 0, end: this.#root.file.text.length }),
      steps: this.#steps(level, location, redirect, entry),
      send,
      fragment: this.#level.outside,
      staticFiles: servesFiles(level),
      ...((location?.modifier === 'named' || entry === 'inside') && { inner: this.#open ? 'also from elsewhere' : 'in sight' }),
    });
    return id;
  }

  #steps(level: Level, location: Location | undefined, redirect: boolean, entry: 'outside' | 'inside'): Steps {
    const steps: Step[] = [nameServer(this.#level)];
    if (this.#several) steps.push({ kind: 'assign', variable: serverChosen, value: { kind: 'literal', text: this.#key } });
    // A named location is entered by its name alone, when the server's script has long run.
    if (location?.modifier !== 'named') steps.push(...this.#serverSteps());
    if (!location) return [...steps, this.#configure(level, noCaptures), ...this.#content(level)];
    const captures = location.modifier === 'regex' ? unknownCaptures : noCaptures;
    if (redirect) {
      // Nobody wrote this answer, so it has no place. `limit_except` swaps the configuration before nginx redirects.
      const answer: Step = { kind: 'answer', status: anyOf(301), by: 'server', overridable: anyOf<number>() };
      return [...steps, ...this.#limited(level, () => [answer]), this.#configure(level, captures), answer];
    }
    steps.push(...this.#limited(level), this.#configure(level, captures));
    const [internal] = own(level, 'internal');
    if (internal && entry === 'outside' && location.modifier !== 'named')
      return [...steps, { kind: 'answer', status: anyOf(404), by: 'server', place: wholeOf(internal), overridable: anyOf<number>() }];
    return [...steps, ...scriptSteps(this.#host(level, captures), true)];
  }

  /** The steps of a level that stands for itself, because what encloses it is not in sight. */
  fragmentSteps(level: Level): Steps {
    const steps = [...this.#limited(level), this.#configure(level, noCaptures), ...scriptSteps(this.#host(level, noCaptures), true)];
    return [nameServer(this.#level), ...steps];
  }

  /** The server's own script runs before a location is chosen, and again after an internal redirect. */
  #serverSteps(): Steps {
    if (!hasScript(this.#level)) return [];
    const script = scriptSteps(this.#host(this.#level, noCaptures), false);
    const skip: Step = { kind: 'assign', variable: pastServer, value: { kind: 'literal', text: '' } };
    return [
      {
        kind: 'branch',
        when: isOneOf({ kind: 'variable', name: pastServer, unset: '' }, 'yes'),
        then: [skip],
        otherwise: [this.#configure(this.#level, noCaptures), ...script],
      },
    ];
  }

  /** What methods meet that a `limit_except` leaves out. `then` is what comes of the request in its configuration. */
  #limited(level: Level, then: (limited: Level) => Steps = (limited) => this.#content(limited)): Steps {
    const line = own(level, 'limit_except').at(-1);
    if (!line?.body) return [];
    const named = line.args.map((word) => word.value.toUpperCase());
    const methods = named.includes('GET') ? [...named, 'HEAD'] : named;
    const limited: Level = { kind: 'limit_except', line, body: line.body, parent: level, outside: false };
    return [
      {
        kind: 'branch',
        when: { kind: 'method', in: { kind: 'notIn', members: methods } },
        then: [this.#configure(limited, noCaptures), ...then(limited)],
        place: headOf(line),
      },
    ];
  }

  #host(level: Level, captures: Captures): ScriptHost {
    return {
      level,
      variables: this.#variables,
      captures,
      configuration: (inner, taken) => this.#configuration(inner, taken),
      content: (inner) => this.#content(inner),
      access: (inner) => this.#access(inner),
      relocate: (word, source) => this.#relocate(word, source),
    };
  }

  #relocate(word: NginxWord, source: Source): Steps {
    const skip: Steps = hasScript(this.#level) ? [{ kind: 'assign', variable: pastServer, value: { kind: 'literal', text: 'yes' } }] : [];
    // `rewrite` puts the request's query behind its own, unless that ends in a question mark.
    const { query } = splitTarget(word, source);
    return [...skip, ...this.#goTo(word, source, query === undefined || query === '' ? query : null)];
  }

  #content(level: Level): Steps {
    return [...this.#access(level), ...contentSteps(level, this.#variables, this)];
  }

  #access(level: Level): Steps {
    return accessSteps(level, this.#variables, assignments(this.#host(this.#level, noCaptures)));
  }

  #configure(level: Level, captures: Captures): Step {
    return { kind: 'configure', configuration: this.#configuration(level, captures) };
  }

  #configuration(level: Level, captures: Captures): ResponseConfiguration {
    const made = this.#configurations.get(level);
    if (made) return made;
    const { steps, open } = respondSteps(level, this.#variables, this.#capturesFor(level, captures));
    const pages = errorPages(level, this);
    const place = level.line && headOf(level.line);
    const configuration: ResponseConfiguration = {
      respond: steps,
      ...(pages.length > 0 && { errorPages: pages, ...(flag(level, 'recursive_error_pages') && { recursive: true }) }),
      interceptUpstream: interceptsErrors(level),
      ...(open && { open }),
      ...(place && { place }),
    };
    this.#configurations.set(level, configuration);
    return configuration;
  }

  /** A map with patterns that is evaluated for one header line replaces the captures that another one reads. */
  #capturesFor(level: Level, captures: Captures): Captures {
    if (captures.of === 'nothing') return this.#variables.hasPatterns ? unknownCaptures : captures;
    if (captures.of === 'unknown') return captures;
    const lines = [...own(level, 'add_header', 'more_set_headers')];
    return lines.some((line) => line.args.some((word) => this.#variables.usesPatterns(word, line.source))) ? unknownCaptures : captures;
  }
}

/** Whether a block or one inside of it holds lines that are not in sight. */
function isOpen(body: Body): boolean {
  return body.open !== undefined || body.lines.some((line) => line.body !== undefined && isOpen(line.body));
}

/** Whether what answers at a level leaves errors of its upstream to error_page. */
function interceptsErrors(level: Level): boolean {
  const handler = handlerOf(level);
  return handler !== undefined && flag(level, handler.line.name.replace(/_pass$/, '_intercept_errors'));
}

function isInternal(location: Location): boolean {
  return own(location.level, 'internal').length > 0;
}

function titleOf(location: Location | undefined, redirect: boolean): string {
  if (!location) return 'server';
  const words = location.line.args.map((word) => word.value).join(' ');
  return redirect ? `redirect to ${location.name}` : `location ${words}`;
}

/** Tells one fragment of a file from another, as a manifest may hold several. */
function startOf({ body }: Level): string {
  const [first] = body.lines;
  return first ? `@${first.directive.range.start}` : '';
}

/** A fragment, or http, without servers and locations: one policy that stands for wherever it is included. */
export function compileFragment(level: Level, variables: Variables, root: Source): Compiled {
  const server: Level = {
    kind: 'server',
    line: undefined,
    body: { lines: [], open: undefined, unresolved: false },
    parent: undefined,
    outside: true,
  };
  const compiler = new ServerCompiler(level.kind === 'server' ? level : server, 0, variables, root, false);
  const id = `fragment ${root.file.uri}${startOf(level)}`;
  const whole = placeOf(root, { start: 0, end: root.file.text.length });
  const policy: Policy = {
    id,
    language: 'nginx',
    title: level.kind === 'http' ? 'http' : 'snippet',
    kind: 'location',
    place: placeOf(root, { start: 0, end: 0 }),
    extent: whole,
    steps: compiler.fragmentSteps(level),
    send,
    fragment: true,
  };
  return { policies: [policy], routing: [{ when: always, policy: id }], levels: new Map([[id, level]]) };
}

import { oneOf } from '../../cors/origins/origin-set.ts';
import { anyOf } from '../../policy/codes.ts';
import { all, always, any, never, not, unreachable } from '../../policy/condition.ts';
import type { Condition, Step, Steps, Value } from '../../policy/model.ts';
import type { Place } from '../../core/text.ts';
import { accessLines, hostCondition, openAccess, requirementAccess, type Access } from './access.ts';
import { remember, remembered, renameVariables, setVariable } from './environment.ts';
import { fallback } from './fallback-resource.ts';
import { headerCondition, headerValue } from './header.ts';
import { scriptCondition } from './handlers.ts';
import { environmentSteps } from './mod-env.ts';
import { areApart } from './layers.ts';
import { pathIn } from './paths.ts';
import { redirectsWholePlace, redirectSteps } from './redirects.ts';
import { changesOriginHeader } from './request-headers.ts';
import {
  addToVary,
  errorConfiguration,
  headerLineOf,
  itemsOf,
  mostMerged,
  ResponseWriter,
  writeVary,
  type ActiveLayer,
  type AutomaticVary,
} from './responses.ts';
import { fileExists, isDirectory } from './rewrite-conditions.ts';
import { rewriteSettings, rewriteSteps, type RewriteSettings, type RewriteTarget } from './rewriting.ts';
import { placeOf, type Item } from './scan.ts';
import { setEnvIfDirectives, undecidedRule, variableRule, type VariableNames, type VariableRule } from './setenvif.ts';

/** What a program is built of. */
export interface ProgramInput {
  /** The layers in merge order, each with the condition that is left for the policy's place. */
  readonly active: readonly ActiveLayer[];
  /** When the request is handed to another server, and by which line. */
  readonly proxy: { readonly when: Condition; readonly place: Place | undefined };
  /** The variables that the configuration sets. */
  readonly variables: VariableNames;
  /** Where a condition of the host first reads a request header, so that the server adds to Vary by itself. */
  readonly varyPlace: Place | undefined;
  /** The id of the policy that starts over at an error document. */
  readonly errorPolicy: (path: string) => string;
  /** The lookup of a FallbackResource may find another configuration than a request would. */
  readonly lookupDiffers: 'never' | 'by method' | 'always';
  /** The server around the file is not in sight. */
  readonly handlersUnseen: boolean;
  /** Every place of the host has the same configuration. */
  readonly uniform: boolean;
  /** Paths of `ScriptAlias`. */
  readonly scripts: Condition;
  /** What is left of a condition on the path in the place that the program is of. */
  readonly within: (condition: Condition) => Condition;
}

/** Methods that httpd knows and no file answers (behaviour 2.1, 405); any other method gets 501. */
const knownMethods = ['PUT', 'DELETE', 'PATCH', 'CONNECT', 'PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK', 'MERGE'];

const seenOrigin = 'seen:origin';

/** The steps of a request in one place, in the order of the server's phases (server/request.c). */
export function programOf(input: ProgramInput): Steps {
  return new Program(input).steps();
}

class Program {
  private readonly input: ProgramInput;
  private readonly serverItems: readonly { readonly item: Item; readonly when: Condition }[];
  /** The Origin as the application and the response see it: `RequestHeader` may change it on the way (behaviour 2.19). */
  private readonly origin: Value;
  private readonly serverVariables: Steps;

  constructor(input: ProgramInput) {
    this.input = input;
    this.serverItems = itemsOf(input.active.filter(({ layer }) => layer.kind === 'server' && layer.branch === undefined));
    const changed = input.active.some(({ layer }) => layer.entries.some((entry) => entry.kind === 'item' && changesOriginHeader(entry)));
    this.serverVariables = this.variableSteps(this.serverItems);
    this.origin = changed ? { kind: 'variable', name: seenOrigin, unset: '' } : { kind: 'origin', absent: '' };
  }

  steps(): Steps {
    const { active, proxy } = this.input;
    // Before a file is chosen the server knows its own lines and those of the URL.
    const beforeFiles = active.filter(({ layer }) => layer.kind === 'server' || layer.kind === 'location');
    const proxied = active.filter(({ layer }) => layer.kind !== 'directory' && layer.kind !== 'files');
    const local = active.filter(({ layer }) => layer.kind !== 'proxy');
    // Rewriting at server level comes first, then the proxy, then Redirect (translate_name hooks).
    const passed: Steps = [
      {
        kind: 'branch',
        when: proxy.when,
        then: this.place(proxied, true),
        otherwise: [...this.redirects(beforeFiles, 'server'), ...this.place(local, false)],
      },
    ];
    const body = this.serverRewriting(beforeFiles, passed);
    const start: Steps = [
      { kind: 'assign', variable: seenOrigin, value: { kind: 'origin', absent: '' } },
      ...new ResponseWriter(active, this.origin).early(),
      { kind: 'branch', when: remembered('fallback'), then: [], otherwise: this.serverVariables },
    ];
    // The sections are evaluated once now and again when the file is known: what the first round adds to Vary stays.
    return [...start, ...decisions(beforeFiles), ...ifVaries(beforeFiles).map(addToVary), ...body];
  }

  /** The phases of a request once its configuration is merged. */
  private place(active: readonly ActiveLayer[], proxied: boolean): Steps {
    const steps: Step[] = [...decisions(active), ...ifVaries(active).map(addToVary)];
    const perPlace = itemsOf(active.filter(({ layer }) => layer.kind !== 'server' || layer.branch !== undefined));
    const writer = new ResponseWriter(active, this.origin);
    const errors = errorConfiguration(writer, active, this.input.errorPolicy);
    const answer = (status: number, place: Place | undefined, refusal?: 'authentication' | 'access'): Steps => [
      ...errorInErrorPage(place),
      ...(status === 204 ? this.withoutContent(writer) : errors),
      { kind: 'answer', status: anyOf(status), by: 'server', ...(place && { place }), ...(refusal && { refusal }) },
    ];
    // A looked-up fallback resource is no request of its own: its place's SetEnvIf lines do not run.
    const variables = this.variableSteps(perPlace);
    if (variables.length > 0) steps.push({ kind: 'branch', when: remembered('fallback'), then: [], otherwise: variables });
    steps.push(...this.accessSteps(active, answer));
    const items = itemsOf(active);
    const environment = environmentSteps(items);
    const before = [...this.redirects(active, 'place'), ...environment.steps];
    const hand = proxied
      ? this.handOver(writer, this.input.proxy.place, errors)
      : this.handlers(active, writer, errors, environment.ofScripts);
    const finish = [...before, ...this.requestHeaders(items), ...hand];
    return [...steps, ...this.directoryRewriting(active, writer, before, finish, answer)];
  }

  /** SetEnvIf and its like, in order. */
  private variableSteps(items: readonly { readonly item: Item; readonly when: Condition }[]): Steps {
    let attribute: string | undefined;
    let replaced = false;
    return items.flatMap(({ item, when }) => {
      if (!setEnvIfDirectives.has(item.directive.key)) return [];
      const own =
        item.directive.key === 'setenvifexpr'
          ? attribute
          : item.directive.key.startsWith('browser')
            ? 'user-agent'
            : item.directive.args[0]?.value.toLowerCase();
      const stale = replaced && own === attribute && item.directive.key !== 'setenvifexpr';
      replaced = item.directive.key === 'setenvifexpr' ? attribute !== undefined : stale;
      attribute = own;
      const rule = stale ? undecidedRule(item) : variableRule(item, this.input.variables);
      if (rule === undefined) return [];
      const reads = rule.varies.map((vary) =>
        addToVary({ header: vary.header, when: all(when, item.guard, vary.when), place: placeOf(item) }),
      );
      return [...reads, ...conditional(rule, when)];
    });
  }

  private accessSteps(
    active: readonly ActiveLayer[],
    answer: (status: number, place: Place | undefined, refusal: 'authentication' | 'access') => Steps,
  ): Steps {
    let requirement: Access = openAccess;
    let hosts: Condition = always;
    let satisfyAny: Condition = never;
    let place: Place | undefined;
    let asked: AutomaticVary[] = [];
    for (const { layer, when } of active) {
      const lines = accessLines(layer.entries);
      if (lines.requirements.length > 0) {
        const [first] = lines.requirements;
        place = first && placeOf(first);
        const reads: { header: string; when: Condition }[] = [];
        const own = requirementAccess(lines.requirements, reads);
        const said = all(when, any(...lines.requirements.map((entry) => entry.guard)));
        // What an inner place replaces is never asked.
        asked = asked.map((vary) => ({ ...vary, when: all(not(said), vary.when) }));
        if (first !== undefined)
          asked.push(...reads.map((vary) => ({ header: vary.header, when: all(when, vary.when), item: undefined, place: placeOf(first) })));
        requirement = {
          granted: either(said, own.granted, requirement.granted),
          needsUser: either(said, own.needsUser, requirement.needsUser),
        };
      }
      if (lines.hosts.length > 0) {
        place ??= lines.hosts[0] && placeOf(lines.hosts[0]);
        hosts = either(all(when, any(...lines.hosts.map((item) => item.guard))), hostCondition(lines.hosts), hosts);
      }
      if (lines.satisfyAny !== undefined) satisfyAny = either(when, lines.satisfyAny ? always : never, satisfyAny);
    }
    // The page of an error is not asked again where its configuration is the same.
    const again = this.input.uniform ? not(remembered('error-page')) : always;
    const added = asked.map((vary) => addToVary({ ...vary, when: all(again, vary.when) }));
    const granted = either(satisfyAny, any(hosts, requirement.granted), all(hosts, requirement.granted));
    if (granted.kind === 'always') return added;
    const user = all(any(satisfyAny, hosts), requirement.needsUser);
    // The page of an error is let through where it has the very configuration of the request that failed.
    const errorPage: Steps = this.input.uniform ? [] : [{ kind: 'reroute', to: { unknown: 'unsupported' }, ...(place && { place }) }];
    const refuse: Steps = [
      { kind: 'branch', when: user, then: answer(401, place, 'authentication'), otherwise: answer(403, place, 'access') },
    ];
    return [
      ...added,
      {
        kind: 'branch',
        when: granted,
        then: [],
        otherwise: [{ kind: 'branch', when: remembered('error-page'), then: errorPage, otherwise: refuse }],
        ...(place && { place }),
      },
    ];
  }

  private serverRewriting(active: readonly ActiveLayer[], passed: Steps): Steps {
    const entries = this.serverItems.map(({ item }) => item);
    const settings = rewriteSettings(entries);
    if (settings?.engine !== true || settings.rules.length === 0) return passed;
    const writer = new ResponseWriter(active, this.origin);
    const errors = errorConfiguration(writer, active, this.input.errorPolicy);
    const key = 'server-rewriting-done';
    const target: RewriteTarget = {
      prefix: undefined,
      placeless: false,
      within: this.input.within,
      proceed: passed,
      ended: [remember('rewriting-ended', always), ...passed],
      answer: (status, place, refusal) => [
        ...errorInErrorPage(place),
        ...(status === 204 ? this.withoutContent(writer) : errors),
        { kind: 'answer', status: anyOf(status), by: 'server', place, ...(refusal && { refusal }) },
      ],
      proxy: (place) => this.handOver(new ResponseWriter(active, this.origin), place),
      redirect: (path, _last, place) => [
        remember(key, always),
        { kind: 'reroute', to: path === undefined ? { unknown: 'unresolved' } : { path }, place },
      ],
      vary: (header, place) => addToVary({ header, when: always, place }),
    };
    const done = any(remembered(key), remembered('rewriting-ended'));
    return [{ kind: 'branch', when: done, then: passed, otherwise: rewriteSteps(settings.rules, target) }];
  }

  private directoryRewriting(
    active: readonly ActiveLayer[],
    writer: ResponseWriter,
    before: Steps,
    finish: Steps,
    answer: (status: number, place: Place | undefined, refusal?: 'access') => Steps,
  ): Steps {
    const perPlace = active.filter(({ layer }) => layer.kind !== 'server' || layer.branch !== undefined);
    const compile = (settings: RewriteSettings | undefined, prefix: string | undefined): Steps => {
      if (settings?.engine !== true || settings.rules.length === 0) return finish;
      const target: RewriteTarget = {
        prefix,
        placeless: prefix === undefined,
        proceed: finish,
        ended: [remember('rewriting-ended', always), ...finish],
        answer: (status, place, refusal) => answer(status, place, refusal),
        proxy: (place) => this.handOver(writer, place),
        redirect: (path, last, place) => {
          // A changed Origin would go into the next round, where SetEnvIf sees it.
          const changedOrigin = this.origin.kind === 'variable';
          // The walk through `<If>` sections within others keeps results of the first round that the second one then takes.
          const nestedIf = active.some(({ layer }) => layer.nested);
          if (changedOrigin || nestedIf) return [...before, { kind: 'reroute', to: { unknown: 'unsupported' }, place }];
          // Redirect and SetEnv still have their turn before the request starts over.
          const again: Steps = [
            ...before,
            ...renameVariables(this.input.variables.all),
            ...(last ? [remember('rewriting-ended', always)] : []),
            { kind: 'reroute', to: path === undefined ? { unknown: 'unresolved' } : { path }, place },
          ];
          // A rule that leads where the request already is starts nothing over.
          return path === undefined ? again : [{ kind: 'branch', when: pathIn(oneOf([path])), then: finish, otherwise: again, place }];
        },
        vary: (header, place) => addToVary({ header, when: always, place }),
      };
      return [{ kind: 'branch', when: remembered('rewriting-ended'), then: finish, otherwise: rewriteSteps(settings.rules, target) }];
    };
    const places = perPlace.flatMap(({ layer, when }) => {
      const own = rewriteSettings(layer.entries);
      return own === undefined ? [] : [{ layer, own, when: all(when, own.when) }];
    });
    let merged = 0;
    const build = (left: typeof places, outer: RewriteSettings | undefined, prefix: string | undefined): Steps => {
      if (merged >= mostMerged) return [{ kind: 'reroute', to: { unknown: 'too-many-cases' } }];
      const [at, ...others] = left;
      if (at === undefined) {
        merged++;
        return compile(outer, prefix);
      }
      const { layer, own, when } = at;
      const inside: RewriteSettings = {
        engine: own.engine ?? outer?.engine,
        rules:
          own.inherit === 'after'
            ? [...own.rules, ...(outer?.rules ?? [])]
            : own.inherit === 'before'
              ? [...(outer?.rules ?? []), ...own.rules]
              : own.rules,
        inherit: undefined,
        when: always,
      };
      const ownPrefix = layer.kind === 'directory' && layer.branch === undefined ? layer.directoryUrl : undefined;
      if (when.kind === 'always') return build(others, inside, ownPrefix);
      const within = others.filter((other) => !areApart(other.layer, layer));
      return [{ kind: 'branch', when, then: build(within, inside, ownPrefix), otherwise: build(others, outer, prefix) }];
    };
    return build(places, undefined, undefined);
  }

  /**
   * Before a file is chosen the server's own lines redirect, and those for a whole section that is known by then; afterwards, and past
   * authentication, whatever stands in a section.
   */
  private redirects(active: readonly ActiveLayer[], level: 'server' | 'place'): Steps {
    const writer = new ResponseWriter(active, this.origin);
    const items = active.flatMap((each) => {
      const own = each.layer.kind === 'server' && each.layer.branch === undefined;
      return itemsOf([each]).filter(({ item }) => (level === 'server' ? own || redirectsWholePlace(item) : !own));
    });
    return redirectSteps(items, () => [...errorInErrorPage(undefined), ...errorConfiguration(writer, active, this.input.errorPolicy)]);
  }

  private requestHeaders(items: readonly { readonly item: Item; readonly when: Condition }[]): Steps {
    return items.flatMap(({ item, when }): Steps => {
      if (!changesOriginHeader(item)) return [];
      const line = headerLineOf(item);
      if (line === undefined) return [];
      const place = placeOf(item);
      const scope = { origin: this.origin };
      let value: Value = { kind: 'unknown', id: `request-header:${item.directive.rest}`, reason: 'unsupported', place };
      if (line.action === 'unset') value = { kind: 'literal', text: '', place };
      else if (line.action === 'set' && line.value !== undefined) value = headerValue(line, line.value, scope);
      const condition = all(when, item.guard, headerCondition(line, scope).condition);
      return [
        {
          kind: 'assign',
          variable: seenOrigin,
          place,
          value: condition.kind === 'always' ? value : { kind: 'choice', options: [{ when: condition, value }], otherwise: this.origin },
        },
      ];
    });
  }

  /** Another server answers: its lines are in the table of plain lines, which the handler replaced whole. */
  private handOver(writer: ResponseWriter, place: Place | undefined, errors: Steps = []): Steps {
    const handed: Steps = [
      ...writer.earlyForHandlers(true),
      { kind: 'configure', configuration: writer.configuration(writer.handled()) },
      { kind: 'upstream', by: 'upstream', into: 'onsuccess', hidden: writer.replaced('onsuccess'), ...(place && { place }) },
    ];
    if (errors.length === 0) return handed;
    const down: Steps = [
      ...errors,
      { kind: 'answer', status: anyOf(502, 503, 504), by: 'server', ...(place && { place }), refusal: 'error' },
    ];
    return [{ kind: 'branch', when: unreachable, then: down, otherwise: handed }];
  }

  private handlers(active: readonly ActiveLayer[], writer: ResponseWriter, errors: Steps, ofScripts: Steps): Steps {
    const respond: Step = { kind: 'configure', configuration: writer.configuration([...this.ownVary(), ...writer.handled()]) };
    const early = writer.earlyForHandlers(false);
    const files: Steps = [...early, respond, { kind: 'answer', status: anyOf(200, 206, 304), by: 'files' }];
    const missing: Steps = [...errorInErrorPage(undefined), ...errors, { kind: 'answer', status: anyOf(404, 301, 403), by: 'server' }];
    const refused = (status: number): Steps => [
      ...errorInErrorPage(undefined),
      ...errors,
      { kind: 'answer', status: anyOf(status), by: 'server' },
    ];
    const script: Steps = [
      ...ofScripts,
      // A CGI-like handler has the request's headers as variables (behaviour 2.14).
      setVariable('HTTP_ORIGIN', this.origin, not({ kind: 'test', value: this.origin, in: { kind: 'oneOf', values: [''] } })),
      setVariable('REQUEST_METHOD', { kind: 'request', datum: 'method', absent: '' }, always),
      setVariable('HTTP_HOST', { kind: 'request', datum: 'header:host', absent: '' }, always),
      ...early,
      respond,
      { kind: 'upstream', by: 'cgi', into: 'always', hidden: writer.replaced('always') },
    ];
    const exists = any(fileExists, isDirectory);
    return [
      {
        kind: 'branch',
        when: scriptCondition(active, this.input.scripts, this.input.handlersUnseen),
        then: [{ kind: 'branch', when: exists, then: script, otherwise: missing }],
        otherwise: [
          ...fallback(active, exists, this.input.lookupDiffers),
          // Without a handler of its own a file answers OPTIONS with 200, and so does a missing one (behaviour 2.16).
          {
            kind: 'branch',
            when: { kind: 'method', in: anyOf('OPTIONS') },
            then: [...early, respond, { kind: 'answer', status: anyOf(200), by: 'files' }],
          },
          { kind: 'branch', when: { kind: 'method', in: anyOf(...knownMethods) }, then: refused(405) },
          {
            kind: 'branch',
            when: { kind: 'method', in: anyOf('GET', 'HEAD', 'POST') },
            then: [{ kind: 'branch', when: exists, then: files, otherwise: missing }],
            otherwise: refused(501),
          },
        ],
      },
    ];
  }

  /** The server's own Vary, as the first lines of a response that keeps the plain table. */
  private ownVary(): Steps {
    return this.input.varyPlace === undefined ? [] : writeVary(this.input.varyPlace);
  }

  private withoutContent(writer: ResponseWriter): Steps {
    return [
      ...writer.earlyForHandlers(false),
      { kind: 'configure', configuration: writer.configuration([...this.ownVary(), ...writer.withoutContent()]) },
    ];
  }
}

/** Where the page of an error fails itself, the server falls back to the configuration of the first request. */
function errorInErrorPage(place: Place | undefined): Steps {
  return [
    {
      kind: 'branch',
      when: remembered('error-page'),
      then: [{ kind: 'reroute', to: { unknown: 'unsupported' }, ...(place && { place }) }],
    },
  ];
}

/** Decides what `<If>` sections ask of variables, at the moment at which the server does. */
function decisions(active: readonly ActiveLayer[]): Steps {
  return active.flatMap(({ layer }) =>
    layer.branch?.decide === undefined ? [] : [remember(layer.branch.decide.key, layer.branch.decide.when)],
  );
}

/** What the `<If>` sections of some layers add to Vary. */
function ifVaries(active: readonly ActiveLayer[]): readonly AutomaticVary[] {
  return active.flatMap(({ layer: { branch, section } }) =>
    branch === undefined || section === undefined
      ? []
      : branch.varies.map((vary) => ({ ...vary, item: undefined, place: placeOf(section) })),
  );
}

/** Makes the steps of a rule depend on the place as well. */
function conditional(rule: VariableRule, when: Condition): Steps {
  return when.kind === 'always' ? rule.steps : [{ kind: 'branch', when, then: rule.steps, place: placeOf(rule.item) }];
}

function either(when: Condition, then: Condition, otherwise: Condition): Condition {
  if (when.kind === 'always') return then;
  if (when.kind === 'never') return otherwise;
  return any(all(when, then), all(not(when), otherwise));
}

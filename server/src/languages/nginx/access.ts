/** Who may pass: allow/deny, auth_basic, auth_request and how `satisfy` joins them (the access phase, behaviour 1.15). */
import { anyOf } from '../../policy/codes.ts';
import { all, always, any, never, not, test, unknown } from '../../policy/condition.ts';
import type { Authentication, Condition, Step, Steps } from '../../policy/model.ts';
import { inherited, setting } from './levels.ts';
import type { Level } from './levels.ts';
import { wholeOf } from './lines.ts';
import type { Line } from './lines.ts';
import { datum } from './variables.ts';
import type { Variables } from './variables.ts';

/** One check of the access phase. */
interface Gate {
  readonly passes: Condition;
  readonly line: Line;
  readonly statuses: readonly number[];
  readonly refusal: 'access' | 'authentication';
}

const authentications = new WeakMap<Line, Authentication>();

/** The authentication that a directive demands; one object for each directive. */
export function authenticationOf(line: Line): Authentication {
  let authentication = authentications.get(line);
  if (!authentication) authentications.set(line, (authentication = { place: wholeOf(line), name: line.name, confidence: 'proven' }));
  return authentication;
}

/** The directives that demand authentication at a level. */
export function authenticationLines(level: Level): readonly Line[] {
  const lines: Line[] = [];
  const basic = setting(level, 'auth_basic');
  // Without a file of users nothing is asked (ngx_http_auth_basic_handler).
  if (basic && basic.args[0]?.value !== 'off' && fileInForce(level)) lines.push(basic);
  for (const name of ['auth_request', 'auth_jwt', 'auth_oidc']) {
    const line = setting(level, name);
    if (line && line.args[0]?.value !== 'off') lines.push(line);
  }
  return lines;
}

function fileInForce(level: Level): boolean {
  const { lines, open } = inherited(level, 'auth_basic_user_file');
  return lines.length > 0 || open !== undefined;
}

/**
 * The steps of the access phase at a level: they end requests that may not pass. `asking` are the steps that the subrequest
 * of auth_request runs on the way: it shares the variables of the request, so a server's `set` happens again.
 */
export function accessSteps(level: Level, variables: Variables, asking: Steps): Steps {
  const gates = gatesOf(level, variables);
  const told = setByAnswer(level);
  const asked = [...asking, ...told];
  // Where it is not in sight whether anybody is asked, the answer is taken all the same.
  const before = gates.some(asks) ? [] : told;
  if (setting(level, 'satisfy')?.args[0]?.value === 'any') return [...before, ...satisfyAny(gates, [], asked)];
  const checks = gates.flatMap((gate): Steps => [
    ...(asks(gate) ? asked : []),
    { kind: 'branch', when: gate.passes, then: [], otherwise: [refuse(gate, gate.statuses)], place: wholeOf(gate.line) },
  ]);
  return [...before, ...checks];
}

/** What `auth_request_set` takes from the answer of authentication: empty for what is answered before (behaviour 1.15). */
function setByAnswer(level: Level): Steps {
  return inherited(level, 'auth_request_set').lines.flatMap((line): Steps => {
    const variable = line.args[0]?.value.slice(1).toLowerCase();
    if (variable === undefined) return [];
    return [{ kind: 'assign', variable, value: { kind: 'unknown', id: `variable:${variable}`, reason: 'upstream' }, place: wholeOf(line) }];
  });
}

const asks = (gate: Gate): boolean => gate.line.name === 'auth_request';

/** One gate after the other until one lets the request pass; 401 goes before 403 in the answer. */
function satisfyAny(left: readonly Gate[], failed: readonly Gate[], asking: Steps): Steps {
  const [gate, ...others] = left;
  if (gate) {
    const otherwise = satisfyAny(others, [...failed, gate], asking);
    return [...(asks(gate) ? asking : []), { kind: 'branch', when: gate.passes, then: [], otherwise, place: wholeOf(gate.line) }];
  }
  const last = failed.findLast((each) => each.refusal === 'authentication') ?? failed.at(-1);
  if (!last) return [];
  const certain = failed.some((each) => each.statuses.length === 1 && each.statuses[0] === 401);
  return [refuse(last, certain ? [401] : [...new Set(failed.flatMap((each) => each.statuses))])];
}

function refuse(gate: Gate, statuses: readonly number[]): Step {
  return {
    kind: 'answer',
    status: anyOf(...statuses),
    by: 'server',
    place: wholeOf(gate.line),
    refusal: gate.refusal,
    overridable: anyOf<number>(),
  };
}

function gatesOf(level: Level, variables: Variables): readonly Gate[] {
  const gates: Gate[] = [];
  const rules = inherited(level, 'allow', 'deny').lines;
  const [first] = rules;
  if (first)
    gates.push({
      passes:
        all(...rules.map((line) => line.when)).kind === 'always'
          ? addressPasses(rules)
          : unknown(`access@${first.directive.range.start}`, 'placeholder'),
      line: rules.find((line) => line.name === 'deny') ?? first,
      statuses: [403],
      refusal: 'access',
    });
  for (const line of authenticationLines(level)) {
    const authenticated: Condition = { kind: 'authenticated', authentication: authenticationOf(line) };
    const [realm] = line.args;
    const value = realm && line.name === 'auth_basic' ? variables.valueOf(realm, line.source) : undefined;
    // A realm with variables may come out as `off`.
    const passes = value && value.kind !== 'literal' ? any(test(value, { kind: 'oneOf', values: ['off'] }), authenticated) : authenticated;
    gates.push({
      passes: line.when.kind === 'always' ? passes : any(not(line.when), passes),
      line,
      statuses: line.name === 'auth_request' ? [401, 403] : [401],
      refusal: 'authentication',
    });
  }
  return gates;
}

/** allow and deny in order: the first that meets the client's address decides; none lets it pass. */
function addressPasses(rules: readonly Line[]): Condition {
  return rules.reduceRight<Condition>((rest, line) => {
    const met = meets(line);
    const decided = line.name === 'allow' ? always : never;
    return any(all(met, decided), all(not(met), rest));
  }, always);
}

function meets(line: Line): Condition {
  const address = line.args[0]?.value ?? '';
  if (address === 'all') return always;
  if (address === 'unix:') return never;
  const client = datum('remote-address');
  const [host = '', bits] = address.split('/');
  if (bits === undefined || bits === '32' || bits === '128') return test(client, { kind: 'oneOf', values: [host] });
  const octets = host.split('.');
  if (octets.length === 4 && ['8', '16', '24'].includes(bits))
    return test(client, { kind: 'prefix', text: `${octets.slice(0, Number(bits) / 8).join('.')}.` });
  if (address === '0.0.0.0/0') return always;
  return unknown(`address:${address}`, 'unsupported');
}

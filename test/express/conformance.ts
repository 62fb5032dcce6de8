/** The model's prediction for a request, and its comparison with what the real packages sent. */
import { fork, type ChildProcess } from 'node:child_process';
import type { Extraction } from '../../server/src/core/language.ts';
import { contains } from '../../server/src/cors/origins/origin-set.ts';
import { engine as express } from '../../server/src/languages/express/engine.ts';
import { engineOf } from '../../server/src/languages/javascript/engine.ts';
import { has, single } from '../../server/src/policy/codes.ts';
import { evaluateRouted, type ResponseCase } from '../../server/src/policy/evaluate.ts';
import type { KnownRequest } from '../../server/src/policy/situation.ts';
import type { Value } from '../../server/src/policy/model.ts';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type Response = { readonly status: number; readonly headers: readonly (readonly [string, string])[] } | null;

const aboutCors = /^(access-control-|vary$)/i;

/** Real packages in a child process. */
export class RealPackages {
  readonly #child: ChildProcess;
  #next = 1;

  /** `runner`: the program of the child process, which answers to messages. */
  constructor(runner: string) {
    this.#child = fork(runner, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  }

  /** What an application sends; throws where it cannot be started. */
  run(
    program: { readonly source: string; readonly version?: 4 | 5; readonly renamed?: Readonly<Record<string, string>> },
    requests: readonly Request[],
  ): Promise<readonly Response[]> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const answer = (message: unknown): void => {
        const { id: answered, responses, failed } = message as { id: number; responses?: Response[]; failed?: string };
        if (answered !== id) return;
        this.#child.off('message', answer);
        if (responses) resolve(responses);
        else reject(new Error(failed));
      };
      this.#child.on('message', answer);
      this.#child.send({ id, ...program, requests });
    });
  }

  close(): void {
    this.#child.disconnect();
  }
}

const engine = engineOf([express], /express/);

export function extract(source: string, version: 4 | 5): Extraction {
  const manifest = JSON.stringify({ dependencies: { express: `^${version}.0.0` } });
  const files = {
    read: (uri: string) => (uri === 'file:///app/package.json' ? { uri, text: manifest } : undefined),
    list: () => [],
    candidates: () => [],
  };
  return engine.extract({ uri: 'file:///app/app.js', text: source }, files);
}

export function predict(extraction: Extraction, request: Request): readonly ResponseCase[] {
  const origin = request.headers['origin'] ?? null;
  const url = new URL(request.path, 'http://localhost');
  const known: KnownRequest = {
    origin: (set) => (origin === null ? false : contains(set, origin)),
    originAbsent: origin === null,
    originText: origin,
    method: request.method,
    datum(datum) {
      if (datum === 'method') return request.method;
      if (datum === 'path') return url.pathname;
      if (datum === 'uri') return request.path;
      if (datum.startsWith('header:')) return request.headers[datum.slice(7)] ?? null;
      if (datum.startsWith('query:')) return url.searchParams.get(datum.slice(6));
      return undefined;
    },
    capture(value) {
      const match = origin === null ? null : new RegExp(value.pattern.source, value.pattern.flags).exec(origin);
      return typeof value.group === 'number' ? match?.[value.group] : match?.groups?.[value.group];
    },
    authenticated: request.headers['authorization'] !== undefined,
  };
  const cases = evaluateRouted({
    policies: new Map(extraction.policies.map((policy) => [policy.id, policy])),
    routing: extraction.routing,
    request: known,
  });
  // The environment of the child process is known: the one variable that applications read is not set there.
  return cases.filter((each) => each.when.facts.get('unknown:env:CORS_LINT_NEVER_SET')?.truth !== true);
}

export type Verdict = { readonly kind: 'agrees' | 'unknown' } | { readonly kind: 'differs'; readonly why: string };

/** Compares every CORS and Vary line in its order, and the status where the model decides it. */
export function compare(cases: readonly ResponseCase[], real: Response): Verdict {
  const [only, ...others] = cases;
  if (!only || others.length > 0 || only.unknown !== undefined || !only.complete) return { kind: 'unknown' };
  if (only.status.kind === 'in' && only.status.members.length === 0)
    return real === null ? { kind: 'agrees' } : { kind: 'differs', why: `no answer expected, got ${real.status}` };
  if (real === null) return { kind: 'differs', why: 'no answer came' };
  const expected = only.lines.filter((line) => aboutCors.test(line.name)).map((line) => [line.name, textOf(line.value)] as const);
  if (expected.some(([, text]) => text === undefined)) return { kind: 'unknown' };
  const spell = (lines: readonly (readonly [string, string | undefined])[]): string =>
    lines
      .map(([name, text]) => `${name.toLowerCase()}: ${text ?? ''}`)
      .sort()
      .join('\n');
  const [a, b] = [spell(expected), spell(real.headers.filter(([name]) => aboutCors.test(name)))];
  if (a !== b) return { kind: 'differs', why: `expected\n${a}\ngot\n${b}` };
  if (single(only.status) !== undefined && !has(only.status, real.status))
    return { kind: 'differs', why: `status ${single(only.status) ?? ''} expected, got ${real.status}` };
  return { kind: 'agrees' };
}

function textOf(value: Value): string | undefined {
  if (value.kind === 'literal') return value.text;
  if (value.kind === 'concat') {
    const parts = value.parts.map(textOf);
    return parts.includes(undefined) ? undefined : parts.join('');
  }
  return undefined;
}

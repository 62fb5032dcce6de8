import assert from 'node:assert/strict';
import { mutate, randomOrigin } from '../../bench/origins/generate.ts';
import { Random } from '../../tools/random.ts';
import type { SourceFiles } from '../../server/src/core/files.ts';
import type { LanguageEngine } from '../../server/src/core/language.ts';
import { AutomataOrigins } from '../../server/src/cors/origins/automata.ts';
import { complement, contains, oneOf, union, type OriginSet } from '../../server/src/cors/origins/origin-set.ts';
import { readersOf, viewPolicy } from '../../server/src/policy/view.ts';
import { seed } from '../property-seed.ts';
import { send, values, type RunningServer } from '../servers/programs.ts';
import { whyMissing } from '../setup/programs.ts';
import { fixedOrigins } from './origins.ts';

/** An origin check as a server's configuration has it, with origins that it lets in and others that it does not. */
export interface ServedRow {
  readonly title: string;
  readonly text: string;
  readonly admits: readonly string[];
  readonly refuses: readonly string[];
  /** What the model leaves open: only the server is asked. */
  readonly unknown?: true;
}

const automata = new AutomataOrigins();

/** The origins that can read a response of the first place of a configuration; undefined where anything of that but the file system is open. */
function readersOfText(engine: LanguageEngine, uri: string, text: string): OriginSet | undefined {
  const file = { uri, text };
  const files: SourceFiles = { read: (wanted) => (wanted === uri ? file : undefined), list: () => [uri], candidates: () => [uri] };
  const { policies, routing } = engine.extract(file, files);
  const [policy] = policies.filter((each) => each.steps.length > 0);
  if (!policy) return undefined;
  const { actual } = viewPolicy(policy, { policies: new Map(policies.map((each) => [each.id, each])), routing }, automata);
  const sets = actual.map((response): OriginSet | undefined => {
    const open = [...response.when.facts.values()].some(({ reason }) => reason !== undefined && reason !== 'file-system');
    if (response.unknown !== undefined || open) return undefined;
    const allows = response.lines.some(({ name }) => name.toLowerCase() === 'access-control-allow-origin');
    return allows ? readersOf(response, automata)?.origins : oneOf([]);
  });
  const known = sets.filter((set) => set !== undefined);
  return known.length === sets.length ? union(known) : undefined;
}

/** Whether a site can read what the server on a port answers for a host, as a browser decides it. */
async function canRead(port: number, host: string, origin: string): Promise<boolean> {
  const response = await send(port, {
    headers: [
      ['Host', host],
      ['Origin', origin],
    ],
  });
  const [allowed, second] = values(response, 'Access-Control-Allow-Origin');
  return second === undefined && (allowed === '*' || allowed === origin);
}

/**
 * Asks the server about the row's own origins, and both the server and the model about many more: fixed and random ones, the
 * witnesses of the set and of its complement, and what lies close to those.
 */
async function holdAgainst(row: ServedRow, set: OriginSet | undefined, port: number, host: string, random: Random): Promise<void> {
  for (const [origins, wanted] of [
    [row.admits, true],
    [row.refuses, false],
  ] as const) {
    for (const origin of origins) {
      assert.equal(await canRead(port, host, origin), wanted, `the server, for ${origin}`);
      if (set) assert.equal(contains(set, origin), wanted, `contains, for ${origin}`);
    }
  }
  if (row.unknown) {
    assert.equal(set, undefined, 'meant to be open');
    return;
  }
  assert.ok(set, 'the model leaves it open');
  const edges = [automata.witness(set), automata.witness(complement(set))].filter((each) => each !== undefined);
  const near = edges.flatMap((each) => Array.from({ length: 10 }, () => mutate(random, each)));
  const anywhere = Array.from({ length: 20 }, () => randomOrigin(random));
  for (const origin of new Set([...fixedOrigins, ...anywhere, ...edges, ...near])) {
    // Nothing is claimed about what no browser sends.
    if (automata.isEmpty(oneOf([origin])) !== false) continue;
    const real = await canRead(port, host, origin);
    assert.equal(contains(set, origin), real, `contains, for ${origin}`);
    assert.equal(automata.accepts(set, origin), real, `automaton, for ${origin}`);
  }
}

/** A server whose rows are held against it, with the engine that reads them. */
export interface ServedChecks {
  readonly server: string;
  readonly program: 'nginx' | 'apache2';
  readonly engine: LanguageEngine;
  readonly uri: string;
  /** Starts one server in which every row answers for a host name of its own, by its index. */
  readonly start: (nameOf: (index: number) => string) => Promise<RunningServer>;
}

/** A test for each row: decided by the engine, and held against the real server. `SEED` repeats the generated origins. */
export function holdRows(rows: readonly ServedRow[], { server, program, engine, uri, start }: ServedChecks): void {
  const missing = whyMissing(program);
  describe(`origin checks in ${server} against the real server (seed ${seed})`, function () {
    this.timeout(60_000);
    let running: RunningServer | undefined;
    const random = new Random(seed);
    const nameOf = (index: number): string => `row${index}.test`;

    before(async function () {
      if (missing !== undefined) {
        console.log(`      skipped: ${missing}`);
        this.skip();
      }
      running = await start(nameOf);
    });
    after(async () => running?.stop());

    for (const [index, row] of rows.entries())
      it(row.title, () => holdAgainst(row, readersOfText(engine, uri, row.text), running?.port ?? 0, nameOf(index), random));
  });
}

/** A whole run: many generated configurations, each on the real server, with everything counted. */
import type { UnknownReason } from '../../../server/src/policy/model.ts';
import { comparedHeaders } from './compare.ts';
import { constructs, constructsIn, newerConstructs } from './coverage.ts';
import { generate } from './generate.ts';
import { abilities, judge, record, shrink } from './run.ts';
import type { Recorded } from './run.ts';
import { startUpstreams } from './upstreams.ts';

export interface Report {
  readonly cases: number;
  readonly exchanges: number;
  /** The server's complaint about each configuration that it refused. */
  readonly refused: readonly string[];
  /** Each difference, shrunk, ready to be read. */
  readonly differences: readonly string[];
  readonly unknown: ReadonlyMap<UnknownReason, number>;
  readonly seen: ReadonlyMap<string, number>;
  readonly recorded: readonly Recorded[];
  readonly seconds: number;
}

/** How many configurations run beside each other. */
const beside = 2;
/** Past this many differences the rest is only counted, not shrunk. */
const mostShrunk = 3;

/** Runs `cases` configurations from a seed on. Applications and servers are stopped whatever happens. */
export async function campaign(from: number, cases: number): Promise<Report> {
  const start = performance.now();
  const upstreams = await startUpstreams();
  const able = abilities();
  const refused: string[] = [];
  const recorded: Recorded[] = [];
  const differences: string[] = [];
  const unknown = new Map<UnknownReason, number>();
  const seen = new Map<string, number>();
  try {
    let next = from;
    const worker = async (): Promise<void> => {
      while (next < from + cases) {
        const seed = next++;
        const nodes = generate(seed, able, upstreams);
        try {
          recorded.push(await record(seed, nodes));
        } catch (error) {
          refused.push(`seed ${String(seed)}: ${complaintIn(String(error))}`);
          continue;
        }
        for (const name of constructsIn(nodes)) seen.set(name, (seen.get(name) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: beside }, worker));
    recorded.sort((a, b) => a.seed - b.seed);
    for (const each of recorded) {
      const outcome = judge(each);
      for (const [, reason] of outcome.unknown) unknown.set(reason, (unknown.get(reason) ?? 0) + 1);
      if (outcome.differences.length > 0) differences.push(await describe(each, differences.length < mostShrunk));
    }
  } finally {
    await upstreams.stop();
  }
  const exchanges = recorded.reduce((sum, each) => sum + each.exchanges.length, 0);
  return { cases, exchanges, refused, differences, unknown, seen, recorded, seconds: (performance.now() - start) / 1000 };
}

function complaintIn(text: string): string {
  return text.split('\n').find((line) => line.includes('[emerg]')) ?? text.slice(0, 200);
}

async function describe(recorded: Recorded, shrinking: boolean): Promise<string> {
  const smallest = shrinking ? await shrink(recorded) : recorded;
  const found = judge(smallest).differences.map(({ request, words }) => `  ${request}\n    ${words.join('\n    ')}`);
  const files = Object.entries(smallest.files).map(([path, text]) => `# ${path}\n${text}`);
  return [`seed ${String(recorded.seed)}`, smallest.text, ...files, ...found].join('\n');
}

/** The part of all compared headers that the model does not know. */
export function unknownShare(report: Report): number {
  const count = [...report.unknown.values()].reduce((sum, each) => sum + each, 0);
  return report.exchanges === 0 ? 0 : count / (report.exchanges * comparedHeaders.length);
}

/** The constructs that a run has to show, with the number of configurations that hold each. */
export function coverageOf(report: Report): readonly (readonly [construct: string, configurations: number])[] {
  const able = abilities();
  const names = [...Object.keys(constructs), ...(able.inherit ? Object.keys(newerConstructs) : [])];
  return names.filter((name) => able.headersMore || !name.startsWith('more_')).map((name) => [name, report.seen.get(name) ?? 0] as const);
}

/** The counts of a run as a text. */
export function summary(report: Report): string {
  const share = (unknownShare(report) * 100).toFixed(2);
  const reasons = [...report.unknown].map(([reason, count]) => `${reason} ${String(count)}`).join(', ');
  const table = coverageOf(report).map(([name, count]) => `  ${String(count).padStart(5)}  ${name}`);
  return [
    `${String(report.cases)} configurations, ${String(report.exchanges)} exchanges in ${report.seconds.toFixed(1)} s`,
    `${String(report.differences.length)} disagreements, ${String(report.refused.length)} refused, unknown ${share} %${reasons === '' ? '' : ` (${reasons})`}`,
    'configurations by construct:',
    ...table,
  ].join('\n');
}

/** Runs generated configurations on the real server and compares what it answers with what the model says. */
import { nginxBuild, nginxIsFrom } from '../../setup/nginx-build.ts';
import { send, startNginx } from '../programs.ts';
import type { RunningServer } from '../programs.ts';
import { engine } from '../../../server/src/languages/nginx/engine.ts';
import { evaluateRouted } from '../../../server/src/policy/evaluate.ts';
import type { UnknownReason } from '../../../server/src/policy/model.ts';
import { compare } from './compare.ts';
import type { Observed } from './compare.ts';
import type { Abilities } from './generate.ts';
import { extract, predict } from './predict.ts';
import type { Model } from './predict.ts';
import { askFor, describeRequest, documentRoot } from './requests.ts';
import type { Asked } from './requests.ts';
import { render, smaller } from './tree.ts';
import type { ConfigNode } from './tree.ts';

export const model: Model = { engine, evaluateRouted };

/** A configuration with what the real server answered to its requests. */
export interface Recorded {
  readonly seed: number;
  readonly nodes: readonly ConfigNode[];
  readonly folder: string;
  readonly text: string;
  readonly files: Readonly<Record<string, string>>;
  readonly exchanges: readonly { readonly asked: Asked; readonly observed: Observed }[];
}

export interface Difference {
  readonly request: string;
  readonly words: readonly string[];
}

export interface Outcome {
  readonly differences: readonly Difference[];
  readonly unknown: readonly (readonly [header: string, reason: UnknownReason])[];
}

/** What the installed server can do. */
export function abilities(): Abilities {
  return { headersMore: nginxBuild().loadHeadersMore !== undefined, inherit: nginxIsFrom(1, 29, 3) };
}

/** Starts the server with a configuration, asks, and stops it. Rejects with the server's words where it refuses the text. */
export async function record(seed: number, nodes: readonly ConfigNode[], asked: readonly Asked[] = askFor(seed)): Promise<Recorded> {
  const { text, files } = render(nodes);
  const filled = (port: number): string => text.replaceAll('PORT', String(port));
  const own: Record<string, string> = { ...files, users: 'user:{PLAIN}secret\n' };
  for (const [path, content] of Object.entries(documentRoot)) own[`html/${path}`] = content;
  const server: RunningServer = await startNginx((place) => filled(place.port), {
    files: own,
    main: nginxBuild().loadHeadersMore ?? '',
  });
  try {
    const exchanges = await Promise.all(asked.map(async (each) => ({ asked: each, observed: await answer(server.port, each) })));
    return { seed, nodes, folder: server.folder, text: `http {\n${filled(server.port)}}\n`, files, exchanges };
  } finally {
    await server.stop();
  }
}

async function answer(port: number, asked: Asked): Promise<Observed> {
  try {
    const { status, headers } = await send(port, { method: asked.method, path: asked.path, headers: asked.headers });
    return { status, headers };
  } catch {
    return { status: 0, headers: [] };
  }
}

/** Compares recorded exchanges with a model's predictions. */
export function judge(recorded: Recorded, by: Model = model): Outcome {
  const extraction = extract(by, recorded.folder, recorded.text, recorded.files);
  const differences: Difference[] = [];
  const unknown: (readonly [string, UnknownReason])[] = [];
  for (const { asked, observed } of recorded.exchanges) {
    const result = compare(predict(by, extraction, asked), observed);
    unknown.push(...result.unknown);
    if (result.differences.length > 0) differences.push({ request: describeRequest(asked), words: result.differences });
  }
  return { differences, unknown };
}

/** The smallest configuration that still shows a difference, found by leaving parts out one after the other. */
export async function shrink(recorded: Recorded, tries = 400): Promise<Recorded> {
  let smallest = recorded;
  const first = smallest.exchanges
    .filter(({ asked }) => judge(smallest).differences.some((each) => each.request === describeRequest(asked)))
    .map(({ asked }) => asked);
  const asked = first.slice(0, 1);
  let left = tries;
  for (let improved = true; improved && left > 0;) {
    improved = false;
    for (const nodes of smaller(smallest.nodes)) {
      if (left-- <= 0) break;
      const next = await record(recorded.seed, nodes, asked).catch(() => undefined);
      if (next && judge(next).differences.length > 0) {
        smallest = next;
        improved = true;
        break;
      }
    }
  }
  return smallest;
}

/**
 * The models of Fastify, Hono, Koa, NestJS and socket.io against the real packages: programs out of every option and many
 * shapes run in a child process, are requested, and every CORS and Vary line is compared with the prediction.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { LanguageEngine } from '../../server/src/core/language.ts';
import { compare, predict, RealPackages, type Request } from '../express/conformance.ts';
import { extract, loadEngine } from './conformance.ts';
import { programs } from './programs/index.ts';
import { type Program, requestsFor } from './programs/program.ts';

const only = process.env['PROGRAM'];

describe('frameworks as they really are', function () {
  this.timeout(300_000);
  let real: RealPackages;
  let engine: LanguageEngine;

  before(async function () {
    const folder = import.meta.dirname;
    if (!existsSync(path.join(folder, 'node_modules'))) {
      console.log('      skipped: the frameworks are not installed in test/frameworks (npm run setup)');
      this.skip();
    }
    engine = await loadEngine();
    real = new RealPackages(path.join(folder, 'runner.mjs'));
  });

  after(() => {
    // Without the packages there is no process to end.
    (real as RealPackages | undefined)?.close();
  });

  async function check(
    program: Program,
    requests: readonly Request[],
  ): Promise<{ readonly differences: readonly string[]; readonly unknown: number }> {
    const responses = await real.run({ ...program, source: await toJavaScript(program) }, requests);
    const extraction = extract(engine, program);
    const verdicts = requests.map((request, index) => compare(predict(extraction, request), responses[index] ?? null));
    return {
      differences: verdicts.flatMap((verdict, index) =>
        verdict.kind === 'differs' ? [`${program.name}: ${JSON.stringify(requests[index])}: ${verdict.why}`] : [],
      ),
      unknown: verdicts.filter(({ kind }) => kind === 'unknown').length,
    };
  }

  for (const [framework, { list, asked }] of Object.entries(programs))
    it(`${list.length} programs of ${framework} answer as predicted`, async () => {
      let unknown = 0;
      const differences: string[] = [];
      for (const program of list.filter(({ name }) => only === undefined || name.includes(only))) {
        const outcome = await check(program, requestsFor(program, asked));
        unknown += outcome.unknown;
        differences.push(...outcome.differences);
        if (outcome.unknown > 0 && only !== undefined) console.log(`${program.name}: ${outcome.unknown} unknown`);
      }
      const exchanges = list.length * asked.length;
      console.log(`      ${exchanges} exchanges, ${unknown} unknown`);
      assert.equal(
        differences.length,
        0,
        `${differences.length} differences\n${differences.slice(0, 8).join('\n')}\n${source(list, differences)}`,
      );
      assert.ok(unknown <= exchanges * 0.05, `${unknown} of ${exchanges} exchanges are unknown`);
    });
});

/** What Node runs. Decorators are written as TypeScript compiles them for NestJS. */
async function toJavaScript({ source, isTypeScript }: Program): Promise<string> {
  if (!isTypeScript) return source;
  const { transform } = await import('esbuild');
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } };
  return (await transform(source, { loader: 'ts', format: 'cjs', tsconfigRaw, keepNames: true })).code;
}

function source(list: readonly Program[], differences: readonly string[]): string {
  return list.find(({ name }) => differences[0]?.startsWith(`${name}: `))?.source ?? '';
}

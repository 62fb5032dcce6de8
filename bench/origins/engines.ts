import { spawnSync } from 'node:child_process';
import { createContext, Script } from 'node:vm';
import type { Pattern } from '../../server/src/cors/origins/origin-set.ts';

/** Whether a search succeeds in each subject; null where the engine gave up; undefined for an invalid pattern. */
export type Verdicts = readonly (boolean | null)[] | undefined;

const context = createContext({});

/** JavaScript's own engine, stopped after a second: some patterns never end. */
export function searchJavaScript({ source, flags }: Pattern, subjects: readonly string[]): Verdicts {
  try {
    new RegExp(source, flags);
  } catch {
    return undefined;
  }
  const code = `(() => { const re = new RegExp(${JSON.stringify(source)}, ${JSON.stringify(flags)});
    return ${JSON.stringify(subjects)}.map((subject) => { re.lastIndex = 0; return re.test(subject); }); })()`;
  try {
    return Array.from(new Script(code).runInContext(context, { timeout: 1000 }) as readonly boolean[]);
  } catch {
    return subjects.map(() => null);
  }
}

/**
 * PCRE2 itself, through pcre2test (the Debian package pcre2-utils), for many patterns in one process.
 * @throws Error where pcre2test is not installed.
 */
export function searchPcre(cases: readonly { readonly pattern: Pattern; readonly subjects: readonly string[] }[]): Verdicts[] {
  const input = cases.flatMap(({ pattern, subjects }) => [
    `"${pattern.source}"${pattern.flags}`,
    ...subjects.map((subject) => `  ${subject}`),
    '',
  ]);
  const run = spawnSync('pcre2test', ['-q'], { input: `${input.join('\n')}\n`, encoding: 'latin1', maxBuffer: 1 << 30 });
  if (run.error) throw new Error(`pcre2test cannot be run (apt-get install -y pcre2-utils): ${run.error.message}`);
  const lines = run.stdout.split('\n');
  let at = 0;
  return cases.map(({ pattern, subjects }): Verdicts => {
    const shown = `"${pattern.source}"${pattern.flags}`;
    while (at < lines.length && lines[at] !== shown) at++;
    if (at >= lines.length) throw new Error(`pcre2test lost track of ${shown}`);
    at++;
    if (lines[at]?.startsWith('Failed: error') === true) return undefined;
    return subjects.map((subject) => {
      while (at < lines.length && lines[at] !== `  ${subject}`) at++;
      const result = lines[++at] ?? '';
      if (result.startsWith('No match')) return false;
      return / 0: /.test(result) ? true : null;
    });
  });
}

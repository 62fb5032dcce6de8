import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { searchJavaScript, searchPcre } from '../../bench/origins/engines.ts';
import { realPatterns } from '../../bench/origins/real-patterns.ts';
import { lint } from '../../server/src/api.ts';
import { matching, type Pattern } from '../../server/src/cors/origins/origin-set.ts';
import { createReasoning } from '../../server/src/cors/origins/reasoning.ts';
import { projectFolder } from '../suites.ts';

interface Claim {
  readonly pattern: Pattern;
  readonly witness: string;
  /** What the pattern is searched in, where that is more than the origin. */
  readonly subject?: string;
  readonly from: string;
}

/** The claims that the real engine does not confirm. Where it gives up nothing is shown. */
function refuted(claims: readonly Claim[]): readonly Claim[] {
  const pcre = claims.filter((each) => each.pattern.dialect === 'pcre');
  const verdicts = new Map(
    searchPcre(pcre.map(({ pattern, witness, subject = witness }) => ({ pattern, subjects: [subject] }))).map((each, at) => [
      pcre[at],
      each,
    ]),
  );
  return claims.filter((claim) => {
    const [found] = (claim.pattern.dialect === 'pcre' ? verdicts.get(claim) : searchJavaScript(claim.pattern, [claim.witness])) ?? [];
    return found === false;
  });
}

describe('witnesses, by the real engines', () => {
  it('of every pattern of public packages', () => {
    const reasoning = createReasoning();
    const claims = realPatterns().flatMap((pattern): Claim[] => {
      const set = matching(pattern);
      const { foreign, nullWitness, insecureWitness } = reasoning.judge(set, reasoning.intent(set, []));
      const witnesses = ['witness' in foreign ? foreign.witness : false, nullWitness, insecureWitness];
      return witnesses.flatMap((witness) => (typeof witness === 'string' ? [{ pattern, witness, from: pattern.package }] : []));
    });
    assert.ok(claims.length > 300, `${claims.length} witnesses`);
    assert.deepEqual(refuted(claims), []);
  }).timeout(120_000);

  // An attack on a pattern's time need not be let in.
  it('of every finding at a pattern in the fixtures', async () => {
    const folder = path.join(projectFolder, 'server/src/rules');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /fixtures\/[a-z]+\/bad-/.test(name) && /\.(?:[jt]s|conf|htaccess)$/.test(name))
      .map((name) => path.join(folder, name));
    const { results } = await lint({ paths: files, cwd: folder });
    const claims = results.flatMap(({ filePath, messages }): Claim[] => {
      const lines = readFileSync(filePath, 'utf8').split('\n');
      return messages.flatMap(({ ruleId, line, column, endLine, endColumn, witness }) => {
        const whole = lines[line - 1] ?? '';
        const [before, text] = [whole.slice(0, column - 1), line === endLine ? whole.slice(column - 1, endColumn - 1) : ''];
        const language = /fixtures\/([a-z]+)\//.exec(filePath)?.[1];
        const read = language === 'apache' ? apachePattern : language === 'nginx' ? nginxPattern : javascriptPattern;
        const pattern = witness === undefined || ruleId === 'redos-origin-regex' ? undefined : read(text, before, whole);
        if (pattern === undefined || witness === undefined) return [];
        const subject = language === 'nginx' ? mapSource(lines.slice(0, line), witness) : undefined;
        return [{ pattern, witness, ...(subject !== undefined && { subject }), from: path.relative(folder, filePath) }];
      });
    });
    for (const [language, least] of [
      ['apache', 8],
      ['nginx', 8],
      ['express', 8],
    ] as const) {
      const count = claims.filter(({ from }) => from.includes(`/${language}/`)).length;
      console.log(language, count);
      assert.ok(count >= least, `${count} witnesses of ${language}`);
    }
    assert.deepEqual(refuted(claims), []);
  }).timeout(120_000);
});

/** A pattern of JavaScript as it stands in a file. */
function javascriptPattern(text: string): Pattern | undefined {
  const literal = /^\/(.+)\/([a-z]*)$/.exec(text);
  return literal ? { dialect: 'javascript', source: literal[1] ?? '', flags: literal[2] ?? '' } : undefined;
}

/** The key of a map, or the right side of an `if`, quoted or not. */
function nginxPattern(text: string, before: string): Pattern | undefined {
  const word = text.replace(/^(["'])(.*)\1$/, '$2');
  const [, insensitive, searched] = /^~(\*?)(.+)$/.exec(word) ?? [];
  if (searched !== undefined) return { dialect: 'pcre', source: searched, flags: insensitive === '*' ? 'i' : '' };
  const [, operator] = /^ *if \(.*[^!](~\*?) +$/.exec(before) ?? [];
  return operator === undefined ? undefined : { dialect: 'pcre', source: word, flags: operator === '~*' ? 'i' : '' };
}

/** The text that the map around a line looks at in a GET with an origin; undefined where it looks at the origin itself. */
function mapSource(lines: readonly string[], origin: string): string | undefined {
  const opening = lines.findLast((line) => /^\s*(?:map|server)\b/.test(line)) ?? '';
  const [, source] = /^\s*map "(.*\$request_method.*)" \$/.exec(opening) ?? [];
  return source?.replace('$http_origin', origin).replace('$request_method', 'GET');
}

/** The pattern of a SetEnvIf or RewriteCond line, whose directive or flag says whether case counts; or one between delimiters. */
function apachePattern(text: string, before: string, line: string): Pattern | undefined {
  const word = text.replace(/^(["'])(.*)\1$/, '$2');
  if (/^\s*SetEnvIf(?:NoCase)?\s+\S+\s+["']?$/i.test(before))
    return { dialect: 'pcre', source: word, flags: /^\s*SetEnvIfNoCase/i.test(line) ? 'i' : '' };
  if (/^\s*RewriteCond\s+\S+\s+["']?$/i.test(before) && !word.startsWith('!'))
    return { dialect: 'pcre', source: word, flags: /\[(?:.*,)?(?:NC|nocase)(?:,.*)?\]\s*$/i.test(line) ? 'i' : '' };
  const delimited = /^m?([/#|!,])(.+)\1(i?)$/.exec(word);
  return delimited ? { dialect: 'pcre', source: delimited[2] ?? '', flags: delimited[3] ?? '' } : undefined;
}

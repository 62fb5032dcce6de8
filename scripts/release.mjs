/**
 * Prepares a release. The version stands in package.json alone and what changed in CHANGELOG.md alone; everything else that
 * names a version is written from there.
 *
 *   npm run release -- 0.2.0     version, lock file, change log and documentation; nothing is committed or published
 *   npm run release -- --check   exit status 1 where they do not agree
 *   npm run release -- --notes   what CHANGELOG.md says of the present version, for the release's page
 *
 * `--root FOLDER` works on another folder than this project.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean' }, notes: { type: 'boolean' }, root: { type: 'string' } },
  allowPositionals: true,
});
const root = path.resolve(values.root ?? path.join(path.dirname(fileURLToPath(import.meta.url)), '..'));
const read = (/** @type {string} */ file) => readFileSync(path.join(root, file), 'utf8');
const write = (/** @type {string} */ file, /** @type {string} */ text) => writeFileSync(path.join(root, file), text);

/** Pages that show a version in an example; it is the newest one. */
const pages = ['docs/ci.md', 'action.yml'].filter((file) => existsSync(path.join(root, file)));
const shownVersion = /(?<=rev: v|such as )\d+\.\d+\.\d+/g;

/** @typedef {{ heading: string, version: string | undefined, body: string }} Section */

/**
 * The sections of the change log, in its order; `version` is undefined for "Unreleased".
 * @returns {readonly Section[]}
 */
function sections(/** @type {string} */ text) {
  return [...text.matchAll(/^## (.+)\n([\s\S]*?)(?=^## |$(?![\s\S]))/gm)].map(([, heading = '', body = '']) => ({
    heading,
    version: /\d+\.\d+\.\d+\S*/.exec(heading)?.[0],
    body: body.trim(),
  }));
}

/** Everything that does not agree, one line each. */
function disagreements() {
  const problems = [];
  const { version } = JSON.parse(read('package.json'));
  const lock = JSON.parse(read('package-lock.json'));
  if (lock.version !== version || lock.packages?.['']?.version !== version) problems.push(`package-lock.json is not of version ${version}`);
  const logged = sections(read('CHANGELOG.md'));
  const released = logged.flatMap((section) => section.version ?? []);
  const [newest] = released;
  if (newest !== undefined && newest !== version) problems.push(`CHANGELOG.md ends at ${newest}, package.json is at ${version}`);
  if (newest === undefined && !logged.some((section) => section.heading === 'Unreleased'))
    problems.push('CHANGELOG.md has neither a version nor "Unreleased"');
  if (new Set(released).size < released.length) problems.push('CHANGELOG.md has a version twice');
  for (const page of pages) {
    for (const [shown] of read(page).matchAll(shownVersion))
      if (shown !== version) problems.push(`${page} shows ${shown} and not ${version}`);
  }
  return problems;
}

/** Whether a version comes after another. */
function isLater(/** @type {string} */ version, /** @type {string} */ than) {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function fail(/** @type {string} */ message) {
  console.error(message);
  process.exit(1);
}

function prepare(/** @type {string} */ version) {
  const manifest = JSON.parse(read('package.json'));
  // The Marketplace takes only three numbers; odd minor versions are its pre-releases.
  if (!/^\d+\.\d+\.\d+$/.test(version)) fail(`"${version}" is not a version of three numbers.`);
  const log = read('CHANGELOG.md');
  const logged = sections(log);
  const first = !logged.some((section) => section.version !== undefined);
  if (!isLater(version, manifest.version) && !(first && version === manifest.version))
    fail(`${version} does not come after ${manifest.version}.`);
  const unreleased = logged.find((section) => section.heading === 'Unreleased');
  if (unreleased === undefined || unreleased.body === '') fail('CHANGELOG.md says nothing under "## Unreleased".');
  const today = new Date().toISOString().slice(0, 10);
  write('CHANGELOG.md', log.replace(/^## Unreleased$/m, `## Unreleased\n\n## ${version} (${today})`));
  const replaceVersion = (/** @type {string} */ text, /** @type {number} */ times) => {
    for (let count = 0, at = 0; count < times; count++) {
      const found = text.indexOf(`"version": "${manifest.version}"`, at);
      if (found < 0) fail('The version is not where it is expected.');
      const replacement = `"version": "${version}"`;
      text = text.slice(0, found) + replacement + text.slice(found + `"version": "${manifest.version}"`.length);
      at = found + replacement.length;
    }
    return text;
  };
  write('package.json', replaceVersion(read('package.json'), 1));
  // The lock file names its own package twice, before any other.
  write('package-lock.json', replaceVersion(read('package-lock.json'), 2));
  for (const page of pages) write(page, read(page).replace(shownVersion, version));
  console.log(`${version} is prepared. Look at the difference, then go on with docs/releasing.md.`);
}

const [version] = positionals;
if (values.notes) {
  const { version: present } = JSON.parse(read('package.json'));
  const section = sections(read('CHANGELOG.md')).find((each) => each.version === present);
  if (section === undefined) fail(`CHANGELOG.md says nothing of ${present}.`);
  console.log(section?.body);
} else if (values.check) {
  const problems = disagreements();
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
} else if (version === undefined) fail('npm run release -- VERSION | --check | --notes');
else prepare(version);

/**
 * Writes THIRD-PARTY-NOTICES: the licences of the packages whose code is in the bundles, as esbuild names them. With
 * `--check` nothing is written, and the exit status is 1 where the file differs or a bundled package has no licence text.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundles, root } from './build.mjs';
import { build } from 'esbuild';

const target = path.join(root, 'THIRD-PARTY-NOTICES');

/** The folders of the packages that contribute at least one byte to a bundle. */
async function bundledPackages() {
  const folders = new Set();
  for (const options of bundles) {
    const { metafile } = await build({ ...options, write: false });
    for (const output of Object.values(metafile?.outputs ?? {}))
      for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
        const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
        if (match && bytesInOutput > 0) folders.add(match[1]);
        // The reduced parser is cut from the package and lies in a folder of its own.
        if (/slim-typescript/.test(input) && bytesInOutput > 0) folders.add('node_modules/typescript');
      }
  }
  return [...folders].sort((a, b) => (path.basename(a) < path.basename(b) ? -1 : 1));
}

/**
 * TypeScript's notices without those for the declarations of the browser's interfaces (`lib.dom.d.ts` and its like): no declaration
 * file is in any bundle.
 * @param {string} text
 */
function withoutDeclarations(text) {
  const title = /^-{10,} ?([A-Z][\w ]*?) ?-{10,}.*$/gm;
  const starts = [...text.matchAll(title)].map((match) => ({ name: match[1] ?? '', at: match.index }));
  /** @param {string} name */
  const isDropped = (name) => ['Document Object Model', 'Web Background Synchronization', 'WebGL'].includes(name);
  return starts.reduceRight(
    (kept, { name, at }, index) => (isDropped(name) ? kept.slice(0, at) + kept.slice(starts[index + 1]?.at ?? kept.length) : kept),
    text,
  );
}

/** @param {string} folder */
function notice(folder) {
  const absolute = path.join(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(path.join(absolute, 'package.json'), 'utf8'));
  const texts = readdirSync(absolute)
    .filter((file) => /^(licen[cs]e|copying|notice|thirdpartynotice)/i.test(file))
    .sort();
  if (!texts.some((file) => /^(licen[cs]e|copying)/i.test(file))) throw new Error(`${name} has no licence text`);
  const bodies = texts.map((file) => withoutDeclarations(readFileSync(path.join(absolute, file), 'utf8').replaceAll('\r\n', '\n').trim()));
  return { key: `${name} ${version}`, text: `${name} ${version} (${license})\n\n${bodies.join('\n\n')}\n` };
}

const notices = new Map((await bundledPackages()).map(notice).map(({ key, text }) => [key, text]));
const rule = `\n${'-'.repeat(80)}\n\n`;
const intro = 'CORS Lint contains code of the following packages. This file is generated (npm run notices).\n';
const text = [intro, ...notices.values()].join(rule);

if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
  console.log(`wrote THIRD-PARTY-NOTICES: ${[...notices.keys()].join(', ')}`);
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  console.log('THIRD-PARTY-NOTICES is not what the bundles make it; run npm run notices');
  process.exitCode = 1;
}

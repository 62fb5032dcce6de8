/**
 * Draws images/icon.png from images/icon.svg with the Chromium that the tests use. The picture has few colours, so it is written with a
 * palette (PNG specification, sections 11.2.2 and 11.3.1.1): a third of what a browser's own screenshot takes of the packed extension.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { zlibAsync } from '@gfx/zopfli';
import { chromium } from 'playwright-core';

const size = 256;
const images = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../images');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage();
const drawing = `data:image/svg+xml,${encodeURIComponent(readFileSync(path.join(images, 'icon.svg'), 'utf8'))}`;
const pixels = /** @type {number[]} */ (
  await page.evaluate(`(async () => {
    const image = new Image();
    image.src = ${JSON.stringify(drawing)};
    await image.decode();
    const context = new OffscreenCanvas(${size}, ${size}).getContext('2d');
    context.drawImage(image, 0, 0);
    return [...context.getImageData(0, 0, ${size}, ${size}).data];
  })()`)
);
await browser.close();

const colours = Array.from({ length: size * size }, (_, index) => pixels.slice(4 * index, 4 * index + 4));
const counts = new Map();
for (const colour of colours) counts.set(colour.join(), (counts.get(colour.join()) ?? 0) + 1);
/** The most frequent colours: the others are blends at the edges, with a neighbour that nobody can tell from them. */
const palette = [...counts]
  .sort(([, a], [, b]) => b - a)
  .slice(0, 128)
  .map(([key]) => String(key).split(',').map(Number));

const nearest = (/** @type {readonly number[]} */ colour) => {
  const distances = palette.map((each) => each.reduce((sum, channel, index) => sum + (channel - (colour[index] ?? 0)) ** 2, 0));
  return distances.indexOf(Math.min(...distances));
};
const numbers = new Map([...counts.keys()].map((key) => [key, nearest(String(key).split(',').map(Number))]));
// Each row starts with the number of its filter, which is none.
const rows = Array.from({ length: size }, (_, y) => [
  0,
  ...colours.slice(y * size, (y + 1) * size).map((colour) => numbers.get(colour.join())),
]);

const chunk = (/** @type {string} */ type, /** @type {Uint8Array} */ data) => {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, checksum]);
};
const header = Buffer.alloc(13);
header.writeUInt32BE(size, 0);
header.writeUInt32BE(size, 4);
// Eight bits for the number of a colour in the palette.
header.set([8, 3, 0, 0, 0], 8);
writeFileSync(
  path.join(images, 'icon.png'),
  Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Uint8Array.from(palette.flatMap((colour) => colour.slice(0, 3)))),
    chunk('tRNS', Uint8Array.from(palette.map((colour) => colour[3] ?? 255))),
    chunk('IDAT', await zlibAsync(Uint8Array.from(rows.flat()), { numiterations: 15 })),
    chunk('IEND', new Uint8Array()),
  ]),
);

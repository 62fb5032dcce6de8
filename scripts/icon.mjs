/** Draws images/icon.png from images/icon.svg with the Chromium that the tests use. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const images = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../images');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
await page.setContent(`<body style="margin:0">${readFileSync(path.join(images, 'icon.svg'), 'utf8')}</body>`);
await page.screenshot({ path: path.join(images, 'icon.png'), omitBackground: true });
await browser.close();

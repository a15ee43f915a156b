// SPDX-License-Identifier: Apache-2.0
// Takes the pictures of the spectrum over time, of round trips and of routing neighbours:
// `node scripts/launch.mjs spectrum-picture [--url URL]`, where URL is that of a collector that `npm start` started.
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {chromium} from 'playwright-core';
import {LISTENING_HOUSE} from '../src/lab/scenario/village-air.ts';
import {ensurePackages} from './debian.ts';
import {startPicturedMesh} from './start/pictured-mesh.ts';

const {values: flags} = parseArgs({options: {url: {type: 'string'}, out: {type: 'string'}}});
const cards = [
	{name: 'waterfall', card: '.spectrum', drawn: 'canvas'},
	{name: 'latency', card: '.latency', drawn: 'canvas'},
	{name: 'routing', card: '.routing', drawn: 'tbody tr'},
] as const;
const folder = flags.out ?? fileURLToPath(new URL('../src/noc/web/picture/', import.meta.url));

await ensurePackages(['chromium', 'fonts-dejavu-core']);
const source = await startPicturedMesh(flags.url);
const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
try {
	for (const colorScheme of ['light', 'dark'] as const) {
		const page = await browser.newPage({viewport: {width: 1120, height: 900}, deviceScaleFactor: 1.5, colorScheme});
		await page.goto(`${source.url}#/node/${LISTENING_HOUSE}`);
		for (const {name, card, drawn} of cards) {
			await page.waitForSelector(`${card} ${drawn}`);
			await page.waitForTimeout(500);
			const path = join(folder, `${name}-${colorScheme}.png`);
			await page.locator(card).first().screenshot({path});
			console.log(path);
		}
		await page.close();
	}
} finally {
	await browser.close();
	await source.stop();
}

// SPDX-License-Identifier: Apache-2.0
// Takes the pictures of the README: `node scripts/launch.mjs picture` starts what `npm start` starts and takes them of its
// page; with `--url URL` of a collector that runs already.
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {chromium} from 'playwright-core';
import {ensurePackages} from './debian.ts';
import {startPicturedMesh} from './start/pictured-mesh.ts';

const {values: flags} = parseArgs({options: {url: {type: 'string'}, out: {type: 'string'}}});
const folder = flags.out ?? fileURLToPath(new URL('../src/noc/web/picture/', import.meta.url));
const views = [
	{name: 'desktop', width: 1280, height: 900, scale: 1.5},
	{name: 'phone', width: 390, height: 844, scale: 2},
] as const;

await ensurePackages(['chromium', 'fonts-dejavu-core']);
await mkdir(folder, {recursive: true});
const source = await startPicturedMesh(flags.url);
const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
try {
	for (const view of views)
		for (const colorScheme of ['light', 'dark'] as const) {
			const page = await browser.newPage({
				viewport: {width: view.width, height: view.height},
				deviceScaleFactor: view.scale,
				colorScheme,
			});
			await page.goto(source.url);
			await page.waitForSelector('.nodes tbody tr');
			await page.waitForSelector('.spark-line');
			const save = async (what: string) => {
				const path = join(folder, `${what}-${view.name}-${colorScheme}.png`);
				await page.screenshot({path});
				console.log(path);
			};
			await save('nodes');
			await page.click('.nodes tbody tr:last-child a'); // the busiest of them
			await page.waitForSelector('.plot canvas');
			await page.waitForTimeout(500);
			await save('node');
			await page.close();
		}
} finally {
	await browser.close();
	await source.stop();
}

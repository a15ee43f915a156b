// SPDX-License-Identifier: Apache-2.0
// Takes the pictures of the README: `npm run picture`, of the page fed by synthetic routers, or `-- --url URL` of a
// collector that runs already.
import {mkdir, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {chromium} from 'playwright-core';
import {startCollector} from '../src/noc/collector.ts';
import {connectMesh} from '../test/helper/reporting-mesh.ts';
import {ensurePackages} from './debian.ts';

const {values: flags} = parseArgs({options: {url: {type: 'string'}, out: {type: 'string'}}});
const folder = flags.out ?? fileURLToPath(new URL('../src/noc/web/picture/', import.meta.url));
const views = [
	{name: 'desktop', width: 1280, height: 900, scale: 1.5},
	{name: 'phone', width: 390, height: 844, scale: 2},
] as const;
const HOURS = 6;
const INTERVAL_MS = 10_000;

await ensurePackages(['chromium', 'fonts-dejavu-core']);
await mkdir(folder, {recursive: true});
const source = flags.url === undefined ? await synthetic() : {url: flags.url, stop: async () => {}};
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
			await page.click('.nodes tbody tr:last-child a');
			await page.waitForSelector('.plot canvas');
			await page.waitForTimeout(500);
			await save('node');
			await page.close();
		}
} finally {
	await browser.close();
	await source.stop();
}

/** Six routers and six hours of theirs. */
async function synthetic(): Promise<{url: string; stop(): Promise<void>}> {
	const dataFolder = await mkdtemp(join(tmpdir(), 'mesh-noc-picture-'));
	const collector = await startCollector({
		dataFolder,
		mqtt: {host: '127.0.0.1', port: 0},
		limits: {packetsPerSecond: 100_000, bytesPerSecond: 100_000_000},
	});
	const count = (HOURS * 3_600_000) / INTERVAL_MS;
	const startMs = Date.now() - count * INTERVAL_MS;
	const names = ['bell-tower', 'harbour', 'library', 'mill', 'old-school', 'town-hall'];
	const mesh = await connectMesh(
		collector.mqttPort,
		names.map((node, i) => ({node, seed: i + 1, startMs, intervalMs: INTERVAL_MS, radios: 2, peers: 3 - (i % 2)})),
	);
	await mesh.report(count);
	return {
		url: collector.httpUrl,
		async stop() {
			await mesh.close();
			await collector.stop();
			await rm(dataFolder, {recursive: true, force: true});
		},
	};
}

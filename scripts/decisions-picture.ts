// SPDX-License-Identifier: Apache-2.0
// Takes the pictures of what a router decided about its channels: `node scripts/launch.mjs decisions-picture`. In the past of its
// simulated mesh a video sender appeared, and the routers left its channel.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {chromium} from 'playwright-core';
import {namedScenario} from '../src/lab/scenario/named.ts';
import {startCollector} from '../src/noc/collector.ts';
import {ensurePackages} from './debian.ts';
import {LabMesh} from './start/lab-mesh.ts';

const folder = fileURLToPath(new URL('../src/noc/web/picture/', import.meta.url));
const [HISTORY_S, APPEARS] = [600, 0.3];

await ensurePackages(['chromium', 'fonts-dejavu-core']);
const dataFolder = await mkdtemp(join(tmpdir(), 'mesh-noc-'));
const place = {host: '127.0.0.1', port: 0};
const limits = {packetsPerSecond: 1e6, bytesPerSecond: 1e9};
const collector = await startCollector({dataFolder, http: place, mqtt: place, web: true, limits});
const scenario = namedScenario('interferer-appears');
if (scenario === undefined) throw new RangeError('there is no such scenario');
let isOn = false;
const mesh: LabMesh = new LabMesh({
	...{scenario, mqttPort: collector.mqttPort, intervalS: 5, historyS: HISTORY_S, seed: 1},
	onProgress: share => {
		if (isOn || share < APPEARS) return;
		isOn = true;
		mesh.bringAbout('interferer:video');
	},
});
await mesh.start();
const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
try {
	for (const colorScheme of ['light', 'dark'] as const) {
		const page = await browser.newPage({viewport: {width: 1120, height: 900}, deviceScaleFactor: 1.5, colorScheme});
		await page.goto(`${collector.httpUrl}#/node/town-hall`);
		const card = page.locator('.decisions').first();
		await card.locator('li', {hasText: 'keeps'}).first().waitFor();
		const path = join(folder, `decisions-${colorScheme}.png`);
		await card.screenshot({path});
		console.log(path);
		await page.close();
	}
} finally {
	await browser.close();
	await mesh.stop();
	await collector.stop();
	await rm(dataFolder, {recursive: true, force: true});
}
process.exit(0);

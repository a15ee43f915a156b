// SPDX-License-Identifier: Apache-2.0
// Takes pictures of the simulated world under the collector's page: node scripts/launch.mjs panel-picture
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {chromium} from 'playwright-core';
import {startCollector} from '../src/noc/collector.ts';
import {ensurePackages} from './debian.ts';
import {type LabMesh, startLabMesh} from './start/lab-mesh.ts';
import {panelOf} from './start/panel.ts';

const folder = fileURLToPath(new URL('../src/lab/world/picture/', import.meta.url));
/** Long enough for the charts to show what happened. */
const DISTURBED_MS = 40_000;

await ensurePackages(['chromium', 'fonts-dejavu-core']);
const scratch = await mkdtemp(join(tmpdir(), 'mesh-lab-'));
let mesh: LabMesh | undefined;
const place = {host: '127.0.0.1', port: 0};
const companion = await panelOf(() => mesh);
const collector = await startCollector({dataFolder: scratch, http: place, mqtt: place, companion});
const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
try {
	mesh = await startLabMesh({mqttPort: collector.mqttPort, intervalS: 5, historyS: 840});
	mesh.bringAbout('interferer:video');
	await new Promise(resolve => setTimeout(resolve, DISTURBED_MS));
	for (const colorScheme of ['light', 'dark'] as const)
		for (const [device, viewport] of [
			['desktop', {width: 1120, height: 900}],
			['phone', {width: 360, height: 740}],
		] as const) {
			const page = await browser.newPage({viewport, deviceScaleFactor: 1.25, colorScheme});
			await page.goto(collector.httpUrl);
			await page.locator('.lab').waitFor();
			await page.waitForSelector('.spark-line');
			const path = join(folder, `panel-${device}-${colorScheme}.png`);
			await page.screenshot({path, fullPage: true});
			console.log(path);
			await page.close();
		}
} finally {
	await browser.close();
	await mesh?.stop();
	await collector.stop();
	await rm(scratch, {recursive: true, force: true});
}
process.exit(0);

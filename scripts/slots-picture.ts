// SPDX-License-Identifier: Apache-2.0
// Takes the pictures of a router's time slots on the collector's page: `node scripts/launch.mjs slots-picture`. The router in them
// is that of the tests; its page is the real one.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import mqtt from 'mqtt';
import {chromium} from 'playwright-core';
import {startCollector} from '../src/noc/collector.ts';
import {topicFor} from '../src/wire/report/topic.ts';
import {pictures} from '../test/helper/divided-radio.ts';
import {connectMesh} from '../test/helper/reporting-mesh.ts';
import {ensurePackages} from './debian.ts';

const folder = fileURLToPath(new URL('../src/noc/web/picture/', import.meta.url));
const NODE = 'mill';
const REPORTS = 10;
const INTERVAL_MS = 5000;

await ensurePackages(['chromium', 'fonts-dejavu-core']);
const dataFolder = await mkdtemp(join(tmpdir(), 'mesh-noc-'));
const place = {host: '127.0.0.1', port: 0};
const collector = await startCollector({dataFolder, http: place, mqtt: place, web: true});
const startMs = Date.now() - REPORTS * INTERVAL_MS;
const mesh = await connectMesh(collector.mqttPort, [{node: NODE, seed: 1, startMs, intervalMs: INTERVAL_MS}]);
const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${collector.mqttPort}`, {clientId: `${NODE}-events`});
const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
try {
	await mesh.report(REPORTS);
	for (const picture of pictures) {
		const event = {version: 1, timeMs: Date.now(), event: 'slots', subject: picture.radio};
		const told = JSON.stringify({...event, detail: JSON.stringify(picture)});
		await client.publishAsync(topicFor(NODE, 'ev'), told, {qos: 1});
	}
	for (const colorScheme of ['light', 'dark'] as const) {
		const page = await browser.newPage({viewport: {width: 1120, height: 900}, deviceScaleFactor: 1.5, colorScheme});
		await page.goto(`${collector.httpUrl}#/node/${NODE}`);
		const card = page.locator('.slots').first();
		await card.waitFor();
		const path = join(folder, `slots-${colorScheme}.png`);
		await card.screenshot({path});
		console.log(path);
		await page.close();
	}
} finally {
	await browser.close();
	await client.endAsync();
	await mesh.close();
	await collector.stop();
	await rm(dataFolder, {recursive: true, force: true});
}

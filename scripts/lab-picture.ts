// SPDX-License-Identifier: Apache-2.0
// Measures what a mesh costs as its nodes double, and draws it: node scripts/launch.mjs lab-picture
import {fileURLToPath} from 'node:url';
import {chromium} from 'playwright-core';
import {costChart} from './bench/lab/cost-chart.ts';
import {costOf, sizes} from './bench/lab/doubling.ts';
import {ensurePackages} from './debian.ts';

const folder = fileURLToPath(new URL('../src/lab/medium/picture/', import.meta.url));

await ensurePackages(['chromium', 'fonts-dejavu-core']);
// The first one pays for the compiler.
costOf(40);
const costs = sizes.map(nodes => {
	const cost = costOf(nodes);
	console.log(
		`${nodes} nodes: ${cost.packetMs.toFixed(1)} ms a second of packets, ${cost.fastMs.toFixed(0)} ms a first hour`,
	);
	return cost;
});
const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
try {
	for (const colorScheme of ['light', 'dark'] as const) {
		const tab = await browser.newPage({viewport: {width: 760, height: 470}, deviceScaleFactor: 1.5, colorScheme});
		await tab.setContent(costChart(costs));
		const path = `${folder}cost-${colorScheme}.png`;
		await tab.screenshot({path});
		console.log(path);
	}
} finally {
	await browser.close();
}

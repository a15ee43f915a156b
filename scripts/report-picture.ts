// SPDX-License-Identifier: Apache-2.0
// Makes the report that the README shows and takes its picture: node scripts/launch.mjs report-picture
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {chromium} from 'playwright-core';
import {runProgram} from './build/compiler.ts';
import {ensurePackages} from './debian.ts';

const folder = fileURLToPath(new URL('../src/lab/report/picture/', import.meta.url));
const launch = fileURLToPath(new URL('launch.mjs', import.meta.url));

await ensurePackages(['chromium', 'fonts-dejavu-core']);
const scratch = await mkdtemp(join(tmpdir(), 'mesh-lab-'));
const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
try {
	const [results, page] = [join(scratch, 'altdorf.jsonl'), join(scratch, 'altdorf.html')];
	const words = ['judge', '--topology', 'freifunk-altdorf', '--demand', '600', '--reach', 'places', '-o', results];
	await runProgram(process.execPath, [launch, 'lab', ...words]);
	await runProgram(process.execPath, [launch, 'lab', 'report', results, '-o', page]);
	for (const colorScheme of ['light', 'dark'] as const) {
		const tab = await browser.newPage({viewport: {width: 1120, height: 900}, deviceScaleFactor: 1.25, colorScheme});
		await tab.goto(pathToFileURL(page).href);
		const path = join(folder, `report-${colorScheme}.png`);
		await tab.screenshot({path, fullPage: true});
		console.log(path);
	}
} finally {
	await browser.close();
	await rm(scratch, {recursive: true, force: true});
}

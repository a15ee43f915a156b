// SPDX-License-Identifier: Apache-2.0
// Takes the pictures of the README: `node scripts/launch.mjs picture` starts what `npm start` starts and takes them of its
// page; with `--url URL` of a collector that runs already.
import {spawn} from 'node:child_process';
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {chromium} from 'playwright-core';
import {ensurePackages} from './debian.ts';

const {values: flags} = parseArgs({options: {url: {type: 'string'}, out: {type: 'string'}}});
const folder = flags.out ?? fileURLToPath(new URL('../src/noc/web/picture/', import.meta.url));
const views = [
	{name: 'desktop', width: 1280, height: 900, scale: 1.5},
	{name: 'phone', width: 390, height: 844, scale: 2},
] as const;
const READY_MS = 120_000;

await ensurePackages(['chromium', 'fonts-dejavu-core']);
await mkdir(folder, {recursive: true});
const source = flags.url === undefined ? await startMesh() : {url: flags.url, stop: async () => {}};
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

/** What `npm start` starts, once it says where its page is. */
function startMesh(): Promise<{url: string; stop(): Promise<void>}> {
	const root = fileURLToPath(new URL('..', import.meta.url));
	const words = ['--import=tsx', 'scripts/start.ts', '--http', '127.0.0.1:0', '--history', '5400'];
	const child = spawn(process.execPath, words, {cwd: root, stdio: ['ignore', 'pipe', 'inherit']});
	const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
	const stop = async () => {
		child.kill('SIGINT');
		await ended;
	};
	return new Promise((resolve, reject) => {
		let text = '';
		child.stdout.on('data', chunk => {
			text += String(chunk);
			const url = /\n {2}(http:\S+)\n/.exec(text)?.[1];
			if (url !== undefined) resolve({url, stop});
		});
		void ended.then(() => reject(new Error(`npm start ended early: ${text}`)));
		setTimeout(() => {
			void stop();
			reject(new Error(`npm start was not ready in ${READY_MS / 1000} s`));
		}, READY_MS).unref();
	});
}

// SPDX-License-Identifier: Apache-2.0
// Takes the pictures of the spectrum over time: `node scripts/launch.mjs spectrum-picture [--url URL]`, where URL is that of
// a collector that `npm start` started.
import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {chromium} from 'playwright-core';
import {LISTENING_HOUSE} from '../src/lab/scenario/village-air.ts';
import {ensurePackages} from './debian.ts';

const {values: flags} = parseArgs({options: {url: {type: 'string'}, out: {type: 'string'}}});
const folder = flags.out ?? fileURLToPath(new URL('../src/noc/web/picture/', import.meta.url));
const READY_MS = 120_000;

await ensurePackages(['chromium', 'fonts-dejavu-core']);
const source = flags.url === undefined ? await startMesh() : {url: flags.url, stop: async () => {}};
const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
try {
	for (const colorScheme of ['light', 'dark'] as const) {
		const page = await browser.newPage({viewport: {width: 1120, height: 900}, deviceScaleFactor: 1.5, colorScheme});
		await page.goto(`${source.url}#/node/${LISTENING_HOUSE}`);
		await page.waitForSelector('.spectrum canvas');
		await page.waitForTimeout(500);
		const path = join(folder, `waterfall-${colorScheme}.png`);
		await page.locator('.spectrum').first().screenshot({path});
		console.log(path);
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
	const stop = async (): Promise<void> => {
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

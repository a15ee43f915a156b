// SPDX-License-Identifier: Apache-2.0
// Takes the pictures of the LuCI app: `MESH_NOC_LUCI=FOLDER node scripts/launch.mjs luci-picture`, where FOLDER is the web
// root of a LuCI, with `luci-static/resources/luci.js` and the bootstrap theme in it. The router in them is that of the
// tests.
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {type Browser, chromium} from 'playwright-core';
import {servePages} from '../test/luci/page-server.ts';
import {answer} from '../test/luci/replies.ts';
import {Rpcd} from '../test/luci/rpcd.ts';
import {luciFolder, pageRuntime} from '../test/luci/runtime.ts';
import {buildLuci} from './build/luci.ts';
import {ensurePackages} from './debian.ts';

const {values: flags} = parseArgs({options: {out: {type: 'string'}}});
const folder = luciFolder();
if (folder === undefined) {
	console.error('The pictures are taken of LuCI itself: name the folder of its web root in MESH_NOC_LUCI.');
	process.exit(1);
}

const devices = {
	desktop: {viewport: {width: 1100, height: 760}, deviceScaleFactor: 1.5},
	phone: {viewport: {width: 390, height: 844}, deviceScaleFactor: 2},
} as const;
type Shot = readonly [view: string, device: keyof typeof devices, colorScheme: 'light' | 'dark', isWhole: boolean];
const shots: readonly Shot[] = [
	['overview', 'desktop', 'light', true],
	['overview', 'desktop', 'dark', true],
	['overview', 'phone', 'light', false],
	['spectrum', 'desktop', 'light', true],
	['spectrum', 'desktop', 'dark', true],
	['spectrum', 'phone', 'dark', false],
	['neighbours', 'desktop', 'light', true],
	['decisions', 'desktop', 'light', true],
	['decisions', 'desktop', 'dark', true],
	['decisions', 'phone', 'light', true],
	['telemetry', 'desktop', 'light', true],
	['settings', 'desktop', 'light', true],
	['settings', 'phone', 'light', false],
];
/** Polls of the page before a picture is taken, so that there is a history to see. */
const POLLS = 48;
const POLL_MS = 5000;

await ensurePackages(['chromium', 'fonts-dejavu-core']);
const {path, files} = await buildLuci();
const target = flags.out ?? join(path, 'picture');
await mkdir(target, {recursive: true});
const rpcd = new Rpcd({
	configuration: 'astral-mesh',
	sections: new Map([
		['main', {type: 'agent', anonymous: false, options: {node: 'mill', broker: 'noc.village.lan:1883'}}],
	]),
	objects: {'astral-mesh': answer},
	apply: () => {},
});
const server = await servePages({runtime: await pageRuntime(folder), files, rpcd, host: 'mill'});
const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
try {
	for (const shot of shots) await take(browser, shot);
} finally {
	await browser.close();
	await server.close();
}

async function take(within: Browser, [view, device, colorScheme, isWhole]: Shot): Promise<void> {
	const page = await within.newPage({...devices[device], colorScheme, isMobile: device === 'phone'});
	await page.clock.install();
	await page.goto(server.page(view));
	await page.waitForSelector('#view h2');
	for (let i = 0; i < (view === 'overview' || view === 'spectrum' ? POLLS : 0); i++) {
		const calls = rpcd.calls.length;
		await page.clock.runFor(POLL_MS);
		while (rpcd.calls.length === calls) await new Promise(resolve => setTimeout(resolve, 5));
	}
	await page.clock.runFor(1000);
	const file = join(target, `${view}-${device}-${colorScheme}.png`);
	await page.screenshot({path: file, fullPage: isWhole});
	console.log(file);
	await page.close();
}

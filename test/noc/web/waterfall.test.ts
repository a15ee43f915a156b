// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {type Browser, chromium} from 'playwright-core';
import {ensurePackages} from '../../../scripts/debian.ts';
import {startLabMesh} from '../../../scripts/start/lab-mesh.ts';
import {LISTENING_HOUSE} from '../../../src/lab/scenario/village-air.ts';
import {testCollector} from '../../helper/collector.ts';

let browser: Browser;

test.before(async () => {
	await ensurePackages(['chromium', 'fonts-dejavu-core']);
	browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
});
test.after.always(() => browser?.close());

// The whole way: a radio's bytes in debugfs, the agent, MQTT, the collector, the page.
for (const [device, viewport] of Object.entries({
	desktop: {width: 1280, height: 900},
	phone: {width: 360, height: 740},
}))
	test(`waterfall: a radio's spectrum and who sends are drawn on a ${device}, and are in a table`, async t => {
		t.timeout(120_000);
		const {httpUrl, mqttPort} = await testCollector(t, {
			web: true,
			limits: {packetsPerSecond: 1e6, bytesPerSecond: 1e9},
		});
		const mesh = await startLabMesh({mqttPort, intervalS: 5, historyS: 1000});
		t.teardown(() => mesh.stop());
		const context = await browser.newContext({viewport});
		const page = await context.newPage();
		t.teardown(() => context.close());
		const problems: string[] = [];
		page.on('console', message => {
			if (message.type() !== 'log' && message.type() !== 'info') problems.push(`${message.type()}: ${message.text()}`);
		});
		page.on('pageerror', error => problems.push(String(error)));
		await page.goto(`${httpUrl}#/node/${LISTENING_HOUSE}`);
		const panel = page.locator('.spectrum');
		await panel.locator('canvas').waitFor();
		t.regex((await panel.locator('h2').textContent()) ?? '', /^Spectrum · phy1, 2428\.1\D+MHz to 2445\.6\D+MHz$/);
		const summary = (await panel.locator('.summary').textContent()) ?? '';
		t.regex(summary, /^Strongest −\d+\D+dBm at 24\d\d\.\d\D+MHz\. Senders/);
		for (const source of ['microwave oven', 'analogue video', 'Wi-Fi']) t.true(summary.includes(source), summary);
		// Colours: the picture has many, and its right part is painted.
		const colours = await panel.locator('canvas').evaluate(element => {
			const canvas = element as HTMLCanvasElement;
			const {width, height} = canvas;
			const {data} = canvas.getContext('2d')?.getImageData(width >> 1, 0, width >> 1, height >> 1) ?? {data: []};
			const seen = new Set<number>();
			for (let i = 0; i < data.length; i += 4)
				if (data[i + 3] === 255) seen.add(((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0));
			return seen.size;
		});
		t.true(colours > 10, `${colours} colours`);
		// The table says the same: the strongest figure of the summary stands in it.
		await panel.locator('.twin summary').click();
		await panel.locator('.twin tbody tr').first().waitFor();
		t.true((await panel.locator('.twin tbody tr').count()) >= 10);
		t.is(await panel.locator('.twin thead th').count(), 16);
		const cells = await panel.locator('.twin tbody td').allTextContents();
		const most = Math.max(...cells.map(cell => Number(/−(\d+)/.exec(cell)?.[1] ?? 999) * -1));
		const strongest = -Number(/Strongest −(\d+)/.exec(summary)?.[1]);
		t.true(most <= strongest && most > strongest - 12, `${most} in the table, ${strongest} above it`);
		// The keyboard moves through time, and says what is there.
		await panel.locator('.waterfall').focus();
		const spoken = () => panel.locator('.waterfall').getAttribute('aria-valuetext');
		const newest = await spoken();
		await page.keyboard.press('Home');
		for (let i = 0; i < 25; i++) await page.keyboard.press('PageDown');
		for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft');
		t.not(await spoken(), newest);
		t.regex((await spoken()) ?? '', /^\d\d:\d\d.*: (−\d+\D+dBm, 24\d\d|–)/);
		t.is(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0, 'nothing sticks out');
		t.deepEqual(problems, []);
	});
